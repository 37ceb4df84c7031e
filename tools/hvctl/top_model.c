// SPDX-License-Identifier: GPL-2.0
/* What the live view counts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "top.h"

static const char *const names[] = {
	[BY_PROGRAM] = "programs", [BY_OBJECT] = "objects",
	[BY_RULE] = "rules",	   [BY_POLICY] = "policies",
	[BY_VERB] = "verbs",	   [BY_PROCESS] = "processes",
};

const char *by_name(enum by by)
{
	return names[by];
}

static void key_of(const struct khv_event *e, enum by by, char *key,
		   size_t size)
{
	char comm[64];

	switch (by) {
	case BY_PROGRAM:
		khv_escape(key, size, e->exe.data, e->exe.len, false);
		break;
	case BY_OBJECT:
		khv_escape(key, size, e->object.data, e->object.len, false);
		break;
	case BY_RULE:
		khv_escape(key, size, e->rule ? e->rule : "(no rule)",
			   e->rule ? strlen(e->rule) : 9, false);
		break;
	case BY_POLICY:
		snprintf(key, size, "%s%s%s", e->policy ? e->policy : "-",
			 e->domain ? "//" : "", e->domain ? e->domain : "");
		break;
	case BY_VERB:
		snprintf(key, size, "%s %s", e->type ? e->type : "-",
			 e->verb ? e->verb : "-");
		break;
	default:
		khv_escape(comm, sizeof(comm), e->comm.data, e->comm.len,
			   false);
		snprintf(key, size, "%s[%u]", comm, e->tgid ? e->tgid : e->pid);
	}
}

static bool refused(const struct khv_event *e)
{
	return e->verdict == KHV_DENIED || e->verdict == KHV_WOULD_DENY;
}

static void count(struct ranking *r, const char *key, bool denied)
{
	struct row *row = NULL;

	for (unsigned int i = 0; i < r->used && !row; i++)
		if (!strcmp(r->row[i].key, key))
			row = &r->row[i];
	if (!row) {
		if (r->used == ROWS_MAX) {
			r->others++;
			return;
		}
		row = &r->row[r->used++];
		memset(row, 0, sizeof(*row));
		snprintf(row->key, sizeof(row->key), "%s", key);
	}
	row->count++;
	row->denied += denied;
	/* What comes often is found soon. */
	if (row > r->row && row->count > row[-1].count) {
		struct row other = row[-1];

		row[-1] = *row;
		*row = other;
	}
}

void top_second(struct top *t, uint64_t second)
{
	if (!t->newest || second > t->newest + SECONDS_MAX) {
		memset(t->second, 0, sizeof(t->second));
		t->newest = second;
	}
	while (t->newest < second) {
		t->newest++;
		memset(&t->second[t->newest % SECONDS_MAX], 0,
		       sizeof(t->second[0]));
	}
}

static void remember(struct top *t, const struct khv_event *e)
{
	struct recent *r;
	char object[256];

	memmove(t->recent + 1, t->recent,
		sizeof(t->recent) - sizeof(t->recent[0]));
	r = &t->recent[0];
	r->time = e->time;
	r->verdict = e->verdict;
	key_of(e, BY_PROCESS, r->who, sizeof(r->who));
	khv_escape(object, sizeof(object), e->object.data, e->object.len,
		   false);
	snprintf(r->what, sizeof(r->what), "%s %s %s", e->type ? e->type : "-",
		 e->verb ? e->verb : "-", object);
	key_of(e, BY_RULE, r->rule, sizeof(r->rule));
}

void top_add(struct top *t, const struct item *item)
{
	const struct khv_event *e = item->event;
	char key[sizeof(((struct row *)0)->key)];
	uint64_t second;

	if (!e)
		return;
	t->lost += e->lost;
	if (!KHV_HAS(e, KHV_E_SEQ))
		return;
	t->events++;
	if (e->verdict < VERDICTS)
		t->verdict[e->verdict]++;
	second = e->time / 1000000000;
	if (second > t->newest)
		top_second(t, second);
	if (t->newest - second < SECONDS_MAX) {
		t->second[second % SECONDS_MAX].all++;
		t->second[second % SECONDS_MAX].denied += refused(e);
	}
	if (t->denials_only && !refused(e))
		return;
	for (int by = 0; by < NR_BY; by++) {
		key_of(e, (enum by)by, key, sizeof(key));
		count(&t->by[by], key, refused(e));
	}
	if (!t->held)
		remember(t, e);
}

void top_clear(struct top *t)
{
	bool only = t->denials_only;

	memset(t, 0, sizeof(*t));
	t->denials_only = only;
}

static int more_first(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a;
	const struct row *y = *(const struct row *const *)b;

	return x->count < y->count ? 1 :
	       x->count > y->count ? -1 :
				     strcmp(x->key, y->key);
}

unsigned int top_rank(const struct top *t, enum by by, const struct row **rows,
		      unsigned int max)
{
	const struct row *all[ROWS_MAX];
	const struct ranking *r = &t->by[by];

	for (unsigned int i = 0; i < r->used; i++)
		all[i] = &r->row[i];
	qsort(all, r->used, sizeof(all[0]), more_first);
	if (max > r->used)
		max = r->used;
	memcpy(rows, all, max * sizeof(all[0]));
	return max;
}
