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
#include "random.h"

struct match {
	const struct rule *rule;
	uint32_t key[6]; /* compared in order, more is more specific */
	uint32_t index;
};

static unsigned long lookups, policies, refused, ties_seen;
static unsigned long times_as_many = 1;

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

static uint32_t number; /* the signal that is asked for */
static int from = -1;	/* first byte of the peer; -1: not known */

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
	if (r->role >= 0 && !((uint32_t)roles[r->role].uid == s->uid ||
			      in_group(s, roles[r->role].gid)))
		return false;
	if (r->from >= 0 && from >= 0 && r->from != from)
		return false;
	return (r->uid < 0 || (uint32_t)r->uid == s->uid) &&
	       (r->gid < 0 || in_group(s, r->gid)) &&
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
	/* Nobody comes from both; of an unknown one both take away only. */
	if (a->from >= 0 && b->from >= 0 && a->from != b->from)
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
		if (r->from >= 0 && from < 0) {
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

/* Whoever asks, and when. */
static void some_subject(struct khv_subject *s)
{
	static const uint32_t groups[] = { 0, 1 };

	s->uid = any(3);
	s->gid = any(3);
	s->groups = groups + any(2);
	s->nr_groups = any(2);
	s->now = times[0].seconds - 1 + any(2) * 1000000000ull;
	if (!any(4))
		s->now = times[1].seconds;
}

static void files(const struct khv_engine *e, const char *text)
{
	const uint32_t verbs = (1u << KHV_F_NR_VERBS) - 1;
	const char *part[MOST_PARTS + 2];
	struct khv_subject s = { 0 };
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
		some_subject(&s);
		khv_engine_file(e, 0, &s, path, strlen(path), verbs, &d);
		check(text, judge_file(part, parts, &s), verbs, &d, path);
	}
}

static void sockets(const struct khv_engine *e, const char *text)
{
	const uint32_t verbs = 0xff - KHV_S_CREATE;
	struct khv_sockaddr a, peer;
	struct khv_subject s = { 0 };
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
		some_subject(&s);
		from = (int)any(3) + 9;
		memset(&peer, 0, sizeof(peer));
		peer.family = 2;
		peer.addr[0] = from;
		a.peer = from == 9 ? NULL : &peer;
		from = a.peer ? from : -1;
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
	struct khv_subject s = { 0 };
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
		number = any(7);
		if (number == 6)
			number = KHV_ANY_NUMBER;
		p.number = number;
		some_subject(&s);
		khv_engine_process(e, 0, &s, &p, verbs, &d);
		check(text, judge_process(&p, exe, &s), verbs, &d, "a process");
	}
}

static void kernels(const struct khv_engine *e, const char *text)
{
	struct khv_subject s = { 0 };
	struct khv_decision d;
	uint32_t i, asked;
	char name[64];

	for (i = 0; i < 40; i++) {
		asked = any(COUNT(facilities));
		some_subject(&s);
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
	unsigned long end = lookups + wanted * times_as_many;
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

	/* differential.t [SEED [TIMES]] */
	if (argc > 1)
		random_state = strtoull(argv[1], NULL, 0);
	if (argc > 2)
		times_as_many = strtoul(argv[2], NULL, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
