// SPDX-License-Identifier: GPL-2.0
/* hvauditd's parts: settings, ring, books. */
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
#include "../../tools/hvauditd/filter.h"
#include "../../tools/hvauditd/hvauditd.h"
#include "scratch.h"

/* --- settings ------------------------------------------------------------------ */

static void config_good(void **state)
{
	char error[256];
	struct config c;

	(void)state;
	config_defaults(&c);
	write_file("# comment\n\n  facility = local3\nident=x\nqueue = 1M\n"
		   "drain = 7s\nwait = no\r\nsocket = /a b\n",
		   0644);
	assert_int_equal(config_read(&c, path, error, sizeof(error)), 0);
	assert_int_equal(c.facility, LOG_LOCAL3);
	assert_string_equal(c.ident, "x");
	assert_int_equal(c.queue, 1 << 20);
	assert_int_equal(c.drain, 7);
	assert_false(c.wait);
	assert_string_equal(c.socket, "/a b");
}

static void config_bad(void **state)
{
	static const struct {
		const char *text, *wanted;
	} table[] = {
		{ "ident = a\nbogus = 1\n", "file:2: unknown key \"bogus\"" },
		{ "facility = kern\n", "file:1: facility = \"kern\"" },
		{ "wait = true\n", "expected yes or no" },
		{ "queue = 1000000\n", "power of two" },
		{ "queue = 16K\n", "power of two" },
		{ "queue = 4G\n", "power of two" },
		{ "queue = -1\n", "power of two" },
		{ "drain = 3601\n", "0 to 3600" },
		{ "drain = x\n", "0 to 3600" },
		{ "ident = a b\n", "without blanks" },
		{ "ident =\n", "1 to 31" },
		{ "socket = log\n", "absolute path" },
		{ "just words\n", "expected key = value" },
		{ "syslog = yes\n", "rfc3164, rfc5424 or no" },
		{ "sd_id = khv\n", "NAME@NUMBER" },
		{ "sd_id = a]@1\n", "NAME@NUMBER" },
		{ "file = events\n", "absolute path" },
		{ "file_size = 10K\n", "64K and more" },
		{ "disk_full_action = panic\n", "wait, drop, suspend" },
		{ "disk_full_action = exec true\n", "exec /PROGRAM" },
		{ "queue_full_action = suspend\n", "wait, drop, stop" },
		{ "enrich = user moon\n", "user, cgroup, parents" },
		{ "metrics_interval = 0\n", "1 to 3600" },
		{ "filter = maybe\n", "keep, drop or limit" },
		{ "filter = drop colour=red\n", "no field of an event" },
		{ "filter = drop verdict\n", "FIELD=PATTERN" },
		{ "filter = limit 5 verdict=deny\n", "a rate as 50/s" },
	};
	struct config c, before;
	char error[512];

	(void)state;
	config_defaults(&c);
	before = c;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		write_file(table[i].text, 0644);
		assert_int_equal(config_read(&c, path, error, sizeof(error)),
				 -EINVAL);
		if (!strstr(error, table[i].wanted))
			fail_msg("%s: got \"%s\"", table[i].wanted, error);
		assert_memory_equal(&c, &before, sizeof(c));
	}
}

static void config_trust(void **state)
{
	char error[256], link[sizeof(path) + 8];
	struct config c;

	(void)state;
	config_defaults(&c);
	write_file("wait = no\n", 0666);
	assert_int_equal(config_read(&c, path, error, sizeof(error)), -EINVAL);
	assert_non_null(strstr(error, "others may write it"));
	chmod(path, 0644);
	snprintf(link, sizeof(link), "%s.l", path);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(config_read(&c, link, error, sizeof(error)), -EINVAL);
	unlink(link);
	assert_int_equal(config_read(&c, link, error, sizeof(error)), -ENOENT);
	assert_true(c.wait);
}

static struct khv_event deny_of(const char *object, uint8_t verdict)
{
	return (struct khv_event){
		.has = 1ull << KHV_E_OBJECT | 1ull << KHV_E_VERDICT,
		.verdict = verdict,
		.object = { (const unsigned char *)object, strlen(object) },
	};
}

static void config_filters(void **state)
{
	static struct filters f;
	struct khv_event e;
	char error[256];
	struct config c;

	(void)state;
	config_defaults(&c);
	write_file("filter = keep object=/etc/*\n"
		   "filter = limit 2/s verdict=deny\n"
		   "filter = drop verdict!=deny object=/proc/?\n",
		   0644);
	assert_int_equal(config_read(&c, path, error, sizeof(error)), 0);
	filters_config(&f, &c);
	e = deny_of("/etc/shadow", KHV_DENIED);
	for (int i = 0; i < 5; i++)
		assert_true(filters_keep(&f, &e, 1000000000));
	e = deny_of("/x", KHV_DENIED);
	assert_true(filters_keep(&f, &e, 2000000000));
	assert_true(filters_keep(&f, &e, 2000000001));
	assert_false(filters_keep(&f, &e, 2000000002));
	assert_int_equal(f.bucket[1].untold, 1);
	assert_true(filters_keep(&f, &e, 3000000001));
	e = deny_of("/proc/1", KHV_ALLOWED);
	assert_false(filters_keep(&f, &e, 1));
	e = deny_of("/proc/12", KHV_ALLOWED);
	assert_true(filters_keep(&f, &e, 1));
	/* A line break in a name is not one of the pattern. */
	e = deny_of("/proc/\n", KHV_ALLOWED);
	assert_true(filters_keep(&f, &e, 1));
}

static void set_reaction_words(struct config *c)
{
	static const char *const words[][2] = {
		{ "disk_full_action", "exec /bin/true" },
		{ "disk_error_action", "suspend" },
		{ "syslog_away_action", "stop" },
		{ "queue_full_action", "drop" },
		{ "file_size", "65537" },
		{ "file", "no" },
		{ "user", "no" },
		{ "enrich", "no" },
		{ "metrics", "/a b/c" },
		{ "filter", "limit 7/s object!=/x* verdict=deny" },
	};
	char error[256];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_int_equal(config_set(c, words[i][0], words[i][1], error,
					    sizeof(error)),
				 0);
}

static void config_round(void **state)
{
	struct config c, again;
	char error[256];
	FILE *f;

	(void)state;
	config_defaults(&c);
	set_reaction_words(&c);
	write_file("", 0644);
	f = fopen(path, "w");
	config_print(&c, f);
	fclose(f);
	memset(&again, 0, sizeof(again));
	assert_int_equal(config_read(&again, path, error, sizeof(error)), 0);
	/* Every setting, whatever is added. */
	assert_memory_equal(&again, &c, sizeof(c));
}

/* --- ring ------------------------------------------------------------------------ */

#define RING 4096

static void ring_full(void **state)
{
	struct ring *r = ring_new(RING);
	char data[1024] = "x";
	int n = 0;

	(void)state;
	while (ring_put(r, ENTRY_NOTE, data, sizeof(data)))
		n++;
	assert_int_equal(n, 3);
	assert_false(ring_put(r, ENTRY_NOTE, data, RING));
	for (; n; n--) {
		assert_int_equal(ring_peek(r, 0)->len, sizeof(data));
		ring_take(r);
	}
	assert_null(ring_peek(r, 0));
	assert_true(ring_empty(r));
	assert_true(ring_put(r, ENTRY_NOTE, data, sizeof(data)));
	ring_free(r);
}

#define ENTRIES 300000

/* Numbered entries of changing length; what does not fit is tried again. */
static void *produce(void *arg)
{
	struct ring *r = arg;
	uint32_t data[64] = { 0 };

	for (uint32_t i = 0; i < ENTRIES;) {
		data[0] = i;
		data[i % 64] = i;
		if (ring_put(r, ENTRY_EVENT, data, 4 * (i % 64 + 1)))
			i++;
		else
			sched_yield();
		ring_wake(r);
	}
	return NULL;
}

static void ring_threads(void **state)
{
	struct ring *r = ring_new(RING);
	uint32_t wanted = 0;
	unsigned int idle = 0;
	pthread_t t;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, produce, r), 0);
	while (wanted < ENTRIES) {
		const struct entry *e = ring_peek(r, 1000);
		const uint32_t *data;

		/* A wake-up may be a late one. */
		if (!e && idle++ < 100)
			continue;
		idle = 0;
		assert_non_null(e);
		data = (const void *)e->data;
		assert_int_equal(e->len, 4 * (wanted % 64 + 1));
		assert_int_equal(data[wanted % 64], wanted);
		ring_take(r);
		wanted++;
	}
	pthread_join(t, NULL);
	assert_true(ring_empty(r));
	ring_free(r);
}

/* --- books ------------------------------------------------------------------------ */

static struct account books;
static struct hole holes[MAX_HOLES];
static struct subscribed *hello;

static int open_books(void **state)
{
	(void)state;
	hello = calloc(1, sizeof(*hello) + 2 * sizeof(hello->cpu[0]));
	strcpy(hello->boot_id, "boot");
	hello->cpus = 2;
	hello->cpu[1].cpu = 1;
	memset(&books, 0, sizeof(books));
	return 0;
}

static int close_books(void **state)
{
	(void)state;
	free(hello);
	account_free(&books);
	return 0;
}

static int subscribe(void)
{
	int n = 0;

	account_subscribed(&books, hello);
	for (uint32_t i = 0; i < hello->cpus; i++)
		n += account_subscribed_cpu(&books, hello, i, holes);
	return n;
}

static int log_event(uint32_t cpu, uint64_t seq, uint64_t lost)
{
	struct khv_event e = { .has = 1ull << KHV_E_CPU | 1ull << KHV_E_LOST,
			       .cpu = cpu,
			       .seq = seq,
			       .lost = lost };
	int n;

	if (seq)
		e.has |= 1ull << KHV_E_SEQ;
	n = account_event(&books, &e, holes);
	if (seq)
		account_logged(&books, &e);
	return n;
}

static void check_sum(uint64_t produced)
{
	assert_int_equal(account_produced(&books), produced);
	assert_int_equal(books.before + books.logged + account_lost(&books),
			 produced);
}

static void books_simple(void **state)
{
	(void)state;
	assert_int_equal(subscribe(), 0);
	for (uint64_t i = 1; i <= 10; i++) {
		assert_int_equal(log_event(0, i, 0), 0);
		assert_int_equal(log_event(1, i, 0), 0);
	}
	assert_int_equal(books.logged, 20);
	check_sum(20);
	/* The same again is not counted twice. */
	assert_int_equal(log_event(0, 10, 0), 0);
	check_sum(20);
}

static void books_kernel_lost(void **state)
{
	(void)state;
	subscribe();
	log_event(0, 1, 0);
	assert_int_equal(log_event(0, 10, 8), 1);
	assert_int_equal(holes[0].count, 8);
	assert_int_equal(holes[0].after, 1);
	assert_int_equal(holes[0].until, 10);
	assert_int_equal(holes[0].cause, LOST_KERNEL);
	check_sum(10);
	/* A gap record, and what follows it. */
	assert_int_equal(log_event(0, 0, 5), 1);
	assert_int_equal(holes[0].count, 5);
	assert_int_equal(log_event(0, 16, 0), 0);
	check_sum(16);
	assert_int_equal(books.lost[LOST_KERNEL], 13);
	/* More is missing than the kernel has announced. */
	assert_int_equal(log_event(0, 20, 1), 2);
	assert_int_equal(books.lost[LOST_OTHER], 2);
	check_sum(20);
}

static void books_queue(void **state)
{
	struct dropped d = { .cpu = 1, .count = 4 };

	(void)state;
	subscribe();
	log_event(1, 1, 0);
	assert_int_equal(account_dropped(&books, &d, LOST_QUEUE, holes), 1);
	assert_int_equal(holes[0].cause, LOST_QUEUE);
	assert_int_equal(log_event(1, 6, 0), 0);
	assert_int_equal(books.lost[LOST_QUEUE], 4);
	check_sum(6);
}

static void books_first_start(void **state)
{
	(void)state;
	/* Nobody listened, and the ring of the kernel ran over. */
	hello->cpu[0].lost = 30;
	assert_int_equal(subscribe(), 1);
	assert_int_equal(log_event(0, 31, 30), 0);
	assert_int_equal(books.lost[LOST_KERNEL], 30);
	check_sum(31);
}

static void books_strange_start(void **state)
{
	(void)state;
	/* Somebody else has had some, and kept no books for us. */
	hello->cpu[0].delivered = 100;
	assert_int_equal(subscribe(), 0);
	assert_int_equal(books.before, 100);
	log_event(0, 101, 0);
	check_sum(101);
}

static void books_restart(void **state)
{
	(void)state;
	subscribe();
	for (uint64_t i = 1; i <= 10; i++)
		log_event(0, i, 0);
	log_event(1, 1, 0);
	assert_int_equal(account_save(&books, path), 0);
	account_free(&books);
	assert_int_equal(account_load(&books, path), 0);
	check_sum(11);
	/* It acknowledged 3 more and died; 2 were lost in the kernel then. */
	hello->cpu[0].produced = 17;
	hello->cpu[0].delivered = 13;
	hello->cpu[0].lost = 2;
	hello->cpu[1].produced = 1;
	hello->cpu[1].delivered = 1;
	assert_int_equal(subscribe(), 1);
	assert_int_equal(books.lost[LOST_KERNEL], 2);
	assert_int_equal(books.logged, 14);
	assert_int_equal(log_event(0, 16, 2), 0);
	assert_int_equal(log_event(1, 2, 0), 0);
	check_sum(18);
	unlink(path);
}

static void books_reload(void **state)
{
	(void)state;
	subscribe();
	for (uint64_t i = 1; i <= 10; i++)
		log_event(0, i, 0);
	/* The module was loaded again: it has handed out nothing yet. */
	subscribe();
	check_sum(0);
	log_event(0, 1, 0);
	check_sum(1);
	strcpy(hello->boot_id, "other");
	hello->cpu[0].produced = 50;
	hello->cpu[0].delivered = 50;
	subscribe();
	assert_int_equal(books.logged, 0);
	assert_int_equal(books.before, 50);
}

static void books_broken_file(void **state)
{
	(void)state;
	write_file("boot_id=boot\nlogged=7\ncpu.0=3,0\n", 0644);
	assert_int_equal(account_load(&books, path), -EBADMSG);
	assert_int_equal(books.logged, 0);
	write_file("boot_id=boot\nlogged=2\ncpu.4294967295=3,0\ncpu.0=3,0\n",
		   0644);
	assert_int_equal(account_load(&books, path), 0);
	assert_int_equal(books.cpus, 1);
	unlink(path);
	assert_int_equal(account_load(&books, path), -ENOENT);
}

/* Whatever comes in whatever order: the sum holds. */
static void books_random(void **state)
{
	uint64_t next[2] = { 1, 1 }, random = 88172645463325252ull;

	(void)state;
	subscribe();
	for (int i = 0; i < 200000; i++) {
		struct dropped d;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		d.cpu = random & 1;
		d.count = random >> 8 & 7;
		switch (random >> 16 & 3) {
		case 0:
			next[d.cpu] += d.count;
			log_event(d.cpu, next[d.cpu]++, d.count);
			break;
		case 1:
			next[d.cpu] += d.count;
			log_event(d.cpu, 0, d.count);
			break;
		case 2:
			next[d.cpu] += d.count;
			account_dropped(&books, &d, LOST_QUEUE, holes);
			break;
		default:
			log_event(d.cpu, next[d.cpu]++, 0);
		}
	}
	check_sum(next[0] + next[1] - 2);
	assert_int_equal(books.lost[LOST_OTHER], 0);
}

#define BOOKS(f) cmocka_unit_test_setup_teardown(f, open_books, close_books)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_good),
		cmocka_unit_test(config_bad),
		cmocka_unit_test(config_trust),
		cmocka_unit_test(config_filters),
		cmocka_unit_test(config_round),
		cmocka_unit_test(ring_full),
		cmocka_unit_test(ring_threads),
		BOOKS(books_simple),
		BOOKS(books_kernel_lost),
		BOOKS(books_queue),
		BOOKS(books_first_start),
		BOOKS(books_strange_start),
		BOOKS(books_restart),
		BOOKS(books_reload),
		BOOKS(books_broken_file),
		BOOKS(books_random),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
