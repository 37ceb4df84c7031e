/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * Inside of the policy compiler.
 *
 *   memory.c, index.c  memory, and finding what is there already
 *   lex.c      a line -> words
 *   parse.c    words -> directives and rules; rule.c, option.c, include.c
 *   condition.c, number.c  roles, times, limits; signals and ioctls
 *   expand.c   one identifier -> several, for variables, braces and "~"
 *   ident_*.c  an identifier -> places in the trees
 *   tree.c     the trees while they grow
 *   order.c    which rule at a place is more specific; ties
 *   ports.c    the same for the ports of an address
 *   overlap.c  ties between different patterns
 *   width.c    the bound of a lookup
 *   write.c    the blob
 *   test.c     `expect` lines and khv_policy_test()
 *
 * All memory of a compilation belongs to one struct hvp_mem, and a failed
 * allocation jumps back to the start, so nothing here checks for NULL.
 */
#ifndef _HVP_COMPILER_H
#define _HVP_COMPILER_H

#include "model.h"

/* --- lex.c ---------------------------------------------------------------- */

typedef void hvp_lex_error(void *arg, u32 column, const char *text);
/* Cut a line into words; false after @error was called. */
bool hvp_lex(struct hvp_mem *m, const char *line, size_t len,
	     struct hvp_words *words, hvp_lex_error *error, void *arg);
/* Without the escapes; @len_out may be NULL. */
char *hvp_unescape(struct hvp_mem *m, const char *text, size_t len,
		   u32 *len_out);
/* Is there an unescaped byte of @special in it? */
bool hvp_has(const char *text, size_t len, const char *special);

/* --- message.c --------------------------------------------------------------- */

__attribute__((format(printf, 6, 7))) void
hvp_message(struct hvp_compiler *c, enum khv_severity severity, u32 source,
	    u32 line, u32 column, const char *format, ...);
/* On the line being read. */
__attribute__((format(printf, 3, 4))) void
hvp_error(struct hvp_compiler *c, u32 column, const char *format, ...);
__attribute__((format(printf, 3, 4))) void
hvp_warning(struct hvp_compiler *c, u32 column, const char *format, ...);
__attribute__((format(printf, 3, 4))) void
hvp_lint(struct hvp_compiler *c, u32 column, const char *format, ...);
/* About a rule. */
__attribute__((format(printf, 3, 4))) void
hvp_rule_error(struct hvp_compiler *c, u32 rule, const char *format, ...);
void hvp_sort_messages(struct khv_policy *p);
/* "file:line" of a rule, for the other line of a tie. */
const char *hvp_where(struct hvp_compiler *c, u32 rule);
/* What is fit to print of a word. */
const char *hvp_show(struct hvp_compiler *c, const char *text, size_t len);

/* --- names.c ------------------------------------------------------------------ */

/* The one of a NULL-terminated list that was probably meant, or NULL. */
const char *hvp_nearest(const char *word, const char *const *names);
/* ", did you mean \"x\"?" or "", of a NULL-terminated list. */
const char *hvp_suggest(struct hvp_mem *m, const char *word,
			const char *const *names);
bool hvp_is_one_of(const char *word, const char *const *names);
/* Verb of a type, 0 if unknown; sums ("read") are not verbs. */
u32 hvp_verb(enum khv_type type, const char *name);
const char *const *hvp_verb_names(enum khv_type type);
/*
 * Verbs that are judged only in policies that name them: one that never heard of
 * them means the same as ever. mount is not among them, since it changes which
 * object a path means; exec and mmap are part of read until they are named.
 */
u32 hvp_optional(enum khv_type type);
int hvp_type(const char *name);
u32 hvp_sum(enum khv_type type, const char *name);
extern const char *const hvp_type_names[];
/* Of messages: "file, socket, ..." */
#define HVP_TYPES "file, socket, process or kernel"
int hvp_errno(const char *name);
int hvp_family(const char *name);
int hvp_protocol(const char *name);
extern const char *const hvp_family_names[];
extern const char *const hvp_protocol_names[];
/* "open/stat" */
const char *hvp_verbs_text(struct hvp_mem *m, enum khv_type type, u32 verbs);

/* --- account.c ----------------------------------------------------------------- */

void hvp_load_accounts(struct hvp_compiler *c);
const struct hvp_account *hvp_user(struct hvp_compiler *c, const char *name);
bool hvp_group(struct hvp_compiler *c, const char *name, u32 *gid);
/* Is ${NAME} of the account, and not set in the policy? */
bool hvp_is_account_var(struct hvp_compiler *c, const char *name, size_t len);
/* Text of one, with escapes; NULL: the account has none. */
const char *hvp_account_var(struct hvp_compiler *c, const struct hvp_account *a,
			    const char *name);
/* All their names, NULL after the last. */
const char *hvp_account_var_name(u32 i);

/* --- parse.c, rule.c, option.c, directive.c, include.c --------------------------- */

void hvp_parse_source(struct hvp_compiler *c, u32 source);
/* Domain of a name, made if it is new. */
u16 hvp_domain(struct hvp_compiler *c, const char *name, u32 column,
	       bool define);
void hvp_parse_rule(struct hvp_compiler *c, enum khv_type type,
		    const struct hvp_words *w);
void hvp_parse_expect(struct hvp_compiler *c, const struct hvp_words *w);
bool hvp_parse_perms(struct hvp_compiler *c, enum khv_type type,
		     const struct hvp_word *w, struct hvp_perms *perms);
/* A new rule with where it was written. */
u32 hvp_new_rule(struct hvp_compiler *c, u8 kind, u32 column);

struct hvp_options {
	struct hvp_cond cond;
	bool has_user, has_group, exact;
	u8 effects, error, result, limit;
	u64 now;
	u32 until_column;
	const char *why, *tag;
	const struct hvp_account *account;
};

enum hvp_option_set {
	HVP_OPT_USER = 1 << 0, /* user=, group= */
	HVP_OPT_WHY = 1 << 1,  /* why=, tag= */
	HVP_OPT_RULE = 1 << 2, /* everything else of a rule */
	HVP_OPT_ROLE = 1 << 3,
	HVP_OPT_FROM = 1 << 4,
	HVP_OPT_AT = 1 << 5,  /* of a test */
	HVP_OPT_NOT = 1 << 6, /* conditions with "!=" */
};

bool hvp_parse_options(struct hvp_compiler *c, const struct hvp_words *w,
		       u32 first, unsigned int allowed,
		       struct hvp_options *options);
/* Number of a condition. */
u32 hvp_cond(struct hvp_compiler *c, const struct hvp_cond *cond);

/* --- condition.c ---------------------------------------------------------------- */

/* "webadmin user:ann,group:www" */
void hvp_parse_role(struct hvp_compiler *c, const struct hvp_words *w);
void hvp_parse_admin(struct hvp_compiler *c, const struct hvp_words *w);
bool hvp_role(struct hvp_compiler *c, const char *name, u32 column, u32 *role);
bool hvp_until(struct hvp_compiler *c, const char *text, u32 column,
	       u64 *until);
/* Of a line in the source that is read now. No clock gets to the one or the other. */
#define HVP_UNTIL_BOOT	 (~0ull)
#define HVP_UNTIL_BOOTED 0ull
bool hvp_until_boot(struct hvp_compiler *c, u64 *until);
bool hvp_limit(struct hvp_compiler *c, const char *text, u32 column, u8 *limit);
/* The clock of this compilation, in seconds since the epoch. */
u64 hvp_now(struct hvp_compiler *c);

/* --- number.c -------------------------------------------------------------------- */

/* Which verb of a type takes words in ( )? 0: none. */
u32 hvp_ranged_verb(enum khv_type type);
/* "hup,term" of a verb; a number of range_sets, or 0 after an error. */
u32 hvp_parse_ranges(struct hvp_compiler *c, enum khv_type type,
		     const char *text, u32 len, u32 column);
/* The single number of a question; NULL or what is wrong with it. */
const char *hvp_one_number(struct hvp_mem *m, enum khv_type type,
			   const char *text, u32 *number);
/* Directives; false if the word is none. */
bool hvp_parse_directive(struct hvp_compiler *c, const struct hvp_words *w);
extern const char *const hvp_directive_names[];
void hvp_parse_include(struct hvp_compiler *c, const struct hvp_words *w);
/* Returns the number of the source or -errno. */
int hvp_read_source(struct hvp_compiler *c, const char *path);
/* What was wrong with the file. */
const char *hvp_read_error(struct hvp_compiler *c, int error);
u32 hvp_add_source(struct hvp_compiler *c, const char *name, char *text,
		   size_t len, u64 changed);
/* When the source of options.sources with this name was changed; @otherwise: none. */
u64 hvp_given_changed(struct hvp_compiler *c, const char *name, u64 otherwise);

/* --- expand.c -------------------------------------------------------------------- */

typedef bool hvp_expanded(struct hvp_compiler *c, const char *text, u32 len,
			  u32 column, void *arg);
/* Calls @fn for each text @word stands for; false after an error. */
bool hvp_expand(struct hvp_compiler *c, const char *text, u32 len, u32 column,
		hvp_expanded *fn, void *arg);
/* Only ${VAR} of `set`, for the values of other variables. */
bool hvp_expand_vars(struct hvp_compiler *c, const char *text, u32 len,
		     u32 column, hvp_expanded *fn, void *arg);
/* Does it mean something else for every account? */
bool hvp_needs_account(struct hvp_compiler *c, const char *text, u32 len);
/* Text as an identifier that means exactly it. */
char *hvp_escape(struct hvp_compiler *c, const char *text);
/* The folder of a program that an attach line names, for ${EXE_DIR}. */
void hvp_note_exe(struct hvp_compiler *c, const char *text, u32 len,
		  u16 domain);
struct hvp_var *hvp_find_var(struct hvp_compiler *c, const char *name,
			     size_t len);

/* --- ident_*.c ------------------------------------------------------------------- */

/* An address as it is written, also for tests. */
struct hvp_address {
	u16 family; /* AF_INET, AF_INET6, 0: both */
	u8 addr[16];
	u8 length; /* of the prefix */
	bool has_length;
	u16 low, high;
	bool has_port;
	u8 proto;
};

/* NULL or what is wrong with it. */
const char *hvp_parse_address(struct hvp_mem *m, const char *text,
			      struct hvp_address *a);
/* The same for "self", "4711", "user:ann", ...; @value is set for kinds that
 * have one, @name for those that name something.
 */
const char *hvp_parse_process(struct hvp_mem *m, const char *text, u8 *kind,
			      u32 *value, const char **name);

bool hvp_place_path(struct hvp_compiler *c, u32 rule, u32 *root, bool at,
		    const char *text, u32 len, u32 column);
/* An abstract socket name: a single component, whatever is in it. */
bool hvp_place_abstract(struct hvp_compiler *c, u32 rule, u32 *root,
			const char *text, u32 len, u32 column);
bool hvp_place_file(struct hvp_compiler *c, u32 rule, const char *text, u32 len,
		    u32 column);
/* "NAME:443/tcp" of a set is "${NAME}:443/tcp". */
void hvp_socket_set(struct hvp_compiler *c, struct hvp_word *w);
bool hvp_place_socket(struct hvp_compiler *c, u32 rule, const char *text,
		      u32 len, u32 column);
bool hvp_place_process(struct hvp_compiler *c, u32 rule, const char *text,
		       u32 len, u32 column);
/* NULL or what is wrong with "group" or "group:member". */
const char *hvp_parse_facility(struct hvp_mem *m, const char *text);
/* Is it the name of a system call? */
bool hvp_is_call(const char *name);
bool hvp_place_kernel(struct hvp_compiler *c, u32 rule, const char *text,
		      u32 len, u32 column);
/* What the rule says, at a node. */
void hvp_add_places(struct hvp_compiler *c, u32 rule, u32 node);
/* Condition and grants of the rule as a place; delta rules may need two. */
u32 hvp_rule_places(struct hvp_compiler *c, u32 rule, struct hvp_place *p);

/* --- tree.c ---------------------------------------------------------------------- */

u32 hvp_string(struct hvp_compiler *c, const char *text, u32 len);
u32 hvp_root(struct hvp_compiler *c, u32 *root, bool net);
/* Child of a node, made if need be; name_len 0 with KHV_NODE_DEEP. */
u32 hvp_child(struct hvp_compiler *c, u32 parent, const char *name, u32 len,
	      u8 flags);
u32 hvp_find_node(struct hvp_compiler *c, u32 parent, const char *name, u32 len,
		  u8 flags);
void hvp_add_place(struct hvp_compiler *c, u32 node,
		   const struct hvp_place *place);
/* "/srv/www/b?d" or "group:member", for messages. */
const char *hvp_node_path(struct hvp_compiler *c, u32 node);
void hvp_inherit(struct hvp_compiler *c);

/* --- order.c, overlap.c, width.c, write.c ---------------------------------------- */

void hvp_order(struct hvp_compiler *c);
/* A place in the order of its rules: class, condition, then as it was written. */
struct hvp_sorted {
	const struct hvp_place *place;
	u32 index;
};

int hvp_compare_sorted(const void *a, const void *b);
void hvp_add_entry(struct hvp_compiler *c, const struct hvp_place *p);
/* ports.c */
void hvp_order_ports(struct hvp_compiler *c, u32 node);
void hvp_overlap(struct hvp_compiler *c);
/* May both apply to one subject? */
bool hvp_together(struct hvp_compiler *c, u32 cond_a, u32 cond_b);
/* Do they say the same? */
bool hvp_same_place(struct hvp_compiler *c, const struct hvp_place *a,
		    const struct hvp_place *b);
bool hvp_clash(struct hvp_compiler *c, const struct hvp_place *a,
	       const struct hvp_place *b);
void hvp_report_tie(struct hvp_compiler *c, const char *what, u32 a, u32 b,
		    bool patterns);
void hvp_widths(struct hvp_compiler *c);
void hvp_hash_nodes(struct hvp_compiler *c);
void hvp_write(struct hvp_compiler *c);
void hvp_check_paths(struct hvp_compiler *c);
void hvp_lint_policy(struct hvp_compiler *c);
/* lint_rule.c: lines that decide nothing. */
void hvp_lint_rules(struct hvp_compiler *c);

/* --- test.c ---------------------------------------------------------------------- */

void hvp_run_tests(struct hvp_compiler *c);
/* Verbs of a question; 0 after an error text was made. */
u32 hvp_test_verbs(struct hvp_mem *m, enum khv_type type, const char *text,
		   u32 *number, const char **error);
/* NULL or what is wrong with the question. @ident is escaped text. */
const char *hvp_ask(struct hvp_mem *m, const struct khv_engine *e, u16 domain,
		    const struct khv_subject *s, enum khv_type type,
		    const char *ident, u32 verbs, u32 number,
		    const struct khv_sockaddr *peer, struct khv_decision *d);

/* --- show.c ---------------------------------------------------------------------- */

void hvp_free_shown(struct khv_policy *p);

#endif /* _HVP_COMPILER_H */
