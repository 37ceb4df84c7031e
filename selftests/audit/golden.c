// SPDX-License-Identifier: GPL-2.0
/*
 * What hostile names become in every format of hvauditd, byte for byte, and
 * each record read back. Of attacks/catalogue: ROB-09.
 *
 * After a wanted change: KHV_GOLDEN_UPDATE=1 build/selftests/audit/golden.t
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>
#include "oracle.h"

#define SEQ_FIRST 8812

static const struct origin origin = {
	.host = "web1",
	.ident = "khv",
	.sd_id = "khv@32473",
	.boot = "0f6a3c2e-1111-2222-3333-444455556666",
	.facility = LOG_AUTHPRIV,
	.pid = 912,
};

#define NAME(text)                     \
	{                              \
		text, sizeof(text) - 1 \
	}

/* Objects that an attacker has named. */
static const struct {
	const char *data;
	size_t len;
} names[] = {
	NAME("/etc/shadow"),
	NAME("/tmp/a\nDENY policy=x client=y object=\"/b\" seq=1"),
	NAME("/tmp/\"\nquote\" verdict=ALLOW\\"),
	NAME("/tmp/x\"] [forged@1 a=\"b\"] text"),
	NAME("/tmp/x\",\"verdict\":\"allow\",\"z\":\"\\u0022"),
	NAME("/tmp/\033[2J\033]0;title\007\r\b\x7f"),
	NAME("/tmp/\xc2\x9b"
	     "31mred"),
	NAME("/tmp/\xe2\x80\xaetxt.exe"),
	NAME("/tmp/gr\xc3\xbc\xc3\x9f "
	     "\xe2\x82\xac \xf0\x9f\x94\x92"),
	NAME("/tmp/\xff\xfe\xc0\xaf\xed\xa0\x80"),
	NAME("/tmp/%s%n$(id)`id`"),
	NAME("\nMESSAGE=forged\nPRIORITY=0\n"),
	NAME("<34>1 2026-01-01T00:00:00Z host su - ID - forged"),
	NAME(" trunc=1 "),
	NAME("..."),
	NAME(""),
};

#define NR_NAMES (sizeof(names) / sizeof(names[0]))
/* 4,095 bytes: of letters, of line breaks, of what is no text. */
#define LONG	4095
#define NR_LONG 3

static struct extra extra = {
	.user = "ann",
	.group = "staff",
	.unit = "run-\"x\".scope",
	.container = "0123456789ab",
	.cgroup = "/user.slice/run-\"x\".scope\n",
	.task = "seen",
	.parents = { { 4700, "bash" }, { 812, "a,9:init\n" }, { 1, "systemd" } },
	.nr_parents = 3,
};

static char big[NR_LONG][LONG];

static void make_event(struct khv_event *e, size_t i)
{
	memset(e, 0, sizeof(*e));
#define SET(attr, member, value)                \
	do {                                    \
		e->member = value;              \
		e->has |= 1ull << KHV_E_##attr; \
	} while (0)
	SET(TIME, time, 1787480142113731000ull);
	SET(CPU, cpu, 1);
	SET(SEQ, seq, SEQ_FIRST + i);
	SET(LOST, lost, 0);
	SET(GENERATION, generation, 18);
	SET(VERDICT, verdict, i % 5);
	SET(ERRNO, error, i % 5 == KHV_DENIED ? EACCES : 0);
	SET(CLIENT, client, "wrap");
	SET(POLICY, policy, "browser");
	SET(DOMAIN, domain, "main");
	SET(RULE, rule, "30-browser.hv:45");
	SET(TYPE, type, "file");
	SET(VERB, verb, "open");
	SET(HOOK, hook, "file_open");
	SET(PID, pid, 4711);
	SET(TGID, tgid, 4711);
	SET(UID, uid, 1000);
#undef SET
	e->has |= 1ull << KHV_E_OBJECT | 1ull << KHV_E_COMM | 1ull << KHV_E_EXE;
	if (i < NR_NAMES) {
		e->object.data = (const unsigned char *)names[i].data;
		e->object.len = names[i].len;
	} else {
		e->object.data = (const unsigned char *)big[i - NR_NAMES];
		e->object.len = LONG;
	}
	/* A task chooses its name as well, but not the length. */
	e->comm.data = e->object.data;
	e->comm.len = e->object.len < 15 ? e->object.len : 15;
	e->exe = i % 2 ? e->object :
			 (struct khv_bytes){
				 .data = (const unsigned char *)"/usr/bin/x",
				 .len = 10
			 };
}

static void make_big(void)
{
	memset(big[0], 'x', LONG);
	memset(big[1], '\n', LONG);
	memset(big[2], 0xff, LONG);
	memcpy(big[0], "/start/", 7);
	memcpy(big[0] + LONG - 4, "/end", 4);
}

static struct message event_message(struct khv_event *e, size_t i)
{
	make_event(e, i);
	return (struct message){
		.from = &origin,
		.time = e->time,
		.severity = event_severity(e),
		.id = event_id(e),
		.event = e,
		.extra = i % 3 == 1 ? &extra : NULL,
	};
}

static const struct message note = {
	.from = &origin,
	.time = 1787480143000000000ull,
	.severity = LOG_ERR,
	.id = "LOST",
	.text = "312 events cpu=1 between seq 8812 and 9125 cause=kernel\nDENY",
	.details = { { "count", NULL, 312 }, { "cause", "kernel", 0 } },
	.nr_details = 2,
};

/* --- compare with the files ------------------------------------------------------------ */

static void compare(const char *format, const char *data, size_t len)
{
	char path[512], *want;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), GOLDEN "/%s", format);
	if (getenv("KHV_GOLDEN_UPDATE")) {
		f = fopen(path, "w");
		assert_non_null(f);
		assert_int_equal(fwrite(data, 1, len, f), len);
		fclose(f);
		return;
	}
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	want = malloc(1 << 20);
	n = fread(want, 1, 1 << 20, f);
	fclose(f);
	for (size_t i = 0; i < n && i < len; i++)
		if (want[i] != data[i])
			fail_msg(
				"%s: differs at byte %zu: \"%.40s\" for \"%.40s\"",
				path, i, data + i, want + i);
	assert_int_equal(len, n);
	free(want);
}

static char all[1 << 20], one[RECORD_MAX];

static void check_format(const char *name,
			 void (*format)(const struct message *m,
					struct text *t),
			 const char *(*oracle)(const struct message *m,
					       const char *buf, size_t len),
			 const char *end)
{
	size_t at = 0;

	for (size_t i = 0; i <= NR_NAMES + NR_LONG; i++) {
		struct text t = { .buf = one, .size = sizeof(one) };
		struct khv_event e;
		struct message m = note;
		const char *wrong;

		if (i < NR_NAMES + NR_LONG)
			m = event_message(&e, i);
		format(&m, &t);
		assert_false(t.full);
		wrong = oracle(&m, one, t.at);
		if (wrong)
			fail_msg("%s %zu: %s", name, i, wrong);
		memcpy(all + at, one, t.at);
		at += t.at;
		strcpy(all + at, end);
		at += strlen(end);
	}
	compare(name, all, at);
}

static void json(void **state)
{
	(void)state;
	check_format("json", format_json, oracle_json, "");
}

static void text(void **state)
{
	(void)state;
	check_format("text", format_text, oracle_line, "");
}

static void rfc3164(void **state)
{
	(void)state;
	check_format("rfc3164", format_rfc3164, oracle_line, "\n");
}

static void rfc5424(void **state)
{
	(void)state;
	check_format("rfc5424", format_rfc5424, oracle_rfc5424, "\n");
}

/* --- the journal -------------------------------------------------------------------------- */

static char sent[1 << 20];
static size_t sent_len;

/* In the place of libc's: what libsystemd would send to journald. */
ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	(void)fd;
	(void)flags;
	sent_len = 0;
	for (size_t i = 0; i < msg->msg_iovlen; i++) {
		memcpy(sent + sent_len, msg->msg_iov[i].iov_base,
		       msg->msg_iov[i].iov_len);
		sent_len += msg->msg_iov[i].iov_len;
	}
	return (ssize_t)sent_len;
}

static void journal(void **state)
{
	static char export[1 << 18];
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i <= NR_NAMES + NR_LONG; i++) {
		struct text t = { .buf = one, .size = sizeof(one) };
		struct iovec fields[JOURNAL_FIELDS];
		struct khv_event e;
		struct message m = note;
		const char *wrong;
		size_t len;
		int n;

		if (i < NR_NAMES + NR_LONG)
			m = event_message(&e, i);
		n = format_journal(&m, &t, fields);
		wrong = oracle_journal(&m, fields, n);
		if (wrong)
			fail_msg("journal %zu: %s", i, wrong);
		len = export_format(fields, n, export, sizeof(export));
		memcpy(all + at, export, len);
		at += len;
		all[at++] = '\n';
		/* libsystemd makes the same of the fields. */
		assert_int_equal(sd_journal_sendv(fields, n), 0);
		assert_int_equal(sent_len, len);
		assert_memory_equal(sent, export, len);
	}
	compare("journal", all, at);
}

/* The oracles see what is wrong. */
static void controls(void **state)
{
	static const char *const bad[] = {
		"<84>1 2026-08-23T10:15:42.113731Z web1 khv 912 DENY [khv@32473 a=\"b\n\"] x",
		"<84>1 2026-08-23T10:15:42.113731Z web1 khv 912 DENY [khv@32473 a=\"b\"][c d=\"\"] x",
		"<84>1 2026-08-23T10:15:42.113731Z web1 khv 912 DENY [khv@32473 a=\"]\"] x",
		"<84>1 2026-08-23T10:15:42.113731Z web1 khv 912 DENY [khv@32473 seq=\"1\" seq=\"2\"] x",
	};
	static const char *const lines[] = {
		"DENY seq=8813 cpu=1 object=\"/etc\" x",
		"DENY seq=8813 cpu=1 object=\"a\" object=\"b\"",
		"DENY cpu=1 seq=8813 object=\"\033\"",
		"DENY cpu=1 seq=8814",
	};
	static const char *const objects[] = {
		"{\"schema\":1}\n",
		"{\"schema\":1,\"seq\":8813}{}\n",
		"{\"schema\":1,\"seq\":8813,\"object\":\"\xff\"}\n",
		"{\"schema\":1,\n\"seq\":8813}\n",
	};
	struct khv_event e;
	struct message m = event_message(&e, 1);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_non_null(oracle_rfc5424(&m, bad[i], strlen(bad[i])));
		assert_non_null(oracle_line(&m, lines[i], strlen(lines[i])));
		assert_non_null(
			oracle_json(&m, objects[i], strlen(objects[i])));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json),	   cmocka_unit_test(text),
		cmocka_unit_test(rfc3164), cmocka_unit_test(rfc5424),
		cmocka_unit_test(journal), cmocka_unit_test(controls),
	};

	setenv("TZ", "UTC", 1);
	make_big();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
