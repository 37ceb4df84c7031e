// SPDX-License-Identifier: GPL-2.0
/* From the command line to a line of the command table. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "hvctl.h"

static int set_color(struct hvctl *h, const char *when)
{
	if (!strcmp(when, "always"))
		h->color = true;
	else if (!strcmp(when, "never"))
		h->color = false;
	else if (!strcmp(when, "auto"))
		h->color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	else
		return fail(h, HV_USAGE, NULL,
			    "--color: \"%s\" is not auto, always or never",
			    when);
	return 0;
}

static int set_output(struct hvctl *h, const char *format)
{
	h->pretty = !strcmp(format, "pretty");
	h->json = h->pretty || !strcmp(format, "json");
	if (h->json || !strcmp(format, "table"))
		return 0;
	return fail(h, HV_USAGE, NULL,
		    "--output: \"%s\" is not table, json or pretty", format);
}

static int set_global(struct hvctl *h, int which, const char *value)
{
	char *end;

	switch (which) {
	case GLOBAL_PRETTY:
		h->pretty = true;
		h->json = true;
		break;
	case GLOBAL_JSON:
		h->json = true;
		break;
	case GLOBAL_QUIET:
		h->quiet = true;
		break;
	case GLOBAL_OUTPUT:
		return set_output(h, value);
	case GLOBAL_DRY_RUN:
	case GLOBAL_CHECK:
		h->dry_run = true;
		break;
	case GLOBAL_YES:
		h->yes = true;
		break;
	case GLOBAL_NO_HEADER:
		h->no_header = true;
		break;
	case GLOBAL_HELP:
		h->help = true;
		break;
	case GLOBAL_COLOR:
		return set_color(h, value);
	case GLOBAL_TIMEOUT:
		h->timeout = (unsigned int)strtoul(value, &end, 10);
		if (*end || end == value || h->timeout > 86400)
			return fail(
				h, HV_USAGE, NULL,
				"--timeout: \"%s\" is not 0 to 86400 seconds",
				value);
		break;
	case GLOBAL_VERSION:
		for (size_t i = 0; i < nr_commands; i++)
			if (commands[i].fn == cmd_version)
				h->cmd = &commands[i];
		break;
	}
	return 0;
}

/* Words of the command line, taken one after the other. */
struct words {
	char **argv;
	int argc, at;
};

int find_option(const struct option_def *table, int count, const char *name,
		size_t len, char letter)
{
	for (int i = 0; i < count; i++)
		if (name ? strlen(table[i].name) == len &&
				    !strncmp(table[i].name, name, len) :
			   table[i].letter == letter)
			return i;
	return -1;
}

/* The same among those that the command has. */
static int own_option(unsigned int allowed, const char *name, size_t len,
		      char letter)
{
	for (int i = 0; i < NR_OPTIONS; i++)
		if ((allowed >> i & 1) &&
		    !find_option(&option_table[i], 1, name, len, letter))
			return i;
	return -1;
}

/*
 * One option word, at w->argv[w->at]: "--name", "--name=value" or letters.
 * Options of the command come before global ones of the same letter.
 */
static int take_option(struct hvctl *h, struct words *w)
{
	unsigned int allowed = h->cmd ? h->cmd->options : 0;
	char *word = w->argv[w->at++];
	bool is_long = word[1] == '-';
	char *equal = is_long ? strchr(word, '=') : NULL;
	size_t len = equal ? (size_t)(equal - word) - 2 : strlen(word) - 2;

	for (char *p = word + 1; *p; p++) {
		const char *name = is_long ? word + 2 : NULL;
		const char *value = NULL, *wants = NULL;
		bool last = is_long || !p[1];
		int own = own_option(allowed, name, len, *p);
		int which = own < 0 ? find_option(global_table, NR_GLOBALS,
						  name, len, *p) :
				      -1;

		if (own < 0 && which < 0)
			return fail(h, HV_USAGE, "see: hvctl help",
				    is_long ? "unknown option %s" :
					      "unknown option in %s",
				    word);
		wants = own >= 0 ? option_table[own].value :
				   global_table[which].value;
		if (!wants && equal)
			return fail(h, HV_USAGE, NULL,
				    "option %s takes no value", word);
		if (wants && equal)
			value = equal + 1;
		else if (wants && !is_long && p[1])
			value = p + 1;
		else if (wants && w->at < w->argc)
			value = w->argv[w->at++];
		if (wants && !value)
			return fail(h, HV_USAGE, NULL, "option %s needs %s",
				    word, wants);
		if (own >= 0) {
			h->opt[own] = value ? value : "";
		} else {
			int err = set_global(h, which, value);

			if (err)
				return err;
		}
		if (last || value)
			break;
	}
	return 0;
}

/* The next word that is no option; NULL at the end or at "--". */
static int next_word(struct hvctl *h, struct words *w, char **word)
{
	*word = NULL;
	while (w->at < w->argc && !*word) {
		char *arg = w->argv[w->at];
		int err;

		if (!strcmp(arg, "--"))
			return 0;
		if (arg[0] != '-' || !arg[1]) {
			*word = arg;
			w->at++;
			return 0;
		}
		err = take_option(h, w);
		if (err)
			return err;
	}
	return 0;
}

/* Objects if @object is NULL, else its verbs. Each once. */
static size_t collect(const char *object, const char **words, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < nr_commands && n < max; i++) {
		const char *word = object ? commands[i].verb :
					    commands[i].object;

		if (object && strcmp(object, commands[i].object))
			continue;
		if (word && (!n || strcmp(words[n - 1], word)))
			words[n++] = word;
	}
	return n;
}

/*
 * Abbreviations are for people: in a script a new verb must never change what
 * an old line means.
 */
static int resolve(struct hvctl *h, const char *object, const char *word,
		   const char **full)
{
	const char *words[64], *near;
	const char *what = object ? "verb" : "object";
	size_t n = collect(object, words, ARRAY_SIZE(words)), found = 0;

	*full = NULL;
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(words[i], word)) {
			*full = words[i];
			return 0;
		}
		if (!strncmp(words[i], word, strlen(word))) {
			found++;
			*full = words[i];
		}
	}
	if (found == 1 && isatty(STDOUT_FILENO))
		return 0;
	if (found == 1)
		return fail(h, HV_USAGE, "abbreviations are for terminals only",
			    "%s \"%s\": write \"%s\"", what, word, *full);
	near = found ? NULL : did_you_mean(word, words, n);
	return fail(h, HV_USAGE,
		    object ? "see: hvctl OBJECT help" : "see: hvctl help",
		    "%s \"%s\" is %s%s%s%s", what, word,
		    found ? "ambiguous" : "unknown",
		    near ? "; did you mean \"" : "", near ? near : "",
		    near ? "\"?" : "");
}

static const struct command *find(const char *object, const char *verb)
{
	for (size_t i = 0; i < nr_commands; i++)
		if (!strcmp(commands[i].object, object) &&
		    (commands[i].verb ?
			     verb && !strcmp(commands[i].verb, verb) :
			     !verb))
			return &commands[i];
	return NULL;
}

/* help after an object or a verb, --help anywhere. */
static int show_help(struct hvctl *h, const char *object)
{
	print_help(stdout, h, object, h->cmd);
	h->streaming = true;
	return -1;
}

static int take_arguments(struct hvctl *h, struct words *w)
{
	char **args = &w->argv[w->at], *word;
	int err, n = 0;

	/* Arguments move to the front, over the options among them. */
	do {
		err = next_word(h, w, &word);
		if (err)
			return err;
		if (word)
			args[n++] = word;
	} while (word);
	if (h->help ||
	    (n == 1 && !strcmp(args[0], "help") && h->cmd->fn != cmd_help))
		return show_help(h, h->cmd->object);
	if (w->at < w->argc) {
		char **rest = &w->argv[w->at + 1];

		if (h->cmd->flags & CMD_REST)
			h->rest = rest;
		else
			for (int i = w->at + 1; i < w->argc; i++)
				args[n++] = w->argv[i];
	}
	h->argv = args;
	h->argc = n;
	if (n < h->cmd->min || (h->cmd->max >= 0 && n > h->cmd->max)) {
		fail(h, HV_USAGE, NULL, "%s%s%s: %s", h->cmd->object,
		     h->cmd->verb ? " " : "", h->cmd->verb ? h->cmd->verb : "",
		     n < h->cmd->min ? "arguments are missing" :
				       "too many arguments");
		fprintf(stderr, "  usage: hvctl %s%s%s %s\n", h->cmd->object,
			h->cmd->verb ? " " : "",
			h->cmd->verb ? h->cmd->verb : "", h->cmd->args);
		return HV_USAGE;
	}
	return 0;
}

/* 0: h->cmd is to be run; -1: nothing is left to do; else an exit code. */
int parse(struct hvctl *h, int argc, char **argv)
{
	struct words w = { .argv = argv, .argc = argc, .at = 1 };
	const char *object, *verb;
	char *word;
	int err;

	err = set_color(h, "auto");
	if (!err)
		err = next_word(h, &w, &word);
	if (err)
		return err;
	if (h->cmd) /* -V */
		return 0;
	if (h->help && !word)
		return show_help(h, NULL);
	if (!word) {
		fail(h, HV_USAGE, "see: hvctl help", "an object is missing");
		return HV_USAGE;
	}
	err = resolve(h, NULL, word, &object);
	if (err)
		return err;
	h->cmd = find(object, NULL);
	if (!h->cmd) {
		err = next_word(h, &w, &word);
		if (err)
			return err;
		if ((h->help && !word) || (word && !strcmp(word, "help")))
			return show_help(h, object);
		if (!word)
			return fail(h, HV_USAGE, "see: hvctl OBJECT help",
				    "%s: a verb is missing", object);
		err = resolve(h, object, word, &verb);
		if (err)
			return err;
		h->cmd = find(object, verb);
	}
	return take_arguments(h, &w);
}

int cmd_help(struct hvctl *h)
{
	const char *object = NULL, *verb;
	const struct command *cmd = NULL;
	int err;

	if (h->argc > 0) {
		err = resolve(h, NULL, h->argv[0], &object);
		if (err)
			return err;
		cmd = find(object, NULL);
	}
	if (h->argc > 1) {
		if (cmd)
			return fail(h, HV_USAGE, NULL, "%s has no verbs",
				    object);
		err = resolve(h, object, h->argv[1], &verb);
		if (err)
			return err;
		cmd = find(object, verb);
	}
	print_help(stdout, h, object, cmd);
	h->streaming = true;
	return HV_OK;
}
