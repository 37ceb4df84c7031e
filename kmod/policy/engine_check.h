/* SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1) */
/* Checking a blob: what the parts of khv_engine_open() share. */
#ifndef _KHV_ENGINE_CHECK_H
#define _KHV_ENGINE_CHECK_H

#include "engine_internal.h"

enum reason {
	BAD_NONE,
	BAD_SIZE,
	BAD_MAGIC,
	BAD_VERSION,
	BAD_SECTION,
	BAD_STRINGS,
	BAD_TEXT,
	BAD_HEADER,
	BAD_DOMAIN,
	BAD_NODE,
	BAD_GLOB,
	BAD_PATTERN,
	BAD_WIDTH,
	BAD_PORTS,
	BAD_ITEM,
	BAD_ENTRY,
	BAD_COND,
	BAD_NEEDS,
	BAD_RULE,
	BAD_NOTE,
	BAD_SOURCE,
	BAD_SLOTS,
	NR_REASONS
};

struct check {
	const struct khv_engine *e;
	u32 count[KHV_NR_SECTIONS];
	const struct khv_blob_node *nodes;
	const struct khv_blob_glob *globs;
	const __le32 *branches;
};

/* Do @nr elements from @first on exist? */
static inline bool range_ok(u32 first, u32 nr, u32 count)
{
	return first <= count && nr <= count - first;
}

/* Every offset below is the start of a string that ends inside. */
static inline bool string_ok(const struct check *c, u32 offset)
{
	return offset < c->count[KHV_SEC_STRINGS] - KHV_STRINGS_PAD;
}

int khv_check_trees(const struct check *c);
int khv_check_conds(const struct check *c);
int khv_check_needs(const struct check *c);

#endif /* _KHV_ENGINE_CHECK_H */
