/* SPDX-License-Identifier: GPL-2.0 */
/* hvctl: what its files share. One file per object of the command line. */
#ifndef _HVCTL_H
#define _HVCTL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <khv/khv.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define JSON_SCHEMA   1

/* Exit codes; hvctl(8) documents them. */
enum hv_exit {
	HV_OK = 0,
	HV_FAILED = 1, /* for test: denied */
	HV_USAGE = 2,
	HV_ABSENT = 3, /* modules not loaded */
	HV_NOT_PERMITTED = 4,
	HV_POLICY = 5,	/* a rule file has errors */
	HV_TIMEOUT = 6, /* nobody answered in time */
	HV_LOCKED = 7,
	HV_FEATURE = 8, /* kernel or module cannot do that */
	HV_EXPECT = 9,	/* expect lines of a rule file do not hold */
	HV_STALE = 10,	/* the generation changed meanwhile */
	HV_INTERRUPTED = 130,
};

/* Options of single commands; option_table[] in commands.c describes them. */
enum hv_option {
	OPT_POLICY,
	OPT_DOMAIN,
	OPT_USER,
	OPT_CLIENT,
	OPT_VERDICT,
	OPT_COUNT,
	OPT_TREE,
	OPT_ALL,
	OPT_FORCE,
	OPT_IF_GENERATION,
	OPT_CONFIRM,
	OPT_SHADOW,
	OPT_LOG,
	OPT_LINES,
	OPT_PROCESSES,
	OPT_FILE,
	OPT_SINCE,
	OPT_UNTIL,
	OPT_SPEED,
	OPT_LIVE,
	OPT_DOT,
	NR_OPTIONS
};

/* Options of all commands; global_table[] in commands.c describes them. */
enum hv_global {
	GLOBAL_JSON,
	GLOBAL_PRETTY,
	GLOBAL_OUTPUT,
	GLOBAL_QUIET,
	GLOBAL_DRY_RUN,
	GLOBAL_CHECK,
	GLOBAL_YES,
	GLOBAL_TIMEOUT,
	GLOBAL_NO_HEADER,
	GLOBAL_COLOR,
	GLOBAL_VERSION,
	GLOBAL_HELP,
	NR_GLOBALS
};

struct option_def {
	const char *name;
	char letter;	      /* 0: none */
	const char *value;    /* what follows; NULL: nothing */
	const char *complete; /* kind of candidates for the value */
	const char *help;
};

struct hvctl;
typedef int command_fn(struct hvctl *h);

enum command_flags {
	CMD_KERNEL = 1 << 0, /* connect before calling it */
	CMD_REST = 1 << 1,   /* takes a command after "--" */
};

struct command {
	const char *object;
	const char *verb; /* NULL: the object is the command */
	command_fn *fn;
	int min, max; /* arguments; max < 0: any number */
	unsigned int flags;
	unsigned int options; /* bits of enum hv_option */
	const char *args;     /* as the usage line shows them */
	const char *complete; /* kinds of candidates, one word per argument */
	const char *help;     /* one line */
	const char *more;     /* further lines, or NULL */
};

/* What the commands of an object are about. */
struct object {
	const char *name;
	const char *help; /* one line */
};

extern const struct object objects[];
extern const size_t nr_objects;
extern const struct command commands[];
extern const size_t nr_commands;
extern const struct option_def option_table[NR_OPTIONS];
extern const struct option_def global_table[NR_GLOBALS];

struct hvctl {
	bool json, pretty, quiet, dry_run, yes, no_header, color, help;
	unsigned int timeout; /* seconds */
	const struct command *cmd;
	const char *opt[NR_OPTIONS]; /* NULL: not given; flags: "" */
	int argc;
	char **argv;
	char **rest; /* after "--", NULL if there was none */
	struct khv_conn *conn;
	uint64_t generation;	  /* for the wrapper of JSON, 0: unknown */
	struct json_object *data; /* array that -j prints */
	struct json_object *error;
	bool streaming; /* has printed its JSON by itself */
};

/* --- out.c: messages, JSON wrapper ----------------------------------------- */

/* An error in at most three lines: what and why, then @next. Returns @code. */
int fail(struct hvctl *h, int code, const char *next, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The last request failed: errno and the kernel's words, with @what before. */
int fail_kernel(struct hvctl *h, const char *what);
int fail_error(struct hvctl *h, const char *what, const struct khv_error *e);
int exit_code(const struct khv_error *e);
/* What a person wants to know and a script does not; silent with -q and -j. */
void note(struct hvctl *h, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void data_add(struct hvctl *h, struct json_object *o);
void json_line(struct hvctl *h, struct json_object *o);
void finish_output(struct hvctl *h, int code);
/* Ask on a terminal; yes without one or with -y. */
bool confirm(struct hvctl *h, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Seconds of the monotonic clock, for --timeout. */
double now(void);
void pause_ms(long ms);
int connect_kernel(struct hvctl *h);
void remember_generation(struct hvctl *h);

/* --- table.c ---------------------------------------------------------------- */

struct column {
	const char *header;
	const char *key; /* of a record's field */
	bool right;	 /* numbers */
};

struct table;
struct table *table_new(const struct column *columns, size_t count);
void table_add(struct table *t, const char *cell);
void table_print(struct table *t, struct hvctl *h);
/* A whole list of records: as a table, or into the data of -j. */
int print_list(struct hvctl *h, const struct khv_record_type *type,
	       const struct khv_list *list, const struct column *columns,
	       size_t count);
/* Fetch a list of one generation and print it; @what: the command, for an error. */
int print_fetched(struct hvctl *h,
		  int (*fetch)(struct khv_conn *conn, struct khv_list **list),
		  const struct khv_record_type *type,
		  const struct column *columns, size_t count, const char *what);
/* The same for the records that @wanted accepts; NULL: all. */
typedef bool wanted_fn(const struct hvctl *h, const void *record);
int print_some(struct hvctl *h, const struct khv_record_type *type,
	       const struct khv_list *list, const struct column *columns,
	       size_t count, wanted_fn *wanted);
/* One record as lines of "key  value", or into the data of -j. */
void print_record(struct hvctl *h, const struct khv_record_type *type,
		  const void *record);
/* An escaped copy for the terminal; the caller frees it. */
char *safe(const char *s);

/* --- dispatch.c, help.c, complete.c ----------------------------------------- */

/* Index in a table of options, by long name of @len bytes, or by letter; -1. */
int find_option(const struct option_def *table, int count, const char *name,
		size_t len, char letter);
int parse(struct hvctl *h, int argc, char **argv);
void print_help(FILE *f, const struct hvctl *h, const char *object,
		const struct command *cmd);
int complete(int argc, char **argv);
/* manual.c: the page of an object as scdoc, or with NULL which have one. */
int manual(const char *object);
/* Nearest of @count words, NULL if none is near. */
const char *did_you_mean(const char *word, const char *const *words,
			 size_t count);

/* --- the objects ------------------------------------------------------------- */

struct khv_policy;

/* Compile @path and show what the compiler has to say. */
int compile(struct hvctl *h, const char *path, struct khv_policy **policy);
/* The same for what a compilation has returned; @policy is NULL after an error. */
int show_compiled(struct hvctl *h, const char *path, int err,
		  struct khv_policy **policy);
/* What is allowed by one and not by the other, in words. An exit code. */
int show_differences(struct hvctl *h, const struct khv_policy *from,
		     const struct khv_policy *to);
/* All into force at once, as --confirm and --shadow say. */
int load_policies(struct hvctl *h, struct khv_policy **policy, int count);
/* Seconds of --confirm, 0 without it; -1 after an error was shown. */
int confirm_seconds(struct hvctl *h);
void say_on_trial(struct hvctl *h, int seconds);
/* From a .hv file, or else the one in force that is called @name. */
int find_policy(struct hvctl *h, const char *name, struct khv_policy **policy);
bool is_rule_file(const char *name);
const char *policy_name(const struct khv_policy *policy);

command_fn cmd_status, cmd_version, cmd_help, cmd_completion;
command_fn cmd_module_list, cmd_module_show, cmd_module_enable,
	cmd_module_disable, cmd_module_unload;
command_fn cmd_policy_load, cmd_policy_clear, cmd_policy_list, cmd_policy_show,
	cmd_policy_check, cmd_policy_resolve;
command_fn cmd_rule_list, cmd_log_level, cmd_run, cmd_attach, cmd_task_list;
command_fn cmd_client_list, cmd_client_set;
command_fn cmd_hook_list, cmd_test, cmd_event_tail, cmd_event_stats,
	cmd_event_search, cmd_event_replay, cmd_event_top;
command_fn cmd_lock, cmd_lock_show, cmd_module_load, cmd_coverage;
/* What rule.c says about rules, for others who show them. */
struct khv_rule_info;
struct json_object *rule_json(const char *policy,
			      const struct khv_rule_info *r);
void add_string(struct json_object *o, const char *key, const char *s);
const char *base_name(const char *path);

command_fn cmd_why, cmd_policy_diff, cmd_learn_start, cmd_learn_stop,
	cmd_learn_suggest;
command_fn cmd_rule_add, cmd_rule_delete, cmd_rule_move, cmd_rule_find;
command_fn cmd_policy_mode, cmd_policy_graph, cmd_learn_review,
	cmd_learn_compare, cmd_module_stats, cmd_module_order;
command_fn cmd_policy_confirm, cmd_policy_rollback;
command_fn cmd_shadow_list, cmd_shadow_diff, cmd_shadow_promote,
	cmd_shadow_drop;
command_fn cmd_admin_list, cmd_admin_grant, cmd_admin_revoke;
/* Fails with HV_LOCKED if the kernel says that @lock is set. */
int check_lock(struct hvctl *h, const char *lock, const char *what);

#endif /* _HVCTL_H */
