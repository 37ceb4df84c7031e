// SPDX-License-Identifier: GPL-2.0
/* hvctl policy graph: programs, and the domains that they enter. */
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include <khv/policy.h>
#include "hvctl.h"

/* Who is in no domain before. */
#define OUTSIDE "(any program)"

/* One way into a domain. */
struct way {
	const char *from, *to, *by;
	const struct khv_rule_info *rule;
};

/* The word behind "->", to be freed; NULL: there is none. */
static char *target(const char *options)
{
	size_t n;

	while (*options) {
		options += strspn(options, " \t");
		n = strcspn(options, " \t");
		if (n == 2 && !strncmp(options, "->", 2)) {
			options += n + strspn(options + n, " \t");
			return strndup(options, strcspn(options, " \t"));
		}
		options += n;
	}
	return NULL;
}

static void put_quoted(const char *s)
{
	char *text = safe(s);

	putchar('"');
	for (const char *p = text; *p; p++)
		printf("%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
	putchar('"');
	free(text);
}

static void show_way(struct hvctl *h, struct table *t, const struct way *w)
{
	const char *cells[] = { w->from, w->to, w->by, NULL };
	char where[320];

	if (h->json) {
		struct json_object *o = json_object_new_object();

		add_string(o, "from", w->from);
		add_string(o, "to", w->to);
		add_string(o, "program", w->by);
		add_string(o, "file", w->rule->file);
		json_object_object_add(o, "line",
				       json_object_new_int64(w->rule->line));
		data_add(h, o);
		return;
	}
	if (!t) {
		putchar('\t');
		put_quoted(w->from);
		fputs(" -> ", stdout);
		put_quoted(w->to);
		fputs(" [label=", stdout);
		put_quoted(w->by);
		puts("];");
		return;
	}
	snprintf(where, sizeof(where), "%s:%u", base_name(w->rule->file),
		 w->rule->line);
	cells[3] = where;
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
		char *cell = safe(cells[i]);

		table_add(t, cell);
		free(cell);
	}
}

static void show_ways(struct hvctl *h, struct table *t,
		      const struct khv_policy *p)
{
	uint32_t n = khv_engine_nr_rules(khv_policy_engine(p));
	struct khv_rule_info r;

	for (uint32_t i = 0; i < n; i++) {
		struct way w = { .rule = &r };
		char *to;

		if (khv_policy_rule(p, i, &r) ||
		    (r.kind != KHV_RULE_ATTACH && r.kind != KHV_RULE_FILE))
			continue;
		to = target(r.options);
		if (!to && r.kind != KHV_RULE_ATTACH)
			continue;
		w.from = r.kind == KHV_RULE_ATTACH ? OUTSIDE : r.domain;
		w.to = !to ? r.domain : strcmp(to, "inherit") ? to : r.domain;
		w.by = r.ident;
		show_way(h, t, &w);
		free(to);
	}
}

int cmd_policy_graph(struct hvctl *h)
{
	static const struct column columns[] = {
		{ "FROM", NULL, false },
		{ "TO", NULL, false },
		{ "PROGRAM", NULL, false },
		{ "LINE", NULL, false },
	};
	bool dot = h->opt[OPT_DOT] && !h->json;
	struct khv_policy *p = NULL;
	struct table *t = NULL;
	int code;

	code = find_policy(h, h->argv[0], &p);
	if (code)
		return code;
	if (dot) {
		const struct khv_engine *e = khv_policy_engine(p);

		printf("digraph ");
		put_quoted(policy_name(p));
		puts(" {");
		/* Also those that nothing leads to. */
		for (uint32_t i = 0; i < khv_engine_nr_domains(e); i++) {
			putchar('\t');
			put_quoted(khv_engine_domain_name(e, (uint16_t)i));
			puts(";");
		}
	} else if (!h->json) {
		t = table_new(columns, ARRAY_SIZE(columns));
	}
	show_ways(h, t, p);
	if (t)
		table_print(t, h);
	if (dot)
		puts("}");
	khv_policy_free(p);
	return HV_OK;
}
