/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reference for differential.c: rules of random.h, one after the other. It knows
 * nothing of trees, hashes or bounds.
 */
#ifndef POLICY_REFERENCE_H
#define POLICY_REFERENCE_H

#include "random.h"

struct match {
	const struct rule *rule;
	uint32_t key[6]; /* compared in order, more is more specific */
	uint32_t index;
};

/* Matches that say different things, and neither is more specific. */
static unsigned long ties_seen;

static bool name_matches(const char *p, const char *n)
{
	bool negate, found;

	if (!*p)
		return !*n;
	if (*p == '*')
		return name_matches(p + 1, n) || (*n && name_matches(p, n + 1));
	if (!*n)
		return false;
	if (*p == '[') {
		p++;
		negate = *p == '!';
		p += negate;
		for (found = false; *p != ']'; p++)
			found |= *p == *n;
		return found != negate && name_matches(p + 1, n + 1);
	}
	return (*p == '?' || *p == *n) && name_matches(p + 1, n + 1);
}

static bool parts_match(const char *const *p, uint32_t np, const char *const *n,
			uint32_t nn)
{
	if (!np)
		return !nn;
	if (!strcmp(*p, "**"))
		return parts_match(p + 1, np - 1, n, nn) ||
		       (nn && parts_match(p, np, n + 1, nn - 1));
	return nn && name_matches(*p, *n) &&
	       parts_match(p + 1, np - 1, n + 1, nn - 1);
}

static uint32_t literal_bytes(const struct rule *r, bool *pattern)
{
	uint32_t i, count = 0;
	const char *p;

	*pattern = false;
	for (i = 0; i < r->parts; i++) {
		for (p = r->part[i]; *p; p++) {
			if (*p == '*' || *p == '?' || *p == '[')
				*pattern = true;
			if (*p == '[')
				p = strchr(p, ']');
			else if (*p != '*' && *p != '?')
				count++;
		}
	}
	return count;
}

static uint32_t number;	     /* the signal that is asked for */
static int from = -1;	     /* first byte of the peer; -1: not known */
static bool program_unknown; /* of the process that is asked about */

static bool in_group(const struct khv_subject *s, int gid)
{
	uint32_t i;

	for (i = 0; i < s->nr_groups; i++)
		if (s->groups[i] == (uint32_t)gid)
			return true;
	return s->gid == (uint32_t)gid;
}

static bool holds(const struct rule *r, const struct khv_subject *s)
{
	if (r->role >= 0 && ((uint32_t)roles[r->role].uid == s->uid ||
			     in_group(s, roles[r->role].gid)) == r->no_role)
		return false;
	if (r->from >= 0 && from >= 0 && (r->from == from) == r->no_from)
		return false;
	return (r->uid < 0 || ((uint32_t)r->uid == s->uid) != r->no_user) &&
	       (r->gid < 0 || in_group(s, r->gid) != r->no_group) &&
	       (r->until < 0 || s->now < times[r->until].seconds);
}

static struct match matches[MOST_RULES * (MOST_PARTS + 4)];
static uint32_t nr_matches;

static uint32_t *add_match(const struct rule *r)
{
	struct match *m = &matches[nr_matches];

	m->rule = r;
	m->index = nr_matches++;
	memset(m->key, 0, sizeof(m->key));
	m->key[5] = (r->uid >= 0) + (r->gid >= 0) + (r->role >= 0) +
		    (r->until >= 0) + (r->from >= 0);
	return m->key;
}

static int compare(const void *a, const void *b)
{
	const struct match *x = a, *y = b;
	uint32_t i;

	for (i = 0; i < 6; i++)
		if (x->key[i] != y->key[i])
			return x->key[i] < y->key[i] ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static bool tie(const struct match *x, const struct match *y)
{
	const struct rule *a = x->rule, *b = y->rule;

	if (a == b || memcmp(x->key, y->key, sizeof(x->key)))
		return false;
	/* Of a program that nobody knows they take away only, in any order. */
	if (a->kind == PROGRAM && program_unknown)
		return false;
	/* Nobody comes from both; of an unknown one both take away only. */
	if (a->from >= 0 && b->from >= 0 &&
	    (a->no_from || b->no_from ?
		     a->no_from != b->no_from && a->from == b->from :
		     a->from != b->from))
		return false;
	if (a->op == b->op && (a->op != '=' || (a->verbs == b->verbs &&
						a->numbers == b->numbers)))
		return false;
	return a->op == '=' || b->op == '=' || (a->verbs & b->verbs);
}

/* Apply what matches; @stat: allowed before the rules at @depth are. */
static uint32_t apply(bool stat, uint32_t depth)
{
	uint32_t grant = 0, verbs, i, j;

	qsort(matches, nr_matches, sizeof(matches[0]), compare);
	for (i = 0; i < nr_matches; i++) {
		const struct rule *r = matches[i].rule;

		for (j = i + 1; j < nr_matches; j++)
			ties_seen += tie(&matches[i], &matches[j]);
		if (stat && matches[i].key[0] >= depth) {
			grant |= KHV_F_STAT;
			stat = false;
		}
		verbs = r->verbs;
		/* About these signals only; what nobody knows opens nothing. */
		if (r->numbers && !(r->op == '-' && number == KHV_ANY_NUMBER) &&
		    number &&
		    (number == KHV_ANY_NUMBER || !(r->numbers & 1u << number)))
			verbs &= ~KHV_P_SIGNAL;
		if ((r->from >= 0 && from < 0) ||
		    (r->kind == PROGRAM && program_unknown)) {
			if (r->op == '=')
				grant &= verbs;
			else if (r->op == '-')
				grant &= ~verbs;
		} else if (r->op == '=') {
			grant = verbs;
		} else if (r->op == '+') {
			grant |= verbs;
		} else {
			grant &= ~verbs;
		}
	}
	return stat ? grant | KHV_F_STAT : grant;
}

static uint32_t judge_file(const char *const *part, uint32_t parts,
			   const struct khv_subject *s)
{
	bool stat = false, pattern;
	uint32_t i, depth, *key;

	nr_matches = 0;
	for (i = 0; i < nr_rules; i++) {
		const struct rule *r = &rules[i];
		uint32_t literals = literal_bytes(r, &pattern);

		for (depth = 0; depth < r->parts; depth++) {
			/* What lies behind a "**" is everywhere. */
			if (depth && !strcmp(r->part[depth - 1], "**"))
				break;
			if (depth == parts && r->op != '-' && r->verbs &&
			    parts_match(r->part, depth, part, parts))
				stat = true;
		}
		if (!holds(r, s))
			continue;
		for (depth = 0; depth <= parts; depth++) {
			if (r->exact && depth < parts)
				continue;
			if (!parts_match(r->part, r->parts, part, depth))
				continue;
			key = add_match(r);
			key[0] = depth;
			key[1] = !pattern;
			key[2] = pattern ? literals : 0;
			key[3] = r->exact;
		}
	}
	return apply(stat, parts);
}

static bool in_prefix(const struct rule *r, const uint8_t *addr)
{
	uint32_t i;

	for (i = 0; i < r->length; i++)
		if ((r->addr[i / 8] ^ addr[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

static uint32_t judge_socket(const struct khv_sockaddr *a, bool six,
			     const struct khv_subject *s)
{
	uint32_t i, *key;

	nr_matches = 0;
	for (i = 0; i < nr_rules; i++) {
		const struct rule *r = &rules[i];

		if (r->six != six || !in_prefix(r, a->addr) || !holds(r, s) ||
		    a->port < r->low || a->port > r->high ||
		    (r->proto && r->proto != a->proto))
			continue;
		key = add_match(r);
		key[0] = r->length;
		key[1] = 65535 - (r->high - r->low);
		key[2] = r->proto != 0;
	}
	return apply(false, 0);
}

/* Rules about the program @part, at each of the folders above it. */
static void match_program(const struct rule *r, const char *const *part,
			  uint32_t parts)
{
	uint32_t depth, literals, *key;
	bool pattern;

	literals = literal_bytes(r, &pattern);
	for (depth = 0; depth <= parts; depth++) {
		if (!parts_match(r->part, r->parts, part, depth))
			continue;
		key = add_match(r);
		key[0] = r->kind;
		key[1] = depth;
		key[2] = !pattern;
		key[3] = pattern ? literals : 0;
	}
}

/* Where nobody knows the program, apply() only takes away. */
static uint32_t judge_process(const struct khv_process *p,
			      const char *const *part, uint32_t parts,
			      const struct khv_subject *s)
{
	uint32_t i;

	nr_matches = 0;
	for (i = 0; i < nr_rules; i++) {
		const struct rule *r = &rules[i];
		const bool match[] = {
			true,	 p->descendant, p->uid == r->value,
			!p->exe, p->self,	p->pid == r->value
		};

		if (!holds(r, s))
			continue;
		if (r->kind == PROGRAM && p->exe)
			match_program(r, part, parts);
		else if (match[r->kind])
			add_match(r)[0] = r->kind;
	}
	return apply(false, 0);
}

static uint32_t judge_kernel(uint32_t asked, const struct khv_subject *s)
{
	uint32_t i, *key;

	nr_matches = 0;
	for (i = 0; i < nr_rules; i++) {
		const struct rule *r = &rules[i];

		if (!holds(r, s) ||
		    (r->depth && strcmp(facilities[r->value].group,
					facilities[asked].group)) ||
		    (r->depth == 2 && strcmp(facilities[r->value].member,
					     facilities[asked].member)))
			continue;
		key = add_match(r);
		key[0] = r->depth;
	}
	if (!nr_matches)
		return kernel_default ? kernel_default == 2 :
					facilities[asked].common;
	return apply(false, 0);
}

#endif
