// SPDX-License-Identifier: GPL-2.0
/* The public interface of policies: what is decided, by which line, and errors. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "policy.h"

static void question(const struct khv_policy *p, const char *domain,
		     const char *type, const char *ident, const char *verb,
		     struct khv_decision *d)
{
	char error[256];

	memset(d, 0xff, sizeof(*d));
	if (khv_policy_test(p, domain, NULL, type, ident, verb, d, error,
			    sizeof(error)))
		fail_msg("%s %s %s: %s", type, ident, verb, error);
}

static void test_decision(void **state)
{
	struct khv_policy *p = compiled(EVERYTHING);
	const struct khv_engine *e = khv_policy_engine(p);
	struct khv_decision d;

	(void)state;
	question(p, NULL, "file", "/etc/hosts", "read", &d);
	assert_true(d.allowed);
	assert_int_equal(d.denied, 0);
	assert_int_equal(d.error, 0);
	assert_int_equal(khv_engine_rule_line(e, d.rule), 7);
	assert_string_equal(khv_engine_rule_text(e, d.rule), "file /etc read");
	assert_string_equal(khv_engine_rule_file(e, d.rule), "test.hv");
	question(p, "main", "file", "/etc/passwd", "open/append", &d);
	assert_false(d.allowed);
	assert_int_equal(d.denied, KHV_F_OPEN | KHV_F_APPEND);
	assert_int_equal(d.error, ENOENT);
	assert_int_equal(d.effects, KHV_RULE_AUDIT);
	assert_string_equal(khv_engine_rule_tag(e, d.rule), "pw");
	assert_null(khv_engine_rule_why(e, d.rule));
	question(p, NULL, "file", "/etc/hosts", "open/append", &d);
	assert_int_equal(d.denied, KHV_F_APPEND);
	assert_int_equal(d.error, EACCES);
	question(p, NULL, "file", "/nowhere", "open", &d);
	assert_int_equal(d.rule, KHV_NO_RULE);
	assert_int_equal(d.error, EACCES);
	question(p, NULL, "process", "any", "signal", &d);
	assert_int_equal(d.error, EPERM);
	question(p, NULL, "kernel", "module", "use", &d);
	assert_false(d.allowed);
	assert_int_equal(d.error, EPERM);
	assert_string_equal(khv_engine_rule_text(e, d.rule), "kernel any none");
	question(p, NULL, "kernel", "descriptor:kvm-vm", "use", &d);
	assert_true(d.allowed);
	assert_int_equal(d.effects, KHV_RULE_AUDIT);
	question(p, "two", "file", "/etc/hosts", "read", &d);
	assert_false(d.allowed);
	assert_int_equal(khv_engine_rule_line(e, d.rule), 47);
	khv_policy_free(p);
}

/* Type kernel is judged where nothing speaks of it, and no rule decides. */
static void test_kernel(void **state)
{
	struct khv_policy *p = compiled("file /a read\n");
	const struct khv_engine *e = khv_policy_engine(p);
	static const struct khv_subject root;
	struct khv_decision d;

	(void)state;
	assert_true(khv_engine_governs(e, KHV_TYPE_KERNEL));
	assert_false(khv_engine_governs(e, KHV_TYPE_PROCESS));
	assert_int_equal(khv_engine_governed_verbs(e, KHV_TYPE_KERNEL),
			 KHV_K_USE);
	question(p, NULL, "kernel", "capability:chown", "use", &d);
	assert_true(d.allowed);
	assert_int_equal(d.rule, KHV_NO_RULE);
	question(p, NULL, "kernel", "module", "use", &d);
	assert_int_equal(d.denied, KHV_K_USE);
	assert_int_equal(d.rule, KHV_NO_RULE);
	assert_int_equal(d.error, EPERM);
	/* A name newer than this list, and a domain that is not there. */
	khv_engine_kernel(e, 0, &root, "capability:new", 14, &d);
	assert_false(d.allowed);
	khv_engine_kernel(e, 1, &root, "capability:chown", 16, &d);
	assert_false(d.allowed);
	khv_policy_free(p);
}

/* Sums name nothing, expect lines neither; a word holds for every type. */
static void test_named(void **state)
{
	struct khv_policy *p = compiled("allow-gap create/use\n"
					"file /a read/append\n"
					"socket any all\nprocess any write\n"
					"kernel bpf use\ngovern option/lock\n"
					"default process signal\n"
					"expect deny file /a link/truncate\n");
	const struct khv_engine *e = khv_policy_engine(p);

	(void)state;
	assert_int_equal(khv_engine_named_verbs(e, KHV_TYPE_FILE),
			 KHV_F_APPEND | KHV_F_LOCK);
	assert_int_equal(khv_engine_named_verbs(e, KHV_TYPE_SOCKET),
			 KHV_S_OPTION);
	assert_int_equal(khv_engine_named_verbs(e, KHV_TYPE_PROCESS),
			 KHV_P_SIGNAL);
	assert_int_equal(khv_engine_named_verbs(e, KHV_TYPE_KERNEL), KHV_K_USE);
	assert_int_equal(khv_engine_named_verbs(e, KHV_NR_TYPES), 0);
	assert_int_equal(khv_engine_gap_verbs(e, KHV_TYPE_FILE), KHV_F_CREATE);
	assert_int_equal(khv_engine_gap_verbs(e, KHV_TYPE_SOCKET),
			 KHV_S_CREATE);
	assert_int_equal(khv_engine_gap_verbs(e, KHV_TYPE_PROCESS), 0);
	assert_int_equal(khv_engine_gap_verbs(e, KHV_TYPE_KERNEL), KHV_K_USE);
	khv_policy_free(p);
	p = compiled("file /a read\n");
	e = khv_policy_engine(p);
	assert_int_equal(khv_engine_named_verbs(e, KHV_TYPE_FILE), 0);
	assert_int_equal(khv_engine_named_verbs(e, KHV_TYPE_KERNEL), 0);
	assert_int_equal(khv_engine_governed_verbs(e, KHV_TYPE_FILE) &
				 (KHV_F_STAT | KHV_F_READLINK | KHV_F_IOCTL),
			 0);
	khv_policy_free(p);
}

/* A delta decides only about the verbs it names. */
static void test_delta_rule(void **state)
{
	struct khv_policy *p =
		compiled("file /a read\nfile /a/b +append/-list\n"
			 "govern exec/mmap\n");
	struct khv_decision d;

	(void)state;
	question(p, NULL, "file", "/a/b", "open", &d);
	assert_int_equal(khv_engine_rule_line(khv_policy_engine(p), d.rule), 1);
	question(p, NULL, "file", "/a/b", "append", &d);
	assert_int_equal(khv_engine_rule_line(khv_policy_engine(p), d.rule), 2);
	question(p, NULL, "file", "/a/b", "list", &d);
	assert_int_equal(khv_engine_rule_line(khv_policy_engine(p), d.rule), 2);
	khv_policy_free(p);
}

static bool attach(const struct khv_policy *p, const char *path, const char *to)
{
	const struct khv_engine *e = khv_policy_engine(p);
	uint16_t domain = 0xffff;
	uint32_t rule;

	if (!khv_engine_attach(e, path, strlen(path), &domain, &rule))
		return !to;
	assert_int_equal(khv_engine_rule_kind(e, rule), KHV_RULE_ATTACH);
	return to && !strcmp(khv_engine_domain_name(e, domain), to);
}

static void test_attach(void **state)
{
	struct khv_policy *p = compiled(EVERYTHING);
	const struct khv_engine *e = khv_policy_engine(p);
	struct khv_subject s = { .uid = 1, .gid = 1 };
	uint32_t rule;

	(void)state;
	assert_true(attach(p, "/usr/bin/x", "main"));
	assert_true(attach(p, "/usr/bin/y", NULL));
	assert_true(attach(p, "/usr/bin", NULL));
	assert_true(attach(p, "/opt/a/b", "two"));
	assert_true(attach(p, "/opt", NULL));
	assert_true(attach(p, "", NULL));
	assert_false(khv_engine_refuse(e, &s, &rule));
	s.uid = 7;
	assert_true(khv_engine_refuse(e, &s, &rule));
	assert_string_equal(khv_engine_rule_why(e, rule), "no");
	s.uid = 1;
	s.gid = 8;
	assert_true(khv_engine_refuse(e, &s, &rule));
	assert_int_equal(khv_engine_rule_line(e, rule), 6);
	khv_policy_free(p);
}

static bool moves(const struct khv_policy *p, const char *path)
{
	const struct khv_engine *e = khv_policy_engine(p);
	struct khv_subject s = { 0 };
	uint16_t domain = 0xffff;

	return khv_engine_transition(e, 0, &s, path, strlen(path), &domain,
				     NULL) &&
	       domain == khv_engine_domain(e, "two");
}

static void test_transition(void **state)
{
	struct khv_policy *p = compiled(EVERYTHING);

	(void)state;
	assert_true(moves(p, "/usr/bin/perl"));
	assert_false(moves(p, "/usr/bin/x"));
	assert_false(moves(p, "/etc"));
	assert_int_equal(khv_engine_domain(khv_policy_engine(p), "three"),
			 -ENOENT);
	khv_policy_free(p);
}

static void test_rules(void **state)
{
	struct khv_policy *p = compiled(
		"attach /bin/x  # why\n  file  \"/my dir\"\tread  audit  "
		"why=\"be cause\" # no\nrefuse user=0\n[domain d]\nsocket any "
		"none");
	struct khv_rule_info i;

	(void)state;
	assert_int_equal(khv_engine_nr_rules(khv_policy_engine(p)), 4);
	assert_int_equal(khv_policy_rule(p, 1, &i), 0);
	assert_int_equal(i.kind, KHV_RULE_FILE);
	assert_string_equal(i.domain, "main");
	assert_string_equal(i.file, "test.hv");
	assert_int_equal(i.line, 2);
	assert_string_equal(i.type, "file");
	assert_string_equal(i.ident, "\"/my dir\"");
	assert_string_equal(i.perms, "read");
	assert_string_equal(i.options, "audit  why=\"be cause\"");
	assert_string_equal(i.why, "be cause");
	assert_null(i.tag);
	assert_int_equal(khv_policy_rule(p, 0, &i), 0);
	assert_string_equal(i.type, "attach");
	assert_string_equal(i.ident, "/bin/x");
	assert_string_equal(i.options, "");
	assert_int_equal(khv_policy_rule(p, 2, &i), 0);
	assert_int_equal(i.kind, KHV_RULE_REFUSE);
	assert_string_equal(i.options, "user=0");
	assert_int_equal(khv_policy_rule(p, 3, &i), 0);
	assert_string_equal(i.domain, "d");
	assert_int_equal(khv_policy_rule(p, 4, &i), -ENOENT);
	khv_policy_free(p);
}

/* What was compiled comes back byte for byte, also through the blob. */
static void test_source(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"file /a read",
		"file /a read\n\n# x\n\n",
		"# \303\244\377\nfile \"/\303\244\377\" read\n",
	};
	const char *file, *text;
	struct khv_policy *p, *q;
	const void *blob;
	size_t size, len, i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		p = compiled(texts[i]);
		blob = khv_policy_blob(p, &size);
		assert_int_equal(khv_policy_open_blob(blob, size, &q), 0);
		khv_policy_free(p);
		assert_int_equal(khv_policy_nr_sources(q), 1);
		assert_int_equal(khv_policy_source(q, 0, &file, &text, &len),
				 0);
		assert_string_equal(file, "test.hv");
		assert_int_equal(len, strlen(texts[i]));
		assert_string_equal(text, texts[i]);
		assert_int_equal(khv_policy_source(q, 1, &file, &text, &len),
				 -ENOENT);
		khv_policy_free(q);
	}
}

static void test_errors(void **state)
{
	static const char untrue[] = "file /a read\nexpect allow file /b read";
	struct khv_decision d;
	struct khv_policy *p;
	char error[64];
	size_t size;

	(void)state;
	assert_int_equal(khv_policy_compile_text("x.hv", "bad", 3, &no_fs, &p),
			 -EINVAL);
	assert_null(khv_policy_blob(p, &size));
	assert_null(khv_policy_engine(p));
	assert_int_equal(khv_policy_nr_messages(p), 1);
	assert_null(khv_policy_message(p, 1));
	assert_int_equal(khv_policy_test(p, NULL, NULL, "file", "/", "read", &d,
					 NULL, 0),
			 -EINVAL);
	khv_policy_free(p);
	assert_int_equal(khv_policy_compile_text("x.hv", untrue, strlen(untrue),
						 &no_fs, &p),
			 -ECANCELED);
	assert_int_equal(khv_policy_nr_failed(p), 1);
	assert_int_equal(khv_policy_nr_tests(p), 1);
	assert_null(khv_policy_blob(p, &size));
	khv_policy_free(p);
	assert_int_equal(khv_policy_compile_file("/no/such", &no_fs, &p),
			 -ENOENT);
	assert_int_equal(khv_policy_nr_messages(p), 1);
	khv_policy_free(p);
	assert_int_equal(khv_policy_open_blob("x", 1, &p), -EINVAL);
	assert_int_equal(khv_policy_nr_messages(p), 1);
	khv_policy_free(p);
	khv_policy_free(NULL);
	p = compiled("file /a read\n");
	assert_int_equal(khv_policy_test(p, "x", NULL, "file", "/", "read", &d,
					 error, sizeof(error)),
			 -ENOENT);
	assert_string_equal(error, "there is no domain \"x\"");
	assert_int_equal(khv_policy_test(p, NULL, NULL, "fil", "/", "read", &d,
					 error, 8),
			 -EINVAL);
	assert_string_equal(error, "unknown");
	khv_policy_free(p);
}

/* Is the line in force, in a text that is older than the machine runs, or newer? */
static bool holds_until_boot(unsigned long long now, unsigned long long boot)
{
	static const char text[] = "file /a read until=boot\n";
	struct khv_policy_options o = no_fs;
	struct khv_decision d;
	struct khv_policy *p;

	o.now = now;
	o.boot = boot;
	assert_int_equal(
		khv_policy_compile_text("x.hv", text, strlen(text), &o, &p), 0);
	question(p, NULL, "file", "/a", "open", &d);
	khv_policy_free(p);
	return d.allowed;
}

/* Of a file, and of what it includes, the time of its last change counts. */
static bool file_holds(const char *file, time_t changed, size_t messages)
{
	struct khv_policy_options o = { .flags = KHV_POLICY_NO_FS |
						 KHV_POLICY_LINT };
	const struct timespec times[2] = { { changed, 0 }, { changed, 0 } };
	const char *name, *said, *until = "until=boot";
	char main[64];
	struct khv_policy *p, *again;
	struct khv_decision d, later;
	size_t len, i, found = 0;

	assert_int_equal(utimensat(AT_FDCWD, file, times, 0), 0);
	o.boot = 1000;
	snprintf(main, sizeof(main), "include %s\n", file);
	assert_int_equal(
		khv_policy_compile_text("x.hv", main, strlen(main), &o, &p), 0);
	question(p, NULL, "file", "/a", "open", &d);
	for (i = 0; i < khv_policy_nr_messages(p); i++) {
		said = khv_policy_message(p, i)->text;
		found += strstr(said, until) || strstr(said, "was started");
	}
	assert_int_equal(found, messages);
	/* Compiled again from what is in force, it is as old as it was. */
	assert_int_equal(khv_policy_source(p, 1, &name, &said, &len), 0);
	assert_string_equal(name, file);
	o.sources = p;
	assert_int_equal(khv_policy_compile_text("x.hv", main, strlen(main), &o,
						 &again),
			 0);
	question(again, NULL, "file", "/a", "open", &later);
	assert_int_equal(d.allowed, later.allowed);
	khv_policy_free(again);
	khv_policy_free(p);
	return d.allowed;
}

static void test_until_boot(void **state)
{
	char file[] = "/tmp/khv-api-XXXXXX";
	FILE *f = fdopen(mkstemp(file), "w");

	(void)state;
	assert_true(holds_until_boot(2000, 1000));
	assert_false(holds_until_boot(2000, 2000));
	assert_false(holds_until_boot(2000, 3000));
	assert_non_null(f);
	fputs("file /a read until=boot\n", f);
	fclose(f);
	assert_true(file_holds(file, 1001, 0));
	assert_false(file_holds(file, 1000, 1));
	/* Two: why it is not believed, and that it has ended. */
	assert_false(file_holds(file, 99999999999, 2));
	remove(file);
}

/* "~" in an attach line stands for all homes, of no matter whom. */
static void test_attach_homes(void **state)
{
	static const char text[] = "attach ~/bin/agent\n";
	struct khv_policy_options o = no_fs;
	struct khv_policy *p;
	char name[] = "/tmp/khv-api-XXXXXX";
	u16 domain;
	FILE *f;

	(void)state;
	f = fdopen(mkstemp(name), "w");
	assert_non_null(f);
	fputs("ann:x:1000:1000::/home/ann:/bin/sh\n"
	      "bob:x:1001:1001::/srv/bob:/bin/sh\n"
	      "www:x:33:33::/var/www:/bin/sh\n",
	      f);
	fclose(f);
	o.passwd = name;
	assert_int_equal(
		khv_policy_compile_text("x.hv", text, strlen(text), &o, &p), 0);
	remove(name);
#define attached(path)                                                       \
	khv_engine_attach(khv_policy_engine(p), path, strlen(path), &domain, \
			  NULL)
	assert_true(attached("/home/ann/bin/agent"));
	assert_true(attached("/srv/bob/bin/agent"));
	assert_false(attached("/home/bob/bin/agent"));
	assert_false(attached("/var/www/bin/agent"));
#undef attached
	khv_policy_free(p);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(khv_verb_name(KHV_TYPE_FILE, KHV_F_OPEN_WRITE),
			    "open-write");
	assert_string_equal(khv_verb_name(KHV_TYPE_SOCKET, KHV_S_SEND), "send");
	assert_string_equal(khv_verb_name(KHV_TYPE_PROCESS, 0x3c), "signal");
	assert_string_equal(khv_verb_name(KHV_TYPE_PROCESS, 1u << 31),
			    "unknown");
	assert_string_equal(khv_verb_name(KHV_TYPE_FILE, 0), "none");
	assert_string_equal(khv_type_name(KHV_TYPE_PROCESS), "process");
	assert_string_equal(khv_type_name(7), "unknown");
}

static void policy_named(const char *file, const char *name)
{
	struct khv_policy *p;

	assert_int_equal(khv_policy_compile_text(file, "", 0, &no_fs, &p), 0);
	assert_string_equal(khv_engine_name(khv_policy_engine(p)), name);
	khv_policy_free(p);
}

static void test_policy_name(void **state)
{
	(void)state;
	policy_named("/etc/khv/policy.d/10-nginx.hv", "nginx");
	policy_named("nginx.hv", "nginx");
	policy_named("10nginx", "10nginx");
	policy_named("./a/1-2-x.hv", "2-x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decision),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_delta_rule),
		cmocka_unit_test(test_attach),
		cmocka_unit_test(test_transition),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_until_boot),
		cmocka_unit_test(test_attach_homes),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_policy_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
