/* SPDX-License-Identifier: GPL-2.0 */
/* hvctl: another text of a policy, in force or in a file, and how it takes its place. */
#ifndef _HVCTL_EDITION_H
#define _HVCTL_EDITION_H

#include <stddef.h>
#include <stdint.h>
#include "hvctl.h"

/**
 * struct edition - a policy that is being changed
 * @target: NAME of a policy in force, or its FILE
 * @was: what it is before
 * @name: of its source file, as messages name it
 * @text: of that file
 * @len: bytes of @text
 * @generation: in force before it was read; 0: it is a file
 */
struct edition {
	const char *target;
	struct khv_policy *was;
	const char *name, *text;
	size_t len;
	uint64_t generation;
};

/* An exit code. Close it in any case. */
int edition_open(struct hvctl *h, const char *target, struct edition *e);
void edition_close(struct edition *e);

/* A line of the text; all zero before the first. */
struct line {
	const char *at;
	size_t len;	/* without its newline */
	unsigned int n; /* counted from 1 */
};

/* The next line; false after the last. */
bool edition_next(const struct edition *e, struct line *l);

/**
 * edition_changed() - the text with lines taken out, and one put in
 * @drop: lines to leave out, 0 after the last; may be NULL
 * @after: behind this line of the old text, 0: before the first
 * @line: without newline; NULL: none is put in
 * Return: to be freed; NULL without memory
 */
char *edition_changed(const struct edition *e, const unsigned int *drop,
		      unsigned int after, const char *line);

/**
 * edition_settle() - let a text take the place of the old one
 * @ask: on a terminal, before it does
 *
 * It is compiled, and its expect lines must hold. Then what would change is shown, and
 * it is put in force if no other change has come first, or written to the file.
 * Return: an exit code
 */
int edition_settle(struct hvctl *h, struct edition *e, const char *text,
		   bool ask);

#endif /* _HVCTL_EDITION_H */
