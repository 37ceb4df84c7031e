// SPDX-License-Identifier: GPL-2.0
/* The one table that dispatch, help, completion and hvctl(8) follow. */
#include "hvctl.h"

const struct option_def option_table[NR_OPTIONS] = {
	[OPT_POLICY] = { "policy", 0, "POLICY", "policy-or-file",
			 "a policy in force, or a rule file" },
	[OPT_DOMAIN] = { "domain", 0, "DOMAIN", NULL,
			 "domain of the policy (default: its first, main)" },
	[OPT_USER] = { "user", 0, "USER", "user",
		       "ask as this user, by name or number (default: root)" },
	[OPT_CLIENT] = { "client", 0, "CLIENT", "client", "only this client" },
	[OPT_VERDICT] = { "verdict", 0, "VERDICT", "verdict",
			  "only allow, deny, would-deny, shadow-deny, shadow-allow or audit" },
	[OPT_COUNT] = { "count", 'n', "COUNT", NULL,
			"end after so many events" },
	[OPT_TREE] = { "tree", 0, NULL, NULL, "and all its descendants" },
	[OPT_ALL] = { "all", 0, NULL, NULL, "all policies" },
	[OPT_FORCE] = { "force", 0, NULL, NULL,
			"policy clear: tasks in it are refused everything then; attach: also what a process may not survive" },
	[OPT_IF_GENERATION] = { "if-generation", 0, "N", NULL,
				"only if generation N is in force (else exit code 10)" },
	[OPT_CONFIRM] = { "confirm", 0, "SECONDS", NULL,
			  "the kernel goes back by itself unless \"hvctl policy confirm\" follows in time" },
	[OPT_SHADOW] = { "shadow", 0, NULL, NULL,
			 "beside the policies of the same names: only count and report what would differ" },
	[OPT_LOG] = { "log", 0, "FILE", "file",
		      "look for events in this file" },
	[OPT_LINES] = { "lines", 0, "N", NULL,
			"make it about so long (default: 24)" },
	[OPT_PROCESSES] = { "tree", 0, NULL, NULL,
			    "below their processes, with their parents" },
	[OPT_FILE] = { "file", 0, "FILE", "file",
		       "this one of hvauditd, or - (default: all of /var/log/khv)" },
	[OPT_SINCE] = { "since", 0, "TIME", NULL,
			"not before 14:30, \"2026-08-23 14:30\", or 10m, 2h, 3d ago" },
	[OPT_UNTIL] = { "until", 0, "TIME", NULL, "not after TIME" },
	[OPT_SPEED] = { "speed", 0, "FACTOR", NULL,
			"so many times as fast as it was, or max" },
	[OPT_LIVE] = { "live", 0, NULL, NULL, "as \"event top\" shows it" },
	[OPT_DOT] = { "dot", 0, NULL, NULL,
		      "as Graphviz reads it: | dot -Tsvg" },
};

const struct option_def global_table[NR_GLOBALS] = {
	[GLOBAL_JSON] = { "json", 'j', NULL, NULL,
			  "JSON on standard output, errors too" },
	[GLOBAL_PRETTY] = { "pretty", 'p', NULL, NULL,
			    "the same with line breaks" },
	[GLOBAL_OUTPUT] = { "output", 'o', "FORMAT", "format",
			    "table, json or pretty" },
	[GLOBAL_QUIET] = { "quiet", 'q', NULL, NULL,
			   "no messages about success" },
	[GLOBAL_DRY_RUN] = { "dry-run", 'n', NULL, NULL,
			     "try everything, change nothing" },
	[GLOBAL_CHECK] = { "check", 'c', NULL, NULL, "the same" },
	[GLOBAL_YES] = { "yes", 'y', NULL, NULL, "do not ask" },
	[GLOBAL_TIMEOUT] = { "timeout", 0, "SEC", "-",
			     "longest wait for tasks and answers (default 5)" },
	[GLOBAL_NO_HEADER] = { "no-header", 0, NULL, NULL,
			       "tables without the line of names" },
	[GLOBAL_COLOR] = { "color", 0, "WHEN", "when",
			   "auto, always, never; NO_COLOR is honoured" },
	[GLOBAL_VERSION] = { "version", 'V', NULL, NULL, "that of hvctl" },
	[GLOBAL_HELP] = { "help", 'h', NULL, NULL,
			  "this, or about one command" },
};

/* Each has a manual page, hvctl-OBJECT(8). */
const struct object objects[] = {
	{ "status", "see what is loaded and in force" },
	{ "module", "list, load, switch and unload clients" },
	{ "policy", "check, load, compare and clear policies" },
	{ "shadow", "try a policy beside the one in force" },
	{ "rule", "list rules" },
	{ "log", "say which decisions become events" },
	{ "client", "list clients; say what becomes of their events" },
	{ "run", "run a program inside a policy" },
	{ "attach", "put a running process under a policy" },
	{ "task", "list confined tasks" },
	{ "test", "ask a policy what it would decide" },
	{ "why", "explain a decision" },
	{ "learn", "write a policy from what a program does" },
	{ "event", "read decisions" },
	{ "hook", "list hooked kernel functions" },
	{ "coverage", "see what checks each verb on this kernel" },
	{ "admin", "list administrators, give rights and take them" },
	{ "lock", "refuse changes until reboot" },
	{ "version", "print versions" },
	{ "completion", "print completion scripts for shells" },
	{ "help", "explain commands" },
};

const size_t nr_objects = ARRAY_SIZE(objects);

#define O(option)    (1u << OPT_##option)
#define LOAD_OPTIONS (O(IF_GENERATION) | O(CONFIRM) | O(SHADOW))

#define TAIL_OPTIONS \
	(O(CLIENT) | O(POLICY) | O(VERDICT) | O(COUNT) | O(PROCESSES))
#define FILE_OPTIONS (O(FILE) | O(SINCE) | O(UNTIL))
#define CONDITION_HELP                                                                  \
	"Only events of which every FIELD fits its PATTERN, as in object='/etc/*' or\n" \
	"verdict!=allow. Fields: khv-events(7).\n"

#define CHANGE_HELP                                                                          \
	"Says what that changes. Of a policy in force (NAME) it is one change, refused if\n" \
	"somebody else has made one since it was read; its file stays as it is. With FILE\n" \
	"the file is changed, and nothing loaded."

const struct command commands[] = {
	{ "status", NULL, cmd_status, 0, 0, CMD_KERNEL, 0, "", "",
	  "what is loaded and in force", NULL },

	{ "module", "list", cmd_module_list, 0, 0, CMD_KERNEL, 0, "", "",
	  "clients: id, priority, state, hooked calls", NULL },
	{ "module", "show", cmd_module_show, 1, 1, CMD_KERNEL, 0, "NAME",
	  "client", "everything about one client", NULL },
	{ "module", "stats", cmd_module_stats, 0, 1, CMD_KERNEL, 0, "[NAME]",
	  "client", "decisions of clients so far, and in this second",
	  "HOOKS: kernel functions that call it now. INSIDE: calls of these that have not\n"
	  "come back, for whichever client." },
	{ "module", "order", cmd_module_order, 0, 2, CMD_KERNEL, 0,
	  "[NAME PRIORITY]", "client -",
	  "the order in which clients are asked; or move one",
	  "Lower is asked first, and told last. A client comes behind those of the same\n"
	  "priority. It is at work all the time. For a negative one: -- NAME PRIORITY." },
	{ "module", "load", cmd_module_load, 1, 1, 0, 0, "NAME", "client",
	  "load the kernel module of a client, and khv before it",
	  "NAME is that of the client or of its module: wrap, khv_wrap. What modprobe\n"
	  "cannot load is explained by the last lines of the kernel log." },
	{ "module", "enable", cmd_module_enable, 1, 1, CMD_KERNEL, 0, "NAME",
	  "client", "put the hooks of a client in", NULL },
	{ "module", "disable", cmd_module_disable, 1, 1, CMD_KERNEL, 0, "NAME",
	  "client", "take the hooks of a client out",
	  "Waits up to --timeout seconds for tasks inside its calls." },
	{ "module", "unload", cmd_module_unload, 1, 1, 0, 0, "NAME", "client",
	  "disable a client and remove its kernel module",
	  "Waits up to --timeout seconds for tasks inside its calls, and names\n"
	  "the one it waits for." },

	{ "policy", "load", cmd_policy_load, 1, -1, 0, LOAD_OPTIONS, "FILE...",
	  "file...", "compile rule files and put them in force, all at once",
	  "With -n everything is tried and nothing is changed. FILE - is standard\n"
	  "input." },
	{ "policy", "confirm", cmd_policy_confirm, 0, 0, CMD_KERNEL,
	  O(IF_GENERATION), "", "", "keep what was loaded with --confirm",
	  "With --if-generation N only if N is the one that waits." },
	{ "policy", "rollback", cmd_policy_rollback, 0, 0, CMD_KERNEL,
	  O(IF_GENERATION), "", "",
	  "go back to what was in force before a load with --confirm", NULL },
	{ "policy", "clear", cmd_policy_clear, 0, -1, CMD_KERNEL,
	  O(ALL) | O(FORCE), "NAME...|--all", "policy...",
	  "take policies out of force", NULL },
	{ "policy", "list", cmd_policy_list, 0, 0, CMD_KERNEL, 0, "", "",
	  "policies in force", NULL },
	{ "policy", "show", cmd_policy_show, 1, 1, 0, 0, "NAME|FILE",
	  "policy-or-file", "the text a policy was made from",
	  "For a policy in force: read back from the kernel. The output can be\n"
	  "loaded again." },
	{ "policy", "check", cmd_policy_check, 1, -1, 0, 0, "FILE...",
	  "file...", "compile and test rule files, load nothing", NULL },
	{ "policy", "resolve", cmd_policy_resolve, 2, -1, 0, 0, "SET HOST...",
	  "", "look up host names, and print a set of their addresses",
	  "For a file that policies include. Prints nothing if one fails." },

	{ "policy", "mode", cmd_policy_mode, 1, 2, 0, LOAD_OPTIONS,
	  "NAME|FILE [MODE]", "policy-or-file mode",
	  "show or set what becomes of what a policy does not grant",
	  "enforce: refused. complain: let pass, counted and reported. audit, learn, off:\n"
	  "khv-policy(5). " CHANGE_HELP },
	{ "policy", "graph", cmd_policy_graph, 1, 1, 0, O(DOT), "NAME|FILE",
	  "policy-or-file", "programs and the domains that they enter", NULL },
	{ "policy", "diff", cmd_policy_diff, 2, 2, 0, 0, "NAME|FILE NAME|FILE",
	  "policy-or-file policy-or-file",
	  "what the second allows and the first does not, in words",
	  "Exit code 0: they mean the same, 1: they differ." },

	{ "shadow", "list", cmd_shadow_list, 0, 0, CMD_KERNEL, 0, "", "",
	  "candidates beside policies in force, and how often they differ",
	  "Load one with: hvctl policy load --shadow FILE" },
	{ "shadow", "diff", cmd_shadow_diff, 0, 1, CMD_KERNEL, 0, "[NAME]",
	  "shadow", "per verb: what only one of the two has allowed",
	  "Also what policies in mode complain would have denied. Exit code 0: no\n"
	  "difference was met, 1: some were." },
	{ "shadow", "promote", cmd_shadow_promote, 1, 1, CMD_KERNEL, O(CONFIRM),
	  "NAME", "shadow", "put a shadow in force, in place of its policy",
	  NULL },
	{ "shadow", "drop", cmd_shadow_drop, 1, -1, CMD_KERNEL, 0, "NAME...",
	  "shadow...", "forget shadows", NULL },

	{ "rule", "list", cmd_rule_list, 0, 1, 0, 0, "[NAME|FILE]",
	  "policy-or-file", "rules of one policy, or of all in force", NULL },

	{ "rule", "find", cmd_rule_find, 1, -1, 0, O(POLICY),
	  "TEXT|FIELD=PATTERN...", "-",
	  "lines with a text, or of which every FIELD fits its PATTERN",
	  "In all policies in force, or one. Fields: policy, domain, file, line, type, ident,\n"
	  "perms, options, why, tag, text; != for those that do not fit. Exit code 0: some\n"
	  "were found, 1: none." },
	{ "rule", "add", cmd_rule_add, 2, -1, 0, O(DOMAIN) | LOAD_OPTIONS,
	  "NAME|FILE RULE...", "policy-or-file type -",
	  "put one more line into a policy",
	  "RULE is a line of the rule language; put -- before it if a word begins with \"-\".\n" CHANGE_HELP },
	{ "rule", "delete", cmd_rule_delete, 2, -1, 0, LOAD_OPTIONS,
	  "NAME|FILE LINE|RULE...", "policy-or-file -",
	  "take lines out of a policy",
	  "By their numbers (12, or web.hv:12), or by the rules themselves.\n" CHANGE_HELP },
	{ "rule", "move", cmd_rule_move, 3, 3, 0, LOAD_OPTIONS,
	  "NAME|FILE LINE|RULE DOMAIN", "policy-or-file - -",
	  "put a line of a policy into another domain",
	  "The order of lines means nothing: the nearest rule decides.\n" CHANGE_HELP },

	{ "log", "level", cmd_log_level, 0, 2, CMD_KERNEL, 0,
	  "[CLIENT] [LEVEL]", "client level",
	  "show or set which decisions become events",
	  "Levels: off, deny, audit (and what a rule marks), allow (everything).\n"
	  "A LEVEL without CLIENT is set on all clients." },

	{ "client", "list", cmd_client_list, 0, 0, CMD_KERNEL, 0, "", "",
	  "clients: state, log level, what happens when the queue is full",
	  NULL },
	{ "client", "set", cmd_client_set, 2, 3, CMD_KERNEL, 0,
	  "CLIENT full=WORD|level=LEVEL...", "client",
	  "what becomes of events that find no room, and which are made",
	  "full=drop-count: they or older ones are lost, and counted. full=block: none is\n"
	  "lost; the process waits for the audit daemon before it goes on, up to the\n"
	  "parameter event_wait of khv. full=deny: what they are about is refused (EBUSY).\n"
	  "level=off|deny|audit|allow: as \"log level\"." },

	{ "run", NULL, cmd_run, 1, 1, CMD_REST, O(DOMAIN) | O(CLIENT),
	  "POLICY -- CMD [ARG...]", "policy-or-file",
	  "run a program inside a policy",
	  "POLICY is in force, or a rule file that is loaded first. From the\n"
	  "program's start on it and all its descendants are confined." },
	{ "attach", NULL, cmd_attach, 1, 2, 0,
	  O(TREE) | O(POLICY) | O(DOMAIN) | O(CLIENT) | O(FORCE),
	  "PID [POLICY]", "pid policy", "put a running process under a policy",
	  "Prints what the process has open, mapped and so on, and what becomes of\n"
	  "it: kept, revoked, judged (with each use), blocked, pending. Nothing is\n"
	  "attached if something is blocked: a mapping that it would not survive to\n"
	  "lose, or another process that shares its memory or descriptors. --force\n"
	  "unmaps, and attaches that process as well. -n only looks." },
	{ "task", "list", cmd_task_list, 0, 0, CMD_KERNEL,
	  O(CLIENT) | O(POLICY), "", "",
	  "confined tasks, and the call each is inside of", NULL },

	{ "test", NULL, cmd_test, 3, 3, 0, O(POLICY) | O(DOMAIN) | O(USER),
	  "TYPE IDENT VERB", "type - verb",
	  "ask a policy: allowed or denied, and by which rule",
	  "Nothing is tried on the system. Exit code 0: allowed, 1: denied.\n"
	  "Example: hvctl test --policy nginx.hv file /etc/shadow open" },

	{ "why", NULL, cmd_why, 0, 1, 0, O(POLICY) | O(LOG), "[EVENT]", "-",
	  "explain a decision: its line, what it overrode, what would allow it",
	  "EVENT is a line of the log, of \"event tail\", its JSON, or its number (8812,\n"
	  "or 1:8812 with the processor), which is looked for in --log FILE or in\n"
	  "/var/log. Without EVENT: all events in --log FILE or on standard input." },

	{ "learn", "start", cmd_learn_start, 2, -1, CMD_KERNEL, O(FORCE),
	  "NAME PROGRAM...", "- file...",
	  "let programs do everything, and remember what it was",
	  "Puts a policy NAME in mode learn in force, which is entered when a PROGRAM is\n"
	  "executed and refuses nothing, and leaves a process behind that collects." },
	{ "learn", "stop", cmd_learn_stop, 1, 1, CMD_KERNEL, 0, "NAME",
	  "policy", "end collecting",
	  "The policy is cleared if no task is in it, else it stays as it is." },
	{ "learn", "suggest", cmd_learn_suggest, 1, 1, 0, O(LINES), "NAME",
	  "policy", "a short policy that allows what was seen",
	  "While it is learnt or afterwards. Lines marked REVIEW are for you to judge:\n"
	  "programs that were executed are granted, parts of the kernel are not." },

	{ "learn", "review", cmd_learn_review, 1, 1, 0, 0, "NAME", "policy",
	  "what was seen: objects, what was done with them, how often", NULL },
	{ "learn", "compare", cmd_learn_compare, 2, 2, 0, O(DOMAIN),
	  "NAME POLICY|FILE", "policy policy-or-file",
	  "what was seen and another policy would refuse",
	  "Exit code 0: nothing, 1: something." },

	{ "event", "tail", cmd_event_tail, 0, -1, 0, TAIL_OPTIONS,
	  "[FIELD=PATTERN...]", "condition...", "decisions as they are made",
	  CONDITION_HELP "With -j one object per line." },
	{ "event", "top", cmd_event_top, 0, -1, 0,
	  O(CLIENT) | O(POLICY) | O(VERDICT), "[FIELD=PATTERN...]",
	  "condition...", "decisions as they are made, summed up on the screen",
	  CONDITION_HELP
	  "Keys: q ends, p holds it, g counts by something else, d shows denials only,\n"
	  "c forgets what was, h is help." },
	{ "event", "search", cmd_event_search, 0, -1, 0,
	  TAIL_OPTIONS | FILE_OPTIONS, "[FIELD=PATTERN...]", "condition...",
	  "decisions in the files of hvauditd",
	  CONDITION_HELP
	  "Of the daemon's file also user, group, unit, container, cgroup, host, boot.\n"
	  "Exit code 0: some were found, 1: none." },
	{ "event", "replay", cmd_event_replay, 0, -1, 0,
	  TAIL_OPTIONS | FILE_OPTIONS | O(SPEED) | O(LIVE),
	  "[FIELD=PATTERN...]", "condition...",
	  "the same, in the time that it took", CONDITION_HELP },
	{ "event", "stats", cmd_event_stats, 0, -1, 0,
	  O(CLIENT) | O(POLICY) | O(VERDICT) | FILE_OPTIONS,
	  "[FIELD...] [FIELD=PATTERN...]", "field...",
	  "events produced, delivered and lost; or counted by fields",
	  "Without arguments: the kernel's counters, per processor. With FIELDs, conditions\n"
	  "or a file: how many of each there are in the files of hvauditd, as in\n"
	  "\"hvctl event stats policy object verdict=deny\"." },
	{ "hook", "list", cmd_hook_list, 0, 0, CMD_KERNEL, 0, "", "",
	  "kernel functions that are hooked, and by whom", NULL },

	{ "coverage", NULL, cmd_coverage, 0, 0, CMD_KERNEL, 0, "", "",
	  "what checks each verb of the rule language on this kernel",
	  "STATE: covered; elsewhere (another moment or verb, see the text); gap.\n"
	  "A policy that names a verb with a gap is refused, unless it says\n"
	  "\"allow-gap VERB\"." },
	{ "admin", "list", cmd_admin_list, 0, 0, CMD_KERNEL, 0, "", "",
	  "who may administer what without CAP_MAC_ADMIN",
	  "Without CAP_MAC_ADMIN: what names the caller." },
	{ "admin", "grant", cmd_admin_grant, 3, 3, CMD_KERNEL, 0,
	  "CLIENT log|state user=NAME|group=NAME", "client right who",
	  "give a right on a client, until khv is unloaded",
	  "log: set its log level. state: enable and disable it. \"log,state\": both.\n"
	  "Replaces what the user or group had. Rights on a policy are lines of it:\n"
	  "admin user=NAME." },
	{ "admin", "revoke", cmd_admin_revoke, 2, 2, CMD_KERNEL, 0,
	  "CLIENT user=NAME|group=NAME", "client who",
	  "take the rights on a client away", NULL },
	{ "lock", "show", cmd_lock_show, 0, 0, CMD_KERNEL, 0, "", "",
	  "locks that are set, by whom and since when", NULL },
	{ "lock", "policy", cmd_lock, 0, 0, CMD_KERNEL, 0, "", "",
	  "no change of policies or clients until reboot",
	  "Tasks can still be put under a policy. There is no unlock." },
	{ "lock", "module", cmd_lock, 0, 0, CMD_KERNEL, 0, "", "",
	  "no client is disabled, no module unloaded until reboot",
	  "Not by force either: rmmod -f is refused for every module of the\n"
	  "system. There is no unlock." },
	{ "lock", "all", cmd_lock, 0, 0, CMD_KERNEL, 0, "", "",
	  "both, until reboot", "There is no unlock." },

	{ "version", NULL, cmd_version, 0, 0, 0, 0, "", "",
	  "version of hvctl and of the protocol", NULL },
	{ "completion", "bash", cmd_completion, 0, 0, 0, 0, "", "",
	  "print the completion script for bash", NULL },
	{ "completion", "zsh", cmd_completion, 0, 0, 0, 0, "", "",
	  "print the completion script for zsh", NULL },
	{ "completion", "fish", cmd_completion, 0, 0, 0, 0, "", "",
	  "print the completion script for fish", NULL },
	{ "help", NULL, cmd_help, 0, 2, 0, 0, "[OBJECT [VERB]]", "help",
	  "this, or more about one command", NULL },
};

const size_t nr_commands = ARRAY_SIZE(commands);
