// SPDX-License-Identifier: GPL-2.0
/* Completion: candidates come from the table and from the kernel. */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include "hvctl.h"

/* tools/completion/, as strings. */
static const char bash_script[] =
#include "completion-hvctl.inc"
	;
static const char zsh_script[] =
#include "completion-_hvctl.inc"
	;
static const char fish_script[] =
#include "completion-hvctl.fish.inc"
	;

static const struct {
	const char *shell, *script;
} scripts[] = {
	{ "bash", bash_script },
	{ "zsh", zsh_script },
	{ "fish", fish_script },
};

int cmd_completion(struct hvctl *h)
{
	h->streaming = true;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		if (!strcmp(scripts[i].shell, h->cmd->verb))
			fputs(scripts[i].script, stdout);
	return HV_OK;
}

/* The word to be completed. */
static const char *start;

static void offer(const char *word)
{
	if (!strncmp(word, start, strlen(start)))
		puts(word);
}

static void offer_field(int (*list)(struct khv_conn *, struct khv_list **),
			const struct khv_record_type *type, const char *key)
{
	const struct khv_field *f = khv_record_field(type, key);
	struct khv_conn *conn = NULL;
	struct khv_list *l = NULL;
	char text[128];

	if (!khv_open(&conn) && !list(conn, &l))
		for (size_t i = 0; i < khv_list_count(l); i++) {
			khv_field_text(f, khv_list_at(l, i), text,
				       sizeof(text));
			offer(text);
		}
	khv_list_free(l);
	khv_close(conn);
}

static void offer_users(void)
{
	struct passwd *pw;

	setpwent();
	while ((pw = getpwent()))
		offer(pw->pw_name);
	endpwent();
}

static void offer_fields(const char *end)
{
	char word[64];

	for (size_t i = 0; i < khv_event_record.count; i++) {
		snprintf(word, sizeof(word), "%s%s",
			 khv_event_record.fields[i].key, end);
		offer(word);
	}
}

static void offer_objects(const char *object)
{
	const char *last = "";

	for (size_t i = 0; i < nr_commands; i++) {
		const char *word = object ? commands[i].verb :
					    commands[i].object;

		if ((object && strcmp(commands[i].object, object)) || !word ||
		    !strcmp(word, last))
			continue;
		offer(word);
		last = word;
	}
}

static const char *const verbs[] = {
	"read",	      "write",	 "open",     "list",   "stat",	 "readlink",
	"open-write", "append",	 "truncate", "create", "delete", "rename",
	"link",	      "symlink", "mknod",    "attr",   "lock",	 "exec",
	"mmap",	      "ioctl",	 "mount",    "bind",   "listen", "accept",
	"recv",	      "connect", "send",     "option", "info",	 "peek",
	"signal",     "ptrace",	 "sched",    "memory", "use",
};

static void offer_words(const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		offer(words[i]);
}

static void offer_kind(const char *kind)
{
	static const char *const levels[] = { "off", "deny", "audit", "allow" };
	static const char *const verdicts[] = { "allow",	"deny",
						"would-deny",	"shadow-deny",
						"shadow-allow", "audit" };
	static const char *const rights[] = { "log", "state" };
	static const char *const who[] = { "user=", "group=" };
	static const char *const types[] = { "file", "socket", "process",
					     "kernel" };

	static const char *const formats[] = { "table", "json", "pretty" };
	static const char *const when[] = { "auto", "always", "never" };

	static const char *const modes[] = { "enforce", "complain", "audit",
					     "learn", "off" };

	if (!strcmp(kind, "format"))
		offer_words(formats, ARRAY_SIZE(formats));
	else if (!strcmp(kind, "when"))
		offer_words(when, ARRAY_SIZE(when));
	if (strstr(kind, "file"))
		puts("@file");
	if (!strncmp(kind, "policy", 6))
		offer_field(khv_list_policies, &khv_policy_record, "name");
	else if (!strcmp(kind, "shadow"))
		offer_field(khv_list_shadows, &khv_shadow_record, "name");
	else if (!strcmp(kind, "client"))
		offer_field(khv_list_clients, &khv_client_record, "name");
	else if (!strcmp(kind, "level"))
		offer_words(levels, ARRAY_SIZE(levels));
	else if (!strcmp(kind, "mode"))
		offer_words(modes, ARRAY_SIZE(modes));
	else if (!strcmp(kind, "verdict"))
		offer_words(verdicts, ARRAY_SIZE(verdicts));
	else if (!strcmp(kind, "type"))
		offer_words(types, ARRAY_SIZE(types));
	else if (!strcmp(kind, "verb"))
		offer_words(verbs, ARRAY_SIZE(verbs));
	else if (!strcmp(kind, "right"))
		offer_words(rights, ARRAY_SIZE(rights));
	else if (!strcmp(kind, "who"))
		offer_words(who, ARRAY_SIZE(who));
	else if (!strcmp(kind, "user"))
		offer_users();
	else if (!strcmp(kind, "field"))
		offer_fields("");
	else if (!strcmp(kind, "condition"))
		offer_fields("=");
}

static void offer_option(const struct option_def *o)
{
	char word[32];

	snprintf(word, sizeof(word), "--%s", o->name);
	offer(word);
}

static void offer_options(const struct command *c)
{
	for (int i = 0; c && i < NR_OPTIONS; i++)
		if (c->options >> i & 1)
			offer_option(&option_table[i]);
	for (int i = 0; i < NR_GLOBALS; i++)
		offer_option(&global_table[i]);
}

/* Kind number @n of "a b c..."; a last "c..." goes on for ever. */
static void offer_argument(const struct command *c, int n)
{
	char kinds[128], *kind, *save = NULL, *last = NULL;

	snprintf(kinds, sizeof(kinds), "%s", c->complete);
	for (kind = strtok_r(kinds, " ", &save); kind;
	     kind = strtok_r(NULL, " ", &save)) {
		char *dots = strstr(kind, "...");

		if (dots)
			*dots = 0;
		last = kind;
		if (!n--)
			break;
		if (!dots)
			last = NULL;
	}
	if (last)
		offer_kind(last);
}

/* Kind of the value that is to follow an option; NULL: none is. */
static const char *value_kind(const struct command *c, const char *word)
{
	const struct option_def *o = NULL;
	bool is_long = !strncmp(word, "--", 2);
	const char *name = is_long ? word + 2 : NULL;
	size_t len = is_long ? strlen(name) : 0;
	char letter = word[0] == '-' && !is_long ? word[1] : '\n';
	int i = find_option(option_table, NR_OPTIONS, name, len, letter);

	if (i >= 0 && c && (c->options >> i & 1))
		o = &option_table[i];
	i = find_option(global_table, NR_GLOBALS, name, len, letter);
	if (!o && i >= 0)
		o = &global_table[i];
	if (!o || !o->value)
		return NULL;
	return o->complete ? o->complete : "-";
}

/* @argv: number of the word to complete, then all words of the line. */
int complete(int argc, char **argv)
{
	const char *object = NULL, *kind = NULL;
	const struct command *c = NULL;
	int cword, args = 0;

	cword = argc > 1 ? atoi(argv[0]) : 0;
	argv++;
	argc--;
	if (cword < 1 || cword > argc)
		return HV_USAGE;
	start = cword < argc ? argv[cword] : "";
	for (int i = 1; i < cword; i++) {
		if (!strcmp(argv[i], "--"))
			return HV_OK;
		if (kind) {
			kind = NULL;
			continue;
		}
		kind = value_kind(c, argv[i]);
		if (argv[i][0] == '-')
			continue;
		if (c) {
			args++;
			continue;
		}
		for (size_t k = 0; k < nr_commands && !c; k++)
			if (!strcmp(commands[k].object,
				    object ? object : argv[i]) &&
			    (!commands[k].verb ||
			     (object && !strcmp(commands[k].verb, argv[i]))))
				c = &commands[k];
		if (!object)
			object = argv[i];
	}
	if (kind)
		offer_kind(kind);
	else if (start[0] == '-')
		offer_options(c);
	else if (c && c->fn == cmd_help)
		offer_objects(args ? argv[cword - 1] : NULL);
	else if (c)
		offer_argument(c, args);
	else
		offer_objects(object);
	return HV_OK;
}
