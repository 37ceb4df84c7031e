// SPDX-License-Identifier: GPL-2.0
/* hvctl learn review and compare: what was seen, and what a policy would say to it. */
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "hvctl.h"
#include "learn.h"

/* "open/stat" */
static void verb_names(char *buf, size_t size, uint32_t type, uint32_t verbs)
{
	size_t n = 0;

	buf[0] = 0;
	for (uint32_t bit = 1; bit && bit <= verbs && n < size; bit <<= 1)
		if (verbs & bit)
			n += (size_t)snprintf(buf + n, size - n, "%s%s",
					      n ? "/" : "",
					      khv_verb_name(type, bit));
}

static int by_count(const void *a, const void *b)
{
	const struct seen *const *x = a, *const *y = b;

	if ((*x)->count != (*y)->count)
		return (*x)->count < (*y)->count ? 1 : -1;
	return strcmp((*x)->object, (*y)->object);
}

/* A row, or an object of -j; @answer is the last column, NULL: there is none. */
static void show_seen(struct hvctl *h, struct table *t, const struct seen *s,
		      uint32_t verbs, const char *answer)
{
	char names[512], count[24];
	const char *cells[] = { s->domain, khv_type_name(s->type),
				s->object, names,
				count,	   answer };

	verb_names(names, sizeof(names), s->type, verbs);
	snprintf(count, sizeof(count), "%llu", (unsigned long long)s->count);
	if (h->json) {
		struct json_object *o = json_object_new_object();

		add_string(o, "domain", s->domain);
		add_string(o, "type", khv_type_name(s->type));
		add_string(o, "object", s->object);
		add_string(o, "verbs", names);
		json_object_object_add(o, "count",
				       json_object_new_uint64(s->count));
		if (answer)
			add_string(o, "rule", answer);
		data_add(h, o);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(cells) && cells[i]; i++) {
		char *cell = safe(cells[i]);

		table_add(t, cell);
		free(cell);
	}
}

static const struct column columns[] = {
	{ "DOMAIN", NULL, false }, { "TYPE", NULL, false },
	{ "OBJECT", NULL, false }, { "VERBS", NULL, false },
	{ "COUNT", NULL, true },   { "RULE", NULL, false },
};

/* What a list leaves out must be known with it. */
static void say_missing(struct hvctl *h, const struct lesson *l)
{
	if (l->lost || l->full || l->odd)
		note(h, "not in this: %llu events lost, %llu not kept",
		     (unsigned long long)l->lost,
		     (unsigned long long)(l->full + l->odd));
}

int cmd_learn_review(struct hvctl *h)
{
	struct table *t = NULL;
	struct lesson l;
	int code;

	code = learn_load(h, &l);
	if (code)
		return code;
	if (!h->json)
		t = table_new(columns, ARRAY_SIZE(columns) - 1);
	qsort(l.all, l.nr, sizeof(*l.all), by_count);
	for (size_t i = 0; i < l.nr; i++)
		show_seen(h, t, l.all[i], l.all[i]->verbs, NULL);
	if (t)
		table_print(t, h);
	say_missing(h, &l);
	lesson_free(&l);
	return HV_OK;
}

/* Which of its verbs would be refused, and the first line that does it. */
static uint32_t refused(const struct khv_policy *p, const char *domain,
			const struct seen *s, char *rule, size_t size)
{
	struct khv_subject subject = { 0 };
	struct khv_decision d;
	struct khv_rule_info r;
	uint32_t verbs = 0;

	for (uint32_t bit = 1; bit && bit <= s->verbs; bit <<= 1) {
		if (!(s->verbs & bit))
			continue;
		/* What cannot be asked is not granted either. */
		if (khv_policy_test(p, domain, &subject, khv_type_name(s->type),
				    s->object, khv_verb_name(s->type, bit), &d,
				    NULL, 0)) {
			snprintf(rule, size, "cannot be asked");
			verbs |= bit;
			continue;
		}
		if (d.allowed)
			continue;
		if (!verbs && d.rule != KHV_NO_RULE &&
		    !khv_policy_rule(p, d.rule, &r))
			snprintf(rule, size, "%s:%u", base_name(r.file),
				 r.line);
		else if (!verbs)
			snprintf(rule, size, "no rule");
		verbs |= bit;
	}
	return verbs;
}

int cmd_learn_compare(struct hvctl *h)
{
	const char *domain = h->opt[OPT_DOMAIN];
	struct khv_policy *p = NULL;
	struct table *t = NULL;
	struct lesson l;
	size_t found = 0;
	char rule[320];
	int code;

	code = learn_load(h, &l);
	if (code)
		return code;
	code = find_policy(h, h->argv[1], &p);
	if (!code && domain &&
	    khv_engine_domain(khv_policy_engine(p), domain) < 0)
		code = fail(h, HV_USAGE, NULL, "%s has no domain \"%s\"",
			    h->argv[1], domain);
	if (!code && !h->json)
		t = table_new(columns, ARRAY_SIZE(columns));
	qsort(l.all, l.nr, sizeof(*l.all), by_count);
	for (size_t i = 0; i < l.nr && !code; i++) {
		uint32_t verbs =
			refused(p, domain, l.all[i], rule, sizeof(rule));

		if (!verbs)
			continue;
		found++;
		show_seen(h, t, l.all[i], verbs, rule);
	}
	if (t && found)
		table_print(t, h);
	if (!code)
		note(h,
		     "%s would refuse some of what was done to %zu of %zu objects",
		     policy_name(p), found, l.nr);
	if (!code)
		say_missing(h, &l);
	khv_policy_free(p);
	lesson_free(&l);
	return code ? code : found ? HV_FAILED : HV_OK;
}
