// SPDX-License-Identifier: GPL-2.0
/*
 * From what was seen to few rules: what the shipped includes grant is left to them,
 * files are grouped by folder and addresses by port.
 *
 * A file that was executed is never grouped, and parts of the kernel and strange
 * processes are never granted: they are marked for a person to read.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "hvctl.h"
#include "draft.h"

#define WRITES (KHV_F_WRITE | KHV_F_MOUNT | KHV_F_IOCTL)
#define LOCAL  (KHV_S_BIND | KHV_S_LISTEN | KHV_S_ACCEPT)

/* Only what is alike goes into one rule by choice. */
static int class_of(uint32_t verbs)
{
	return verbs & KHV_F_EXEC ? 3 :
	       verbs & WRITES	  ? 2 :
	       verbs & KHV_F_MMAP ? 1 :
				    0;
}

/* --- groups -------------------------------------------------------------------------------- */

static struct group *new_group(struct draft *d, const struct seen *s,
			       const char *ident)
{
	struct group *g;

	if (d->nr == d->room) {
		size_t room = d->room ? 2 * d->room : 256;
		struct group *more = reallocarray(d->at, room, sizeof(*more));

		if (!more)
			return NULL;
		d->at = more;
		d->room = room;
	}
	g = &d->at[d->nr++];
	memset(g, 0, sizeof(*g));
	g->domain = s->domain;
	g->type = s->type;
	g->ident = strdup(ident);
	g->example = s->object;
	return g;
}

/* @s belongs to the group of that identifier. */
static struct group *add_to(struct draft *d, const struct seen *s,
			    const char *ident, bool review)
{
	struct group *g = NULL;

	for (size_t i = 0; i < d->nr && !g; i++)
		if (d->at[i].type == s->type && d->at[i].review == review &&
		    !d->at[i].tree && !strcmp(d->at[i].ident, ident) &&
		    !strcmp(d->at[i].domain, s->domain))
			g = &d->at[i];
	if (!g)
		g = new_group(d, s, ident);
	if (!g)
		return NULL;
	g->verbs |= s->verbs;
	g->count += s->count;
	g->objects++;
	g->review = review;
	return g;
}

static void drop_group(struct draft *d, size_t i)
{
	free(d->at[i].ident);
	d->at[i] = d->at[--d->nr];
}

/* --- what the includes grant ------------------------------------------------------------------ */

static struct khv_policy *with_includes(const char *includes)
{
	const struct khv_policy_options o = { .flags = KHV_POLICY_NO_FS };
	struct khv_policy *p = NULL;
	char text[256];

	snprintf(
		text, sizeof(text),
		"version 1\npolicy includes\ngovern exec/mmap/stat\ninclude %s\n",
		includes);
	if (!khv_policy_compile_text("learn.hv", text, strlen(text), &o, &p))
		return p;
	khv_policy_free(p);
	return NULL;
}

/* All verbs of an object as "a/b", and is it granted? */
bool grants(const struct khv_policy *p, const struct seen *s)
{
	struct khv_decision d;
	char object[4300];

	if (s->type == KHV_TYPE_FILE && !strncmp(s->object, "/proc/*", 7))
		snprintf(object, sizeof(object), "/proc/1%s", s->object + 7);
	else
		snprintf(object, sizeof(object), "%s", s->object);
	for (uint32_t v = s->verbs; v; v &= v - 1)
		if (khv_policy_test(
			    p, NULL, NULL,
			    khv_type_name((enum khv_type)s->type), object,
			    khv_verb_name((enum khv_type)s->type, v & -v), &d,
			    NULL, 0) ||
		    !d.allowed)
			return false;
	return true;
}

/* --- files --------------------------------------------------------------------------------------- */

static size_t depth(const char *path)
{
	size_t n = 0;

	for (; *path; path++)
		n += *path == '/' && path[1];
	return n;
}

static bool is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return !strncmp(path, folder, n) && path[n] == '/';
}

static bool parent_of(const char *path, char *buf, size_t size)
{
	const char *slash = strrchr(path, '/');

	if (*path != '/' || !slash || slash == path ||
	    (size_t)(slash - path) >= size)
		return false;
	snprintf(buf, size, "%.*s", (int)(slash - path), path);
	return true;
}

/* Folders of the system are too much for one rule, whoever asks. */
static bool may_be_rule(const char *folder)
{
	static const char *const never[] = {
		"/usr/bin",   "/usr/sbin", "/usr/lib", "/usr/share",
		"/usr/local", "/var/lib",  "/var/log", "/var/spool",
		"/dev/shm",   "/etc/ssl",  "/proc/*",  "/proc/sys"
	};

	if (depth(folder) < 2)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (!strcmp(never[i], folder))
			return false;
	return true;
}

/* All groups of @class below @folder become one. Returns how many they were. */
static size_t merge(struct draft *d, const char *domain, const char *folder,
		    int class, bool really)
{
	struct group *to = NULL;
	size_t n = 0;

	for (size_t i = 0; i < d->nr; i++) {
		struct group *g = &d->at[i];

		if (g->type != KHV_TYPE_FILE || strcmp(g->domain, domain) ||
		    class_of(g->verbs) != class ||
		    (strcmp(g->ident, folder) && !is_below(g->ident, folder)))
			continue;
		n++;
		if (!really)
			continue;
		if (!to) {
			to = g;
			free(g->ident);
			g->ident = strdup(folder);
			g->tree = true;
			continue;
		}
		to->verbs |= g->verbs;
		to->count += g->count;
		to->objects += g->objects;
		/* The last one is not the first that is met here. */
		size_t at = (size_t)(to - d->at);

		drop_group(d, i--);
		to = &d->at[at];
	}
	return n;
}

/* Three files of a folder, or names that look made up, stand for the folder. */
static bool wants_folder(const struct draft *d, const struct group *g,
			 const char *folder)
{
	const char *name = g->ident + strlen(folder) + 1;
	size_t same = 0, digits = 0;

	for (const char *p = name; *p; p++)
		digits += isdigit((unsigned char)*p) != 0;
	if (digits >= 4 && class_of(g->verbs) == 2)
		return true;
	for (size_t i = 0; i < d->nr; i++) {
		char other[4200];

		same += d->at[i].type == KHV_TYPE_FILE &&
			class_of(d->at[i].verbs) == class_of(g->verbs) &&
			!strcmp(d->at[i].domain, g->domain) &&
			parent_of(d->at[i].ident, other, sizeof(other)) &&
			!strcmp(other, folder);
	}
	return same >= 3;
}

static void group_folders(struct draft *d)
{
	char folder[4200];

	for (size_t i = 0; i < d->nr; i++) {
		const struct group *g = &d->at[i];

		if (g->type != KHV_TYPE_FILE || class_of(g->verbs) == 3 ||
		    !parent_of(g->ident, folder, sizeof(folder)) ||
		    !may_be_rule(folder) || !wants_folder(d, g, folder))
			continue;
		merge(d, g->domain, folder, class_of(g->verbs), true);
		i = (size_t)-1; /* numbers have changed */
	}
}

static size_t nr_rules(const struct draft *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->nr; i++)
		n += !d->at[i].review;
	return n;
}

/* The deepest folder that saves a line, until it is short enough. */
static void shorten(struct draft *d)
{
	while (nr_rules(d) > d->most) {
		char folder[4200], best[4200] = "";
		const struct group *from = NULL;

		for (size_t i = 0; i < d->nr; i++) {
			const struct group *g = &d->at[i];

			if (g->type != KHV_TYPE_FILE || class_of(g->verbs) == 3)
				continue;
			snprintf(folder, sizeof(folder), "%s", g->ident);
			while (parent_of(folder, folder, sizeof(folder)) &&
			       may_be_rule(folder))
				if (depth(folder) > depth(best) &&
				    merge(d, g->domain, folder,
					  class_of(g->verbs), false) > 1) {
					memcpy(best, folder, sizeof(best));
					from = g;
				}
		}
		if (!from)
			return;
		merge(d, from->domain, best, class_of(from->verbs), true);
	}
}

/* Two classes may have ended at one place: that is one line. */
static void unite(struct draft *d)
{
	for (size_t i = 0; i < d->nr; i++)
		for (size_t j = i + 1; j < d->nr; j++) {
			struct group *a = &d->at[i], *b = &d->at[j];

			if (a->type != b->type || a->review != b->review ||
			    strcmp(a->ident, b->ident) ||
			    strcmp(a->domain, b->domain))
				continue;
			a->verbs |= b->verbs;
			a->count += b->count;
			a->objects += b->objects;
			a->tree |= b->tree;
			drop_group(d, j--);
		}
}

/* A folder on the way to something granted may be looked at without a rule. */
static void drop_ways(struct draft *d)
{
	for (size_t i = 0; i < d->nr; i++) {
		bool way = false;

		if (d->at[i].type != KHV_TYPE_FILE ||
		    d->at[i].verbs != KHV_F_STAT)
			continue;
		for (size_t j = 0; j < d->nr && !way; j++)
			way = j != i && d->at[j].type == KHV_TYPE_FILE &&
			      d->at[j].verbs != KHV_F_STAT &&
			      is_below(d->at[j].ident, d->at[i].ident);
		if (way)
			drop_group(d, i--);
	}
}

/* A folder that was looked at, and no more: its rule must not cover a tree. */
bool is_exact(const struct group *g)
{
	return g->type == KHV_TYPE_FILE && !g->tree &&
	       ((g->verbs & KHV_F_LIST) || g->verbs == KHV_F_STAT);
}

/* The nearest rule decides: it must grant what was seen below it. */
static void complete_files(struct draft *d)
{
	for (size_t i = 0; i < d->l->nr; i++) {
		const struct seen *s = d->l->all[i];
		struct group *nearest = NULL;

		if (s->type != KHV_TYPE_FILE)
			continue;
		for (size_t j = 0; j < d->nr; j++) {
			struct group *g = &d->at[j];

			if (g->type == KHV_TYPE_FILE &&
			    !strcmp(g->domain, s->domain) &&
			    (!strcmp(s->object, g->ident) ||
			     (!is_exact(g) && is_below(s->object, g->ident))) &&
			    (!nearest ||
			     strlen(g->ident) > strlen(nearest->ident)))
				nearest = g;
		}
		/* Programs have lines of their own, or an include grants them. */
		if (nearest)
			nearest->verbs |=
				strcmp(nearest->ident, s->object) ?
					s->verbs & ~(uint32_t)KHV_F_EXEC :
					s->verbs;
	}
}

/* --- sockets ------------------------------------------------------------------------------------- */

/* "10.0.0.1:80/tcp" -> "10.0.0.1" and ":80/tcp" */
static const char *port_of(const char *address)
{
	const char *bracket = strchr(address, ']');

	return strchr(bracket ? bracket : address, ':');
}

static size_t hosts_of_port(const struct lesson *l, const struct seen *s,
			    const char *port, uint32_t verbs)
{
	size_t n = 0;

	for (size_t i = 0; i < l->nr; i++) {
		const struct seen *o = l->all[i];
		const char *other =
			o->type == KHV_TYPE_SOCKET ? port_of(o->object) : NULL;

		n += other && !strcmp(other, port) && (o->verbs & verbs) &&
		     !strcmp(o->domain, s->domain);
	}
	return n;
}

/* Own addresses by port; others one by one, unless they are many. */
static void add_socket(struct draft *d, const struct seen *s)
{
	const char *port = port_of(s->object);
	char ident[4300];

	if (!strncmp(s->object, "family:", 7)) {
		add_to(d, s, s->object, true);
		return;
	}
	if (!strncmp(s->object, "unix:", 5) || !port) {
		add_to(d, s, s->object, false);
		return;
	}
	if ((s->verbs & LOCAL) && (hosts_of_port(d->l, s, port, LOCAL) > 1 ||
				   !strncmp(s->object, "0.0.0.0:", 8) ||
				   !strncmp(s->object, "[::]:", 5)))
		snprintf(ident, sizeof(ident), "any%s", port);
	else if (!(s->verbs & LOCAL) &&
		 hosts_of_port(d->l, s, port, ~(uint32_t)LOCAL) > 3)
		snprintf(ident, sizeof(ident), "any%s", port);
	else
		snprintf(ident, sizeof(ident), "%s", s->object);
	add_to(d, s, ident, false);
}

/* --- all of it --- */

static void collect_groups(struct draft *d)
{
	struct khv_policy *base = with_includes("<base>");
	struct khv_policy *nss = base ? with_includes("<base> <nss>") : NULL;

	for (size_t i = 0; i < d->l->nr; i++) {
		const struct seen *s = d->l->all[i];

		if (base && grants(base, s)) {
			d->base = true;
			continue;
		}
		if (nss && grants(nss, s)) {
			d->base = d->nss = true;
			continue;
		}
		switch (s->type) {
		case KHV_TYPE_FILE:
			add_to(d, s, s->object, s->object[0] == '@');
			break;
		case KHV_TYPE_SOCKET:
			add_socket(d, s);
			break;
		case KHV_TYPE_PROCESS:
			/* Strangers are nobody's business by default. */
			add_to(d, s, s->object,
			       strcmp(s->object, "descendants") &&
				       strncmp(s->object, "domain:", 7));
			break;
		default:
			add_to(d, s, s->object, true);
		}
	}
	khv_policy_free(base);
	khv_policy_free(nss);
}

void draft_make(struct draft *d)
{
	collect_groups(d);
	drop_ways(d);
	group_folders(d);
	shorten(d);
	unite(d);
	drop_ways(d);
	complete_files(d);
}

void draft_free(struct draft *d)
{
	while (d->nr)
		drop_group(d, d->nr - 1);
	free(d->at);
}
