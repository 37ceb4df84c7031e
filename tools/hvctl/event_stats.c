// SPDX-License-Identifier: GPL-2.0
/* hvctl event stats: how many events of each kind the files of hvauditd hold. */
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "event.h"

#define GROUPS_MAX 4

struct group {
	struct groups *of;
	uint64_t count;
	char *text[GROUPS_MAX];
};

struct groups {
	struct query query;
	const char *keys[GROUPS_MAX];
	unsigned int nr_keys;
	void *tree; /* of tsearch(3) */
	struct group **list;
	size_t count, room;
	uint64_t events;
};

static void text_of(const struct item *e, const char *key, char *buf,
		    size_t size)
{
	const struct khv_field *f = khv_record_field(&khv_event_record, key);
	const char *extra;

	if (f) {
		khv_field_text(f, e->event, buf, size);
		return;
	}
	extra = item_extra(e, key);
	if (!extra)
		extra = "-";
	khv_escape(buf, size, extra, strlen(extra), false);
}

static int compare(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	for (unsigned int k = 0; k < x->of->nr_keys; k++) {
		int order = strcmp(x->text[k], y->text[k]);

		if (order)
			return order;
	}
	return 0;
}

static struct group *add_group(struct groups *g, const struct group *like)
{
	struct group *new = malloc(sizeof(*new));

	if (new) {
		*new = *like;
		for (unsigned int k = 0; k < g->nr_keys; k++)
			new->text[k] = strdup(like->text[k]);
	}
	if (g->count == g->room) {
		g->room = g->room ? g->room * 2 : 64;
		g->list = reallocarray(g->list, g->room, sizeof(*g->list));
	}
	if (!new || !g->list || !tsearch(new, &g->tree, compare)) {
		fputs("hvctl: no memory\n", stderr);
		exit(HV_FAILED);
	}
	g->list[g->count++] = new;
	return new;
}

static bool counted(struct hvctl *h, const struct item *e, void *arg)
{
	char text[GROUPS_MAX][512];
	struct groups *g = arg;
	struct group key = { .of = g }, **found;

	(void)h;
	if (!e->event || !query_wants(&g->query, e) ||
	    !KHV_HAS(e->event, KHV_E_SEQ))
		return true;
	g->events++;
	for (unsigned int k = 0; k < g->nr_keys; k++) {
		text_of(e, g->keys[k], text[k], sizeof(text[k]));
		key.text[k] = text[k];
	}
	found = tfind(&key, &g->tree, compare);
	(found ? *found : add_group(g, &key))->count++;
	return true;
}

static int more_first(const void *a, const void *b)
{
	const struct group *x = *(struct group *const *)a;
	const struct group *y = *(struct group *const *)b;

	return x->count < y->count ? 1 : x->count > y->count ? -1 : 0;
}

static void print_groups(struct hvctl *h, struct groups *g)
{
	struct column columns[GROUPS_MAX + 1] = { { "EVENTS", NULL, true } };
	char headers[GROUPS_MAX][32], number[24];
	struct table *t;

	for (unsigned int k = 0; k < g->nr_keys; k++) {
		size_t n = (size_t)snprintf(headers[k], sizeof(headers[k]),
					    "%s", g->keys[k]);

		for (size_t i = 0; i < n && i < sizeof(headers[k]); i++)
			if (headers[k][i] >= 'a' && headers[k][i] <= 'z')
				headers[k][i] -= 32;
		columns[k + 1].header = headers[k];
	}
	t = table_new(columns, g->nr_keys + 1);
	for (size_t i = 0; i < g->count; i++) {
		struct json_object *o;

		if (h->json) {
			o = json_object_new_object();
			json_object_object_add(
				o, "events",
				json_object_new_uint64(g->list[i]->count));
			for (unsigned int k = 0; k < g->nr_keys; k++)
				add_string(o, g->keys[k], g->list[i]->text[k]);
			data_add(h, o);
			continue;
		}
		snprintf(number, sizeof(number), "%llu",
			 (unsigned long long)g->list[i]->count);
		table_add(t, number);
		for (unsigned int k = 0; k < g->nr_keys; k++)
			table_add(t, g->list[i]->text[k]);
	}
	table_print(t, h);
	note(h, "sum: %llu events", (unsigned long long)g->events);
}

static int take_keys(struct hvctl *h, struct groups *g)
{
	int args = 0;

	for (int i = 0; i < h->argc; i++) {
		if (strchr(h->argv[i], '=')) {
			h->argv[args++] = h->argv[i];
			continue;
		}
		if (g->nr_keys == GROUPS_MAX)
			return fail(h, HV_USAGE, NULL,
				    "more than %d fields to count by",
				    GROUPS_MAX);
		if (!khv_record_field(&khv_event_record, h->argv[i]) &&
		    !is_extra_key(h->argv[i]))
			return fail(
				h, HV_USAGE, NULL,
				"\"%s\" is no field of an event; see khv-events(7)",
				h->argv[i]);
		g->keys[g->nr_keys++] = h->argv[i];
	}
	h->argc = args;
	if (!g->nr_keys) {
		g->keys[g->nr_keys++] = "policy";
		g->keys[g->nr_keys++] = "verdict";
	}
	return HV_OK;
}

/* The list has freed it. */
static void forget(void *node)
{
	(void)node;
}

/* Without a file, a field or a condition: the kernel's own counters. */
int cmd_event_stats(struct hvctl *h)
{
	struct groups g = { .nr_keys = 0 };
	unsigned int bad = 0;
	int code;

	if (!h->argc && !h->opt[OPT_FILE] && !h->opt[OPT_SINCE] &&
	    !h->opt[OPT_UNTIL])
		return kernel_stats(h);
	code = take_keys(h, &g);
	if (!code)
		code = query_parse(h, &g.query, 0);
	if (!code)
		code = read_events(h, counted, &g, &bad);
	if (!code) {
		qsort(g.list, g.count, sizeof(*g.list), more_first);
		print_groups(h, &g);
		if (bad)
			note(h, "%u lines were no records", bad);
	}
	for (size_t i = 0; i < g.count; i++) {
		for (unsigned int k = 0; k < g.nr_keys; k++)
			free(g.list[i]->text[k]);
		free(g.list[i]);
	}
	tdestroy(g.tree, forget);
	free(g.list);
	return code;
}
