// SPDX-License-Identifier: LGPL-2.1
/* Out of a blob: every object that one of its rules names, to be asked about. */
#include <arpa/inet.h>
#include <sys/socket.h>
#include "diff.h"

static void add_place(struct hvp_diff *d, const char *domain, u32 type,
		      const char *text, const char *sample, bool tree)
{
	struct hvp_place_asked *p = hvp_push(&d->mem, &d->places);

	p->domain = domain;
	p->type = type;
	p->text = text;
	p->sample = sample;
	p->tree = tree;
}

/* One name that a component matches: "x" for "*", "a" for "[a-c]". */
static const char *sample_of(struct hvp_diff *d, const char *pattern)
{
	char *out = hvp_alloc(&d->mem, strlen(pattern) + 2), *at = out;

	for (; *pattern; pattern++) {
		if (*pattern == '\\' && pattern[1]) {
			*at++ = *++pattern;
		} else if (*pattern == '[') {
			const char *end = strchr(pattern + 2, ']');

			*at++ = pattern[1] == '!' ? 'x' : pattern[1];
			pattern = end ? end : pattern + strlen(pattern) - 1;
		} else {
			*at++ = *pattern == '*' || *pattern == '?' ? 'x' :
								     *pattern;
		}
	}
	return out;
}

/* From the root to node @n, with @between; as written, or as a sample. */
static const char *node_text(struct hvp_diff *d, const struct khv_engine *e,
			     u32 n, const char *between, bool sample)
{
	const struct khv_blob_node *node = e->nodes + n;
	u32 parent = khv_le32(node->parent);
	const char *name;

	if (!parent)
		return "";
	name = khv_string(e, khv_le32(node->name));
	if (node->flags & KHV_NODE_DEEP)
		name = sample ? "x" : "**";
	else if (sample && (node->flags & KHV_NODE_PATTERN))
		name = sample_of(d, name);
	return hvp_print(
		&d->mem, "%s%s%s", node_text(d, e, parent, between, sample),
		khv_le32((e->nodes + parent)->parent) || *between == '/' ?
			between :
			"",
		name);
}

static void add_net(struct hvp_diff *d, const char *domain,
		    const struct khv_engine *e, u32 n, bool six)
{
	const struct khv_blob_node *node = e->nodes + n;
	const struct khv_blob_port *ports = khv_section(e, KHV_SEC_PORTS);
	const char *key = khv_string(e, khv_le32(node->name));
	char host[INET6_ADDRSTRLEN];
	u32 i, j, nr = khv_le32(node->more);
	u8 length = (u8)key[0];

	inet_ntop(six ? AF_INET6 : AF_INET, key + 1, host, sizeof(host));
	ports += khv_le32(node->first);
	for (i = 0; i < nr; i++) {
		u32 low = khv_le16(ports[i].start);
		u32 high = i + 1 < nr ? khv_le16(ports[i + 1].start) - 1u :
					65535;

		/* For each protocol that a rule names, and for the others. */
		for (j = 0; j <= khv_le16(ports[i].nr); j++) {
			const struct khv_blob_entry *entry =
				e->entries + khv_le32(ports[i].first) + j;
			u32 proto = j < khv_le16(ports[i].nr) ?
					    khv_le16(entry->target) :
					    0;
			struct hvp_place_asked *p;

			if (!khv_le16(ports[i].nr) ||
			    (j < khv_le16(ports[i].nr) && !proto))
				continue;
			add_place(
				d, domain, KHV_TYPE_SOCKET,
				hvp_print(
					&d->mem,
					!length ?
						(six ? "any (IPv6)%.0s%.0u:%u-%u%s" :
						       "any%.0s%.0u:%u-%u%s") :
					six ? "[%s]/%u:%u-%u%s" :
					      "%s/%u:%u-%u%s",
					host, length, low, high,
					proto == IPPROTO_TCP ? "/tcp" :
					proto == IPPROTO_UDP ? "/udp" :
					proto		     ? "/other" :
							       ""),
				NULL, false);
			p = &d->places.at[d->places.nr - 1];
			p->addr.family = six ? AF_INET6 : AF_INET;
			p->addr.port = (u16)low;
			p->last = (u16)high;
			p->addr.proto = (u8)proto;
			memcpy(p->addr.addr, key + 1, six ? 16 : 4);
		}
	}
}

/* A process that is nobody's, of no user. */
static const struct khv_process some_process = { .pid = ~0u,
						 .uid = ~0u,
						 .number = KHV_ANY_NUMBER,
						 .exe = "" };

static void add_exe(struct hvp_diff *d, const char *domain, const char *text,
		    const char *sample)
{
	struct khv_process *q;

	add_place(d, domain, KHV_TYPE_PROCESS,
		  hvp_print(&d->mem, "exe:%s", text), NULL, false);
	q = &d->places.at[d->places.nr - 1].process;
	*q = some_process;
	q->exe = sample;
	q->exe_len = strlen(sample);
}

static void add_node(struct hvp_diff *d, const char *domain, u32 tree,
		     const struct khv_engine *e, u32 n)
{
	const struct khv_blob_node *node = e->nodes + n;
	const char *text, *sample;

	if (node->flags & KHV_NODE_NET) {
		if (khv_le32(node->parent))
			add_net(d, domain, e, n, tree == KHV_TREE_INET6);
		return;
	}
	if (!node->nr)
		return;
	switch (tree) {
	case KHV_TREE_FILE:
	case KHV_TREE_UNIX:
	case KHV_TREE_EXE:
		text = node_text(d, e, n, "/", false);
		sample = node_text(d, e, n, "/", true);
		if (!*text)
			text = sample = "/";
		if (tree == KHV_TREE_FILE) {
			add_place(d, domain, KHV_TYPE_FILE, text, sample, true);
			return;
		}
		if (tree == KHV_TREE_EXE) {
			add_exe(d, domain, text, sample);
			return;
		}
		add_place(d, domain, KHV_TYPE_SOCKET,
			  hvp_print(&d->mem, "unix:%s", text), sample, true);
		d->places.at[d->places.nr - 1].addr.family = AF_UNIX;
		return;
	case KHV_TREE_ABSTRACT:
		add_place(d, domain, KHV_TYPE_SOCKET,
			  hvp_print(&d->mem, "unix:@%s",
				    node_text(d, e, n, ":", false)),
			  node_text(d, e, n, ":", true), false);
		d->places.at[d->places.nr - 1].addr.family = AF_UNIX;
		d->places.at[d->places.nr - 1].addr.abstract = true;
		return;
	case KHV_TREE_AT:
		add_place(d, domain, KHV_TYPE_FILE,
			  node_text(d, e, n, ":", false),
			  node_text(d, e, n, ":", true), false);
		return;
	default:
		return; /* parts of the kernel: all of them are asked about */
	}
}

static void add_nodes(struct hvp_diff *d, const struct khv_engine *e)
{
	u32 nr = khv_count_of(e, KHV_SEC_NODES), i, j, t;
	u32 domains = khv_engine_nr_domains(e);
	u32 *owner = hvp_alloc(&d->mem, (nr + 1) * sizeof(*owner));

	/* Of roots: domain and tree, plus one; others take their parent's. */
	for (i = 0; i < domains; i++)
		for (t = 0; t < KHV_NR_TREES; t++) {
			j = khv_le32(khv_domain_at(e, i)->root[t]);
			if (j)
				owner[j] = 1 + i * KHV_NR_TREES + t;
		}
	for (i = 1; i < nr; i++) {
		u32 parent = khv_le32(e->nodes[i].parent);

		if (parent)
			owner[i] = owner[parent];
		if (owner[i])
			add_node(d,
				 khv_engine_domain_name(
					 e,
					 (u16)((owner[i] - 1) / KHV_NR_TREES)),
				 (owner[i] - 1) % KHV_NR_TREES, e, i);
	}
}

static const char *family_name(struct hvp_diff *d, u32 family)
{
	u32 i;

	for (i = 0; hvp_family_names[i]; i++)
		if (hvp_family(hvp_family_names[i]) == (int)family)
			return hvp_family_names[i];
	return hvp_print(&d->mem, "%u", family);
}

static void add_item(struct hvp_diff *d, const char *domain,
		     const struct khv_engine *e,
		     const struct khv_blob_item *item)
{
	u32 value = khv_le32(item->value);
	struct khv_process q = some_process;
	const char *text = "any";

	switch (khv_le32(item->kind)) {
	case KHV_ITEM_FAMILY:
		add_place(d, domain, KHV_TYPE_SOCKET,
			  hvp_print(&d->mem, "family:%s",
				    family_name(d, value)),
			  NULL, false);
		d->places.at[d->places.nr - 1].addr.family = (u16)value;
		return;
	case KHV_ITEM_DESCENDANTS:
		text = "descendants";
		q.descendant = true;
		break;
	case KHV_ITEM_USER:
		text = hvp_print(&d->mem, "user:%u", value);
		q.uid = value;
		break;
	case KHV_ITEM_DOMAIN:
		text = hvp_print(&d->mem, "domain:%s",
				 khv_engine_domain_name(e, (u16)value));
		q.same_policy = true;
		q.domain = (u16)value;
		break;
	case KHV_ITEM_EXE:
		return; /* its tree has the paths */
	case KHV_ITEM_SELF:
		text = "self";
		q.self = true;
		break;
	case KHV_ITEM_PID:
		text = hvp_print(&d->mem, "%u", value);
		q.pid = value;
		break;
	default:
		break;
	}
	add_place(d, domain, KHV_TYPE_PROCESS, text, NULL, false);
	d->places.at[d->places.nr - 1].process = q;
}

/* What every policy is asked about, whether a rule names it or not. */
static void add_always(struct hvp_diff *d, const char *domain)
{
	const struct khv_facility *f;
	u32 i;

	/* No rule can name it, so it is what "default" says. */
	add_place(d, domain, KHV_TYPE_FILE, "what no rule covers", "/\1",
		  false);
	add_place(d, domain, KHV_TYPE_PROCESS, "any", NULL, false);
	d->places.at[d->places.nr - 1].process = some_process;
	add_place(d, domain, KHV_TYPE_SOCKET, "any:0-65535", NULL, false);
	d->places.at[d->places.nr - 1].addr.family = AF_INET;
	for (i = 0; (f = khv_facility_at(i)); i++) {
		const char *name = f->member_len ?
					   hvp_print(&d->mem, "%s:%s", f->group,
						     f->member) :
					   f->group;

		add_place(d, domain, KHV_TYPE_KERNEL, name, name, false);
	}
}

void hvp_diff_places(struct hvp_diff *d, const struct khv_engine *e)
{
	const struct khv_blob_item *items = khv_section(e, KHV_SEC_ITEMS);
	u32 i, j;

	add_nodes(d, e);
	for (i = 0; i < khv_engine_nr_domains(e); i++) {
		const struct khv_blob_domain *b = khv_domain_at(e, i);
		const char *name = khv_engine_domain_name(e, (u16)i);

		for (j = 0; j < khv_le32(b->nr_process); j++)
			add_item(d, name, e, items + khv_le32(b->process) + j);
		for (j = 0; j < khv_le32(b->nr_family); j++)
			add_item(d, name, e, items + khv_le32(b->family) + j);
		add_always(d, name);
	}
}
