// SPDX-License-Identifier: GPL-2.0
/*
 * The engine against a reference that reads the rules one after the other, as
 * 5.4 of the language says it: find all rules that match the object or one of
 * its ancestors, sort them, apply them. Random policies, random objects, always
 * the same ones. The reference knows nothing of trees, hashes or bounds.
 *
 * A policy that the compiler refuses must be one that has a tie; a policy that
 * it takes must show no tie on any object.
 */
#include "policy.h"

enum { MOST_RULES = 24, MOST_PARTS = 6 };

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
	/* process */
	uint32_t kind, value;
	/* kernel: 0 any, 1 group, 2 member */
	uint32_t depth;
	/* all */
	char op; /* '=', '+', '-' */
	uint32_t verbs;
	int uid, gid; /* -1: whoever */
};

struct match {
	const struct rule *rule;
	uint32_t key[6]; /* compared in order, more is more specific */
	uint32_t index;
};

static struct rule rules[MOST_RULES];
static uint32_t nr_rules;
static uint32_t unnamed;	/* verbs that nobody names, so nobody judges */
static uint32_t kernel_default; /* 0: no line, 1: none, 2: use */
static unsigned long lookups, policies, refused, ties_seen;

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
}

static void some_path(struct rule *r, bool wild)
{
	bool deep = false;
	uint32_t i;

	r->parts = any(MOST_PARTS);
	strcpy(r->ident, r->parts ? "" : "/");
	for (i = 0; i < r->parts; i++) {
		if (wild && !any(3))
			r->part[i] = patterns[any(COUNT(patterns))];
		else if (wild && !deep && !any(6) && i + 1 < r->parts)
			r->part[i] = "**";
		else
			r->part[i] = some_name();
		deep |= !strcmp(r->part[i], "**");
		strcat(r->ident, "/");
		strcat(r->ident, r->part[i]);
	}
	r->exact = !any(6);
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
	static const char *const kinds[] = { "any",	"descendants",
					     "user:%u", "exe:/bin/%u",
					     "self",	"%u" };

	r->kind = any(COUNT(kinds));
	r->value = 1 + any(3);
	sprintf(r->ident, kinds[r->kind], r->value);
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
	for (i = 0; i < nr_rules; i++) {
		struct rule *r = &rules[i];
		const char *slash = "";

		memset(r, 0, sizeof(*r));
		if (type == KHV_TYPE_FILE)
			some_path(r, wild);
		else if (type == KHV_TYPE_SOCKET)
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
			slash = "/";
		}
		if (r->exact)
			at += sprintf(at, " exact");
		if (r->uid >= 0)
			at += sprintf(at, " user=%d", r->uid);
		if (r->gid >= 0)
			at += sprintf(at, " group=%d", r->gid);
		at += sprintf(at, "\n");
	}
	some_govern(at, type);
	return text;
}

/* --- the reference --------------------------------------------------------------- */

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

static bool holds(const struct rule *r, const struct khv_subject *s)
{
	return (r->uid < 0 || (uint32_t)r->uid == s->uid) &&
	       (r->gid < 0 || (uint32_t)r->gid == s->gid);
}

static struct match matches[MOST_RULES * (MOST_PARTS + 4)];
static uint32_t nr_matches;

static uint32_t *add_match(const struct rule *r)
{
	struct match *m = &matches[nr_matches];

	m->rule = r;
	m->index = nr_matches++;
	memset(m->key, 0, sizeof(m->key));
	m->key[5] = (r->uid >= 0) + (r->gid >= 0);
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
	if (a->op == b->op && (a->op != '=' || a->verbs == b->verbs))
		return false;
	return a->op == '=' || b->op == '=' || (a->verbs & b->verbs);
}

/* Apply what matches; @stat: allowed before the rules at @depth are. */
static uint32_t apply(bool stat, uint32_t depth)
{
	uint32_t grant = 0, i, j;

	qsort(matches, nr_matches, sizeof(matches[0]), compare);
	for (i = 0; i < nr_matches; i++) {
		const struct rule *r = matches[i].rule;

		for (j = i + 1; j < nr_matches; j++)
			ties_seen += tie(&matches[i], &matches[j]);
		if (stat && matches[i].key[0] >= depth) {
			grant |= KHV_F_STAT;
			stat = false;
		}
		if (r->op == '=')
			grant = r->verbs;
		else if (r->op == '+')
			grant |= r->verbs;
		else
			grant &= ~r->verbs;
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

static uint32_t judge_process(const struct khv_process *p, uint32_t exe,
			      const struct khv_subject *s)
{
	uint32_t i, *key;

	nr_matches = 0;
	for (i = 0; i < nr_rules; i++) {
		const struct rule *r = &rules[i];
		const bool match[] = { true,
				       p->descendant,
				       p->uid == r->value,
				       exe == r->value,
				       p->self,
				       p->pid == r->value };

		if (!match[r->kind] || !holds(r, s))
			continue;
		key = add_match(r);
		key[0] = r->kind;
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

/* --- the comparison ------------------------------------------------------------------ */

static void check(const char *text, uint32_t wanted, uint32_t verbs,
		  const struct khv_decision *d, const char *object)
{
	uint32_t got = verbs & ~d->denied;

	wanted |= unnamed;
	lookups++;
	if (got == (wanted & verbs) && d->allowed == !d->denied && !ties_seen)
		return;
	print_error("%s%s: engine %#x, reference %#x, ties %lu\n", text, object,
		    got, wanted & verbs, ties_seen);
	fail();
}

static void files(const struct khv_engine *e, const char *text)
{
	const uint32_t verbs = (1u << KHV_F_NR_VERBS) - 1;
	const char *part[MOST_PARTS + 2];
	struct khv_subject s;
	struct khv_decision d;
	uint32_t i, j, parts;
	char path[256];

	for (i = 0; i < 60; i++) {
		parts = any(MOST_PARTS + 3);
		strcpy(path, parts ? "" : "/");
		for (j = 0; j < parts; j++) {
			part[j] = some_name();
			strcat(path, "/");
			strcat(path, part[j]);
		}
		s.uid = any(3);
		s.gid = any(3);
		khv_engine_file(e, 0, &s, path, strlen(path), verbs, &d);
		check(text, judge_file(part, parts, &s), verbs, &d, path);
	}
}

static void sockets(const struct khv_engine *e, const char *text)
{
	const uint32_t verbs = 0xff - KHV_S_CREATE;
	struct khv_sockaddr a;
	struct khv_subject s;
	struct khv_decision d;
	uint32_t i, wanted;
	bool six;

	for (i = 0; i < 60; i++) {
		memset(&a, 0, sizeof(a));
		six = any(2);
		a.family = six ? 10 : 2;
		if (any(2))
			memcpy(a.addr, rules[any(nr_rules)].addr, 16);
		else
			some_address(a.addr, six);
		if (!six)
			memset(a.addr + 4, 0, 12);
		a.port = any(2) ? any(16) : any(65536);
		a.proto = any(2) ? 6 : 17;
		s.uid = any(3);
		s.gid = any(3);
		wanted = judge_socket(&a, six, &s);
		if (!six && any(2)) { /* the same as a mapped address */
			a.family = 10;
			memcpy(a.addr + 12, a.addr, 4);
			memset(a.addr, 0, 10);
			memset(a.addr + 10, 0xff, 2);
		}
		khv_engine_socket(e, 0, &s, &a, verbs, &d);
		check(text, wanted, verbs, &d, "a socket");
	}
}

static void processes(const struct khv_engine *e, const char *text)
{
	const uint32_t verbs = (1u << KHV_P_NR_VERBS) - 1;
	struct khv_process p;
	struct khv_subject s;
	struct khv_decision d;
	uint32_t i, exe;
	char name[16];

	for (i = 0; i < 20; i++) {
		memset(&p, 0, sizeof(p));
		exe = any(5);
		sprintf(name, "/bin/%u%s", exe, any(2) ? "" : "/x");
		p.exe = name;
		p.exe_len = strlen(name);
		p.pid = any(6);
		p.uid = any(6);
		p.self = any(2);
		p.descendant = any(2);
		s.uid = any(3);
		s.gid = any(3);
		khv_engine_process(e, 0, &s, &p, verbs, &d);
		check(text, judge_process(&p, exe, &s), verbs, &d, "a process");
	}
}

static void kernels(const struct khv_engine *e, const char *text)
{
	struct khv_subject s;
	struct khv_decision d;
	uint32_t i, asked;
	char name[64];

	for (i = 0; i < 40; i++) {
		asked = any(COUNT(facilities));
		s.uid = any(3);
		s.gid = any(3);
		facility(asked, name);
		khv_engine_kernel(e, 0, &s, name, strlen(name), &d);
		check(text, judge_kernel(asked, &s), KHV_K_USE, &d, name);
		if ((d.rule == KHV_NO_RULE) != !nr_matches)
			fail_msg("%s%s: rule %u", text, name, d.rule);
	}
}

static bool only_ties(const struct khv_policy *p)
{
	size_t i;

	for (i = 0; i < khv_policy_nr_messages(p); i++)
		if (!strstr(khv_policy_message(p, i)->text, "ambiguous") &&
		    !strstr(khv_policy_message(p, i)->text, "errors, no more"))
			return false;
	return true;
}

static void compare_many(enum khv_type type, bool wild, unsigned long wanted)
{
	unsigned long end = lookups + wanted;
	struct khv_policy *p;
	const char *text;

	while (lookups < end) {
		text = some_policy(type, wild);
		policies++;
		if (khv_policy_compile_text("x.hv", text, strlen(text), &no_fs,
					    &p)) {
			refused++;
			if (!only_ties(p)) {
				print_error("%s%s\n", text,
					    khv_policy_message(p, 0)->text);
				fail();
			}
			khv_policy_free(p);
			continue;
		}
		if (type == KHV_TYPE_FILE)
			files(khv_policy_engine(p), text);
		else if (type == KHV_TYPE_SOCKET)
			sockets(khv_policy_engine(p), text);
		else if (type == KHV_TYPE_KERNEL)
			kernels(khv_policy_engine(p), text);
		else
			processes(khv_policy_engine(p), text);
		khv_policy_free(p);
	}
	print_message("# %lu lookups, %lu policies, %lu of them with ties\n",
		      lookups, policies, refused);
}

static void test_paths(void **state)
{
	(void)state;
	compare_many(KHV_TYPE_FILE, false, 80000);
}

static void test_patterns(void **state)
{
	(void)state;
	compare_many(KHV_TYPE_FILE, true, 120000);
}

static void test_sockets(void **state)
{
	(void)state;
	compare_many(KHV_TYPE_SOCKET, false, 100000);
}

static void test_processes(void **state)
{
	(void)state;
	compare_many(KHV_TYPE_PROCESS, false, 20000);
}

static void test_kernel(void **state)
{
	(void)state;
	compare_many(KHV_TYPE_KERNEL, false, 40000);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_kernel),
	};

	if (argc > 1)
		random_state = strtoull(argv[1], NULL, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
