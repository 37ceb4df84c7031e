// SPDX-License-Identifier: GPL-2.0
/* hvauditd's outputs: syslog, the file, and what is done when one fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <syslog.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "../../tools/hvauditd/hvauditd.h"
#include "scratch.h"

/* --- syslog ------------------------------------------------------------------------ */

static int listen_at(int type)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	unlink(path);
	strcpy(sun.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static struct config conf;
static struct outputs outs;
static atomic_bool out_of_time;

/* Only syslog, at @path. */
static void open_outputs(void)
{
	char error[256];

	config_defaults(&conf);
	assert_int_equal(
		config_set(&conf, "socket", path, error, sizeof(error)), 0);
	assert_int_equal(config_set(&conf, "file", "no", error, sizeof(error)),
			 0);
	atomic_store(&out_of_time, false);
	memset(&outs, 0, sizeof(outs));
	outs.hurry = &out_of_time;
	strcpy(outs.origin.ident, "khv");
	outs.origin.facility = LOG_AUTHPRIV;
	assert_int_equal(outputs_init(&outs, &conf), 0);
}

static void set(const char *key, const char *value)
{
	char error[256];

	if (config_set(&conf, key, value, error, sizeof(error)))
		fail_msg("%s", error);
}

/* As if it were an event: the books want to know what became of it. */
static bool put(const char *text)
{
	struct message m = { .from = &outs.origin,
			     .severity = LOG_WARNING,
			     .id = "DENY",
			     .text = text };

	return outputs_write(&outs, &m);
}

static void syslog_datagram(void **state)
{
	char got[256] = "";
	int fd;

	(void)state;
	open_outputs();
	set("syslog_away_action", "drop");
	unlink(path);
	assert_false(put("a"));
	assert_true(outputs_away(&outs));
	/* Not every call tries again. */
	fd = listen_at(SOCK_DGRAM);
	assert_false(put("a"));
	usleep(250000);
	assert_true(put("a"));
	assert_false(outputs_away(&outs));
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	/* authpriv is 10, warning 4 */
	assert_memory_equal(got, "<84>Jan  1 ", 11);
	assert_non_null(strstr(got, " khv["));
	assert_non_null(strstr(got, "]: DENY a"));
	/* Then it says what it has missed. */
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	assert_non_null(strstr(got, "]: MISSED syslog was away"));
	assert_non_null(strstr(got, "missed=2"));
	/* It is started again: same path, another socket. */
	close(fd);
	assert_false(put("y"));
	fd = listen_at(SOCK_DGRAM);
	usleep(250000);
	assert_true(put("y"));
	close(fd);
	outputs_close(&outs);
	unlink(path);
}

static void *listen_later(void *arg)
{
	usleep(500000);
	*(int *)arg = listen_at(SOCK_DGRAM);
	return NULL;
}

static void wait_action(void **state)
{
	char got[256] = "";
	pthread_t t;
	int fd = -1;

	(void)state;
	open_outputs();
	unlink(path);
	pthread_create(&t, NULL, listen_later, &fd);
	assert_true(put("patient"));
	pthread_join(t, NULL);
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	assert_non_null(strstr(got, "patient"));
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	assert_non_null(strstr(got, "BACK syslog was away"));
	close(fd);
	/* Not for ever: the time to drain is over. */
	unlink(path);
	atomic_store(&out_of_time, true);
	assert_false(put("late"));
	outputs_close(&outs);
}

static void suspend_action(void **state)
{
	int fd;

	(void)state;
	open_outputs();
	set("syslog_away_action", "suspend");
	unlink(path);
	assert_false(put("a"));
	fd = listen_at(SOCK_DGRAM);
	usleep(250000);
	assert_false(put("b"));
	outputs_resume(&outs);
	assert_true(put("c"));
	close(fd);
	outputs_close(&outs);
	unlink(path);
}

static void stop_action(void **state)
{
	(void)state;
	open_outputs();
	set("syslog_away_action", "stop");
	unlink(path);
	assert_false(put("a"));
	assert_true(outs.stop);
	outputs_close(&outs);
}

static void exec_action(void **state)
{
	char program[sizeof(path) + 8], action[sizeof(program) + 8];
	char got[512] = "";
	pthread_t t;
	int fd = -1;
	FILE *f;

	(void)state;
	open_outputs();
	unlink(path);
	snprintf(program, sizeof(program), "%s.sh", path);
	snprintf(action, sizeof(action), "exec %s", program);
	f = fopen(program, "w");
	fprintf(f, "#!/bin/sh\necho $* >>%s.ran\n", path);
	fclose(f);
	chmod(program, 0755);
	set("syslog_away_action", action);
	pthread_create(&t, NULL, listen_later, &fd);
	assert_true(put("a"));
	pthread_join(t, NULL);
	close(fd);
	snprintf(action, sizeof(action), "%s.ran", path);
	f = fopen(action, "r");
	assert_non_null(f);
	assert_true(fread(got, 1, sizeof(got) - 1, f) > 0);
	fclose(f);
	/* Once, however often it was tried. */
	assert_string_equal(got, "syslog syslog_away\n");
	unlink(action);
	unlink(program);
	unlink(path);
	outputs_close(&outs);
}

static void syslog_stream(void **state)
{
	char got[256] = "";
	int fd, peer;

	(void)state;
	open_outputs();
	fd = listen_at(SOCK_STREAM);
	assert_true(put("LOST"));
	assert_true(put("more"));
	peer = accept(fd, NULL, NULL);
	assert_true(recv(peer, got, sizeof(got), 0) > 0);
	assert_non_null(strstr(got, "DENY LOST"));
	assert_non_null(strstr(got + strlen(got) + 1, "DENY more"));
	close(peer);
	close(fd);
	outputs_close(&outs);
	unlink(path);
}

/* --- the file ---------------------------------------------------------------------- */

static void open_file(void)
{
	open_outputs();
	set("syslog", "no");
	set("file", path);
	set("file_format", "text");
	outputs_config(&outs);
	unlink(path);
}

static size_t slurp(const char *name, char *buf, size_t size)
{
	FILE *f = fopen(name, "r");
	size_t n = 0;

	if (f) {
		n = fread(buf, 1, size - 1, f);
		fclose(f);
	}
	buf[n] = 0;
	return n;
}

static void file_lines(void **state)
{
	char got[4096];
	struct stat st;

	(void)state;
	open_file();
	/* What somebody has left in the middle of a line. */
	write_file("half", 0640);
	assert_true(put("one"));
	assert_true(put("two"));
	outputs_flush(&outs);
	slurp(path, got, sizeof(got));
	assert_memory_equal(got, "half\n1970-", 10);
	assert_non_null(strstr(got, "Z DENY one\n"));
	assert_non_null(strstr(got, "Z DENY two\n"));
	outputs_close(&outs);
	unlink(path);
	open_file();
	assert_true(put("one"));
	outputs_close(&outs);
	stat(path, &st);
	assert_int_equal(st.st_mode & 07777, 0640);
	unlink(path);
}

static void file_rotated(void **state)
{
	char name[sizeof(path) + 8], got[4096];

	(void)state;
	open_file();
	set("file_keep", "2");
	for (int i = 0; i < 4; i++) {
		assert_true(put(i == 0 ? "first" : i == 1 ? "second" : "more"));
		outputs_flush(&outs);
		outputs_rotate(&outs);
	}
	snprintf(name, sizeof(name), "%s.3", path);
	assert_int_equal(slurp(name, got, sizeof(got)), 0);
	name[strlen(name) - 1] = '2';
	slurp(name, got, sizeof(got));
	assert_non_null(strstr(got, "more"));
	unlink(name);
	name[strlen(name) - 1] = '1';
	assert_true(slurp(name, got, sizeof(got)) > 0);
	unlink(name);
	outputs_close(&outs);
}

/* By size, and no line is lost or split by it. */
static void file_grows(void **state)
{
	char name[sizeof(path) + 8], text[600];
	static char got[1 << 20];
	unsigned int lines = 0;

	(void)state;
	open_file();
	set("file_size", "64K");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	for (int i = 0; i < 400; i++)
		assert_true(put(text));
	outputs_close(&outs);
	for (int i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), i ? "%s.%d" : "%s", path, i);
		size_t n = slurp(name, got, sizeof(got));

		assert_true(!n || got[n - 1] == '\n');
		for (size_t k = 0; k < n; k++)
			lines += got[k] == '\n';
		unlink(name);
	}
	assert_int_equal(lines, 400);
}

static void file_error(void **state)
{
	(void)state;
	open_file();
	set("file", "/proc/nothing/here");
	assert_false(put("nowhere"));
	assert_true(outputs_away(&outs));
	assert_int_equal(outs.list[2].missed, 1);
	assert_int_equal(outs.list[2].written, 0);
	outputs_close(&outs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syslog_datagram),
		cmocka_unit_test(syslog_stream),
		cmocka_unit_test(wait_action),
		cmocka_unit_test(suspend_action),
		cmocka_unit_test(stop_action),
		cmocka_unit_test(exec_action),
		cmocka_unit_test(file_lines),
		cmocka_unit_test(file_rotated),
		cmocka_unit_test(file_grows),
		cmocka_unit_test(file_error),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
