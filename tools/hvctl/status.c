// SPDX-License-Identifier: GPL-2.0
/* hvctl status, log level, hook list. */
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "hvctl.h"

struct totals {
	size_t clients, enabled, policies;
	uint64_t tasks;
	struct khv_cpu_stats events;
	char locks[64];
	struct json_object *locks_json;
	char integrity[256];
	struct json_object *integrity_json;
};

static void count_clients(const struct khv_list *l, struct totals *t)
{
	t->clients = khv_list_count(l);
	for (size_t i = 0; i < t->clients; i++) {
		const struct khv_client_info *c = khv_list_at(l, i);

		t->enabled += c->state == KHV_CLIENT_ENABLED;
		t->tasks += c->tasks;
	}
}

static void count_policies(const struct khv_list *l, struct totals *t)
{
	t->policies = khv_list_count(l);
}

static void count_stats(const struct khv_list *l, struct totals *t)
{
	for (size_t i = 0; i < khv_list_count(l); i++) {
		const struct khv_cpu_stats *s = khv_list_at(l, i);

		t->events.produced += s->produced;
		t->events.delivered += s->delivered;
		t->events.lost += s->lost;
	}
}

/* "policy, module", as the records have it. */
static void count_locks(const struct khv_list *l, struct totals *t)
{
	size_t used = 0;

	for (size_t i = 0; i < khv_list_count(l); i++) {
		const struct khv_lock_info *lock = khv_list_at(l, i);

		if (used < sizeof(t->locks))
			used += (size_t)snprintf(t->locks + used,
						 sizeof(t->locks) - used,
						 "%s%s", i ? ", " : "",
						 lock->name);
		json_object_array_add(t->locks_json,
				      khv_record_json(&khv_lock_record, lock));
	}
}

static void count_integrity(const struct khv_list *l, struct totals *t)
{
	const struct khv_field *objects =
		khv_record_field(&khv_integrity_record, "objects");
	const struct khv_integrity_info *i = khv_list_at(l, 0);
	char names[128];

	if (!khv_list_count(l))
		return;
	if (i->violations) {
		khv_field_text(objects, i, names, sizeof(names));
		snprintf(t->integrity, sizeof(t->integrity),
			 "VIOLATED, %u times: %s", i->violations, names);
	} else if (!i->period) {
		snprintf(t->integrity, sizeof(t->integrity), "not watched");
	} else {
		snprintf(t->integrity, sizeof(t->integrity),
			 "good, looked at every %u s, %llu times, else %s",
			 i->period, (unsigned long long)i->rounds,
			 i->action == KHV_TAMPER_PANIC ? "panic" : "report");
	}
	t->integrity_json = khv_record_json(&khv_integrity_record, i);
}

static const struct {
	int (*list)(struct khv_conn *conn, struct khv_list **list);
	void (*count)(const struct khv_list *list, struct totals *t);
} parts[] = {
	{ khv_list_clients, count_clients },
	{ khv_list_policies, count_policies },
	{ khv_list_stats, count_stats },
	{ khv_list_locks, count_locks },
	{ khv_list_integrity, count_integrity },
};

static void print_status(const struct khv_info *info, const struct totals *t)
{
	char *version = safe(info->version ? info->version : "?");
	char *kernel = safe(info->kernel ? info->kernel : "?");

	printf("khv %s is loaded, protocol %u, for kernel %s\n", version,
	       info->abi, kernel);
	printf("generation  %llu\n", (unsigned long long)info->generation);
	if (t) {
		printf("clients     %zu, %zu enabled\n", t->clients,
		       t->enabled);
		printf("policies    %zu in force\n", t->policies);
		printf("tasks       %llu confined\n",
		       (unsigned long long)t->tasks);
		printf("events      %llu produced, %llu delivered, %llu lost\n",
		       (unsigned long long)t->events.produced,
		       (unsigned long long)t->events.delivered,
		       (unsigned long long)t->events.lost);
		printf("locks       %s\n", t->locks[0] ? t->locks : "none");
		printf("integrity   %s\n", t->integrity);
	}
	free(version);
	free(kernel);
}

static void status_json(struct hvctl *h, const struct khv_info *info,
			const struct totals *t)
{
	struct json_object *o = khv_record_json(&khv_info_record, info);
	struct json_object *e = json_object_new_object();
	const struct {
		struct json_object *to;
		const char *key;
		uint64_t value;
	} numbers[] = {
		{ o, "clients", t->clients },
		{ o, "clients_enabled", t->enabled },
		{ o, "policies", t->policies },
		{ o, "tasks", t->tasks },
		{ e, "produced", t->events.produced },
		{ e, "delivered", t->events.delivered },
		{ e, "lost", t->events.lost },
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		json_object_object_add(
			numbers[i].to, numbers[i].key,
			json_object_new_uint64(numbers[i].value));
	json_object_object_add(o, "events", e);
	json_object_object_add(o, "locks", json_object_get(t->locks_json));
	json_object_object_add(o, "integrity",
			       json_object_get(t->integrity_json));
	data_add(h, o);
}

int cmd_status(struct hvctl *h)
{
	const struct khv_info *info;
	struct totals t = { 0 };
	int code = HV_OK;

	if (khv_get_info(h->conn, &info))
		return fail_kernel(h, "status");
	h->generation = info->generation;
	t.locks_json = json_object_new_array();
	for (size_t i = 0; i < ARRAY_SIZE(parts) && !code; i++) {
		struct khv_list *l;

		if (parts[i].list(h->conn, &l)) {
			code = exit_code(khv_error(h->conn));
			break;
		}
		parts[i].count(l, &t);
		khv_list_free(l);
	}
	/* Anyone may know that it is loaded; the rest is for administrators. */
	if (code) {
		if (h->json)
			data_add(h, khv_record_json(&khv_info_record, info));
		else
			print_status(info, NULL);
		json_object_put(t.locks_json);
		json_object_put(t.integrity_json);
		return fail_kernel(h, "status");
	}
	if (h->json)
		status_json(h, info, &t);
	else
		print_status(info, &t);
	json_object_put(t.locks_json);
	json_object_put(t.integrity_json);
	return HV_OK;
}

static const struct column level_columns[] = {
	{ "CLIENT", "name", false },
	{ "LEVEL", "log_level", false },
};

int cmd_log_level(struct hvctl *h)
{
	const char *client = h->argc ? h->argv[0] : NULL;
	const char *word = h->argc == 2 ? h->argv[1] : NULL;
	struct khv_list *l;
	int level = KHV_KEEP, code = HV_OK;
	size_t known = 0;

	if (h->argc == 1 && khv_level_value(client) >= 0) {
		word = client;
		client = NULL;
	}
	if (word) {
		level = khv_level_value(word);
		if (level < 0)
			return fail(h, HV_USAGE, NULL,
				    "log level: \"%s\" is not one of %s", word,
				    khv_level_words());
	}
	if (khv_list_clients(h->conn, &l))
		return fail_kernel(h, "log level");
	if (!client && !word)
		code = print_list(h, &khv_client_record, l, level_columns,
				  ARRAY_SIZE(level_columns));
	for (size_t i = 0; i < khv_list_count(l) && (client || word) && !code;
	     i++) {
		const struct khv_client_info *c = khv_list_at(l, i);

		if (client && strcmp(client, c->name))
			continue;
		known++;
		if (level == KHV_KEEP && !h->json)
			printf("%s\n", khv_level_name(c->log_level));
		else if (level == KHV_KEEP)
			data_add(h, khv_record_json(&khv_client_record, c));
		else if (!h->dry_run &&
			 khv_set_client(h->conn, c->name, KHV_KEEP, level))
			code = fail_kernel(h, "log level");
		else
			note(h, "client %s: level %s", c->name, word);
	}
	/* Not in a list that shows but one's own; the kernel knows why. */
	if (client && !known && !code && word && !h->dry_run)
		code = khv_set_client(h->conn, client, KHV_KEEP, level) ?
			       fail_kernel(h, "log level") :
			       HV_OK;
	else if (client && !known && !code)
		code = fail(h, HV_FAILED, "see: hvctl module list",
			    "log level: no client \"%s\"", client);
	khv_list_free(l);
	return code;
}

static const struct column client_columns[] = {
	{ "ID", "id", true },		{ "CLIENT", "name", false },
	{ "STATE", "state", false },	{ "LEVEL", "log_level", false },
	{ "FULL", "full", false },	{ "TASKS", "tasks", true },
	{ "ALLOWED", "allowed", true }, { "DENIED", "denied", true },
};

int cmd_client_list(struct hvctl *h)
{
	struct khv_list *l;
	int code;

	if (khv_list_clients(h->conn, &l))
		return fail_kernel(h, "client list");
	code = print_list(h, &khv_client_record, l, client_columns,
			  ARRAY_SIZE(client_columns));
	khv_list_free(l);
	return code;
}

/* One "key=word"; -1 stays -1 for what it does not name. */
static int client_setting(struct hvctl *h, const char *arg, int *full,
			  int *level)
{
	if (!strncmp(arg, "full=", 5)) {
		*full = khv_full_value(arg + 5);
		if (*full >= 0)
			return HV_OK;
		return fail(
			h, HV_USAGE, NULL,
			"client set: \"%s\" is not one of drop-count, block, deny",
			arg + 5);
	}
	if (!strncmp(arg, "level=", 6)) {
		*level = khv_level_value(arg + 6);
		if (*level >= 0)
			return HV_OK;
		return fail(h, HV_USAGE, NULL,
			    "client set: \"%s\" is not one of %s", arg + 6,
			    khv_level_words());
	}
	return fail(h, HV_USAGE, NULL,
		    "client set: \"%s\" is neither full=WORD nor level=LEVEL",
		    arg);
}

int cmd_client_set(struct hvctl *h)
{
	int full = KHV_KEEP, level = KHV_KEEP, code;

	for (int i = 1; i < h->argc; i++) {
		code = client_setting(h, h->argv[i], &full, &level);
		if (code)
			return code;
	}
	if (h->dry_run)
		return HV_OK;
	if ((full != KHV_KEEP && khv_set_full(h->conn, h->argv[0], full)) ||
	    (level != KHV_KEEP &&
	     khv_set_client(h->conn, h->argv[0], KHV_KEEP, level)))
		return fail_kernel(h, "client set");
	if (full != KHV_KEEP)
		note(h, "client %s: full=%s", h->argv[0],
		     khv_full_name((unsigned int)full));
	if (level != KHV_KEEP)
		note(h, "client %s: level %s", h->argv[0],
		     khv_level_name((unsigned int)level));
	return HV_OK;
}

static const struct column hook_columns[] = {
	{ "FUNCTION", "symbol", false }, { "NAME", "name", false },
	{ "GATE", "gate", false },	 { "ABI", "abi", false },
	{ "LIVE", "live", false },	 { "ENTERED", "entered", true },
	{ "LEFT", "left", true },	 { "CLIENTS", "clients", false },
};

int cmd_hook_list(struct hvctl *h)
{
	struct khv_list *l;

	if (khv_list_hooks(h->conn, &l))
		return fail_kernel(h, "hook list");
	print_list(h, &khv_hook_record, l, hook_columns,
		   ARRAY_SIZE(hook_columns));
	khv_list_free(l);
	return HV_OK;
}
