// SPDX-License-Identifier: GPL-2.0
/*
 * A draft as the text of a policy, each rule with what it was learnt from. It is
 * compiled and asked for everything that was seen; some of that becomes tests.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "hvctl.h"
#include "draft.h"
#include "why.h"

#define HEAD_LINES 7

struct text {
	char *at;
	size_t len, room;
	unsigned int lines;
};

static void put(struct text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct text *t, const char *fmt, ...)
{
	va_list ap;
	char *line;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&line, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if (t->len + (size_t)n + 1 > t->room) {
		size_t room = 2 * t->room + (size_t)n + 1024;
		char *more = realloc(t->at, room);

		if (!more) {
			free(line);
			return;
		}
		t->at = more;
		t->room = room;
	}
	memcpy(t->at + t->len, line, (size_t)n + 1);
	t->len += (size_t)n;
	for (char *p = line; *p; p++)
		t->lines += *p == '\n';
	free(line);
}

/* --- verbs ------------------------------------------------------------------------------- */

static void verbs_text(uint32_t type, uint32_t verbs, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = 0;
	/* "read" is what a program that opens something needs of it. */
	if (type == KHV_TYPE_FILE && (verbs & (KHV_F_OPEN | KHV_F_LIST))) {
		n = (size_t)snprintf(buf, size, "read");
		verbs &= ~(uint32_t)KHV_F_READ;
	}
	for (; verbs && n < size; verbs &= verbs - 1)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? "/" : "",
				      khv_verb_name((enum khv_type)type,
						    verbs & -verbs));
}

/* --- writing it down ------------------------------------------------------------------------------- */

static int by_kind(const void *x, const void *y)
{
	const struct group *a = x, *b = y;
	int order = strcmp(a->domain, b->domain);

	/* "main" first, where no section is needed. */
	if (order && (!strcmp(a->domain, "main") || !strcmp(b->domain, "main")))
		return strcmp(a->domain, "main") ? 1 : -1;
	if (!order)
		order = (a->review > b->review) - (a->review < b->review);
	if (!order)
		order = (a->type > b->type) - (a->type < b->type);
	return order ? order : strcmp(a->ident, b->ident);
}

/* A pattern of ours is one "*" in /proc; everything else is meant as it is. */
static char *ident_text(const struct group *g)
{
	char *rest, *out = NULL;

	if (g->type == KHV_TYPE_KERNEL || g->type == KHV_TYPE_PROCESS)
		return strdup(g->ident);
	if (strncmp(g->ident, "/proc/*", 7))
		return rule_ident(g->ident);
	rest = rule_ident(g->ident + 7);
	if (rest && asprintf(&out, "/proc/*%s", rest) < 0)
		out = NULL;
	free(rest);
	return out;
}

static void put_group(struct text *t, const struct group *g)
{
	char verbs[256], *ident = ident_text(g), *example = safe(g->example);
	bool runs = g->type == KHV_TYPE_FILE && (g->verbs & KHV_F_EXEC);

	verbs_text(g->type, g->verbs, verbs, sizeof(verbs));
	put(t, "%s%-7s %-31s %s%s%s\t# %llux", g->review ? "# REVIEW " : "",
	    khv_type_name((enum khv_type)g->type), ident ? ident : "?", verbs,
	    is_exact(g) ? " exact" : "", runs && !g->review ? " audit" : "",
	    (unsigned long long)g->count);
	if (runs)
		put(t, ", REVIEW: it is executed");
	if (g->objects > 1)
		put(t, ", %zu objects, e.g. %.60s", g->objects, example);
	put(t, "\n");
	free(ident);
	free(example);
}

static void put_head(struct text *t, const struct draft *d)
{
	const struct lesson *l = d->l;
	char since[KHV_TIME_MAX];

	khv_time_text(since, l->since);
	put(t, "# Learnt since %.19s from %llu events about %zu objects; ",
	    since, (unsigned long long)l->events, l->nr);
	if (l->lost || l->full || l->odd)
		put(t, "INCOMPLETE: %llu events lost, %llu not kept\n",
		    (unsigned long long)l->lost,
		    (unsigned long long)(l->full + l->odd));
	else
		put(t, "none lost\n");
	put(t, "version 1\npolicy  %s \"learnt\"\n", l->name);
	for (int i = 0; i < l->nr_attach; i++) {
		char *path = rule_ident(l->attach[i]);

		put(t, "attach  %s\n", path ? path : "?");
		free(path);
	}
	put(t, "mode    enforce\ngovern  exec/mmap/stat\n");
	if (d->base)
		put(t, "include <base>%s\n", d->nss ? " <nss>" : "");
}

static void put_rules(struct text *t, const struct draft *d)
{
	const char *domain = "main";

	for (size_t i = 0; i < d->nr; i++) {
		const struct group *g = &d->at[i];

		if (strcmp(g->domain, domain))
			put(t, "[domain %s]\n", g->domain);
		domain = g->domain;
		put_group(t, g);
	}
	if (strcmp(domain, "main"))
		put(t, "[domain main]\n");
}

static struct khv_policy *compiled(const struct text *t)
{
	const struct khv_policy_options o = { .flags = KHV_POLICY_NO_FS |
						       KHV_POLICY_NO_TESTS };
	struct khv_policy *p = NULL;

	if (!khv_policy_compile_text("learnt.hv", t->at, t->len, &o, &p))
		return p;
	for (size_t i = 0; i < khv_policy_nr_messages(p); i++)
		fprintf(stderr, "hvctl: suggestion: line %u: %s\n",
			khv_policy_message(p, i)->line,
			khv_policy_message(p, i)->text);
	khv_policy_free(p);
	return NULL;
}

/* What nobody should be able to do, as far as this policy holds it. */
static void put_denials(struct text *t, const struct khv_policy *p, size_t from,
			size_t to)
{
	static const char *const never[][3] = {
		{ "file", "/etc/shadow", "open" },
		{ "file", "/usr/bin/dash", "exec" },
		{ "kernel", "module", "use" },
	};
	struct khv_decision d;

	for (size_t i = from; i < to && i < ARRAY_SIZE(never); i++)
		if (!khv_policy_test(p, NULL, NULL, never[i][0], never[i][1],
				     never[i][2], &d, NULL, 0) &&
		    !d.allowed)
			put(t, "expect deny  %-6s %s %s\n", never[i][0],
			    never[i][1], never[i][2]);
}

/* One thing that was seen of each rule, as long as there is room. */
static void put_tests(struct text *t, const struct draft *d,
		      const struct khv_policy *p, unsigned int most)
{
	size_t i, untested = 0, tested = 0;

	put_denials(t, p, 0, 1);
	for (i = 0; i < d->l->nr; i++) {
		const struct seen *s = d->l->all[i];

		if (strcmp(s->domain, "main") || s->type == KHV_TYPE_KERNEL)
			continue;
		untested += !grants(p, s);
	}
	for (i = 0; i < d->nr && (!tested || t->lines + 1 < most); i++) {
		const struct group *g = &d->at[i];
		char *ident;

		if (g->review || strcmp(g->domain, "main") ||
		    g->type > KHV_TYPE_SOCKET || strchr(g->example, '*') ||
		    !g->verbs)
			continue;
		for (size_t j = 0; j < d->l->nr; j++) {
			const struct seen *s = d->l->all[j];
			const char *verb;

			if (s->object != g->example || !grants(p, s))
				continue;
			verb = khv_verb_name((enum khv_type)s->type,
					     s->verbs & -s->verbs);
			ident = rule_ident(s->object);
			put(t, "expect allow %-6s %s %s\n",
			    khv_type_name((enum khv_type)s->type),
			    ident ? ident : "?", verb);
			free(ident);
			tested++;
			break;
		}
	}
	if (t->lines + 2 < most)
		put_denials(t, p, 1, 3);
	if (untested)
		put(t,
		    "# %zu of the objects seen are not granted by this: see REVIEW\n",
		    untested);
}

char *lesson_policy(const struct lesson *l, unsigned int most)
{
	/* A third of what is left is for tests. */
	struct draft d = { .l = l, .most = (most - HEAD_LINES) * 3 / 4 };
	struct text t = { 0 };
	struct khv_policy *p;

	draft_make(&d);
	qsort(d.at, d.nr, sizeof(*d.at), by_kind);
	put_head(&t, &d);
	put_rules(&t, &d);
	p = compiled(&t);
	if (p)
		put_tests(&t, &d, p, most);
	khv_policy_free(p);
	draft_free(&d);
	return t.at;
}
