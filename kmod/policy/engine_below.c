// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Does the policy say something special about what is below a directory? Such a
 * directory must not be renamed by those the policy binds: its contents would get
 * other names, and with them other rules.
 */
#include "engine_internal.h"

bool khv_engine_has_below(const struct khv_engine *e, u16 domain,
			  const char *path, size_t len)
{
	const struct khv_blob_node *n;
	const char *p, *slash, *end = path + len;
	u32 node;

	if (domain >= e->nr_domains || !len)
		return false;
	node = khv_le32(khv_domain_at(e, domain)->root[KHV_TREE_FILE]);
	for (p = path + 1; node; p = slash + 1) {
		n = e->nodes + node;
		if (p >= end)
			return n->width;
		/* A pattern may match anything below: be on the safe side. */
		if (n->more)
			return true;
		slash = memchr(p, '/', end - p);
		if (!slash)
			slash = end;
		node = khv_find_child(e, node, p, slash - p);
	}
	return false;
}
