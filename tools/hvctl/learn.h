/* SPDX-License-Identifier: GPL-2.0 */
/* hvctl learn: what has been seen, how it is kept, what is made of it. */
#ifndef _HVCTL_LEARN_H
#define _HVCTL_LEARN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <khv/khv.h>
#include <khv/policy.h>

#define LEARN_RUN  "/run/khv/learn"
#define LEARN_DATA "/var/lib/khv/learn"
/* Different objects that are kept; more are counted as not kept. */
#define LEARN_MOST 20000

/* One object, and all that was done with it. */
struct seen {
	struct seen *next; /* in its bucket */
	char *domain, *object;
	uint32_t type, verbs;
	uint64_t count;
};

/**
 * struct lesson - what a policy in mode learn has let pass
 * @name: of the policy
 * @attach: programs, "" after the last
 * @events: that were taken
 * @lost: that the kernel could not keep for us
 * @full: of objects beyond LEARN_MOST
 * @odd: with names that are no text
 */
struct lesson {
	char name[KHV_NAME_MAX];
	char *attach[16];
	int nr_attach;
	uint64_t since, until; /* ns since the epoch */
	uint64_t events, lost, full, odd;
	struct seen **buckets;
	struct seen **all;
	size_t nr;
};

int lesson_init(struct lesson *l, const char *name);
void lesson_free(struct lesson *l);
void lesson_add(struct lesson *l, const struct khv_event *e);
/* 0 or -errno. Replaces the file as a whole. */
int lesson_save(const struct lesson *l, const char *path);
int lesson_load(struct lesson *l, const char *path);

struct hvctl;
/* What was seen for the policy in argv[0], also while it is being learnt. An exit code. */
int learn_load(struct hvctl *h, struct lesson *l);

/* Bits of a verb of a type, 0 if there is none. */
uint32_t verb_bit(uint32_t type, const char *verb);
/* enum khv_type of a word, KHV_NR_TYPES if it is none. */
uint32_t type_of(const char *word);

/**
 * lesson_policy() - a policy that allows what was seen
 * @most: lines, more or less
 * Return: its text, to be freed; NULL without memory
 */
char *lesson_policy(const struct lesson *l, unsigned int most);

#endif /* _HVCTL_LEARN_H */
