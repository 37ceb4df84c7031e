// SPDX-License-Identifier: GPL-2.0
/*
 * Filters: ACTION FIELD=PATTERN... Which events are written; all are counted.
 *
 *	drop verdict=allow type=file object=/proc/x*
 *	limit 50/s client=wrap verb!=exec
 *	keep
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "config.h"
#include "filter.h"

static const char *const actions[] = {
	[FILTER_KEEP] = "keep",
	[FILTER_DROP] = "drop",
	[FILTER_LIMIT] = "limit",
};

static int parse_condition(struct filter *f, const char *word, char *error,
			   size_t size)
{
	char text[256];

	if (f->nr_conditions == CONDITIONS_MAX) {
		snprintf(error, size, "filter: more than %d conditions",
			 CONDITIONS_MAX);
		return -EINVAL;
	}
	if (khv_match_parse(&f->conditions[f->nr_conditions], word, text,
			    sizeof(text))) {
		snprintf(error, size, "filter: %s", text);
		return -EINVAL;
	}
	f->nr_conditions++;
	return 0;
}

static int parse_rate(struct filter *f, const char *word, char *error,
		      size_t size)
{
	char *end = NULL;
	unsigned long n = word ? strtoul(word, &end, 10) : 0;

	if (!end || end == word || strcmp(end, "/s") || !n || n > 1000000) {
		snprintf(error, size,
			 "filter: \"limit\" wants a rate as 50/s, not \"%s\"",
			 word ? word : "");
		return -EINVAL;
	}
	f->rate = (unsigned int)n;
	return 0;
}

int filter_parse(struct filter *f, const char *text, char *error, size_t size)
{
	char copy[1024], *word, *save = NULL;
	int err = 0;

	memset(f, 0, sizeof(*f));
	if (strlen(text) >= sizeof(copy)) {
		snprintf(error, size, "filter: too long");
		return -EINVAL;
	}
	strcpy(copy, text);
	word = strtok_r(copy, " \t", &save);
	for (f->action = 0; word && f->action < (int)ARRAY_SIZE(actions);
	     f->action++)
		if (!strcmp(actions[f->action], word))
			break;
	if (!word || f->action == (int)ARRAY_SIZE(actions)) {
		snprintf(error, size,
			 "filter: \"%s\": expected keep, drop or limit",
			 word ? word : "");
		return -EINVAL;
	}
	if (f->action == FILTER_LIMIT)
		err = parse_rate(f, strtok_r(NULL, " \t", &save), error, size);
	while (!err && (word = strtok_r(NULL, " \t", &save)))
		err = parse_condition(f, word, error, size);
	return err;
}

void filter_print(const struct filter *f, FILE *out)
{
	fputs(actions[f->action], out);
	if (f->action == FILTER_LIMIT)
		fprintf(out, " %u/s", f->rate);
	for (unsigned int i = 0; i < f->nr_conditions; i++)
		fprintf(out, " %s%s=%s",
			khv_event_record.fields[f->conditions[i].field].key,
			f->conditions[i].negated ? "!" : "",
			f->conditions[i].pattern);
}

static bool fits(const struct filter *f, const struct khv_event *e)
{
	for (unsigned int i = 0; i < f->nr_conditions; i++)
		if (!khv_match(&f->conditions[i], e))
			return false;
	return true;
}

bool filters_keep(struct filters *s, const struct khv_event *e, uint64_t now)
{
	const struct config *c = s->config;

	for (unsigned int i = 0; i < c->nr_filters; i++) {
		const struct filter *f = &c->filter[i];
		struct bucket *b = &s->bucket[i];

		if (!fits(f, e))
			continue;
		if (f->action == FILTER_KEEP)
			return true;
		if (f->action == FILTER_LIMIT) {
			if (now - b->since >= 1000000000) {
				b->since = now;
				b->passed = 0;
			}
			if (b->passed < f->rate) {
				b->passed++;
				return true;
			}
			b->untold++;
		}
		b->held++;
		return false;
	}
	return true;
}

void filters_config(struct filters *s, const struct config *c)
{
	s->config = c;
	memset(s->bucket, 0, sizeof(s->bucket));
}
