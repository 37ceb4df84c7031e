// SPDX-License-Identifier: LGPL-2.1
/* Identifiers of processes: any, descendants, user:, domain:, exe:, self, PID. */
#include <ctype.h>
#include "compiler.h"

static const char *const names[] = { "any",  "descendants", "self", "domain:",
				     "exe:", "user:",	    NULL };

const char *hvp_parse_process(struct hvp_mem *m, const char *text, u8 *kind,
			      u32 *value, const char **name)
{
	unsigned long long n;
	char *end;

	*value = 0;
	*name = NULL;
	if (!strcmp(text, "any")) {
		*kind = KHV_ITEM_ANY;
	} else if (!strcmp(text, "descendants")) {
		*kind = KHV_ITEM_DESCENDANTS;
	} else if (!strcmp(text, "self")) {
		*kind = KHV_ITEM_SELF;
	} else if (!strncmp(text, "domain:", 7)) {
		*kind = KHV_ITEM_DOMAIN;
		*name = text + 7;
	} else if (!strncmp(text, "exe:", 4)) {
		*kind = KHV_ITEM_EXE;
		*name = text + 4;
	} else if (!strncmp(text, "user:", 5)) {
		*kind = KHV_ITEM_USER;
		*name = text + 5;
	} else if (isdigit((unsigned char)text[0])) {
		n = strtoull(text, &end, 10);
		if (*end || !n || n > 0x3fffffff)
			return hvp_print(m, "\"%s\" is not a process number",
					 text);
		*kind = KHV_ITEM_PID;
		*value = n;
	} else {
		return hvp_print(
			m,
			"unknown process \"%s\": expected a number, self, descendants, any, domain:NAME, exe:PATH or user:NAME%s",
			text, hvp_suggest(m, text, names));
	}
	return NULL;
}

/* Lexical: no doubled or trailing slash. */
static char *plain_path(struct hvp_compiler *c, const char *path)
{
	char *out = hvp_copy(&c->mem, path, strlen(path)), *at = out;

	for (; *path; path++)
		if (*path != '/' || (path[1] && path[1] != '/'))
			*at++ = *path;
	if (at == out)
		*at++ = '/';
	*at = 0;
	return out;
}

static bool find_value(struct hvp_compiler *c, struct hvp_item *item,
		       const char *text, u32 len, const char *name, u32 column)
{
	const struct hvp_account *account;
	u32 where = column + strcspn(text, ":") + 1;

	switch (item->kind) {
	case KHV_ITEM_DOMAIN:
		item->value = hvp_domain(c, name, where, false);
		return true;
	case KHV_ITEM_USER:
		account = hvp_user(c, name);
		if (!account) {
			hvp_error(c, where, "there is no user \"%s\"",
				  hvp_show(c, name, strlen(name)));
			return false;
		}
		item->value = account->uid;
		return true;
	case KHV_ITEM_EXE:
		if (hvp_has(text, len, "*?[")) {
			hvp_error(
				c, where,
				"not supported by this version: wildcards in exe:");
			return false;
		}
		if (name[0] != '/') {
			hvp_error(c, where,
				  "expected an absolute path, not \"%s\"",
				  hvp_show(c, name, strlen(name)));
			return false;
		}
		name = plain_path(c, name);
		item->value = hvp_string(c, name, strlen(name));
		item->exe_len = strlen(name);
		return true;
	default:
		return true;
	}
}

bool hvp_place_process(struct hvp_compiler *c, u32 rule, const char *text,
		       u32 len, u32 column)
{
	const char *plain = hvp_unescape(&c->mem, text, len, NULL);
	struct hvp_item item = { .domain = c->domain };
	struct hvp_place p[2];
	const char *error, *name;
	u32 i, n;

	error = hvp_parse_process(&c->mem, plain, &item.kind, &item.value,
				  &name);
	if (error) {
		hvp_error(c, column, "%s", error);
		return false;
	}
	if (name && !find_value(c, &item, text, len, name, column))
		return false;
	n = hvp_rule_places(c, rule, p);
	for (i = 0; i < n; i++) {
		item.place = p[i];
		*hvp_push(&c->mem, &c->items) = item;
	}
	return true;
}
