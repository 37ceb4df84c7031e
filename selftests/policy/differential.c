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
#include "reference.h"

static unsigned long lookups, policies, refused;
static unsigned long times_as_many = 1;

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

static uint32_t some_object(const char **part, char *path)
{
	uint32_t parts = any(MOST_PARTS + 3), i;

	strcpy(path, parts ? "" : "/");
	for (i = 0; i < parts; i++) {
		part[i] = some_name();
		strcat(path, "/");
		strcat(path, part[i]);
	}
	return parts;
}

static void files(const struct khv_engine *e, const char *text)
{
	const uint32_t verbs = (1u << KHV_F_NR_VERBS) - 1;
	const char *part[MOST_PARTS + 3];
	struct khv_subject s = { 0 };
	struct khv_decision d;
	uint32_t i, parts;
	char path[256];

	for (i = 0; i < 60; i++) {
		parts = some_object(part, path);
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
	const char *part[MOST_PARTS + 3];
	uint32_t i, parts;
	char name[256];

	for (i = 0; i < 40; i++) {
		memset(&p, 0, sizeof(p));
		parts = some_object(part, name);
		program_unknown = !any(8);
		p.exe = program_unknown ? NULL : name;
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
		check(text, judge_process(&p, part, parts, &s), verbs, &d,
		      program_unknown ? "a process" : name);
	}
	program_unknown = false;
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
	compare_many(KHV_TYPE_PROCESS, false, 40000);
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
