// SPDX-License-Identifier: GPL-2.0
/* Events from the files of hvauditd. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <json-c/json.h>
#include "event.h"

#define KEPT_MAX 99

struct reading {
	struct hvctl *h;
	item_fn *fn;
	void *arg;
	char *scratch;
	size_t size;
	unsigned int bad;
	bool done;
};

const char *item_extra(const struct item *e, const char *key)
{
	struct json_object *o;

	if (!e->json || !json_object_object_get_ex(e->json, key, &o) || !o)
		return NULL;
	return json_object_get_string(o);
}

static uint64_t time_of(struct json_object *o)
{
	struct khv_event e;
	struct json_object *with = json_object_new_object(), *time;
	uint64_t ns = 0;

	/* The reader of events knows how times are written. */
	json_object_object_add(with, "cpu", json_object_new_int(0));
	if (json_object_object_get_ex(o, "time", &time)) {
		json_object_object_add(with, "time", json_object_get(time));
		if (!khv_event_from_json(&e, with, NULL, 0))
			ns = e.time;
	}
	json_object_put(with);
	return ns;
}

static bool take_line(struct reading *r, const char *line, size_t len)
{
	struct json_object *o = json_tokener_parse(line);
	struct item e = { .json = o };
	struct khv_event event;

	if (len > r->size) {
		free(r->scratch);
		r->scratch = malloc(len);
		r->size = r->scratch ? len : 0;
	}
	e.note = item_extra(&e, "note");
	if (e.note) {
		e.text = item_extra(&e, "text");
		e.time = time_of(o);
	} else if (!khv_event_from_json(&event, o, r->scratch, r->size)) {
		e.event = &event;
		e.time = event.time;
	}
	if (e.note ? !e.text : !e.event)
		r->bad++;
	else
		r->done = !r->fn(r->h, &e, r->arg);
	json_object_put(o);
	return !r->done;
}

static int read_file(struct reading *r, const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (!f)
		return -errno;
	while (!r->done && (n = getline(&line, &room, f)) > 0) {
		/* It is being written right now. */
		if (line[n - 1] != '\n')
			break;
		take_line(r, line, (size_t)n);
	}
	free(line);
	if (f != stdin)
		fclose(f);
	return 0;
}

int read_events(struct hvctl *h, item_fn *fn, void *arg, unsigned int *bad)
{
	struct reading r = { .h = h, .fn = fn, .arg = arg };
	const char *path = h->opt[OPT_FILE];
	bool ours = !path;
	char old[512];
	int err;

	if (ours)
		path = EVENTS_FILE;
	for (int i = KEPT_MAX; ours && i > 0 && !r.done; i--) {
		snprintf(old, sizeof(old), "%s.%d", path, i);
		if (!access(old, R_OK))
			read_file(&r, old);
	}
	err = r.done ? 0 : read_file(&r, path);
	free(r.scratch);
	*bad = r.bad;
	if (err)
		return fail(
			h, err == -EACCES ? HV_NOT_PERMITTED : HV_FAILED,
			ours ? "hvauditd writes it; another one: --file FILE" :
			       NULL,
			"%s: %s", path, strerror(-err));
	return HV_OK;
}
