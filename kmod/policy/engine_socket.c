// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Questions about sockets: addresses by prefix and port, Unix sockets by path
 * or abstract name, creation by address family.
 */
#include "engine_internal.h"

#ifdef __KERNEL__
#include <linux/socket.h>
#else
#include <sys/socket.h>
#endif

/* The range @port is in; @nr ranges cover all ports, so there is one. */
static const struct khv_blob_port *
find_port(const struct khv_blob_port *ports, u32 nr, u16 port)
{
	u32 low = 0, high = nr;

	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		khv_count();
		if (khv_le16(ports[middle].start) <= port)
			low = middle;
		else
			high = middle;
	}
	return ports + low;
}

static void fold_port(struct khv_fold *f, u32 node,
		      const struct khv_sockaddr *addr)
{
	const struct khv_blob_node *n = f->e->nodes + node;
	const struct khv_blob_port *port = khv_section(f->e, KHV_SEC_PORTS);
	const struct khv_blob_entry *entry;
	u32 i, nr, proto;

	if (!(n->flags & KHV_NODE_NET) || !n->more)
		return;
	port = find_port(port + khv_le32(n->first), khv_le32(n->more),
			 addr->port);
	entry = f->e->entries + khv_le32(port->first);
	nr = khv_le16(port->nr);
	for (i = 0; i < nr; i++, entry++) {
		khv_count();
		proto = khv_le16(entry->target);
		if (!proto || proto == addr->proto)
			khv_fold_entry(f, entry);
	}
}

/* One probe for each length of prefix that occurs, short ones first. */
static void fold_prefixes(struct khv_fold *f, u32 root, const __le64 *lengths,
			  u32 words, const u8 *bytes, u32 size,
			  const struct khv_sockaddr *addr)
{
	u8 key[17];
	u32 word, i;

	if (!root)
		return;
	for (word = 0; word < words; word++) {
		u64 set = khv_le64(lengths[word]);

		for (; set; set &= set - 1) {
			u32 length = word * 64 + __builtin_ctzll(set);
			u32 whole = length / 8;
			u32 node;

			if (length > 8 * size)
				return;
			key[0] = length;
			for (i = 0; i < size; i++)
				key[1 + i] = i < whole ? bytes[i] : 0;
			if (length % 8)
				key[1 + whole] = bytes[whole] &
						 (0xff00 >> length % 8);
			node = khv_find_child(f->e, root, (char *)key,
					      1 + size);
			if (node)
				fold_port(f, node, addr);
		}
	}
}

static void fold_inet6(struct khv_fold *f, const struct khv_blob_domain *d,
		       const struct khv_sockaddr *addr)
{
	static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	/* A name for an IPv4 address must not be a way around its rules. */
	if (!memcmp(addr->addr, mapped, sizeof(mapped)))
		fold_prefixes(f, khv_le32(d->root[KHV_TREE_INET]), &d->lengths4,
			      1, addr->addr + 12, 4, addr);
	else
		fold_prefixes(f, khv_le32(d->root[KHV_TREE_INET6]), d->lengths6,
			      3, addr->addr, 16, addr);
}

/*
 * Is creating such a socket a matter of its own? Internet and Unix sockets are
 * judged by what is done with them, and netlink is how a program asks for its
 * own addresses; all others could carry data past every other rule.
 */
static bool family_judged(u16 family)
{
	switch (family) {
	case AF_UNIX:
	case AF_INET:
	case AF_INET6:
	case AF_NETLINK:
		return false;
	default:
		return true;
	}
}

/* Only creation is a matter of the family alone. */
static void fold_family(struct khv_fold *f, const struct khv_blob_domain *d,
			u16 family)
{
	const struct khv_blob_item *item = khv_section(f->e, KHV_SEC_ITEMS);
	u32 i, nr = khv_le32(d->nr_family);

	item += khv_le32(d->family);
	for (i = 0; i < nr; i++, item++) {
		khv_count();
		if (khv_le32(item->value) == family)
			khv_fold_entry(f, f->e->entries +
					  khv_le32(item->entry));
	}
}

bool khv_settle_address(struct khv_sockaddr *addr)
{
	static const u8 none[16], here[16] = { [15] = 1 };
	static const u8 here4[4] = { 127, 0, 0, 1 };

	if (addr->family == AF_INET && !memcmp(addr->addr, none, sizeof(here4)))
		memcpy(addr->addr, here4, sizeof(here4));
	else if (addr->family == AF_INET6 &&
		 !memcmp(addr->addr, none, sizeof(none)))
		memcpy(addr->addr, here, sizeof(here));
	else
		return false;
	return true;
}

void khv_engine_socket(const struct khv_engine *e, u16 domain,
		       const struct khv_subject *s,
		       const struct khv_sockaddr *addr, u32 verbs,
		       struct khv_decision *d)
{
	struct khv_fold f = KHV_FOLD(e, s, khv_judged(e, KHV_TYPE_SOCKET, verbs));
	const struct khv_blob_domain *dom;
	u32 create;

	if (!family_judged(addr->family))
		f.want &= ~KHV_S_CREATE;
	create = f.want & KHV_S_CREATE;
	/* Only these have addresses that rules can name. */
	if (addr->family != AF_INET && addr->family != AF_INET6 &&
	    addr->family != AF_UNIX)
		f.want = create;
	/* Without a name it is one end of a pair, or has no peer yet. */
	if (addr->family == AF_UNIX && !addr->path_len)
		f.want = create;
	if (!f.want) {
		khv_decide_allowed(d);
		return;
	}
	if (domain >= e->nr_domains) {
		khv_decide(&f, KHV_TYPE_SOCKET, d);
		return;
	}
	dom = khv_domain_at(e, domain);
	f.peer = addr->peer;
	f.grant = khv_le32(dom->fallback[KHV_TYPE_SOCKET]);
	if (create) {
		struct khv_fold g = f;

		g.want = create;
		fold_family(&g, dom, addr->family);
		f.want &= ~create;
		if (!f.want || !(g.grant & create)) {
			khv_decide(&g, KHV_TYPE_SOCKET, d);
			return;
		}
	}
	if (addr->family == AF_INET)
		fold_prefixes(&f, khv_le32(dom->root[KHV_TREE_INET]),
			      &dom->lengths4, 1, addr->addr, 4, addr);
	else if (addr->family == AF_INET6)
		fold_inet6(&f, dom, addr);
	else if (addr->abstract)
		khv_fold_name(&f, khv_le32(dom->root[KHV_TREE_ABSTRACT]),
			      addr->path, addr->path_len);
	else if (addr->path[0] == '/')
		khv_fold_path(&f, khv_le32(dom->root[KHV_TREE_UNIX]),
			      addr->path, addr->path_len);
	khv_decide(&f, KHV_TYPE_SOCKET, d);
}
