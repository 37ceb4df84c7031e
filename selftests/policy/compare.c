// SPDX-License-Identifier: GPL-2.0
/*
 * Every good policy against every other one: comparing never leaves a blob, finds
 * nothing between a policy and itself, and as much in either direction; and a
 * policy that is compiled again from what its blob holds means what it meant.
 */
#include <glob.h>
#include "policy.h"

#define MOST 64

static struct khv_policy *policies[MOST];
static size_t nr;

/* What is gained one way is lost the other way. */
struct sum {
	long gained, lost, others;
};

static void count(const struct khv_difference *d, void *arg)
{
	struct sum *s = arg;

	assert_non_null(d->text);
	assert_true(d->kind == KHV_DIFF_POLICY || d->object);
	s->gained += d->kind == KHV_DIFF_ALLOWED;
	s->lost += d->kind == KHV_DIFF_DENIED;
	s->others += d->kind > KHV_DIFF_DENIED;
}

static void test_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < nr; i++) {
		struct sum s = { 0 };

		assert_int_equal(khv_policy_diff(policies[i], policies[i],
						 count, &s),
				 0);
	}
}

static void test_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < nr; i++)
		for (size_t j = 0; j < nr; j++) {
			struct sum s = { 0 };
			long found = khv_policy_diff(policies[i], policies[j],
						     count, &s);

			assert_int_equal(found, s.gained + s.lost + s.others);
		}
}

static void test_found(void **state)
{
	struct khv_policy *a = compiled("file / read\nfile /etc none\n");
	struct khv_policy *b = compiled("file / read\nfile /etc append\n");
	struct sum there = { 0 }, back = { 0 };

	(void)state;
	assert_int_equal(khv_policy_diff(a, b, count, &there), 1);
	assert_int_equal(khv_policy_diff(b, a, count, &back), 1);
	assert_int_equal(there.gained, 1);
	assert_int_equal(back.lost, 1);
	khv_policy_free(a);
	khv_policy_free(b);
}

/* The same text with its includes out of the blob, wherever they were. */
static void test_again(void **state)
{
	size_t again = 0;

	(void)state;
	for (size_t i = 0; i < nr; i++) {
		struct khv_policy_options o = no_fs;
		struct khv_policy *blob, *p;
		struct sum s = { 0 };
		const char *file, *text;
		const void *bytes;
		size_t len, size;

		bytes = khv_policy_blob(policies[i], &size);
		assert_int_equal(khv_policy_open_blob(bytes, size, &blob), 0);
		assert_int_equal(khv_policy_source(blob, 0, &file, &text, &len),
				 0);
		o.sources = blob;
		assert_int_equal(khv_policy_compile_text("/nowhere/x.hv", text,
							 len, &o, &p),
				 0);
		assert_int_equal(khv_policy_diff(policies[i], p, count, &s), 0);
		again += khv_policy_nr_sources(p) > 1;
		khv_policy_free(p);
		khv_policy_free(blob);
	}
	/* At least one of them does include something. */
	assert_true(again > 0);
}

/* The line that would have decided. */
static void test_over(void **state)
{
	struct khv_policy *p = compiled("file / read\nfile /etc none\n"
					"file /etc/x +open\n");
	const struct khv_engine *e = khv_policy_engine(p);
	struct khv_decision d;

	(void)state;
	assert_int_equal(khv_policy_test(p, NULL, NULL, "file", "/etc/x",
					 "open", &d, NULL, 0),
			 0);
	assert_true(d.allowed);
	assert_int_equal(khv_engine_rule_line(e, d.rule), 3);
	assert_int_equal(khv_engine_rule_line(e, d.over), 2);
	assert_int_equal(khv_policy_test(p, NULL, NULL, "file", "/usr", "open",
					 &d, NULL, 0),
			 0);
	assert_int_equal(khv_engine_rule_line(e, d.rule), 1);
	assert_int_equal(d.over, KHV_NO_RULE);
	khv_policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),  cmocka_unit_test(test_others),
		cmocka_unit_test(test_found), cmocka_unit_test(test_again),
		cmocka_unit_test(test_over),
	};
	glob_t g;
	int failed;

	if (glob(GOOD "/*.hv", 0, NULL, &g))
		return 1;
	/* Accounts are those of this machine: some cannot be compiled here. */
	for (size_t i = 0; i < g.gl_pathc && nr < MOST; i++) {
		if (!khv_policy_compile_file(g.gl_pathv[i], &no_fs,
					     &policies[nr]))
			nr++;
		else
			khv_policy_free(policies[nr]);
	}
	globfree(&g);
	if (nr < 10)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	while (nr)
		khv_policy_free(policies[--nr]);
	return failed;
}
