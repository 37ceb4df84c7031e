/* SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1) */
/*
 * A compiled policy: the layout of the blob.
 *
 *   +--------------------------------------------------------------+ 0
 *   | header: magic, version, size, mode, governed types and verbs, |
 *   |         where the sections are                                |
 *   +--------------------------------------------------------------+
 *   | DOMAINS   per domain: defaults, roots of its trees, its items |
 *   | NODES     the trees                                           |
 *   | GLOBS     what nodes with or below patterns have in addition  |
 *   | BRANCHES  node numbers: the pattern children of a node, then  |
 *   |           the "**" below a "**"                               |
 *   | PORTS     port ranges of an address prefix                    |
 *   | ITEMS     process rules and family: rules                     |
 *   | ENTRIES   what a rule grants at a place, least specific first |
 *   | CONDS     user=, group=, role=, from=, until=; signal(...)    |
 *   | MEMBERS   users and groups of roles and of admin lines        |
 *   | RANGES    numbers that the words in ( ) stand for             |
 *   | LIMITS    limit=                                              |
 *   | RULES     one per line that can decide: where it was written  |
 *   | NOTES     why= and tag= of the few rules that have them       |
 *   | SOURCES   the files the policy was compiled from              |
 *   | SLOTS     hash table (parent node, component) -> node         |
 *   | STRINGS   names and components, NUL-terminated, 8 NUL at end  |
 *   | TEXT      the files themselves, a NUL for each newline        |
 *   +--------------------------------------------------------------+ size
 *
 * All numbers are little-endian, sections start at multiples of 8, offsets of
 * strings and texts are relative to their section. Entry 0 of NODES, GLOBS and
 * CONDS means "none".
 *
 *   /srv/www read          domain "main", tree FILE:
 *   /srv/www/b?d none
 *                          [1] root --"srv"--> [2] --"www"--> [3] entry: read
 *                                                              |
 *                             BRANCHES of node 3: --"b?d"--> [4] entry: none
 *
 * A lookup starts at the root of a tree and follows the components of the path:
 * one probe of the hash table each for the literal child, then the patterns of
 * the node. What the entries on the way say is applied in this order, so the
 * last one, the nearest and most specific, wins. The cost depends on the
 * components of the path and on the patterns met, not on the number of rules.
 *
 * Addresses are in the same table: the component is the length of the prefix and
 * its bytes, and one probe is made for each length that occurs in the policy.
 *
 * Bound of a lookup: every node carries its width, the most nodes that can match
 * any one object at any depth below it. khv_engine_open() checks that the width
 * of a node is not less than the widths of its children add up to, so a lookup
 * cannot need more room than the width of the root says.
 *
 * What stands for "**" stays at every depth once it is met. A second one of a path is
 * met again at each depth, so it is kept once, and the first one has the widths of all
 * that can be met below it beside its own.
 */
#ifndef _KHV_BLOB_H
#define _KHV_BLOB_H

#include <khv/engine.h>
#include <khv/limits.h>

#define KHV_BLOB_MAGIC		0x7076686bu	/* "khvp" */
#define KHV_BLOB_VERSION	6

enum khv_section_id {
	KHV_SEC_DOMAINS,
	KHV_SEC_NODES,
	KHV_SEC_GLOBS,
	KHV_SEC_BRANCHES,
	KHV_SEC_PORTS,
	KHV_SEC_ITEMS,
	KHV_SEC_ENTRIES,
	KHV_SEC_CONDS,
	KHV_SEC_MEMBERS,
	KHV_SEC_RANGES,
	KHV_SEC_LIMITS,
	KHV_SEC_RULES,
	KHV_SEC_NOTES,
	KHV_SEC_SOURCES,
	KHV_SEC_SLOTS,
	KHV_SEC_STRINGS,
	KHV_SEC_TEXT,
	KHV_NR_SECTIONS
};

struct khv_section {
	__le32 offset;		/* bytes from the start of the blob */
	__le32 count;		/* elements */
};

struct khv_blob_header {
	__le32 magic;
	__le32 version;
	__le32 size;
	__le32 name;		/* STRINGS */
	__le32 judged[KHV_NR_TYPES];	/* verbs that are judged, per type */
	__le32 named[KHV_NR_TYPES];	/* verbs that the policy has a word for */
	__le32 gaps[KHV_NR_TYPES];	/* verbs that may be without effect */
	__u8 governed;		/* bit per type */
	__u8 mode;		/* enum khv_mode */
	__u8 probes;		/* slots to look at, at most KHV_MAX_PROBES */
	__u8 needs;		/* KHV_NEEDS_* */
	__le32 attach;		/* NODES: root of the attach lines, or 0 */
	__le32 refuse;		/* ENTRIES: the refuse lines */
	__le32 nr_refuse;
	__le32 admins;		/* MEMBERS: the admin lines */
	__le32 nr_admins;
	struct khv_section section[KHV_NR_SECTIONS];
};

/* Numbers of struct khv_blob_header.mode are those of enum khv_mode. */
#define KHV_BLOB_MODES		5

enum khv_tree {
	KHV_TREE_FILE,		/* absolute paths */
	KHV_TREE_AT,		/* @memfd:name, @anon, ... */
	KHV_TREE_UNIX,		/* paths of sockets */
	KHV_TREE_ABSTRACT,	/* abstract names of sockets */
	KHV_TREE_KERNEL,	/* group, group:member; the root is any */
	KHV_TREE_EXE,		/* paths of the programs of other processes */
	KHV_TREE_INET,		/* from here on: addresses */
	KHV_TREE_INET6,
	KHV_NR_TREES
};

struct khv_blob_domain {
	__le64 lengths4;	/* bit n: prefixes of length n occur */
	__le64 lengths6[3];
	__le32 name;		/* STRINGS */
	__le32 fallback[KHV_NR_TYPES];	/* verbs granted where no rule is */
	__le32 root[KHV_NR_TREES];	/* NODES, 0: empty tree */
	__le32 process;		/* ITEMS */
	__le32 nr_process;
	__le32 family;		/* ITEMS */
	__le32 nr_family;
};

/* In fallback[KHV_TYPE_KERNEL]: what is marked KHV_FAC_COMMON is granted. */
#define KHV_FALLBACK_COMMON	0x80000000u

/* Bits of struct khv_blob_node.flags */
#define KHV_NODE_STAT	(1 << 0) /* leads to something granted: stat is allowed */
#define KHV_NODE_GLOB	(1 << 1) /* is or is below a pattern */
#define KHV_NODE_PATTERN (1 << 2) /* its component is a pattern */
#define KHV_NODE_DEEP	(1 << 3) /* stands for "**": any directories */
#define KHV_NODE_FLOAT	(1 << 4) /* is or is below a DEEP node */
#define KHV_NODE_NET	(1 << 5) /* in an address tree */
#define KHV_NODE_NESTED	(1 << 6) /* a DEEP node below another one */

struct khv_blob_node {
	__le32 parent;		/* smaller than its own number; 0: a root */
	__le32 name;		/* STRINGS: the component */
	__le32 first;		/* ENTRIES, with NET: PORTS */
	__le32 more;		/* GLOBS or 0, with NET: number of PORTS */
	__u8 name_len;
	__u8 nr;		/* entries; with NET: PORTS of so many nodes before */
	__u8 width;		/* see above; 0: no children */
	__u8 flags;
};

struct khv_blob_glob {
	__le32 first;		/* BRANCHES, by first byte, wildcards first */
	__le32 deep;		/* NODES: the child "**", or 0 */
	__le16 literals;	/* literal bytes of the whole pattern: its rank */
	__u8 nr;		/* branches */
	__u8 overlap;		/* most nodes its branches can match at once */
	__u8 height;		/* components below, of FLOAT nodes, to the next "**" */
	__u8 nested;		/* of DEEP nodes: BRANCHES behind those, NESTED */
	__u8 nested_width;	/* the widths of these together */
	__u8 pad;
	__le64 filter;		/* of DEEP nodes: first bytes of literal children */
};

/*
 * Ranges of a prefix cover 0 to 65535 without holes, in rising order. A node may have
 * those of another one, and ranges the same entries.
 */
struct khv_blob_port {
	__le32 first;		/* ENTRIES, wide ranges before narrow ones */
	__le16 start;
	__le16 nr;
};

enum khv_item_kind {
	/* process, least specific first */
	KHV_ITEM_ANY,
	KHV_ITEM_DESCENDANTS,
	KHV_ITEM_USER,		/* value: uid */
	KHV_ITEM_DOMAIN,	/* value: DOMAINS */
	KHV_ITEM_EXE,		/* of tree EXE: an entry, where the path is not known */
	KHV_ITEM_SELF,
	KHV_ITEM_PID,		/* value: pid */
	/* socket */
	KHV_ITEM_FAMILY,	/* value: AF_* */
	KHV_NR_ITEM_KINDS
};

struct khv_blob_item {
	__le32 kind;
	__le32 value;
	__le32 entry;
};

/*
 * Bits of struct khv_blob_entry.grant: verbs, what to do with them, and the
 * class: how specific the rule is among those of the same identifier.
 */
#define KHV_GRANT_VERBS		0x000fffff
#define KHV_GRANT_OP		0x00300000
#define KHV_GRANT_SET		0x00000000	/* replaces what was inherited */
#define KHV_GRANT_ADD		0x00100000
#define KHV_GRANT_DEL		0x00200000
#define KHV_GRANT_CLASS_SHIFT	24
#define KHV_GRANT_CLASS		0x7f000000
#define KHV_GRANT_MAIN_FILE	0x01000000	/* not from an include */
#define KHV_GRANT_OWN_SHIFT	25		/* 3: own domain, less: inherited */
#define KHV_GRANT_CONDS_SHIFT	27		/* number of conditions, up to 7 */
#define KHV_GRANT_EXACT		0x40000000	/* not for what is below */

#define KHV_NO_TARGET		0xffff
#define KHV_TARGET_DETACH	0xfffe		/* out of the policy */

struct khv_blob_entry {
	__le32 grant;
	__le32 rule;		/* RULES */
	__le16 cond;		/* CONDS or 0 */
	__le16 target;		/* file: DOMAINS or KHV_NO_TARGET; socket: proto or 0 */
};

#define KHV_COND_USER	(1 << 0)
#define KHV_COND_GROUP	(1 << 1)
#define KHV_COND_ROLE	(1 << 2)
#define KHV_COND_FROM	(1 << 3)
#define KHV_COND_UNTIL	(1 << 4)
/* Not a condition: the verb of RANGES is granted for these numbers only. */
#define KHV_COND_RANGES	(1 << 5)
#define KHV_COND_ALL	((1 << 6) - 1)
/* Those that "!=" is for: about who asks, or from where. */
#define KHV_COND_NEGATES \
	(KHV_COND_USER | KHV_COND_GROUP | KHV_COND_ROLE | KHV_COND_FROM)

struct khv_blob_cond {
	__le64 until;		/* seconds since the epoch */
	__le32 what;
	__le32 uid;
	__le32 gid;
	__le32 role;		/* MEMBERS */
	__le32 nr_role;
	__le32 ranges;		/* RANGES, rising, without overlap */
	__le32 nr_ranges;
	__le32 ranged;		/* the verb they belong to */
	__u8 from[16];		/* prefix; IPv4 uses 4 bytes */
	__u8 from_length;
	__u8 from_inet6;
	__u8 negated;		/* KHV_COND_* of those that must not hold */
	__u8 pad[5];
};

/* A user or a group: of a role, or who may change the policy. */
struct khv_blob_member {
	__le32 what;		/* KHV_COND_USER or KHV_COND_GROUP */
	__le32 id;
};

struct khv_blob_range {
	__le32 low, high;
};

struct khv_blob_limit {
	__le32 count;		/* so many times */
	__le32 period;		/* in so many seconds */
};

enum khv_blob_rule_kind {
	KHV_KIND_ATTACH = KHV_NR_TYPES,	/* below: enum khv_type */
	KHV_KIND_REFUSE,
	KHV_NR_KINDS
};

struct khv_blob_rule {
	__le32 text;		/* TEXT: the line, without leading blanks */
	__le32 line;
	__le16 source;		/* SOURCES */
	__le16 domain;		/* DOMAINS: where it was written */
	__u8 kind;
	__u8 effects;		/* enum khv_rule_effect */
	__u8 error;		/* errno=, 0: the default of the type; or result= */
	__u8 limit;		/* 1 + number of LIMITS, 0: none */
};

struct khv_blob_note {
	__le32 rule;		/* RULES, rising */
	__le32 why;		/* STRINGS, 0: none */
	__le32 tag;
};

struct khv_blob_source {
	__le32 name;		/* STRINGS: as it was opened */
	__le32 text;		/* TEXT */
	__le32 len;		/* a NUL follows */
	__le32 pad;
	__le64 changed;		/* seconds since the epoch, for until=boot */
};

/* STRINGS ends with so many NULs, so that names may be read in words. */
#define KHV_STRINGS_PAD	8

#endif /* _KHV_BLOB_H */
