/* SPDX-License-Identifier: GPL-2.0 */
/* A file that is written beside its place and renamed: there is never half of it. */
#ifndef REPLACE_H
#define REPLACE_H

#include <stdio.h>
#include "hvauditd.h"

struct replacement {
	FILE *file; /* to write to */
	const char *path;
	char tmp[PATH_SIZE + 8];
};

/* 0 or -errno. @path stays the caller's, and is needed until the end. */
int replace_begin(struct replacement *r, const char *path);
/* 0, or -EIO: then what was there is there still, and nothing beside it. */
int replace_end(struct replacement *r);

#endif
