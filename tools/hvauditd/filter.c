// SPDX-License-Identifier: GPL-2.0
/*
 * Filters: ACTION FIELD=PATTERN... Which events are written; all are counted.
 *
 *	drop verdict=allow type=file object=/proc/x*
 *	limit 50/s client=wrap verb!=exec
 *	keep
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <khv/khv.h>
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
	const char *equal = strchr(word, '=');
	const struct khv_field *field;
	size_t n, i = f->nr_conditions;
	char key[32];
	bool not ;

	if (i == CONDITIONS_MAX) {
		snprintf(error, size, "filter: more than %d conditions",
			 CONDITIONS_MAX);
		return -EINVAL;
	}
	not = equal && equal > word && equal[-1] == '!';
	n = equal ? (size_t)(equal - word) - not : 0;
	if (!equal || !n || n >= sizeof(key)) {
		snprintf(
			error, size,
			"filter: \"%s\": expected FIELD=PATTERN or FIELD!=PATTERN",
			word);
		return -EINVAL;
	}
	memcpy(key, word, n);
	key[n] = 0;
	field = khv_record_field(&khv_event_record, key);
	if (!field) {
		snprintf(
			error, size,
			"filter: \"%s\" is no field of an event; see khv-events(7)",
			key);
		return -EINVAL;
	}
	if (strlen(equal + 1) >= sizeof(f->conditions[i].pattern)) {
		snprintf(error, size, "filter: pattern of \"%s\" is too long",
			 key);
		return -EINVAL;
	}
	f->conditions[i].field =
		(unsigned int)(field - khv_event_record.fields);
	f->conditions[i].not = not ;
	strcpy(f->conditions[i].pattern, equal + 1);
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
			f->conditions[i].not ? "!" : "",
			f->conditions[i].pattern);
}

/* As the line shows it: what an attacker has named cannot look like another. */
static bool fits(const struct filter *f, const struct khv_event *e)
{
	char text[4 * 4096 + 1];

	for (unsigned int i = 0; i < f->nr_conditions; i++) {
		const struct khv_field *field =
			&khv_event_record.fields[f->conditions[i].field];
		bool match;

		khv_field_text(field, e, text, sizeof(text));
		match = !fnmatch(f->conditions[i].pattern, text, FNM_NOESCAPE);
		if (match == f->conditions[i].not )
			return false;
	}
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
