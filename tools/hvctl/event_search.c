// SPDX-License-Identifier: GPL-2.0
/* hvctl event search and replay: what the files of hvauditd hold. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "event.h"

struct search {
	struct query query;
	struct tree *tree;
	double speed;	/* of a replay; 0: as fast as it goes */
	uint64_t first; /* ns; of the first record */
	double begin;	/* s; when that was shown */
	uint64_t matches, lost;
	char chain[1024];
};

static void note_bad(struct hvctl *h, unsigned int bad)
{
	if (bad && !h->quiet)
		fprintf(stderr, "hvctl: %u lines were no records\n", bad);
}

static bool searched(struct hvctl *h, const struct item *e, void *arg)
{
	struct search *s = arg;

	if (!query_wants(&s->query, e))
		return true;
	s->matches++;
	if (s->tree && !h->json && e->event)
		tree_add(s->tree, e);
	else if (h->json)
		data_add(h, json_object_get(e->json));
	else
		show_item(h, e, "");
	return !s->query.counted || --s->query.left;
}

int cmd_event_search(struct hvctl *h)
{
	struct search s = { .tree = NULL };
	unsigned int bad;
	int code = query_parse(h, &s.query, 0);

	if (code)
		return code;
	if (h->opt[OPT_PROCESSES])
		s.tree = tree_new();
	code = read_events(h, searched, &s, &bad);
	if (s.tree)
		tree_print(s.tree, h);
	tree_free(s.tree);
	if (code)
		return code;
	note_bad(h, bad);
	/* As grep: nothing was found. */
	return s.matches ? HV_OK : HV_FAILED;
}

/* --- replay ------------------------------------------------------------------------------- */

static void wait_for(struct search *s, uint64_t time)
{
	double due;

	if (!s->first) {
		s->first = time;
		s->begin = now();
	}
	if (s->speed <= 0 || time < s->first)
		return;
	due = s->begin + (double)(time - s->first) / 1e9 / s->speed;
	fflush(stdout);
	if (due > now())
		pause_ms((long)((due - now()) * 1000));
}

static bool replayed(struct hvctl *h, const struct item *e, void *arg)
{
	struct search *s = arg;

	if (!query_wants(&s->query, e))
		return true;
	wait_for(s, e->time);
	if (h->opt[OPT_PROCESSES])
		show_ancestors(h, e, s->chain, sizeof(s->chain));
	show_item(h, e, h->opt[OPT_PROCESSES] && !h->json ? "  " : "");
	return !s->query.counted || --s->query.left;
}

static int parse_speed(struct hvctl *h, double *speed)
{
	const char *text = h->opt[OPT_SPEED];
	char *end;

	*speed = 1;
	if (!text)
		return HV_OK;
	*speed = strtod(text, &end);
	if (!strcmp(text, "max")) {
		*speed = 0;
		return HV_OK;
	}
	if (*end || end == text || !(*speed > 0) || *speed > 1e6)
		return fail(h, HV_USAGE, NULL,
			    "--speed: \"%s\" is not a factor, or max", text);
	return HV_OK;
}

/* The live view takes all of a file in the time that it took. */
struct live {
	struct search *search;
	struct hvctl *h;
	struct top *top;
	struct json_object **list;
	size_t count, room, at;
};

static bool kept(struct hvctl *h, const struct item *e, void *arg)
{
	struct live *l = arg;

	(void)h;
	if (!query_wants(&l->search->query, e))
		return true;
	if (l->count == l->room) {
		l->room = l->room ? l->room * 2 : 256;
		l->list = reallocarray(l->list, l->room, sizeof(*l->list));
		if (!l->list)
			return false;
	}
	l->list[l->count++] = json_object_get(e->json);
	return !l->search->query.counted || --l->search->query.left;
}

static bool give(struct top *t, void *arg)
{
	struct live *l = arg;
	struct search *s = l->search;
	static char scratch[1 << 20];

	for (int i = 0; i < 1000 && l->at < l->count; i++) {
		struct item e = { .json = l->list[l->at] };
		struct khv_event event;

		if (!khv_event_from_json(&event, e.json, scratch,
					 sizeof(scratch))) {
			e.event = &event;
			e.time = event.time;
			if (!s->first) {
				s->first = e.time;
				s->begin = now();
			}
			if (s->speed > 0 && e.time > s->first &&
			    (double)(e.time - s->first) / 1e9 / s->speed >
				    now() - s->begin)
				return true;
			top_add(t, &e);
		}
		l->at++;
	}
	return l->at < l->count;
}

static int replay_live(struct hvctl *h, struct search *s)
{
	struct live l = { .search = s, .h = h };
	struct top_source source = {
		.fd = -1, .read = give, .arg = &l, .title = "replay"
	};
	unsigned int bad;
	int code = read_events(h, kept, &l, &bad);

	if (!code)
		code = run_top(h, &source);
	for (size_t i = 0; i < l.count; i++)
		json_object_put(l.list[i]);
	free(l.list);
	return code;
}

int cmd_event_replay(struct hvctl *h)
{
	struct search s = { .tree = NULL };
	unsigned int bad;
	int code = query_parse(h, &s.query, 0);

	if (!code)
		code = parse_speed(h, &s.speed);
	if (code)
		return code;
	h->streaming = true;
	if (h->opt[OPT_LIVE])
		return replay_live(h, &s);
	code = read_events(h, replayed, &s, &bad);
	if (!code)
		note_bad(h, bad);
	return code;
}
