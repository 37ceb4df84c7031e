// SPDX-License-Identifier: GPL-2.0
/* Which events are wanted: options, and conditions as FIELD=PATTERN. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "event.h"

#define SECOND 1000000000ull

/* What the daemon adds to its file; no field of the kernel's event. */
static const char *const extras[] = { "user",	"group", "unit", "container",
				      "cgroup", "task",	 "host", "boot" };

bool is_extra_key(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(extras); i++)
		if (!strcmp(extras[i], key))
			return true;
	return false;
}

static bool is_extra(const char *text)
{
	const char *pattern;
	char key[32];
	bool not ;

	return !khv_match_split(text, key, sizeof(key), &not, &pattern) &&
	       is_extra_key(key);
}

static int add_condition(struct hvctl *h, struct query *q, const char *text)
{
	char error[256];

	if (q->count == CONDITIONS_MAX)
		return fail(h, HV_USAGE, NULL, "more than %d conditions",
			    CONDITIONS_MAX);
	q->condition[q->count].text = text;
	q->condition[q->count].extra = is_extra(text);
	if (!q->condition[q->count].extra &&
	    khv_match_parse(&q->condition[q->count].match, text, error,
			    sizeof(error)))
		return fail(h, HV_USAGE, NULL, "%s", error);
	q->count++;
	return HV_OK;
}

/* Words of the rule language hold no characters of patterns. */
static int add_option(struct hvctl *h, struct query *q, enum hv_option option,
		      const char *key)
{
	static char text[NR_OPTIONS][128];

	if (!h->opt[option])
		return HV_OK;
	if (option == OPT_VERDICT && khv_verdict_value(h->opt[option]) < 0)
		return fail(
			h, HV_USAGE, NULL,
			"--verdict: \"%s\" is not allow, deny, would-deny, shadow-deny, shadow-allow or audit",
			h->opt[option]);
	snprintf(text[option], sizeof(text[option]), "%s=%s", key,
		 h->opt[option]);
	return add_condition(h, q, text[option]);
}

static uint64_t ago(uint64_t now, const char *text)
{
	static const struct {
		const char *unit;
		uint64_t seconds;
	} units[] = { { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	for (size_t i = 0; end != text && i < ARRAY_SIZE(units); i++)
		if (!strcmp(end, units[i].unit))
			return n < now / SECOND / units[i].seconds ?
				       now - n * units[i].seconds * SECOND :
				       1;
	return 0;
}

int parse_time(const char *text, uint64_t now, uint64_t *ns)
{
	static const char *const forms[] = { "%Y-%m-%d %H:%M:%S",
					     "%Y-%m-%dT%H:%M:%S",
					     "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
					     "%Y-%m-%d" };
	static const char *const today[] = { "%H:%M:%S", "%H:%M" };
	time_t seconds = (time_t)(now / SECOND);
	struct tm tm;
	char *end;

	*ns = ago(now, text);
	if (*ns)
		return 0;
	if (*text == '@') {
		*ns = strtoull(text + 1, &end, 10) * SECOND;
		return *end || end == text + 1 ? -EINVAL : 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(forms) + ARRAY_SIZE(today); i++) {
		bool time_only = i >= ARRAY_SIZE(forms);

		localtime_r(&seconds, &tm);
		tm.tm_hour = 0;
		tm.tm_min = 0;
		tm.tm_sec = 0;
		tm.tm_isdst = -1;
		end = strptime(text,
			       time_only ? today[i - ARRAY_SIZE(forms)] :
					   forms[i],
			       &tm);
		if (end && !*end) {
			*ns = (uint64_t)mktime(&tm) * SECOND;
			return 0;
		}
	}
	return -EINVAL;
}

static int add_time(struct hvctl *h, enum hv_option option, uint64_t *ns)
{
	struct timespec ts;

	if (!h->opt[option])
		return HV_OK;
	clock_gettime(CLOCK_REALTIME, &ts);
	if (!parse_time(h->opt[option], (uint64_t)ts.tv_sec * SECOND, ns))
		return HV_OK;
	return fail(
		h, HV_USAGE, NULL,
		"--%s: \"%s\" is no time: 14:30, \"2026-08-23 14:30\", or 10m, 2h, 3d for so long ago",
		option_table[option].name, h->opt[option]);
}

int query_parse(struct hvctl *h, struct query *q, int first)
{
	const char *count = h->opt[OPT_COUNT];
	int code;
	char *end;

	memset(q, 0, sizeof(*q));
	if (count) {
		q->counted = true;
		q->left = strtoull(count, &end, 10);
		if (*end || !q->left || count[0] == '-')
			return fail(h, HV_USAGE, NULL,
				    "-n: \"%s\" is not a number of events",
				    count);
	}
	code = add_option(h, q, OPT_VERDICT, "verdict");
	if (!code)
		code = add_option(h, q, OPT_CLIENT, "client");
	if (!code)
		code = add_option(h, q, OPT_POLICY, "policy");
	if (!code)
		code = add_time(h, OPT_SINCE, &q->since);
	if (!code)
		code = add_time(h, OPT_UNTIL, &q->until);
	for (int i = first; !code && i < h->argc; i++)
		code = add_condition(h, q, h->argv[i]);
	return code;
}

static bool fits_extra(const char *text, const struct item *e)
{
	const char *pattern, *value;
	char key[32];
	bool not ;

	if (khv_match_split(text, key, sizeof(key), &not, &pattern))
		return false;
	value = item_extra(e, key);
	return fnmatch(pattern, value ? value : "-", FNM_NOESCAPE) ? not :
								     !not ;
}

bool query_wants(const struct query *q, const struct item *e)
{
	if ((q->since && e->time < q->since) ||
	    (q->until && e->time > q->until))
		return false;
	/* What was lost might have been wanted. */
	if (!e->event)
		return !strcmp(e->note, "LOST") || !q->count;
	if (!KHV_HAS(e->event, KHV_E_SEQ))
		return true;
	for (unsigned int i = 0; i < q->count; i++)
		if (q->condition[i].extra ?
			    !fits_extra(q->condition[i].text, e) :
			    !khv_match(&q->condition[i].match, e->event))
			return false;
	return true;
}
