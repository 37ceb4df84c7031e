// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Check a blob once, so that lookups need not.
 *
 * A blob may come from anyone with CAP_MAC_ADMIN, and no sequence of bytes may
 * make a lookup leave the blob, loop, or need more room than it has. Beyond
 * that, what would silently take a rule out of force is refused as well: a node
 * that the hash table does not lead to, entries that are out of order.
 */
#include "engine_check.h"

static const char *const reasons[NR_REASONS] = {
	[BAD_NONE] = "no error",
	[BAD_SIZE] = "the policy blob is truncated or larger than 256 MiB",
	[BAD_MAGIC] = "this is not a policy blob",
	[BAD_VERSION] = "policy blob of another version: compile it with the libkhv of this khv",
	[BAD_SECTION] = "policy blob: a section lies outside",
	[BAD_STRINGS] = "policy blob: strings are not terminated",
	[BAD_TEXT] = "policy blob: source text is not terminated",
	[BAD_HEADER] = "policy blob: bad header field",
	[BAD_DOMAIN] = "policy blob: bad domain",
	[BAD_NODE] = "policy blob: bad tree node",
	[BAD_GLOB] = "policy blob: bad pattern list",
	[BAD_PATTERN] = "policy blob: malformed pattern",
	[BAD_WIDTH] = "policy blob: too many patterns overlap",
	[BAD_PORTS] = "policy blob: bad port range",
	[BAD_ITEM] = "policy blob: bad process or family rule",
	[BAD_ENTRY] = "policy blob: bad grant",
	[BAD_COND] = "policy blob: bad condition",
	[BAD_NEEDS] = "policy blob: does not say what its conditions need",
	[BAD_RULE] = "policy blob: bad rule",
	[BAD_NOTE] = "policy blob: bad note",
	[BAD_SOURCE] = "policy blob: bad source file",
	[BAD_SLOTS] = "policy blob: the hash table does not lead to every node",
};

static const u32 element_size[KHV_NR_SECTIONS] = {
	[KHV_SEC_DOMAINS] = sizeof(struct khv_blob_domain),
	[KHV_SEC_NODES] = sizeof(struct khv_blob_node),
	[KHV_SEC_GLOBS] = sizeof(struct khv_blob_glob),
	[KHV_SEC_BRANCHES] = sizeof(__le32),
	[KHV_SEC_PORTS] = sizeof(struct khv_blob_port),
	[KHV_SEC_ITEMS] = sizeof(struct khv_blob_item),
	[KHV_SEC_ENTRIES] = sizeof(struct khv_blob_entry),
	[KHV_SEC_CONDS] = sizeof(struct khv_blob_cond),
	[KHV_SEC_MEMBERS] = sizeof(struct khv_blob_member),
	[KHV_SEC_RANGES] = sizeof(struct khv_blob_range),
	[KHV_SEC_LIMITS] = sizeof(struct khv_blob_limit),
	[KHV_SEC_RULES] = sizeof(struct khv_blob_rule),
	[KHV_SEC_NOTES] = sizeof(struct khv_blob_note),
	[KHV_SEC_SOURCES] = sizeof(struct khv_blob_source),
	[KHV_SEC_SLOTS] = sizeof(__le32),
	[KHV_SEC_STRINGS] = 1,
	[KHV_SEC_TEXT] = 1,
};

static const u32 all_verbs[KHV_NR_TYPES] = {
	[KHV_TYPE_FILE] = (1u << KHV_F_NR_VERBS) - 1,
	[KHV_TYPE_SOCKET] = (1u << KHV_S_NR_VERBS) - 1,
	[KHV_TYPE_PROCESS] = (1u << KHV_P_NR_VERBS) - 1,
	[KHV_TYPE_KERNEL] = (1u << KHV_K_NR_VERBS) - 1,
};

static const u32 fallback_more[KHV_NR_TYPES] = {
	[KHV_TYPE_KERNEL] = KHV_FALLBACK_COMMON,
};

const char *khv_engine_error(int reason)
{
	if (reason < 0 || reason >= NR_REASONS)
		return "unknown error";
	return reasons[reason];
}

static int check_sections(struct check *c, size_t size)
{
	const struct khv_blob_header *h = c->e->blob;
	u64 end = sizeof(*h);
	u32 i;

	for (i = 0; i < KHV_NR_SECTIONS; i++) {
		u32 offset = khv_le32(h->section[i].offset);

		c->count[i] = khv_le32(h->section[i].count);
		/* Sections follow each other, so no byte is counted twice. */
		if (offset % 8 || offset < end)
			return BAD_SECTION;
		end = offset + (u64)c->count[i] * element_size[i];
		if (end > size)
			return BAD_SECTION;
	}
	return BAD_NONE;
}

static int check_strings(const struct check *c)
{
	const char *strings = khv_section(c->e, KHV_SEC_STRINGS);
	const char *text = khv_section(c->e, KHV_SEC_TEXT);
	u32 n = c->count[KHV_SEC_STRINGS], i;

	if (n <= KHV_STRINGS_PAD)
		return BAD_STRINGS;
	for (i = n - KHV_STRINGS_PAD - 1; i < n; i++)
		if (strings[i])
			return BAD_STRINGS;
	if (strings[0])
		return BAD_STRINGS;
	n = c->count[KHV_SEC_TEXT];
	if (!n || text[n - 1])
		return BAD_TEXT;
	return BAD_NONE;
}

static bool root_ok(const struct check *c, u32 root, bool net)
{
	const struct khv_blob_node *n = c->nodes + root;

	if (!root)
		return true;
	if (root >= c->count[KHV_SEC_NODES] || n->parent || n->name_len)
		return false;
	return !(n->flags & KHV_NODE_NET) == !net;
}

static int check_header(const struct check *c)
{
	const struct khv_blob_header *h = c->e->blob;
	u32 i;

	if (h->mode >= KHV_BLOB_MODES || h->governed >> KHV_NR_TYPES ||
	    !string_ok(c, khv_le32(h->name)))
		return BAD_HEADER;
	for (i = 0; i < KHV_NR_TYPES; i++)
		if ((khv_le32(h->judged[i]) | khv_le32(h->named[i]) |
		     khv_le32(h->gaps[i])) & ~all_verbs[i])
			return BAD_HEADER;
	/* No policy may leave this type alone. */
	if (!(h->governed & 1 << KHV_TYPE_KERNEL) ||
	    khv_le32(h->judged[KHV_TYPE_KERNEL]) != KHV_K_USE)
		return BAD_HEADER;
	if (!root_ok(c, khv_le32(h->attach), false) ||
	    khv_le32(h->nr_refuse) > KHV_MAX_REFUSE ||
	    !range_ok(khv_le32(h->refuse), khv_le32(h->nr_refuse),
		      c->count[KHV_SEC_ENTRIES]))
		return BAD_HEADER;
	return BAD_NONE;
}

/*
 * Process rules are in the order of their kinds, and where some are about programs
 * there is a tree of them, which would not be asked otherwise.
 */
static bool process_ok(const struct check *c, const struct khv_blob_domain *d)
{
	const struct khv_blob_item *item = khv_section(c->e, KHV_SEC_ITEMS);
	u32 i, kind, last = 0;
	bool exe = false;

	item += khv_le32(d->process);
	for (i = 0; i < khv_le32(d->nr_process); i++, item++) {
		kind = khv_le32(item->kind);
		if (kind < last || kind >= KHV_ITEM_FAMILY)
			return false;
		last = kind;
		exe |= kind == KHV_ITEM_EXE;
	}
	return exe == !!d->root[KHV_TREE_EXE];
}

static int check_domains(const struct check *c)
{
	const struct khv_blob_domain *d = khv_section(c->e, KHV_SEC_DOMAINS);
	u32 items = c->count[KHV_SEC_ITEMS];
	u32 i, j, n = c->count[KHV_SEC_DOMAINS];

	if (!n || n > KHV_MAX_DOMAINS)
		return BAD_DOMAIN;
	for (i = 0; i < n; i++, d++) {
		if (!string_ok(c, khv_le32(d->name)))
			return BAD_DOMAIN;
		for (j = 0; j < KHV_NR_TYPES; j++)
			if (khv_le32(d->fallback[j]) &
			    ~(all_verbs[j] | fallback_more[j]))
				return BAD_DOMAIN;
		for (j = 0; j < KHV_NR_TREES; j++)
			if (!root_ok(c, khv_le32(d->root[j]),
				     j >= KHV_TREE_INET))
				return BAD_DOMAIN;
		if (khv_le32(d->nr_process) > KHV_MAX_ITEMS ||
		    khv_le32(d->nr_family) > KHV_MAX_ITEMS ||
		    !range_ok(khv_le32(d->process), khv_le32(d->nr_process),
			      items) ||
		    !range_ok(khv_le32(d->family), khv_le32(d->nr_family),
			      items))
			return BAD_DOMAIN;
		if (!process_ok(c, d))
			return BAD_ITEM;
	}
	return BAD_NONE;
}

static int check_slots(const struct check *c)
{
	const __le32 *slots = khv_section(c->e, KHV_SEC_SLOTS);
	u32 i;

	for (i = 0; i < c->count[KHV_SEC_SLOTS]; i++) {
		khv_relax(i);
		if (khv_le32(slots[i]) >> 8 >= c->count[KHV_SEC_NODES])
			return BAD_SLOTS;
	}
	return BAD_NONE;
}

/* --- the rest ---------------------------------------------------------------- */

/* The table of a node before it, which has been looked at. */
static bool shares_ports(const struct check *c, u32 i)
{
	const struct khv_blob_node *n = c->nodes + i, *other = n - n->nr;

	return n->nr < i && (other->flags & KHV_NODE_NET) &&
	       other->first == n->first && other->more == n->more;
}

static int check_ports(const struct check *c)
{
	const struct khv_blob_port *all = khv_section(c->e, KHV_SEC_PORTS);
	u32 i, j, used = 0;

	for (i = 0; i < c->count[KHV_SEC_PORTS]; i++) {
		khv_relax(i);
		if (khv_le16(all[i].nr) > KHV_MAX_ENTRIES ||
		    !range_ok(khv_le32(all[i].first), khv_le16(all[i].nr),
			      c->count[KHV_SEC_ENTRIES]))
			return BAD_PORTS;
	}
	for (i = 1; i < c->count[KHV_SEC_NODES]; i++) {
		const struct khv_blob_node *n = c->nodes + i;
		const struct khv_blob_port *port = all + khv_le32(n->first);
		u32 nr = khv_le32(n->more);

		khv_relax(i);
		if (!(n->flags & KHV_NODE_NET) || !nr)
			continue;
		if (n->nr) {
			if (!shares_ports(c, i))
				return BAD_PORTS;
			continue;
		}
		/* No range is looked at twice, so this is linear. */
		if (nr > 65536 || port->start || khv_le32(n->first) != used)
			return BAD_PORTS;
		used += nr;
		for (j = 1; j < nr; j++)
			if (khv_le16(port[j].start) <= khv_le16(port[j - 1].start))
				return BAD_PORTS;
	}
	return BAD_NONE;
}

static int check_items(const struct check *c)
{
	const struct khv_blob_item *item = khv_section(c->e, KHV_SEC_ITEMS);
	u32 i;

	for (i = 0; i < c->count[KHV_SEC_ITEMS]; i++, item++) {
		u32 kind = khv_le32(item->kind);

		if (kind >= KHV_NR_ITEM_KINDS ||
		    khv_le32(item->entry) >= c->count[KHV_SEC_ENTRIES])
			return BAD_ITEM;
	}
	return BAD_NONE;
}

static int check_entries(const struct check *c)
{
	const struct khv_blob_entry *entry = khv_section(c->e, KHV_SEC_ENTRIES);
	const struct khv_blob_rule *rules = khv_section(c->e, KHV_SEC_RULES);
	u32 i;

	for (i = 0; i < c->count[KHV_SEC_ENTRIES]; i++, entry++) {
		u32 grant = khv_le32(entry->grant);
		u32 target = khv_le16(entry->target);
		u32 rule = khv_le32(entry->rule);

		khv_relax(i);
		if (grant & ~(KHV_GRANT_VERBS | KHV_GRANT_OP | KHV_GRANT_CLASS))
			return BAD_ENTRY;
		if ((grant & KHV_GRANT_OP) == KHV_GRANT_OP)
			return BAD_ENTRY;
		if (rule >= c->count[KHV_SEC_RULES] ||
		    khv_le16(entry->cond) >= c->count[KHV_SEC_CONDS])
			return BAD_ENTRY;
		if (rules[rule].kind != KHV_TYPE_SOCKET &&
		    target != KHV_NO_TARGET && target != KHV_TARGET_DETACH &&
		    target >= c->count[KHV_SEC_DOMAINS])
			return BAD_ENTRY;
	}
	return BAD_NONE;
}

static int check_rules(const struct check *c)
{
	const struct khv_blob_rule *r = khv_section(c->e, KHV_SEC_RULES);
	u32 i;

	for (i = 0; i < c->count[KHV_SEC_RULES]; i++, r++) {
		khv_relax(i);
		if (khv_le32(r->text) >= c->count[KHV_SEC_TEXT] ||
		    khv_le16(r->source) >= c->count[KHV_SEC_SOURCES] ||
		    khv_le16(r->domain) >= c->count[KHV_SEC_DOMAINS] ||
		    r->kind >= KHV_NR_KINDS || r->error > 133 ||
		    r->limit > c->count[KHV_SEC_LIMITS] ||
		    (r->effects & ~(KHV_RULE_AUDIT | KHV_RULE_QUIET |
				    KHV_RULE_KILL | KHV_RULE_REDACT |
				    KHV_RULE_LOG | KHV_RULE_RESULT)) ||
		    (r->effects & KHV_RULE_LOG) >> KHV_RULE_LOG_SHIFT > 4)
			return BAD_RULE;
	}
	return BAD_NONE;
}

static int check_notes(const struct check *c)
{
	const struct khv_blob_note *note = khv_section(c->e, KHV_SEC_NOTES);
	u32 i, least = 0;

	for (i = 0; i < c->count[KHV_SEC_NOTES]; i++, note++) {
		u32 rule = khv_le32(note->rule);

		khv_relax(i);
		if (rule >= c->count[KHV_SEC_RULES] || rule < least ||
		    !string_ok(c, khv_le32(note->why)) ||
		    !string_ok(c, khv_le32(note->tag)))
			return BAD_NOTE;
		least = rule + 1;
	}
	return BAD_NONE;
}

static int check_sources(const struct check *c)
{
	const struct khv_blob_source *s = khv_section(c->e, KHV_SEC_SOURCES);
	const char *text = khv_section(c->e, KHV_SEC_TEXT);
	u32 i, n = c->count[KHV_SEC_SOURCES];

	if (!n || n > KHV_MAX_SOURCES)
		return BAD_SOURCE;
	for (i = 0; i < n; i++, s++) {
		u32 offset = khv_le32(s->text), len = khv_le32(s->len);

		if (!string_ok(c, khv_le32(s->name)) ||
		    offset >= c->count[KHV_SEC_TEXT] ||
		    len >= c->count[KHV_SEC_TEXT] - offset || text[offset + len])
			return BAD_SOURCE;
	}
	return BAD_NONE;
}

static int check_content(struct check *c)
{
	static int (*const checks[])(const struct check *c) = {
		/* Strings and slots before trees, trees before their users. */
		check_strings, check_slots, khv_check_trees, check_header,
		check_domains, check_ports, check_items, khv_check_conds,
		check_sources, check_rules, check_entries, check_notes,
		khv_check_needs,
	};
	u32 i;

	for (i = 0; i < KHV_ARRAY_SIZE(checks); i++) {
		int reason = checks[i](c);

		if (reason)
			return reason;
	}
	return BAD_NONE;
}

static int open_blob(struct khv_engine *e, const void *blob, size_t size)
{
	const struct khv_blob_header *h = blob;
	struct check c = { .e = e };
	int reason;
	u32 slots;

	if (size < sizeof(*h) || size > KHV_BLOB_MAX ||
	    (unsigned long)blob % 8)
		return BAD_SIZE;
	if (khv_le32(h->magic) != KHV_BLOB_MAGIC)
		return BAD_MAGIC;
	if (khv_le32(h->version) != KHV_BLOB_VERSION)
		return BAD_VERSION;
	if (khv_le32(h->size) != size)
		return BAD_SIZE;
	e->blob = h;
	e->size = size;
	reason = check_sections(&c, size);
	if (reason)
		return reason;
	c.nodes = khv_section(e, KHV_SEC_NODES);
	c.globs = khv_section(e, KHV_SEC_GLOBS);
	c.branches = khv_section(e, KHV_SEC_BRANCHES);
	e->nodes = c.nodes;
	e->entries = khv_section(e, KHV_SEC_ENTRIES);
	e->slots = khv_section(e, KHV_SEC_SLOTS);
	e->domains = khv_section(e, KHV_SEC_DOMAINS);
	e->nr_domains = c.count[KHV_SEC_DOMAINS];
	e->strings = khv_section(e, KHV_SEC_STRINGS);
	e->probes = h->probes;
	/* Probing never wraps: the last homes have room behind them. */
	slots = c.count[KHV_SEC_SLOTS];
	if (!e->probes || e->probes > KHV_MAX_PROBES || slots < e->probes)
		return BAD_SLOTS;
	e->homes = slots - e->probes + 1;
	return check_content(&c);
}

int khv_engine_open(struct khv_engine *e, const void *blob, size_t size,
		    int *reason)
{
	int bad = open_blob(e, blob, size);

	if (reason)
		*reason = bad;
	if (bad)
		memset(e, 0, sizeof(*e));
	if (bad == BAD_VERSION)
		return -EPROTONOSUPPORT;
	return bad ? -EINVAL : 0;
}
