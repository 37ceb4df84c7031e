/* SPDX-License-Identifier: LGPL-2.1 */
/* What a policy is while it is compiled. */
#ifndef _HVP_MODEL_H
#define _HVP_MODEL_H

#include <stdatomic.h>
#include "memory.h"

/*
 * Text with its escapes: "\" and the byte that is meant literally. What was in
 * quotes is as special as what was not; quotes only hold blanks together.
 */
struct hvp_word {
	char *text;
	u32 len;
	u32 column;  /* of its first byte, from 1 */
	u32 raw_len; /* as written */
};

struct hvp_words {
	struct hvp_word *at;
	u32 nr, room;
};

struct hvp_source {
	const char *name;
	char *text;
	size_t len;
	u64 changed; /* seconds since the epoch */
	u32 offset;  /* in TEXT */
};

struct hvp_var {
	char *name;
	struct hvp_words values;
};

struct hvp_exe_dir {
	const char *text; /* with its escapes */
	u16 domain;
};

struct hvp_domain {
	const char *name;
	u32 source, line, column; /* first mentioned */
	bool defined;
	u32 root[KHV_NR_TREES];
	u32 fallback[KHV_NR_TYPES];
	bool fallback_reads;
	bool has_fallback[KHV_NR_TYPES];
	int inherits; /* domain, or -1 */
	u32 inherit_line, inherit_source;
	u64 lengths4, lengths6[3];
	u32 includes; /* list of sources that are in it already */
};

enum hvp_sign { HVP_SET, HVP_ADD, HVP_DEL, HVP_NR_SIGNS };

/* What the third column says. */
struct hvp_perms {
	u32 set, add, del;
	bool delta;
	/* "read" stands for more while exec and mmap are ungoverned */
	bool reads_set, reads_add, reads_del;
	/* what stands in ( ), and the verb before it; 0: nothing */
	u32 ranges[HVP_NR_SIGNS];
	u32 ranged;
};

/* A line that can decide something. */
struct hvp_rule {
	u32 source, line, column;
	u32 text; /* in TEXT */
	u16 domain;
	u8 kind;
	u8 effects;
	u8 error;
	u8 limit; /* 1 + number, 0: none */
	bool exact;
	bool in_include;
	struct hvp_perms perms;
	u32 cond;
	int target; /* domain, KHV_TARGET_DETACH, or -1 */
	const char *why, *tag;
	u32 until_column; /* of until=, 0: none */
};

/* What one rule says at one place. */
struct hvp_place {
	u32 rule;
	u32 next;  /* place of the same node, 0: none */
	u32 verbs; /* with KHV_GRANT_OP */
	bool reads;
	u8 level; /* KHV_MAX_INHERIT: own, less: inherited */
	u16 cond;
	u16 target;
	u16 low, high; /* ports */
	u32 class;
};

struct hvp_node {
	u32 parent;
	u32 name; /* in STRINGS */
	u32 places, last_place;
	u32 deep;
	u32 widest; /* width of its widest literal child */
	u32 literals;
	u64 filter; /* first bytes of its literal children */
	u16 name_len;
	u8 flags;
	u8 width, overlap, height;
	u8 nested;	 /* "**" below this one with no other one between */
	u8 nested_width; /* of all of these */
	u8 shares; /* the ports of the node so many before it; 0: its own */
	bool has_children;
	/* filled by order.c */
	u32 first;
	u32 nr;
	u32 glob;
};

struct hvp_item {
	u16 domain;
	u8 kind;
	u32 value;
	struct hvp_place place;
};

struct hvp_test {
	u32 source, line, column;
	u16 domain;
	bool allow;
	enum khv_type type;
	const char *ident, *verb;
	u32 verb_column;
	struct khv_subject subject;
	struct khv_sockaddr peer; /* family 0: none */
};

struct hvp_account {
	const char *name, *home;
	u32 uid, gid;
};

struct hvp_cond {
	u64 until;
	u32 what, uid, gid;
	u32 role;    /* roles */
	u32 ranges;  /* range_sets */
	u32 ranged;  /* verb */
	u32 negated; /* of what: "!=" */
	u32 from_length;
	u32 from_inet6;
	u8 from[16];
};

struct hvp_role {
	const char *name;
	u32 first, nr; /* members */
};

struct hvp_range_set {
	u32 first, nr; /* ranges */
};

struct hvp_compiler {
	struct hvp_mem mem; /* gone when the compilation ends */
	struct khv_policy *policy;
	struct khv_policy_options options;

	/* where we are */
	u32 source, line;
	const char *line_text;
	size_t line_len;
	u16 domain;
	u32 depth;			   /* of includes */
	const struct hvp_account *account; /* "~" means this one's */
	bool stop;			   /* too many errors */

	/* what the file says */
	bool versioned;
	bool started; /* a statement was seen */
	const char *name;
	u8 mode;
	bool mode_set;
	u8 mentions;		 /* types of rules */
	u32 named[KHV_NR_TYPES]; /* verbs */
	u32 asked[KHV_NR_TYPES]; /* with govern */
	u32 judged[KHV_NR_TYPES];
	u32 gaps[KHV_NR_TYPES];
	u32 attach_root;
	u32 attach_line;

	HVP_LIST(struct hvp_source) sources;
	HVP_LIST(struct hvp_var) vars;
	HVP_LIST(struct hvp_exe_dir) exe_dirs; /* 0 is none */
	struct hvp_index exe_index;
	HVP_LIST(struct hvp_domain) domains;
	HVP_LIST(struct hvp_rule) rules;
	HVP_LIST(struct hvp_place) places; /* 0 is none */
	HVP_LIST(struct hvp_node) nodes;   /* 0 is none */
	HVP_LIST(struct hvp_item) items;
	HVP_LIST(u32) refuse; /* rules */
	HVP_LIST(struct hvp_test) tests;
	HVP_LIST(struct hvp_cond) conds; /* 0 is none */
	struct hvp_index cond_index;
	HVP_LIST(struct hvp_role) roles;
	HVP_LIST(struct khv_blob_member) members;
	HVP_LIST(struct khv_blob_member) admins;
	HVP_LIST(struct hvp_range_set) range_sets; /* 0 is none */
	HVP_LIST(struct khv_blob_range) ranges;
	HVP_LIST(struct khv_blob_limit) limits;
	HVP_LIST(struct hvp_account) accounts;
	HVP_LIST(u64) included; /* domain << 32 | source */
	bool have_accounts;

	HVP_LIST(char) strings;
	struct hvp_index string_index;
	HVP_LIST(char) text;
	struct hvp_index node_index;

	/* sections of the blob, by order.c */
	HVP_LIST(struct khv_blob_entry) entries;
	struct hvp_index entry_index; /* 1 + the first of a list, of ports */
	HVP_LIST(struct khv_blob_port) ports;
	HVP_LIST(struct khv_blob_item) blob_items;
	HVP_LIST(struct khv_blob_glob) globs;
	HVP_LIST(u32) branches;
	HVP_LIST(u32) slots;
	u32 first_refuse;
	u32 probes;
};

struct shown;

struct khv_policy {
	struct hvp_mem mem;
	HVP_LIST(struct khv_policy_message) messages;
	u32 nr_errors, nr_tests, nr_failed;
	u64 *blob;
	size_t size;
	struct khv_engine engine;
	bool open;
	_Atomic(struct shown *) shown; /* show.c */
};

#endif /* _HVP_MODEL_H */
