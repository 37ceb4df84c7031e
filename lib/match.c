// SPDX-License-Identifier: LGPL-2.1
/* FIELD=PATTERN: conditions that an event fulfils or not. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include "internal.h"

/* The longest name, each byte as \xNN. */
#define TEXT_MAX (4 * 4096 + 1)

int khv_match_split(const char *text, char *key, size_t size, bool * not,
		    const char **pattern)
{
	const char *equal = strchr(text, '=');
	size_t n;

	*not = equal && equal > text && equal[-1] == '!';
	n = equal ? (size_t)(equal - text) - *not : 0;
	if (!n || n >= size)
		return -EINVAL;
	memcpy(key, text, n);
	key[n] = 0;
	*pattern = equal + 1;
	return 0;
}

int khv_match_parse(struct khv_match *m, const char *text, char *error,
		    size_t size)
{
	const struct khv_field *field;
	const char *pattern;
	char key[32];

	memset(m, 0, sizeof(*m));
	if (khv_match_split(text, key, sizeof(key), &m->negated, &pattern)) {
		snprintf(error, size,
			 "\"%s\": expected FIELD=PATTERN or FIELD!=PATTERN",
			 text);
		return -EINVAL;
	}
	field = khv_record_field(&khv_event_record, key);
	if (!field) {
		snprintf(error, size,
			 "\"%s\" is no field of an event; see khv-events(7)",
			 key);
		return -EINVAL;
	}
	if (strlen(pattern) >= sizeof(m->pattern)) {
		snprintf(error, size, "the pattern of \"%s\" is too long", key);
		return -EINVAL;
	}
	m->field = (unsigned int)(field - khv_event_record.fields);
	strcpy(m->pattern, pattern);
	return 0;
}

/* As a line shows it: what an attacker has named cannot look like another. */
bool khv_match(const struct khv_match *m, const struct khv_event *e)
{
	char text[TEXT_MAX];

	khv_field_text(&khv_event_record.fields[m->field], e, text,
		       sizeof(text));
	return fnmatch(m->pattern, text, FNM_NOESCAPE) ? m->negated :
							 !m->negated;
}
