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

/* What a program may be is a tree, as of files; see the item in blob.h as well. */
static bool place_exe(struct hvp_compiler *c, u32 rule, const char *text,
		      u32 len, u32 column)
{
	const u32 skip = strlen("exe:");
	u32 *root = &c->domains.at[c->domain].root[KHV_TREE_EXE];

	return hvp_place_path(c, rule, root, false, text + skip, len - skip,
			      column + skip);
}

static bool find_value(struct hvp_compiler *c, struct hvp_item *item, u32 rule,
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
		return place_exe(c, rule, text, len, column);
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
	if (name && !find_value(c, &item, rule, text, len, name, column))
		return false;
	n = hvp_rule_places(c, rule, p);
	for (i = 0; i < n; i++) {
		item.place = p[i];
		*hvp_push(&c->mem, &c->items) = item;
	}
	return true;
}
