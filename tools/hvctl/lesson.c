// SPDX-License-Identifier: GPL-2.0
/* What has been seen: a bounded set of objects, and the file it is kept in. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <json-c/json.h>
#include "hvctl.h"
#include "learn.h"

#define BUCKETS 4096

uint32_t verb_bit(uint32_t type, const char *verb)
{
	for (uint32_t i = 0; i < khv_type_verbs(type); i++)
		if (!strcmp(khv_verb_name(type, 1u << i), verb))
			return 1u << i;
	return 0;
}

uint32_t type_of(const char *word)
{
	uint32_t type = 0;

	while (type < KHV_NR_TYPES && strcmp(khv_type_name(type), word))
		type++;
	return type;
}

int lesson_init(struct lesson *l, const char *name)
{
	memset(l, 0, sizeof(*l));
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->buckets = calloc(BUCKETS, sizeof(*l->buckets));
	l->all = calloc(LEARN_MOST, sizeof(*l->all));
	if (l->buckets && l->all)
		return 0;
	lesson_free(l);
	return -ENOMEM;
}

void lesson_free(struct lesson *l)
{
	for (size_t i = 0; i < l->nr; i++) {
		free(l->all[i]->domain);
		free(l->all[i]->object);
		free(l->all[i]);
	}
	for (int i = 0; i < l->nr_attach; i++)
		free(l->attach[i]);
	free(l->buckets);
	free(l->all);
	memset(l, 0, sizeof(*l));
}

static size_t hash(uint32_t type, const char *domain, const char *object)
{
	uint32_t h = 2166136261u ^ type;

	for (; *domain; domain++)
		h = (h ^ (unsigned char)*domain) * 16777619u;
	for (; *object; object++)
		h = (h ^ (unsigned char)*object) * 16777619u;
	return h % BUCKETS;
}

static struct seen *find(struct lesson *l, uint32_t type, const char *domain,
			 const char *object)
{
	struct seen **at = &l->buckets[hash(type, domain, object)], *s;

	for (s = *at; s; s = s->next)
		if (s->type == type && !strcmp(s->object, object) &&
		    !strcmp(s->domain, domain))
			return s;
	s = l->nr < LEARN_MOST ? calloc(1, sizeof(*s)) : NULL;
	if (!s)
		return NULL;
	s->domain = strdup(domain);
	s->object = strdup(object);
	if (!s->domain || !s->object) {
		free(s->domain);
		free(s->object);
		free(s);
		return NULL;
	}
	s->type = type;
	s->next = *at;
	*at = s;
	l->all[l->nr++] = s;
	return s;
}

/* Text of printable characters: what a rule can name without thinking. */
static bool is_plain(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || (unsigned char)*s >= 0x7f)
			return false;
	return true;
}

/* The folder of a process is another one each time: "*" for its number. */
static void without_pid(char *path)
{
	size_t n;

	if (strncmp(path, "/proc/", 6))
		return;
	n = strspn(path + 6, "0123456789");
	if (!n || (path[6 + n] && path[6 + n] != '/'))
		return;
	path[6] = '*';
	memmove(path + 7, path + 6 + n, strlen(path + 6 + n) + 1);
}

void lesson_add(struct lesson *l, const struct khv_event *e)
{
	char object[4200];
	uint32_t type, verb;
	struct seen *s;

	l->lost += e->lost;
	if (!KHV_HAS(e, KHV_E_SEQ) || !e->policy ||
	    strcmp(e->policy, l->name) || e->verdict != KHV_WOULD_DENY ||
	    !e->type || !e->verb)
		return;
	l->events++;
	l->until = e->time;
	type = type_of(e->type);
	verb = type < KHV_NR_TYPES ? verb_bit(type, e->verb) : 0;
	if (e->asked)
		snprintf(object, sizeof(object), "%s", e->asked);
	else
		snprintf(object, sizeof(object), "%.*s", (int)e->object.len,
			 (const char *)e->object.data);
	if (!verb || !is_plain(object)) {
		l->odd++;
		return;
	}
	if (type == KHV_TYPE_FILE)
		without_pid(object);
	s = find(l, type, e->domain ? e->domain : "main", object);
	if (!s) {
		l->full++;
		return;
	}
	s->verbs |= verb;
	s->count++;
}

/* --- the file ---------------------------------------------------------------------------- */

static const struct {
	const char *key;
	size_t offset;
} numbers[] = {
	{ "since", offsetof(struct lesson, since) },
	{ "until", offsetof(struct lesson, until) },
	{ "events", offsetof(struct lesson, events) },
	{ "lost", offsetof(struct lesson, lost) },
	{ "full", offsetof(struct lesson, full) },
	{ "odd", offsetof(struct lesson, odd) },
};

static struct json_object *seen_json(const struct seen *s)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "domain", json_object_new_string(s->domain));
	json_object_object_add(o, "type",
			       json_object_new_string(khv_type_name(s->type)));
	json_object_object_add(o, "object", json_object_new_string(s->object));
	json_object_object_add(o, "verbs", json_object_new_int64(s->verbs));
	json_object_object_add(o, "count", json_object_new_uint64(s->count));
	return o;
}

int lesson_save(const struct lesson *l, const char *path)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	struct json_object *programs = json_object_new_array();
	char next[512];
	int err = 0;

	json_object_object_add(o, "schema", json_object_new_int(JSON_SCHEMA));
	json_object_object_add(o, "name", json_object_new_string(l->name));
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		json_object_object_add(
			o, numbers[i].key,
			json_object_new_uint64(
				*(const uint64_t *)((const char *)l +
						    numbers[i].offset)));
	for (int i = 0; i < l->nr_attach; i++)
		json_object_array_add(programs,
				      json_object_new_string(l->attach[i]));
	json_object_object_add(o, "attach", programs);
	for (size_t i = 0; i < l->nr; i++)
		json_object_array_add(list, seen_json(l->all[i]));
	json_object_object_add(o, "seen", list);
	snprintf(next, sizeof(next), "%s.new", path);
	if (json_object_to_file(next, o) || rename(next, path))
		err = errno ? -errno : -EIO;
	json_object_put(o);
	return err;
}

static void load_seen(struct lesson *l, struct json_object *o)
{
	const char *text[3];
	static const char *const keys[] = { "domain", "type", "object" };
	struct json_object *value;
	struct seen *s;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!json_object_object_get_ex(o, keys[i], &value))
			return;
		text[i] = json_object_get_string(value);
	}
	if (type_of(text[1]) == KHV_NR_TYPES)
		return;
	s = find(l, type_of(text[1]), text[0], text[2]);
	if (s && json_object_object_get_ex(o, "verbs", &value))
		s->verbs |= (uint32_t)json_object_get_int64(value);
	if (s && json_object_object_get_ex(o, "count", &value))
		s->count += json_object_get_uint64(value);
}

int lesson_load(struct lesson *l, const char *path)
{
	struct json_object *o, *value;

	if (access(path, R_OK))
		return -errno;
	o = json_object_from_file(path);
	if (!json_object_is_type(o, json_type_object)) {
		json_object_put(o);
		return -EBADMSG;
	}
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (json_object_object_get_ex(o, numbers[i].key, &value))
			*(uint64_t *)((char *)l + numbers[i].offset) =
				json_object_get_uint64(value);
	if (json_object_object_get_ex(o, "attach", &value) &&
	    json_object_is_type(value, json_type_array))
		for (size_t i = 0; i < json_object_array_length(value) &&
				   l->nr_attach < (int)ARRAY_SIZE(l->attach);
		     i++)
			l->attach[l->nr_attach++] =
				strdup(json_object_get_string(
					json_object_array_get_idx(value, i)));
	if (json_object_object_get_ex(o, "seen", &value) &&
	    json_object_is_type(value, json_type_array))
		for (size_t i = 0; i < json_object_array_length(value); i++)
			load_seen(l, json_object_array_get_idx(value, i));
	json_object_put(o);
	return 0;
}
