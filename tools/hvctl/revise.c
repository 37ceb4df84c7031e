// SPDX-License-Identifier: GPL-2.0
/* hvctl rule add, delete and move, and policy mode: one line of a policy changes. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include <khv/policy.h>
#include "edition.h"

/* Words of the command line as one line of a policy; with blanks in one, quoted. */
static char *make_line(struct hvctl *h, char **words, int count)
{
	char *line = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		return NULL;
	for (int i = 0; i < count; i++) {
		/* A single word is the whole line, as it is to be. */
		bool quoted = count > 1 && strpbrk(words[i], " \t\"");

		fprintf(out, "%s%s", i ? " " : "", quoted ? "\"" : "");
		for (const char *p = words[i]; *p; p++)
			fprintf(out, "%s%c", quoted && *p == '"' ? "\\" : "",
				*p);
		if (quoted)
			putc('"', out);
	}
	if (fclose(out)) {
		free(line);
		return NULL;
	}
	if (!line[strcspn(line, "\n")])
		return line;
	fail(h, HV_USAGE, NULL, "a rule is one line");
	free(line);
	return NULL;
}

/* Where a line stands in the policy itself; 0: in what it includes. */
static unsigned int own_line(const struct edition *e,
			     const struct khv_rule_info *r)
{
	return strcmp(r->file, e->name) ? 0 : r->line;
}

static int check_domain(struct hvctl *h, const struct edition *e,
			const char *domain)
{
	const struct khv_engine *engine = khv_policy_engine(e->was);

	if (khv_engine_domain(engine, domain) >= 0)
		return HV_OK;
	return fail(h, HV_USAGE, "see: hvctl policy graph",
		    "%s has no domain \"%s\"", e->target, domain);
}

/* The last of the lines of a domain; 0: it has none here. */
static unsigned int last_line(const struct edition *e, const char *domain)
{
	uint32_t n = khv_engine_nr_rules(khv_policy_engine(e->was));
	unsigned int last = 0;
	struct khv_rule_info r;

	for (uint32_t i = 0; i < n; i++)
		if (!khv_policy_rule(e->was, i, &r) &&
		    !strcmp(r.domain, domain) && own_line(e, &r) > last)
			last = r.line;
	return last;
}

static unsigned int nr_lines(const struct edition *e)
{
	struct line l = { 0 };

	while (edition_next(e, &l))
		;
	return l.n;
}

/* With a line behind the others of its domain, and without those in @drop. */
static char *with_line(const struct edition *e, const unsigned int *drop,
		       const char *domain, const char *line)
{
	unsigned int after = last_line(e, domain);
	char *section = NULL, *text;

	if (after)
		return edition_changed(e, drop, after, line);
	if (asprintf(&section, "[domain %s]\n%s", domain, line) < 0)
		return NULL;
	text = edition_changed(e, drop, nr_lines(e), section);
	free(section);
	return text;
}

int cmd_rule_add(struct hvctl *h)
{
	const char *domain = h->opt[OPT_DOMAIN] ? h->opt[OPT_DOMAIN] : "main";
	char *line = make_line(h, &h->argv[1], h->argc - 1), *text = NULL;
	struct edition e;
	int code;

	if (!line)
		return HV_USAGE;
	code = edition_open(h, h->argv[0], &e);
	if (!code)
		code = check_domain(h, &e, domain);
	if (!code) {
		text = with_line(&e, NULL, domain, line);
		code = edition_settle(h, &e, text, false);
	}
	free(text);
	free(line);
	edition_close(&e);
	return code;
}

/* "12", "web.hv:12", or the rule itself: the same words. */
static bool is_meant(const struct khv_rule_info *r, const char *word)
{
	const char *colon = strrchr(word, ':'), *a = r->text, *b = word;
	const char *digits = colon ? colon + 1 : word;
	size_t len = colon ? (size_t)(colon - word) : 0;

	if (*digits && !digits[strspn(digits, "0123456789")] &&
	    strtoul(digits, NULL, 10) == r->line)
		return !colon || (strlen(base_name(r->file)) == len &&
				  !strncmp(base_name(r->file), word, len));
	while (*a && *b) {
		if (isblank((unsigned char)*a) && isblank((unsigned char)*b)) {
			a += strspn(a, " \t");
			b += strspn(b, " \t");
		} else if (*a++ != *b++) {
			return false;
		}
	}
	return !*a && !*b;
}

/* The line of the policy that @word is about; a number is one of its own file. */
static int find_line(struct hvctl *h, const struct edition *e, const char *word,
		     struct khv_rule_info *found, unsigned int *line)
{
	uint32_t n = khv_engine_nr_rules(khv_policy_engine(e->was));
	bool number = !word[strspn(word, "0123456789")];
	const char *other = NULL;
	struct khv_rule_info r;

	*line = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (khv_policy_rule(e->was, i, &r) || !is_meant(&r, word))
			continue;
		if (!own_line(e, &r)) {
			other = number ? other : base_name(r.file);
			continue;
		}
		/* A rule that stands there twice is not meant by its words. */
		if (*line && *line != r.line)
			return fail(h, HV_USAGE, "say its line",
				    "\"%s\": lines %u and %u", word, *line,
				    r.line);
		*line = r.line;
		*found = r;
	}
	if (*line)
		return HV_OK;
	if (other)
		return fail(h, HV_USAGE,
			    "change that file, or add a rule that is nearer",
			    "\"%s\" is of %s, which the policy includes", word,
			    other);
	return fail(h, HV_USAGE, "see: hvctl rule list",
		    "\"%s\" is no line with a rule, and no rule, of %s", word,
		    e->target);
}

int cmd_rule_delete(struct hvctl *h)
{
	unsigned int *drop = calloc((size_t)h->argc, sizeof(*drop));
	struct khv_rule_info r;
	char *text = NULL;
	struct edition e;
	int code;

	if (!drop)
		return fail(h, HV_FAILED, NULL, "no memory");
	code = edition_open(h, h->argv[0], &e);
	for (int i = 1; i < h->argc && !code; i++)
		code = find_line(h, &e, h->argv[i], &r, &drop[i - 1]);
	if (!code) {
		text = edition_changed(&e, drop, 0, NULL);
		code = edition_settle(h, &e, text, true);
	}
	free(text);
	free(drop);
	edition_close(&e);
	return code;
}

int cmd_rule_move(struct hvctl *h)
{
	const char *domain = h->argv[2];
	unsigned int drop[2] = { 0 };
	struct khv_rule_info r;
	char *text = NULL;
	struct edition e;
	int code;

	code = edition_open(h, h->argv[0], &e);
	if (!code)
		code = find_line(h, &e, h->argv[1], &r, &drop[0]);
	if (!code)
		code = check_domain(h, &e, domain);
	if (!code && !strcmp(r.domain, domain))
		code = fail(
			h, HV_USAGE, NULL,
			"it is in domain %s; its place among the lines of a domain means nothing",
			domain);
	if (!code) {
		text = with_line(&e, drop, domain, r.text);
		code = edition_settle(h, &e, text, true);
	}
	free(text);
	edition_close(&e);
	return code;
}

/* --- mode ------------------------------------------------------------------------- */

static bool begins_with(const struct line *l, const char *word)
{
	size_t n = strlen(word), len = l->len;
	const char *at = l->at;

	for (; len && isblank((unsigned char)*at); len--)
		at++;
	return len > n && !strncmp(at, word, n) &&
	       isblank((unsigned char)at[n]);
}

static char *with_mode(const struct edition *e, const char *mode)
{
	unsigned int after = 0, drop[2] = { 0 };
	char *line = NULL, *text;
	struct line old = { 0 };

	/* In its place; else behind the name; "version" comes before all others. */
	while (edition_next(e, &old)) {
		if (begins_with(&old, "mode"))
			drop[0] = old.n;
		if (begins_with(&old, "version") || begins_with(&old, "policy"))
			after = old.n;
	}
	if (drop[0])
		after = drop[0];
	if (asprintf(&line, "mode %s", mode) < 0)
		return NULL;
	text = edition_changed(e, drop, after, line);
	free(line);
	return text;
}

int cmd_policy_mode(struct hvctl *h)
{
	const struct khv_engine *engine;
	struct edition e;
	char *text = NULL;
	int code;

	code = edition_open(h, h->argv[0], &e);
	engine = code ? NULL : khv_policy_engine(e.was);
	if (!code && h->argc == 1 && h->json) {
		struct json_object *o = json_object_new_object();

		add_string(o, "policy", policy_name(e.was));
		add_string(o, "mode", khv_mode_name(khv_engine_mode(engine)));
		data_add(h, o);
	} else if (!code && h->argc == 1) {
		puts(khv_mode_name(khv_engine_mode(engine)));
	} else if (!code) {
		text = with_mode(&e, h->argv[1]);
		code = edition_settle(h, &e, text,
				      strcmp(h->argv[1], "enforce"));
	}
	free(text);
	edition_close(&e);
	return code;
}
