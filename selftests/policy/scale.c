// SPDX-License-Identifier: GPL-2.0
/*
 * The cost of a lookup does not depend on the number of rules. Steps are
 * counted, not time: the same on every machine. Of attacks/catalogue: ROB-06.
 */
#include "policy.h"
#include "blob.h"

static char *text;
static size_t len;

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	va_list args;

	if (!text)
		text = malloc(64 << 20);
	va_start(args, format);
	len += vsprintf(text + len, format, args);
	va_end(args);
}

/* Without the text of the policy and the names in it. */
static double bytes_a_rule(const struct khv_policy *p)
{
	const struct khv_blob_header *h;
	size_t size;

	h = khv_policy_blob(p, &size);
	return (double)(size - h->section[KHV_SEC_TEXT].count -
			h->section[KHV_SEC_STRINGS].count) /
	       khv_engine_nr_rules(khv_policy_engine(p));
}

static struct khv_policy *done(void)
{
	struct khv_policy *p;
	size_t size;

	if (khv_policy_compile_text("scale.hv", text, len, &no_fs, &p))
		fail_msg("%s", khv_policy_message(p, 0)->text);
	khv_policy_blob(p, &size);
	print_message(
		"# %u rules, %zu bytes of blob, %.1f a rule and its text\n",
		khv_engine_nr_rules(khv_policy_engine(p)), size,
		bytes_a_rule(p));
	len = 0;
	return p;
}

/* 50 rules as people write them, and @more that nobody asks about. */
static struct khv_policy *file_rules(uint32_t more)
{
	uint32_t i;

	say("version 1\ngovern exec/mmap\n");
	for (i = 0; i < 44; i++)
		say("file /usr/share/package%u read\n", i);
	say("file /usr/bin/python3* read/exec\nfile /home/*/Maildir none\n"
	    "file /srv/**/.git none\nfile /srv/www read\n"
	    "file /srv/www/data read/write\nfile /etc/x none\n");
	for (i = 0; i < more; i++)
		say("file /srv/d%u/e%u/file%u %s\n", i / 1000, i / 10, i,
		    i % 3 ? "read" : "none");
	return done();
}

static unsigned long file_steps(struct khv_policy *p)
{
	static const char *const paths[] = {
		"/srv/www/index.html",
		"/srv/www/data/a/b/c/d/e/f/g/h",
		"/usr/share/package7/doc/x",
		"/usr/bin/python3.11",
		"/home/ann/Maildir/new/1",
		"/srv/d0/e5/file50",
		"/tmp/x/y",
		"/srv/www/a/b/.git/config",
		"/srv/d0/e5/none/x",
	};
	struct khv_subject s = { 0 };
	struct khv_decision d;
	char path[64];
	uint32_t i;

	khv_engine_count = 0;
	/* Many, because one may share its slots with others and another not. */
	for (i = 0; i < 4000; i++) {
		snprintf(path, sizeof(path), "%s/%u", paths[i % 9], i);
		khv_engine_file(khv_policy_engine(p), 0, &s, path, strlen(path),
				KHV_F_OPEN, &d);
		snprintf(path, sizeof(path), "/srv/d0/e%u/file%u/%u", i % 10,
			 i % 100, i);
		khv_engine_file(khv_policy_engine(p), 0, &s, path, strlen(path),
				KHV_F_OPEN, &d);
	}
	return khv_engine_count;
}

static void same_steps(unsigned long few, unsigned long many, const char *what)
{
	print_message("# %s: %lu steps with few rules, %lu with many\n", what,
		      few, many);
	assert_true(many <= few + few / 10);
}

static void test_files(void **state)
{
	struct khv_policy *few = file_rules(100), *many = file_rules(100000);

	(void)state;
	same_steps(file_steps(few), file_steps(many), "files");
	assert_true(bytes_a_rule(many) < 64);
	khv_policy_free(few);
	khv_policy_free(many);
}

static struct khv_policy *socket_rules(uint32_t more)
{
	uint32_t i;

	say("version 1\nsocket any:443/tcp connect\nsocket 10.0.0.0/8 none\n"
	    "socket 10.1.0.0/16 recv\nsocket 127.0.0.1 connect\n"
	    "socket 192.168.0.0/24 none\n");
	for (i = 0; i < more; i++)
		say("socket %u.%u.%u.0/24 %s\n", 20 + i / 65536, i / 256 % 256,
		    i % 256, i % 2 ? "connect" : "none");
	return done();
}

static unsigned long socket_steps(struct khv_policy *p)
{
	struct khv_sockaddr a = { .family = 2, .port = 443, .proto = 6 };
	struct khv_subject s = { 0 };
	struct khv_decision d;
	uint32_t i, j;

	khv_engine_count = 0;
	for (i = 0; i < 20000; i++) {
		for (j = 0; j < 4; j++)
			a.addr[j] = any(256);
		if (i % 2) { /* one that is covered */
			a.addr[0] = 20;
			a.addr[1] = a.addr[2] = 0;
			a.addr[2] = i % 50;
		}
		khv_engine_socket(khv_policy_engine(p), 0, &s, &a,
				  KHV_S_CONNECT, &d);
	}
	return khv_engine_count;
}

static void test_sockets(void **state)
{
	struct khv_policy *few = socket_rules(50), *many = socket_rules(100000);

	(void)state;
	same_steps(socket_steps(few), socket_steps(many), "sockets");
	assert_true(bytes_a_rule(many) < 64);
	khv_policy_free(few);
	khv_policy_free(many);
}

static struct khv_policy *kernel_rules(uint32_t more)
{
	uint32_t i;

	say("kernel io_uring use\nkernel capability:net_raw use\n");
	for (i = 0; i < more; i++)
		say("kernel descriptor:kind-%u %s\n", i,
		    i % 2 ? "use" : "none");
	return done();
}

static unsigned long kernel_steps(struct khv_policy *p)
{
	static const char *const names[] = {
		"capability:net_raw", "capability:chown", "io_uring:sqpoll",
		"descriptor:kind-7",  "module",		  "descriptor:kind-x",
	};
	struct khv_subject s = { 0 };
	struct khv_decision d;
	uint32_t i;

	khv_engine_count = 0;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		khv_engine_kernel(khv_policy_engine(p), 0, &s, names[i],
				  strlen(names[i]), &d);
	return khv_engine_count;
}

static void test_kernel(void **state)
{
	struct khv_policy *few = kernel_rules(50), *many = kernel_rules(100000);

	(void)state;
	same_steps(kernel_steps(few), kernel_steps(many), "kernel");
	khv_policy_free(few);
	khv_policy_free(many);
}

/* All ports of one address: a binary search, so the logarithm may grow. */
static void test_ports(void **state)
{
	struct khv_subject s = { 0 };
	struct khv_sockaddr a = { .family = 2, .proto = 6 };
	struct khv_decision d;
	struct khv_policy *p;
	uint32_t i;

	(void)state;
	say("version 1\nsocket any recv\n");
	for (i = 1; i < 65536; i += 2)
		say("socket any:%u/tcp connect\n", i);
	p = done();
	khv_engine_count = 0;
	for (i = 0; i < 65536; i += 999) {
		a.port = i;
		khv_engine_socket(khv_policy_engine(p), 0, &s, &a,
				  KHV_S_CONNECT, &d);
		assert_int_equal(d.allowed, i % 2);
	}
	assert_true(khv_engine_count < 66 * 24);
	assert_true(bytes_a_rule(p) < 64);
	khv_policy_free(p);
}

/* The worst patterns that are let through still have a bounded cost. */
static void test_bound(void **state)
{
	static char path[4096];
	struct khv_subject s = { 0 };
	struct khv_decision d;
	struct khv_policy *p;
	uint32_t i;

	(void)state;
	say("version 1\n");
	/* same grants: overlapping patterns that are no tie */
	for (i = 0; i < 8; i++)
		say("file /**/*a*%c/*/*/x read\n", 'a' + i);
	p = done();
	for (i = 0; i + 2 < sizeof(path); i += 2)
		memcpy(path + i, "/a", 2);
	khv_engine_count = 0;
	khv_engine_file(khv_policy_engine(p), 0, &s, path, strlen(path),
			KHV_F_OPEN, &d);
	print_message("# %lu steps for %zu components\n", khv_engine_count,
		      strlen(path) / 2);
	assert_true(khv_engine_count < strlen(path) / 2 * KHV_MAX_WIDTH * 4);
	khv_policy_free(p);
	/* What stands before each second "**" is met again and again. */
	for (i = 0; i < 10; i++)
		say("file /**/a*/**/*%c*/**/x%u read\n", 'a' + i % 2, i);
	p = done();
	khv_engine_count = 0;
	khv_engine_file(khv_policy_engine(p), 0, &s, path, strlen(path),
			KHV_F_OPEN, &d);
	print_message("# %lu steps with three \"**\"\n", khv_engine_count);
	assert_true(khv_engine_count < strlen(path) / 2 * KHV_MAX_WIDTH * 4);
	khv_policy_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),  cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_kernel), cmocka_unit_test(test_ports),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
