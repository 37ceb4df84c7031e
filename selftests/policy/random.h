/* SPDX-License-Identifier: GPL-2.0 */
/* Random policies for differential.c: the rules, and the text they are as. */
#ifndef POLICY_RANDOM_H
#define POLICY_RANDOM_H

#include "policy.h"

enum { MOST_RULES = 24, MOST_PARTS = 6 };
enum { PROGRAM = 3 }; /* kind of process: exe: */

struct rule {
	char ident[256];
	/* file: components; "**" floats */
	const char *part[MOST_PARTS];
	uint32_t parts;
	bool exact;
	/* socket */
	bool six;
	uint8_t addr[16];
	uint32_t length, low, high, proto;
	/* process; programs have parts as files have */
	uint32_t kind, value;
	/* kernel: 0 any, 1 group, 2 member */
	uint32_t depth;
	/* all */
	char op; /* '=', '+', '-' */
	uint32_t verbs;
	int uid, gid; /* -1: whoever */
	int role;     /* of roles[], -1: none */
	int until;    /* of times[], -1: for ever */
	int from;     /* 10 or 11: first byte of the peer; -1: wherever */
	bool no_user, no_group, no_role, no_from; /* "!=" */
	uint32_t numbers; /* process: signals, bit by bit; 0: all */
};

/* Who has them: a user, a group; -1: nobody. */
static const struct {
	const char *members;
	int uid, gid;
} roles[] = { { "user:0,group:1", 0, 1 }, { "group:0", -1, 0 } };

static const struct {
	const char *text;
	uint64_t seconds;
} times[] = { { "2030-01-01T00:00", 1893456000 },
	      { "2040-01-01T00:00Z", 2208988800 } };

static struct rule rules[MOST_RULES];
static uint32_t nr_rules;
static uint32_t unnamed;	/* verbs that nobody names, so nobody judges */
static uint32_t kernel_default; /* 0: no line, 1: none, 2: use */

/* --- what is random ----------------------------------------------------------- */

static const char *const names[] = { "a",
				     "b",
				     "ab",
				     "abc",
				     "cab",
				     "data",
				     "quite-a-long-name",
				     "quite-a-long-nama",
				     "eightlet" };
static const char *const patterns[] = { "*",   "a*",  "*b",  "?",     "[ab]",
					"a?c", "*a*", "q*e", "[!a]*", "a*b*c" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *some_name(void)
{
	return names[any(any(3) ? 4 : COUNT(names))];
}

static void some_negations(struct rule *r)
{
	r->no_user = !any(3);
	r->no_group = !any(3);
	r->no_role = !any(3);
}

static void some_grant(struct rule *r, uint32_t all)
{
	static const char ops[] = "=====+-";

	r->op = ops[any(7)];
	/* Few different grants, so that not everything is a tie. */
	do {
		r->verbs = any(3) ? 1u << any(4) | 4 : any(2) ? all & 0xf : 0;
	} while (!r->verbs && r->op != '=');
	r->uid = any(8) ? -1 : (int)any(2);
	r->gid = any(10) ? -1 : (int)any(2);
	r->role = any(12) ? -1 : (int)any(2);
	r->until = any(12) ? -1 : (int)any(2);
	some_negations(r);
}

static void some_path(struct rule *r, bool wild)
{
	uint32_t i;

	r->parts = any(MOST_PARTS);
	if (!r->parts)
		strcat(r->ident, "/");
	for (i = 0; i < r->parts; i++) {
		if (wild && !any(3))
			r->part[i] = patterns[any(COUNT(patterns))];
		else if (wild && !any(5) && i + 1 < r->parts)
			r->part[i] = "**";
		else
			r->part[i] = some_name();
		strcat(r->ident, "/");
		strcat(r->ident, r->part[i]);
	}
}

static void some_address(uint8_t *addr, bool six)
{
	static const uint8_t bytes[] = { 0, 1, 10, 128, 255 };
	uint32_t i;

	memset(addr, 0, 16);
	for (i = 0; i < (six ? 16 : 4); i++)
		addr[i] = bytes[any(COUNT(bytes))];
	if (six)
		addr[0] = 0x20;
}

static void some_socket(struct rule *r)
{
	static const uint32_t lengths[] = { 0,	1,  8,	9,   16,  24, 31,
					    32, 64, 65, 100, 127, 128 };
	uint32_t bits, i;
	char *at = r->ident;

	r->six = any(2);
	bits = r->six ? 128 : 32;
	some_address(r->addr, r->six);
	do {
		r->length = lengths[any(COUNT(lengths))];
	} while (r->length > bits);
	for (i = r->length; i < bits; i++)
		r->addr[i / 8] &= ~(0x80 >> i % 8);
	if (r->six) {
		at += sprintf(at, "[");
		for (i = 0; i < 16; i += 2)
			at += sprintf(at, "%s%x", i ? ":" : "",
				      r->addr[i] << 8 | r->addr[i + 1]);
		at += sprintf(at, "]/%u", r->length);
	} else {
		at += sprintf(at, "%u.%u.%u.%u/%u", r->addr[0], r->addr[1],
			      r->addr[2], r->addr[3], r->length);
	}
	r->low = any(3) ? any(8) : 0;
	r->high = !r->low ? 65535 : any(2) ? r->low : r->low + any(8);
	if (r->low)
		at += sprintf(at, ":%u-%u", r->low, r->high);
	r->proto = any(2) ? 0 : any(2) ? 6 : 17;
	if (r->proto)
		strcpy(at, r->proto == 6 ? "/tcp" : "/udp");
}

static void some_process(struct rule *r)
{
	static const char *const kinds[] = { "any",  "descendants", "user:%u",
					     "exe:", "self",	    "%u" };

	r->kind = any(COUNT(kinds));
	r->value = 1 + any(3);
	snprintf(r->ident, sizeof(r->ident), kinds[r->kind], r->value);
	if (r->kind == PROGRAM)
		some_path(r, any(2));
}

/* Groups and members; what is common of them when no rule speaks. */
static const struct {
	const char *group, *member;
	bool common;
} facilities[] = {
	{ "capability", "", false },
	{ "capability", "chown", true },
	{ "capability", "net_admin", false },
	{ "namespace-capability", "chown", false },
	{ "namespace-capability", "", false },
	{ "module", "", false },
	{ "io_uring", "", false },
	{ "io_uring", "sqpoll", false },
	{ "io_uring", "cmd", false },
	{ "exec-memory", "", true },
	{ "descriptor", "kvm-vm", false },
	{ "descriptor", "other", false },
};

static const char *facility(uint32_t i, char *text)
{
	sprintf(text, "%s%s%s", facilities[i].group,
		*facilities[i].member ? ":" : "", facilities[i].member);
	return text;
}

static void some_kernel(struct rule *r)
{
	r->value = any(COUNT(facilities));
	r->depth = any(6) ? 1 + (*facilities[r->value].member && any(3)) : 0;
	strcpy(r->ident, r->depth ? facilities[r->value].group : "any");
	if (r->depth == 2)
		facility(r->value, r->ident);
	r->op = "====+-"[any(6)];
	r->verbs = r->op == '=' ? any(2) : 1;
	r->uid = any(4) ? -1 : (int)any(2);
	r->gid = any(6) ? -1 : (int)any(2);
	r->role = any(8) ? -1 : (int)any(2);
	r->until = any(8) ? -1 : (int)any(2);
	some_negations(r);
}

/* "(hup,int)" of a rule that is about some signals only */
static char *some_numbers(char *at, struct rule *r)
{
	const char *comma = "(";
	uint32_t i;

	if (any(2))
		return at;
	r->numbers = 2 * (1 + any(15));
	for (i = 1; i < 5; i++) {
		if (!(r->numbers & 1u << i))
			continue;
		at += sprintf(at, "%s%u", comma, i);
		comma = ",";
	}
	return at + sprintf(at, ")");
}

/* Verbs that only policies which name them judge; some ask without a rule. */
static char *some_govern(char *at, enum khv_type type)
{
	static const uint32_t optional[KHV_NR_TYPES] = {
		[KHV_TYPE_FILE] = KHV_F_STAT | KHV_F_READLINK | KHV_F_IOCTL,
		[KHV_TYPE_SOCKET] = KHV_S_RECV | KHV_S_OPTION,
	};
	uint32_t i;

	unnamed = optional[type];
	for (i = 0; i < nr_rules; i++)
		unnamed &= ~rules[i].verbs;
	for (i = 0; i < 32; i++) {
		if (!(optional[type] & 1u << i) || any(2))
			continue;
		unnamed &= ~(1u << i);
		at += sprintf(at, "govern %s\n", khv_verb_name(type, 1u << i));
	}
	return at;
}

/* Returns the policy as text. */
static char *some_policy(enum khv_type type, bool wild)
{
	static char text[32768];
	char *at = text;
	uint32_t i, j;

	nr_rules = 1 + any(MOST_RULES);
	kernel_default = any(3);
	if (type != KHV_TYPE_KERNEL)
		at += sprintf(at, "version 1\ngovern exec/mmap\n");
	else if (kernel_default)
		at += sprintf(at, "default kernel %s\n",
			      kernel_default == 1 ? "none" : "use");
	for (i = 0; i < COUNT(roles); i++)
		at += sprintf(at, "role r%u %s\n", i, roles[i].members);
	for (i = 0; i < nr_rules; i++) {
		struct rule *r = &rules[i];
		const char *slash = "";

		memset(r, 0, sizeof(*r));
		r->from = -1;
		if (type == KHV_TYPE_FILE) {
			some_path(r, wild);
			r->exact = !any(6);
		} else if (type == KHV_TYPE_SOCKET)
			some_socket(r);
		else if (type == KHV_TYPE_PROCESS)
			some_process(r);
		if (type == KHV_TYPE_KERNEL)
			some_kernel(r);
		else
			some_grant(r, ~0u);
		at += sprintf(at, "%s %s ", khv_type_name(type), r->ident);
		if (r->op != '=')
			*at++ = r->op;
		if (!r->verbs)
			at += sprintf(at, "none");
		for (j = 0; j < 32; j++) {
			if (!(r->verbs & 1u << j))
				continue;
			at += sprintf(at, "%s%s", slash,
				      khv_verb_name(type, 1u << j));
			if (type == KHV_TYPE_PROCESS && 1u << j == KHV_P_SIGNAL)
				at = some_numbers(at, r);
			slash = "/";
		}
		if (r->exact)
			at += sprintf(at, " exact");
		if (r->uid >= 0)
			at += sprintf(at, " user%s=%d", r->no_user ? "!" : "",
				      r->uid);
		if (r->gid >= 0)
			at += sprintf(at, " group%s=%d", r->no_group ? "!" : "",
				      r->gid);
		if (r->role >= 0)
			at += sprintf(at, " role%s=r%d", r->no_role ? "!" : "",
				      r->role);
		if (r->until >= 0)
			at += sprintf(at, " until=%s", times[r->until].text);
		if (type == KHV_TYPE_SOCKET && !any(8)) {
			r->from = 10 + any(2);
			r->no_from = !any(3);
			at += sprintf(at, " from%s=%d.0.0.0/8",
				      r->no_from ? "!" : "", r->from);
		}
		at += sprintf(at, "\n");
	}
	some_govern(at, type);
	return text;
}

#endif
