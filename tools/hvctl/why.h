/* SPDX-License-Identifier: GPL-2.0 */
/* hvctl why: what an event says, and the rule that would have allowed it. */
#ifndef _HVCTL_WHY_H
#define _HVCTL_WHY_H

#include <stdbool.h>
#include <stdint.h>
#include <khv/policy.h>

/* An event as text tells it; what it does not say is "" or 0. */
struct told {
	char verdict[16];
	char client[64], policy[64], domain[64];
	char type[16], verb[32];
	char object[4100];
	char asked[128];
	char rule[128]; /* file:line */
	uint64_t generation;
	uint64_t seq;
	long cpu;
	unsigned long uid;
};

/*
 * told_parse() - read an event
 * @line: a line of hvauditd (with whatever syslog puts before it), of "hvctl event
 *	tail", or JSON of "hvctl -j event tail"
 * Return: whether it is a decision.
 */
bool told_parse(const char *line, struct told *t);

/**
 * struct proposal - the smallest change of a policy that allows something
 * @found: there is one
 * @line: of @file to be changed; 0: the text is a new line of @domain
 * @text: of the line
 * @against: "file:line" of an expect line that then does not hold, or ""
 */
struct proposal {
	bool found;
	const char *file;
	unsigned int line;
	const char *domain;
	char *text;
	char against[384];
};

/*
 * propose() - find it; every candidate is compiled and asked before it is shown
 * @rule: what denies it, NULL: no rule
 */
void propose(const struct khv_policy *p, const struct told *t,
	     const char *ident, const struct khv_subject *subject,
	     const struct khv_rule_info *rule, struct proposal *out);
void proposal_free(struct proposal *s);
/* An identifier as a rule has to write it; the caller frees it. */
char *rule_ident(const char *ident);

#endif /* _HVCTL_WHY_H */
