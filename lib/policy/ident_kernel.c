// SPDX-License-Identifier: LGPL-2.1
/* Identifiers of type kernel: any, group, group:member. */
#include <ctype.h>
#include <khv/facilities.h>
#include <linux/khv.h>
#include "compiler.h"

static const char *full_name(struct hvp_mem *m, const struct khv_facility *f)
{
	if (!*f->member)
		return f->group;
	return hvp_print(m, "%s:%s", f->group, f->member);
}

/* A group, with what its names allow behind a colon. */
static bool find_group(const char *group, bool *members, bool *open)
{
	const struct khv_facility *f;
	bool found = false;
	u32 i;

	*members = *open = false;
	for (i = 0; (f = khv_facility_at(i)); i++) {
		if (strcmp(f->group, group))
			continue;
		found = true;
		*members |= *f->member != 0;
		*open |= (f->flags & KHV_FAC_OPEN) != 0;
	}
	return found;
}

static bool has_member(const char *group, const char *member)
{
	const struct khv_facility *f;
	u32 i;

	for (i = 0; (f = khv_facility_at(i)); i++)
		if (*f->member && !strcmp(f->group, group) &&
		    !strcmp(f->member, member))
			return true;
	return false;
}

/* The nearest full name; "net_admin" alone is as good as one. */
static const char *suggest(struct hvp_mem *m, const char *text)
{
	const struct khv_facility *f;
	const char **names, **full, *best;
	u32 i, n = 0;

	for (i = 0; khv_facility_at(i); i++)
		;
	names = hvp_alloc(m, (3 * i + 2) * sizeof(*names));
	full = hvp_alloc(m, (3 * i + 2) * sizeof(*full));
	for (i = 0; (f = khv_facility_at(i)); i++) {
		names[n] = f->group;
		full[n++] = f->group;
		if (!*f->member)
			continue;
		names[n] = full_name(m, f);
		full[n] = names[n];
		n++;
	}
	names[n] = "any";
	full[n++] = "any";
	for (i = 0; (f = khv_facility_at(i)); i++) {
		if (!*f->member)
			continue;
		names[n] = f->member;
		full[n++] = full_name(m, f);
	}
	best = hvp_nearest(text, names);
	for (i = 0; best && i < n; i++)
		if (names[i] == best)
			return hvp_print(m, "; did you mean \"%s\"?", full[i]);
	return "";
}

static bool is_word(const char *text)
{
	const char *p;

	for (p = text; isalnum((unsigned char)*p) || (*p && strchr("-_.", *p));
	     p++)
		;
	return *text && !*p;
}

const char *hvp_parse_facility(struct hvp_mem *m, const char *text)
{
	const char *colon = strchrnul(text, ':'), *member, *group;
	bool members, open;

	if (!strcmp(text, "any"))
		return NULL;
	group = hvp_copy(m, text, colon - text);
	if (!find_group(group, &members, &open))
		return hvp_print(m, "unknown part of the kernel \"%s\"%s", text,
				 suggest(m, text));
	if (!*colon)
		return NULL;
	member = colon + 1;
	if (!is_word(member))
		return hvp_print(
			m,
			"\"%s\": expected letters, digits, \"-\", \"_\" and \".\" after \":\"",
			text);
	if (strlen(text) > KHV_MAX_COMPONENT)
		return hvp_print(m, "a name is longer than %u bytes",
				 KHV_MAX_COMPONENT);
	if (open || has_member(group, member))
		return NULL;
	if (!members)
		return hvp_print(m, "\"%s\" has no parts: write \"%s\" alone",
				 group, group);
	return hvp_print(m, "unknown part of the kernel \"%s\"%s", text,
			 suggest(m, text));
}

bool hvp_place_kernel(struct hvp_compiler *c, u32 rule, const char *text,
		      u32 len, u32 column)
{
	const char *plain = hvp_unescape(&c->mem, text, len, NULL), *error;
	const char *colon = strchrnul(plain, ':');
	const struct hvp_perms *perms = &c->rules.at[rule].perms;
	u32 node;

	if (hvp_has(text, len, "*?[")) {
		hvp_error(
			c, column,
			"no wildcards in type kernel: a group alone is all of it, \"any\" is everything");
		return false;
	}
	error = hvp_parse_facility(&c->mem, hvp_show(c, plain, strlen(plain)));
	if (error) {
		hvp_error(c, column, "%s", error);
		return false;
	}
	if (c->mode != KHV_MODE_AUDIT && !strncmp(plain, "syscall", 7) &&
	    strcmp(plain, "syscall:unknown")) {
		hvp_error(
			c, column,
			"\"%s\" can be reported and not refused: only below a line \"mode audit\"",
			hvp_show(c, plain, strlen(plain)));
		return false;
	}
	if (!strncmp(plain, "syscall:", 8) && !hvp_is_call(plain + 8))
		hvp_lint(c, column, "no system call named \"%s\" is known here",
			 hvp_show(c, plain + 8, strlen(plain + 8)));
	node = hvp_root(c, &c->domains.at[c->domain].root[KHV_TREE_KERNEL],
			false);
	if (!strcmp(plain, "any") && ((perms->set | perms->add) & KHV_K_USE))
		hvp_lint(
			c, column,
			"this grants every part of the kernel, also loading modules: name what is needed");
	if (strcmp(plain, "any"))
		node = hvp_child(c, node, plain, colon - plain, 0);
	if (*colon)
		node = hvp_child(c, node, colon + 1, strlen(colon + 1), 0);
	hvp_add_places(c, rule, node);
	return true;
}
