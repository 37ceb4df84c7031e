// SPDX-License-Identifier: GPL-2.0
/*
 * What is kept of events that repeat: never anything else than decoding and formatting
 * each of them gives, whatever came before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <linux/netlink.h>
#include "../../tools/hvauditd/repeat.h"

static struct origin origin = { .host = "web1", .ident = "khv", .boot = "b-1" };
static struct repeats *repeats;

/* As the kernel writes an event: numbers first. */
struct wire {
	size_t len;
	char data[8192] __attribute__((aligned(8)));
};

static void put(struct wire *w, int type, const void *data, size_t len)
{
	struct nlattr a = { .nla_type = (uint16_t)type,
			    .nla_len = (uint16_t)(NLA_HDRLEN + len) };

	memset(w->data + w->len, 0, NLA_ALIGN(NLA_HDRLEN + len));
	memcpy(w->data + w->len, &a, sizeof(a));
	memcpy(w->data + w->len + NLA_HDRLEN, data, len);
	w->len += NLA_ALIGN(NLA_HDRLEN + len);
}

#define PUT(w, attr, type, value)                      \
	do {                                           \
		type value_ = value;                   \
		put(w, attr, &value_, sizeof(value_)); \
	} while (0)

static void put_numbers(struct wire *w, uint64_t seq)
{
	w->len = 0;
	PUT(w, KHV_E_CPU, uint32_t, (uint32_t)(seq % 4));
	PUT(w, KHV_E_SEQ, uint64_t, seq);
	PUT(w, KHV_E_LOST, uint64_t, seq % 3);
	PUT(w, KHV_E_TIME, uint64_t, 1787480142113731000ull + seq * 40000000);
}

static void put_rest(struct wire *w, uint32_t pid, const char *object)
{
	PUT(w, KHV_E_GENERATION, uint64_t, 18);
	PUT(w, KHV_E_VERDICT, uint8_t, KHV_DENIED);
	PUT(w, KHV_E_ERRNO, uint32_t, EACCES);
	PUT(w, KHV_E_PID, uint32_t, pid);
	put(w, KHV_E_COMM, "cat", 4);
	put(w, KHV_E_OBJECT, object, strlen(object));
}

/* With what is kept, and without: the same bytes. */
static void same_with(const struct wire *w, const struct extra *extra)
{
	static char with[65536], without[65536];
	struct text a = { .buf = with, .size = sizeof(with) };
	struct text b = { .buf = without, .size = sizeof(without) };
	struct message m = { .from = &origin, .extra = extra };
	struct khv_event kept, plain;

	assert_int_equal(
		repeats_decode(repeats, &kept, w->data, w->len, &m.json), 0);
	m.event = &kept;
	format_json(&m, &a);
	assert_int_equal(khv_event_decode(&plain, w->data, w->len), 0);
	m.event = &plain;
	m.json = NULL;
	format_json(&m, &b);
	assert_false(a.full || b.full);
	with[a.at] = without[b.at] = 0;
	assert_string_equal(with, without);
	assert_true(kept.has == plain.has);
	assert_ptr_equal(kept.raw.data, w->data);
	assert_int_equal(kept.raw.len, w->len);
}

static void same(const struct wire *w)
{
	same_with(w, NULL);
}

static bool is_kept(const struct wire *w)
{
	struct khv_event e;
	struct kept *json;

	assert_int_equal(repeats_decode(repeats, &e, w->data, w->len, &json),
			 0);
	return json && json->before;
}

static void one_again(void **state)
{
	struct wire w;

	(void)state;
	for (uint64_t seq = 1; seq < 9; seq++) {
		put_numbers(&w, seq);
		put_rest(&w, 4711, "/etc/shadow");
		assert_true(is_kept(&w) == (seq > 1));
		same(&w);
	}
}

/* More programs than there are places, taking turns, and some more often. */
static void many(void **state)
{
	char object[32];
	struct wire w;

	(void)state;
	for (uint64_t seq = 1; seq < 500; seq++) {
		uint32_t who = (uint32_t)(seq * seq % 13);

		snprintf(object, sizeof(object), "/srv/%u\n\"", who);
		put_numbers(&w, seq);
		put_rest(&w, who, object);
		same(&w);
	}
}

/* Of one length, and with a part in common: bytes decide. */
static void alike(void **state)
{
	struct wire w;

	(void)state;
	for (uint64_t seq = 1; seq < 20; seq++) {
		put_numbers(&w, seq);
		put_rest(&w, 4711, seq % 2 ? "/etc/shadow" : "/etc/shadov");
		same(&w);
	}
}

static void forgotten(void **state)
{
	struct wire w;

	(void)state;
	put_numbers(&w, 1);
	put_rest(&w, 4711, "/etc/shadow");
	same(&w);
	assert_true(is_kept(&w));
	strcpy(origin.boot, "b-2");
	repeats_forget(repeats);
	same(&w);
	strcpy(origin.boot, "b-1");
}

/* The task gets another name, control group and parents while it says the same. */
static void found_out(void **state)
{
	static const char *const users[] = { "ann", "bob", NULL };
	struct extra x = { .version = 1, .task = "seen" };
	struct wire w;

	(void)state;
	for (uint64_t seq = 1; seq < 40; seq++) {
		if (seq % 4 == 0) {
			x.version++;
			x.user = users[seq / 4 % 3];
			x.nr_parents = (unsigned int)(seq / 4 % 2);
			x.parents[0].pid = (uint32_t)seq;
		}
		put_numbers(&w, seq);
		put_rest(&w, 4711, "/etc/shadow");
		same_with(&w, &x);
	}
	x.version = 0;
	for (uint64_t seq = 40; seq < 44; seq++) {
		x.user = users[seq % 3];
		put_numbers(&w, seq);
		put_rest(&w, 4711, "/etc/shadow");
		same_with(&w, &x);
	}
}

/* What is not to be kept is decoded all the same. */
static void irregular(void **state)
{
	static char object[4096];
	struct wire w;

	(void)state;
	memset(object, 'x', sizeof(object) - 1);
	for (uint64_t seq = 1; seq < 4; seq++) {
		/* too long */
		put_numbers(&w, seq);
		put_rest(&w, 4711, object);
		assert_false(is_kept(&w));
		same(&w);
		/* a number that comes behind the others */
		put_numbers(&w, seq);
		put_rest(&w, 4711, "/etc/shadow");
		PUT(&w, KHV_E_SEQ, uint64_t, seq + 1000);
		assert_false(is_kept(&w));
		same(&w);
		/* a gap */
		w.len = 0;
		PUT(&w, KHV_E_CPU, uint32_t, 1);
		PUT(&w, KHV_E_LOST, uint64_t, seq);
		assert_false(is_kept(&w));
		same(&w);
		/* text that is longer than the place for it */
		put_numbers(&w, seq);
		memset(object, '\n', 900);
		object[900] = 0;
		put_rest(&w, 4711, object);
		assert_false(is_kept(&w));
		same(&w);
		memset(object, 'x', sizeof(object) - 1);
	}
}

/* As khv_event_decode() refuses it. */
static void malformed(void **state)
{
	struct khv_event e;
	struct kept *json;
	struct wire w = { .len = 0 };

	(void)state;
	assert_int_equal(repeats_decode(repeats, &e, w.data, 0, &json),
			 -EBADMSG);
	PUT(&w, KHV_E_SEQ, uint64_t, 1);
	assert_int_equal(repeats_decode(repeats, &e, w.data, w.len, &json),
			 -EBADMSG);
	PUT(&w, KHV_E_CPU, uint64_t, 1);
	assert_int_equal(repeats_decode(repeats, &e, w.data, w.len, &json),
			 -EBADMSG);
	put_numbers(&w, 1);
	PUT(&w, KHV_E_VERDICT, uint64_t, 1);
	assert_int_equal(repeats_decode(repeats, &e, w.data, w.len, &json),
			 -EBADMSG);
	/* It must not have become something to find. */
	assert_int_equal(repeats_decode(repeats, &e, w.data, w.len, &json),
			 -EBADMSG);
}

/* Without memory for it. */
static void without(void **state)
{
	struct repeats *all = repeats;
	struct wire w;

	(void)state;
	repeats = NULL;
	for (uint64_t seq = 1; seq < 4; seq++) {
		put_numbers(&w, seq);
		put_rest(&w, 4711, "/etc/shadow");
		same(&w);
	}
	repeats = all;
}

static int fresh(void **state)
{
	(void)state;
	repeats_forget(repeats);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_again, fresh),
		cmocka_unit_test_setup(many, fresh),
		cmocka_unit_test_setup(alike, fresh),
		cmocka_unit_test_setup(forgotten, fresh),
		cmocka_unit_test_setup(found_out, fresh),
		cmocka_unit_test_setup(irregular, fresh),
		cmocka_unit_test_setup(malformed, fresh),
		cmocka_unit_test_setup(without, fresh),
	};
	int failed;

	repeats = repeats_new();
	if (!repeats)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	repeats_free(repeats);
	return failed;
}
