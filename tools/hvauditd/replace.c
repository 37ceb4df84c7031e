// SPDX-License-Identifier: GPL-2.0
/* A file that is written beside its place and renamed. */
#include <errno.h>
#include <unistd.h>
#include "replace.h"

int replace_begin(struct replacement *r, const char *path)
{
	r->path = path;
	snprintf(r->tmp, sizeof(r->tmp), "%s.new", path);
	r->file = fopen(r->tmp, "we");
	return r->file ? 0 : -errno;
}

int replace_end(struct replacement *r)
{
	bool bad = ferror(r->file);

	if (fclose(r->file) || bad || rename(r->tmp, r->path)) {
		unlink(r->tmp);
		return -EIO;
	}
	return 0;
}
