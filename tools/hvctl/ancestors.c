// SPDX-License-Identifier: GPL-2.0
/* Where events come from: processes and their parents. */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "../hvauditd/enrich.h"
#include "event.h"

static void name_it(struct ancestor *a, uint32_t pid, const void *name,
		    size_t len)
{
	a->pid = pid;
	khv_escape(a->name, sizeof(a->name), name, len, false);
}

static unsigned int of_record(struct json_object *list,
			      struct ancestor to[ANCESTORS_MAX])
{
	unsigned int n = 0;

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		struct json_object *pid, *comm;

		if (n == ANCESTORS_MAX ||
		    !json_object_object_get_ex(o, "pid", &pid) ||
		    !json_object_object_get_ex(o, "comm", &comm))
			break;
		name_it(&to[n++], (uint32_t)json_object_get_int64(pid),
			json_object_get_string(comm),
			(size_t)json_object_get_string_len(comm));
	}
	return n;
}

static unsigned int of_proc(uint32_t pid, struct ancestor to[ANCESTORS_MAX])
{
	unsigned int n = 0;
	struct proc p;

	if (proc_read(&p, pid))
		return 0;
	while (p.parent && n < ANCESTORS_MAX && !proc_read(&p, p.parent))
		name_it(&to[n++], p.pid, p.comm, strlen(p.comm));
	return n;
}

static uint32_t process(const struct khv_event *e)
{
	return e->tgid ? e->tgid : e->pid;
}

unsigned int find_ancestors(const struct item *e,
			    struct ancestor list[ANCESTORS_MAX])
{
	struct json_object *parents;

	if (!e->event)
		return 0;
	if (!e->json)
		return of_proc(process(e->event), list);
	if (!json_object_object_get_ex(e->json, "parents", &parents) ||
	    !json_object_is_type(parents, json_type_array))
		return 0;
	return of_record(parents, list);
}

void show_ancestors(struct hvctl *h, const struct item *e, char *before,
		    size_t size)
{
	struct ancestor list[ANCESTORS_MAX], self;
	char text[ANCESTORS_MAX * 96] = "";
	unsigned int n;
	size_t at = 0;

	if (!e->event || h->json)
		return;
	n = find_ancestors(e, list);
	name_it(&self, process(e->event), e->event->comm.data,
		e->event->comm.len);
	while (n--)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
				       "%s[%u] > ", list[n].name, list[n].pid);
	snprintf(text + at, sizeof(text) - at, "%s[%u]", self.name, self.pid);
	if (!strncmp(before, text, size - 1))
		return;
	snprintf(before, size, "%s", text);
	printf("%s%s%s\n", h->color ? "\033[1m" : "", text,
	       h->color ? "\033[0m" : "");
}

/* --- a whole tree -------------------------------------------------------------------- */

struct line {
	struct line *next;
	struct json_object *json;
};

struct node {
	struct ancestor who;
	struct node *parent, *child, *last_child, *next;
	struct line *lines, **lines_end;
	unsigned int count;
};

struct tree {
	struct node root;
};

struct tree *tree_new(void)
{
	return calloc(1, sizeof(struct tree));
}

static struct node *child_of(struct node *parent, const struct ancestor *who)
{
	struct node *n;

	for (n = parent->child; n; n = n->next)
		if (n->who.pid == who->pid && !strcmp(n->who.name, who->name))
			return n;
	n = calloc(1, sizeof(*n));
	if (!n)
		return parent;
	n->who = *who;
	n->parent = parent;
	n->lines_end = &n->lines;
	if (parent->last_child)
		parent->last_child->next = n;
	else
		parent->child = n;
	parent->last_child = n;
	return n;
}

/* One that was seen while it lived is not moved when it has ended. */
static struct node *find_node(struct node *n, const struct ancestor *who)
{
	struct node *found;

	for (n = n->child; n; n = n->next) {
		if (n->who.pid == who->pid && !strcmp(n->who.name, who->name))
			return n;
		found = find_node(n, who);
		if (found)
			return found;
	}
	return NULL;
}

void tree_add(struct tree *t, const struct item *e)
{
	struct ancestor list[ANCESTORS_MAX], self;
	struct node *n = &t->root;
	unsigned int count;
	struct line *l;

	if (!e->event || !e->json)
		return;
	count = find_ancestors(e, list);
	name_it(&self, process(e->event), e->event->comm.data,
		e->event->comm.len);
	if (!count && (n = find_node(&t->root, &self)))
		goto found;
	n = &t->root;
	while (count--)
		n = child_of(n, &list[count]);
	n = child_of(n, &self);
found:
	l = calloc(1, sizeof(*l));
	if (!l || n == &t->root) {
		free(l);
		return;
	}
	l->json = json_object_get(e->json);
	*n->lines_end = l;
	n->lines_end = &l->next;
	n->count++;
}

static void print_line(struct hvctl *h, const struct line *l,
		       const char *indent)
{
	struct item e = { .json = l->json };
	const char *text = json_object_to_json_string(l->json);
	char *scratch = malloc(strlen(text));
	struct khv_event event;

	if (scratch &&
	    !khv_event_from_json(&event, l->json, scratch, strlen(text))) {
		e.event = &event;
		e.time = event.time;
		show_item(h, &e, indent);
	}
	free(scratch);
}

struct marks {
	const char *tee, *end, *bar, *none;
};

static void print_node(struct hvctl *h, const struct node *n,
		       const char *indent, const struct marks *m, bool top,
		       bool last)
{
	char deeper[256], below[300];

	printf("%s%s%s%s%s[%u]\n", indent,
	       top  ? "" :
	       last ? m->end :
		      m->tee,
	       h->color ? "\033[1m" : "", n->who.name,
	       h->color ? "\033[0m" : "", n->who.pid);
	snprintf(deeper, sizeof(deeper), "%s%s", indent,
		 top  ? "" :
		 last ? m->none :
			m->bar);
	snprintf(below, sizeof(below), "%s%s", deeper,
		 n->child ? m->bar : m->none);
	for (const struct line *l = n->lines; l; l = l->next)
		print_line(h, l, below);
	for (const struct node *c = n->child; c; c = c->next)
		print_node(h, c, deeper, m, false, !c->next);
}

void tree_print(struct tree *t, struct hvctl *h)
{
	static const struct marks plain = { "|- ", "`- ", "|  ", "   " };
	static const struct marks drawn = { "├─ ", "└─ ", "│  ", "   " };
	bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");

	for (const struct node *n = t->root.child; n; n = n->next)
		print_node(h, n, "", utf8 ? &drawn : &plain, true, false);
}

static void free_nodes(struct node *n)
{
	while (n) {
		struct node *next = n->next;

		while (n->lines) {
			struct line *l = n->lines;

			n->lines = l->next;
			json_object_put(l->json);
			free(l);
		}
		free_nodes(n->child);
		free(n);
		n = next;
	}
}

void tree_free(struct tree *t)
{
	if (!t)
		return;
	free_nodes(t->root.child);
	free(t);
}
