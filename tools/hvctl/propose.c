// SPDX-License-Identifier: GPL-2.0
/* The smallest rule that would have allowed it, tried before it is shown. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hvctl.h"
#include "why.h"

char *rule_ident(const char *ident)
{
	static const char plain[] = "/._-+:@,=%[]";
	char *out = malloc(4 * strlen(ident) + 1), *at = out;
	/* Brackets are part of addresses, and a pattern in a path. */
	size_t most = sizeof(plain) - 1 - (*ident == '/' ? 2 : 0);

	for (; out && *ident; ident++) {
		unsigned char c = (unsigned char)*ident;

		if (isalnum(c) || memchr(plain, c, most))
			*at++ = (char)c;
		else
			at += sprintf(at, "\\x%02x", c);
	}
	if (out)
		*at = 0;
	return out;
}

/* The text of the policy with line @line replaced, or with an end. */
static char *changed(const char *text, size_t len, unsigned int line,
		     const char *domain, const char *rule)
{
	const char *at = text, *end;
	char *out = NULL;
	int n;

	if (!line) {
		n = asprintf(&out, "%.*s\n[domain %s]\n%s\n", (int)len, text,
			     domain, rule);
		return n < 0 ? NULL : out;
	}
	while (--line && at)
		if ((at = memchr(at, '\n', len - (size_t)(at - text))))
			at++;
	if (!at)
		return NULL;
	end = memchr(at, '\n', len - (size_t)(at - text));
	end = end ? end : text + len;
	n = asprintf(&out, "%.*s%s%.*s", (int)(at - text), text, rule,
		     (int)(text + len - end), end);
	return n < 0 ? NULL : out;
}

static void find_against(const struct khv_policy *p, struct proposal *out)
{
	for (size_t i = 0; i < khv_policy_nr_messages(p); i++) {
		const struct khv_policy_message *m = khv_policy_message(p, i);

		if (m->severity != KHV_MSG_TEST)
			continue;
		snprintf(out->against, sizeof(out->against), "%s:%u",
			 base_name(m->file), m->line);
		return;
	}
}

struct attempt {
	const struct khv_policy *p;
	const struct told *told;
	const char *ident;
	const struct khv_subject *subject;
	const char *domain;
};

static bool try(const struct attempt *a, unsigned int line, const char *rule,
		struct proposal *out)
{
	struct khv_policy_options options = {
		.flags = KHV_POLICY_NO_FS | KHV_POLICY_NO_TESTS, .sources = a->p
	};
	const char *file, *source;
	struct khv_policy *p = NULL;
	struct khv_decision d;
	char *text;
	size_t len;
	bool allowed;

	if (khv_policy_source(a->p, 0, &file, &source, &len))
		return false;
	text = changed(source, len, line, a->domain, rule);
	if (!text)
		return false;
	allowed = !khv_policy_compile_text(file, text, strlen(text), &options,
					   &p) &&
		  !khv_policy_test(p, a->domain, a->subject, a->told->type,
				   a->ident, a->told->verb, &d, NULL, 0) &&
		  d.allowed;
	khv_policy_free(p);
	p = NULL;
	if (allowed) {
		options.flags = KHV_POLICY_NO_FS;
		if (khv_policy_compile_text(file, text, strlen(text), &options,
					    &p) == -ECANCELED)
			find_against(p, out);
		khv_policy_free(p);
		out->found = true;
		out->line = line;
		out->file = base_name(file);
		out->domain = a->domain;
		out->text = strdup(rule);
	}
	free(text);
	return allowed;
}

/* A new line for exactly this object, which takes nothing away from it. */
static bool try_new(const struct attempt *a, const struct khv_rule_info *rule,
		    struct proposal *out)
{
	const struct told *t = a->told;
	bool kernel = !strcmp(t->type, "kernel");
	/* What is below a directory has not been asked for. */
	const char *exact = strcmp(t->verb, "list") ? "" : " exact";
	char *ident = rule_ident(a->ident), *line = NULL;
	bool done = false;

	if (ident && asprintf(&line, "%s %s %s%s%s", t->type, ident,
			      kernel ? "" : "+", t->verb, exact) >= 0)
		done = try(a, 0, line, out);
	free(line);
	line = NULL;
	/* Another line for the same object is more specific by its conditions. */
	if (!done && ident && rule && rule->options[0] &&
	    asprintf(&line, "%s %s %s%s %s", t->type, ident, kernel ? "" : "+",
		     t->verb, rule->options) >= 0)
		done = try(a, 0, line, out);
	free(line);
	free(ident);
	return done;
}

/* The line that denies it, with this verb as well. */
static bool try_change(const struct attempt *a,
		       const struct khv_rule_info *rule, struct proposal *out)
{
	const char *file, *source, *perms = rule->perms;
	bool delta = perms[0] == '+' || perms[0] == '-';
	char *line = NULL;
	bool done = false;
	size_t len;

	/* Only in the policy itself: an include is other people's as well. */
	if (khv_policy_source(a->p, 0, &file, &source, &len) ||
	    strcmp(file, rule->file) || rule->kind > KHV_RULE_KERNEL)
		return false;
	if (asprintf(&line, "%s %s %s%s%s%s%s", rule->type, rule->ident,
		     strcmp(perms, "none") ? perms : a->told->verb,
		     strcmp(perms, "none") ? (delta ? "/+" : "/") : "",
		     strcmp(perms, "none") ? a->told->verb : "",
		     rule->options[0] ? " " : "", rule->options) >= 0)
		done = try(a, rule->line, line, out);
	free(line);
	return done;
}

void propose(const struct khv_policy *p, const struct told *t,
	     const char *ident, const struct khv_subject *subject,
	     const struct khv_rule_info *rule, struct proposal *out)
{
	const struct attempt a = {
		.p = p,
		.told = t,
		.ident = ident,
		.subject = subject,
		.domain = t->domain[0] ? t->domain : "main",
	};

	if (try_new(&a, rule, out))
		return;
	if (rule)
		try_change(&a, rule, out);
}

void proposal_free(struct proposal *s)
{
	free(s->text);
	s->text = NULL;
}
