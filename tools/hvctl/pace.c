// SPDX-License-Identifier: GPL-2.0
/* hvctl module order and stats: who is asked first, what is decided, at what pace. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "hvctl.h"

/* One look at the counters. */
struct look {
	struct khv_list *clients, *hooks;
	double time;
};

static int look_once(struct hvctl *h, struct look *l)
{
	l->time = now();
	if (khv_list_clients(h->conn, &l->clients) ||
	    khv_list_hooks(h->conn, &l->hooks))
		return fail_kernel(h, "module stats");
	return HV_OK;
}

static void look_free(struct look *l)
{
	khv_list_free(l->clients);
	khv_list_free(l->hooks);
}

static const struct khv_client_info *find_id(const struct khv_list *clients,
					     uint32_t id)
{
	for (size_t i = 0; i < khv_list_count(clients); i++) {
		const struct khv_client_info *c = khv_list_at(clients, i);

		if (c->id == id)
			return c;
	}
	return NULL;
}

/* Functions that call the client, and calls of these that have not come back. */
static void count_hooks(const struct khv_list *hooks, const char *client,
			uint64_t *nr, uint64_t *inside)
{
	*nr = 0;
	*inside = 0;
	for (size_t i = 0; i < khv_list_count(hooks); i++) {
		const struct khv_hook_info *k = khv_list_at(hooks, i);

		for (size_t c = 0; c < k->clients.count; c++) {
			if (strcmp(k->clients.name[c], client))
				continue;
			++*nr;
			*inside += k->entered - k->left;
			break;
		}
	}
}

enum { ALLOWED, DENIED, ALLOWED_S, DENIED_S, HOOKS, INSIDE, NR_NUMBERS };

static const struct column columns[] = {
	{ "NAME", "name", false },
	{ "STATE", "state", false },
	{ "TASKS", "tasks", true },
	{ "ALLOWED", "allowed", true },
	{ "DENIED", "denied", true },
	{ "ALLOWED/S", "allowed_per_second", true },
	{ "DENIED/S", "denied_per_second", true },
	{ "HOOKS", "hooks", true },
	{ "INSIDE", "inside", true },
};

static void show(struct hvctl *h, struct table *t,
		 const struct khv_client_info *c, const uint64_t *numbers)
{
	const struct column *column = &columns[3];
	struct json_object *o = h->json ? json_object_new_object() : NULL;
	char text[24];

	if (o) {
		add_string(o, "name", c->name);
		add_string(o, "state", khv_state_name(c->state));
		json_object_object_add(o, "tasks",
				       json_object_new_int64(c->tasks));
		for (int i = 0; i < NR_NUMBERS; i++)
			json_object_object_add(
				o, column[i].key,
				json_object_new_uint64(numbers[i]));
		data_add(h, o);
		return;
	}
	table_add(t, c->name);
	table_add(t, khv_state_name(c->state));
	snprintf(text, sizeof(text), "%u", c->tasks);
	table_add(t, text);
	for (int i = 0; i < NR_NUMBERS; i++) {
		snprintf(text, sizeof(text), "%llu",
			 (unsigned long long)numbers[i]);
		table_add(t, text);
	}
}

/* --- order -------------------------------------------------------------------------- */

static int list_order(struct hvctl *h)
{
	static const struct column order[] = {
		{ "PRIO", "priority", true },
		{ "NAME", "name", false },
		{ "MODULE", "module", false },
		{ "STATE", "state", false },
	};

	return print_fetched(h, khv_list_clients, &khv_client_record, order,
			     ARRAY_SIZE(order), "module order");
}

int cmd_module_order(struct hvctl *h)
{
	long priority;
	char *end;

	if (!h->argc)
		return list_order(h);
	if (h->argc == 1)
		return fail(h, HV_USAGE,
			    "usage: hvctl module order [NAME PRIORITY]",
			    "module order: the priority is missing");
	priority = strtol(h->argv[1], &end, 10);
	if (*end || end == h->argv[1] || priority < INT32_MIN ||
	    priority > INT32_MAX)
		return fail(h, HV_USAGE, NULL,
			    "module order: \"%s\" is no number of 32 bits",
			    h->argv[1]);
	if (!h->dry_run &&
	    khv_set_priority(h->conn, h->argv[0], (int32_t)priority))
		return fail_kernel(h, h->argv[0]);
	note(h, "client %s: priority %ld%s", h->argv[0], priority,
	     h->dry_run ? " (dry run)" : "");
	return HV_OK;
}

int cmd_module_stats(struct hvctl *h)
{
	struct look before = { 0 }, after = { 0 };
	struct table *t = NULL;
	size_t found = 0;
	int code;

	code = look_once(h, &before);
	if (!code) {
		pause_ms(1000);
		code = look_once(h, &after);
	}
	if (!code && !h->json)
		t = table_new(columns, ARRAY_SIZE(columns));
	for (size_t i = 0; !code && i < khv_list_count(after.clients); i++) {
		const struct khv_client_info *c = khv_list_at(after.clients, i);
		const struct khv_client_info *old =
			find_id(before.clients, c->id);
		double seconds = after.time - before.time;
		uint64_t numbers[NR_NUMBERS] = { c->allowed, c->denied };

		if (h->argc && strcmp(h->argv[0], c->name) &&
		    (!c->module || strcmp(h->argv[0], c->module)))
			continue;
		found++;
		/* One that came meanwhile has no pace yet. */
		if (old && seconds > 0) {
			numbers[ALLOWED_S] =
				(uint64_t)((double)(c->allowed - old->allowed) /
						   seconds +
					   0.5);
			numbers[DENIED_S] =
				(uint64_t)((double)(c->denied - old->denied) /
						   seconds +
					   0.5);
		}
		count_hooks(after.hooks, c->name, &numbers[HOOKS],
			    &numbers[INSIDE]);
		show(h, t, c, numbers);
	}
	if (t)
		table_print(t, h);
	if (!code && h->argc && !found)
		code = fail(h, HV_FAILED, "see: hvctl module list",
			    "no client or module \"%s\" is registered",
			    h->argv[0]);
	look_free(&before);
	look_free(&after);
	return code;
}
