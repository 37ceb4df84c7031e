/* SPDX-License-Identifier: GPL-2.0 */
/* A policy in the making: rules, and what they were learnt from. */
#ifndef _HVCTL_DRAFT_H
#define _HVCTL_DRAFT_H

#include "learn.h"

/* A rule in the making: what it is learnt from is counted and shown. */
struct group {
	const char *domain;
	uint32_t type, verbs;
	char *ident;
	bool tree;   /* a folder for what is below it */
	bool review; /* not granted, for a person to decide */
	uint64_t count;
	size_t objects;
	const char *example;
};

/* @base, @nss: what the shipped includes grant was needed */
struct draft {
	const struct lesson *l;
	struct group *at;
	size_t nr, room;
	bool base, nss;
	unsigned int most; /* rules */
};

/* From what was seen; ends with draft_free(). */
void draft_make(struct draft *d);
void draft_free(struct draft *d);
/* Does the policy grant all that was done with it? "*" of /proc is any process. */
bool grants(const struct khv_policy *p, const struct seen *s);
/* Its rule must not cover what is below. */
bool is_exact(const struct group *g);

#endif /* _HVCTL_DRAFT_H */
