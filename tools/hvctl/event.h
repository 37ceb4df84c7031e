/* SPDX-License-Identifier: GPL-2.0 */
/* hvctl event: what its files share. */
#ifndef _HVCTL_EVENT_H
#define _HVCTL_EVENT_H

#include "hvctl.h"

#define EVENTS_FILE    "/var/log/khv/events.json"
#define CONDITIONS_MAX 16
#define ANCESTORS_MAX  8

struct json_object;

/* What is wanted: conditions, all of them, and a span of time. */
struct query {
	struct {
		const char *text;
		bool extra; /* of a field that only the daemon's file has */
		struct khv_match match;
	} condition[CONDITIONS_MAX];
	unsigned int count;
	uint64_t since, until; /* ns since the epoch; 0: no bound */
	uint64_t left;	       /* records until the end; 0: no end */
	bool counted;
};

/* An event with what the daemon has found out; or what it says of itself. */
struct item {
	const struct khv_event *event; /* NULL: a note */
	struct json_object *json;      /* NULL: straight from the kernel */
	const char *note, *text;
	uint64_t time;
};

/* --- event_query.c ------------------------------------------------------------------ */

/* From --client, --policy, --verdict, --since, --until, -n and FIELD=PATTERN. */
int query_parse(struct hvctl *h, struct query *q, int first);
/* "user", "container", ...: what the daemon adds. */
bool is_extra_key(const char *key);
bool query_wants(const struct query *q, const struct item *e);
/* "14:30", "2026-08-23 14:30[:05]", "10m", "2h", "3d" (ago), "@SECONDS". */
int parse_time(const char *text, uint64_t now, uint64_t *ns);

/* --- event_file.c --------------------------------------------------------------------- */

/* Called for each record; false: no more. */
typedef bool item_fn(struct hvctl *h, const struct item *e, void *arg);

/*
 * All records of --file, or of the daemon's file and the ones before it, the
 * oldest first. Lines that are none are counted in @bad.
 */
int read_events(struct hvctl *h, item_fn *fn, void *arg, unsigned int *bad);
/* The text of a key that the daemon has added, NULL if it has not. */
const char *item_extra(const struct item *e, const char *key);

/* --- event_show.c ----------------------------------------------------------------------- */

/* One line, or its JSON. */
void show_item(struct hvctl *h, const struct item *e, const char *indent);
const char *verdict_color(unsigned int verdict);

/* --- ancestors.c ------------------------------------------------------------------------- */

struct ancestor {
	uint32_t pid;
	char name[64]; /* safe to show */
};

/* Of the task of @e, the nearest first; from the record, else from /proc. */
unsigned int find_ancestors(const struct item *e,
			    struct ancestor list[ANCESTORS_MAX]);
/* Events below the processes they are from. */
struct tree;
struct tree *tree_new(void);
void tree_add(struct tree *t, const struct item *e);
void tree_print(struct tree *t, struct hvctl *h);
void tree_free(struct tree *t);
/* "systemd[1] > sshd[812] > bash[4711]", if it is another than before. */
void show_ancestors(struct hvctl *h, const struct item *e, char *before,
		    size_t size);

/* --- top.c ----------------------------------------------------------------------------------- */

/* The live view: it asks @source for entries until the user has enough. */
struct top;
struct top_source {
	int fd; /* readable when there is something; -1: always */
	/* Gives what there is to top_add(); false: it has ended. */
	bool (*read)(struct top *t, void *arg);
	void *arg;
	const char *title;
};

int run_top(struct hvctl *h, const struct top_source *s);
void top_add(struct top *t, const struct item *e);

/* --- event.c: the kernel's side ---------------------------------------------------------------- */

int kernel_stats(struct hvctl *h);

#endif /* _HVCTL_EVENT_H */
