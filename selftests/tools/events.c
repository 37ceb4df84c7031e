// SPDX-License-Identifier: GPL-2.0
/* Events: the subscription, decoding, and what hostile names become. */
#include "wire.h"
#include <json-c/json.h>

static struct khv_events *ev;
static struct khv_event seen[16];
static unsigned int nr_seen;

static void on_event(const struct khv_event *e, void *arg)
{
	(void)arg;
	assert_true(nr_seen < 16);
	seen[nr_seen++] = *e;
}

static void put_event(struct datagram *d, struct nlmsghdr *n, uint64_t seq,
		      uint64_t lost, const char *object, size_t len)
{
	struct nlattr *e = attr(d, n, KHV_A_EVENT | NLA_F_NESTED, "", 0);

	u32_attr(d, n, KHV_E_CPU, 1);
	if (seq)
		u64_attr(d, n, KHV_E_SEQ, seq);
	if (lost)
		u64_attr(d, n, KHV_E_LOST, lost);
	u64_attr(d, n, KHV_E_TIME, 1787480142113731000ull);
	str_attr(d, n, KHV_E_CLIENT, "wrap");
	str_attr(d, n, KHV_E_POLICY, "nginx");
	str_attr(d, n, KHV_E_DOMAIN, "main");
	u64_attr(d, n, KHV_E_GENERATION, 3);
	str_attr(d, n, KHV_E_RULE, "nginx.hv:12");
	str_attr(d, n, KHV_E_TYPE, "file");
	str_attr(d, n, KHV_E_VERB, "open");
	attr(d, n, KHV_E_OBJECT, object, len);
	str_attr(d, n, KHV_E_HOOK, "file_open");
	u8_attr(d, n, KHV_E_VERDICT, KHV_DENIED);
	u32_attr(d, n, KHV_E_ERRNO, EACCES);
	u32_attr(d, n, KHV_E_PID, 4711);
	u32_attr(d, n, KHV_E_TGID, 4711);
	u32_attr(d, n, KHV_E_UID, 33);
	str_attr(d, n, KHV_E_COMM, "nginx");
	attr(d, n, KHV_E_EXE, "/usr/sbin/nginx", 15);
	nest_end(d, e);
}

static void event(uint64_t seq, uint64_t lost, const char *object)
{
	struct datagram *d = datagram();

	put_event(d, reply(d, KHV_CMD_EVENT, 0), seq, lost, object,
		  strlen(object));
}

/* Events come before and after the answer: none may be lost. */
static void subscribe(int cmd)
{
	struct datagram *d;
	struct nlmsghdr *n;

	assert_int_equal(cmd, KHV_CMD_EVENT_SUBSCRIBE);
	event(1, 0, "/early");
	d = datagram();
	n = reply(d, cmd, 0);
	str_attr(d, n, KHV_A_BOOT_ID, "boot");
	u32_attr(d, n, KHV_A_EVENT_SCHEMA, 1);
	answer(0, NULL);
	event(2, 0, "/late");
}

static int setup(void **state)
{
	fresh(state);
	nr_seen = 0;
	handler = subscribe;
	return khv_events_open(&ev, KHV_SUB_PRIMARY, NULL);
}

static int teardown(void **state)
{
	khv_events_close(ev);
	return fresh(state);
}

static void drain(void)
{
	int n;

	while ((n = khv_events_read(ev, on_event, NULL)) != -EAGAIN)
		assert_true(n >= 0 || n == -ENOBUFS);
}

static void early(void **state)
{
	(void)state;
	assert_int_equal(asked_u32(0, KHV_A_SUB_FLAGS), KHV_SUB_PRIMARY);
	assert_string_equal(khv_events_boot_id(ev), "boot");
	assert_int_equal(khv_events_schema(ev), 1);
	/* Pointers lead into the buffer: look while they are valid. */
	assert_int_equal(khv_events_read(ev, on_event, NULL), 1);
	assert_int_equal(seen[0].seq, 1);
	assert_int_equal(khv_events_read(ev, on_event, NULL), 1);
	assert_int_equal(seen[1].seq, 2);
	assert_int_equal(seen[1].object.len, 5);
	assert_memory_equal(seen[1].object.data, "/late", 5);
	assert_int_equal(khv_events_read(ev, on_event, NULL), -EAGAIN);
}

static void refuse(int cmd)
{
	(void)cmd;
	answer(EBUSY, "another audit daemon is subscribed");
}

static void refused(void **state)
{
	struct khv_events *other;
	struct khv_error e;

	(void)state;
	drain();
	handler = refuse;
	assert_int_equal(khv_events_open(&other, KHV_SUB_PRIMARY, &e), -EBUSY);
	assert_null(other);
	assert_string_equal(e.text, "another audit daemon is subscribed");
}

static void batch(void **state)
{
	struct datagram *d;
	struct nlmsghdr *n;

	(void)state;
	drain();
	nr_seen = 0;
	d = datagram();
	n = reply(d, KHV_CMD_EVENT, 0);
	put_event(d, n, 3, 0, "/a", 2);
	put_event(d, n, 4, 0, "/b", 2);
	n = reply(d, KHV_CMD_EVENT, 0);
	put_event(d, n, 5, 7, "/c", 2);
	assert_int_equal(khv_events_read(ev, on_event, NULL), 3);
	assert_int_equal(seen[2].seq, 5);
	assert_int_equal(seen[2].lost, 7);
	assert_int_equal(seen[0].lost, 0);
}

static void gap(void **state)
{
	char line[256];

	(void)state;
	drain();
	nr_seen = 0;
	event(0, 312, "");
	assert_int_equal(khv_events_read(ev, on_event, NULL), 1);
	assert_false(KHV_HAS(&seen[0], KHV_E_SEQ));
	assert_int_equal(seen[0].lost, 312);
	khv_event_text(&seen[0], line, sizeof(line));
	assert_string_equal(line, "-- 312 events lost (cpu 1) --");
}

static void unhappy(void **state)
{
	struct datagram *d;
	struct nlmsghdr *n;
	struct nlattr *e;

	(void)state;
	drain();
	nr_seen = 0;
	datagram()->error = ENOBUFS;
	event(3, 0, "/x");
	queue->next->sender = 999; /* not the kernel */
	d = datagram();		   /* without number */
	n = reply(d, KHV_CMD_EVENT, 0);
	e = attr(d, n, KHV_A_EVENT | NLA_F_NESTED, "", 0);
	u32_attr(d, n, KHV_E_CPU, 1);
	nest_end(d, e);
	d = datagram(); /* cut off */
	n = reply(d, KHV_CMD_EVENT, 0);
	put_event(d, n, 4, 0, "/y", 2);
	n->nlmsg_len = 4;
	datagram()->len = 66000; /* too long */
	event(5, 0, "/z");
	drain();
	assert_int_equal(nr_seen, 1);
	assert_int_equal(seen[0].seq, 5);
	assert_int_equal(khv_events_count(ev)->overrun, 1);
	assert_int_equal(khv_events_count(ev)->foreign, 1);
	assert_int_equal(khv_events_count(ev)->malformed, 2);
}

/* --- rendering --------------------------------------------------------------- */

static struct datagram *held;

static void make(struct khv_event *e, const char *object, size_t len)
{
	struct nlmsghdr *n;
	struct nlattr *a;

	fresh(NULL);
	held = datagram();
	n = reply(held, KHV_CMD_EVENT, 0);
	put_event(held, n, 8812, 0, object, len);
	a = (void *)(held->data + NLMSG_HDRLEN + GENL_HDRLEN);
	assert_int_equal(khv_event_decode(e, (char *)a + NLA_HDRLEN,
					  a->nla_len - NLA_HDRLEN),
			 0);
}

static void escapes(void **state)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out;
	} table[] = {
		{ "/etc/passwd", 11, "/etc/passwd" },
		{ "a\nb\tc\033d", 7, "a\\x0ab\\x09c\\x1bd" },
		{ "a\\x0a", 5, "a\\\\x0a" },
		{ "a\"b", 3, "a\\\"b" },
		{ "\xff\xfe", 2, "\\xff\\xfe" },
		{ "gr\xc3\xbc\xc3\x9f", 6, "gr\xc3\xbc\xc3\x9f" },
		{ "\xc3", 1, "\\xc3" },
		{ "\xc0\xaf", 2, "\\xc0\\xaf" },	  /* overlong */
		{ "\xed\xa0\x80", 3, "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\xf5\x80\x80\x80", 4, "\\xf5\\x80\\x80\\x80" },
		{ "\xe2\x80\xae", 3, "\\xe2\\x80\\xae" }, /* right to left */
		{ "\xc2\x9b", 2, "\\xc2\\x9b" },	  /* CSI */
		{ "a\0b", 3, "a\\x00b" },
		{ "\x7f", 1, "\\x7f" },
		{ "", 0, "" },
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		size_t n = khv_escape(buf, sizeof(buf), table[i].in,
				      table[i].len, true);

		assert_string_equal(buf, table[i].out);
		assert_int_equal(n, strlen(table[i].out));
	}
	/* Cut at a whole character, and the length is that of the whole. */
	assert_int_equal(khv_escape(buf, 6, "ab\n\n", 4, false), 10);
	assert_string_equal(buf, "ab");
	assert_int_equal(khv_escape(buf, 1, "ab", 2, false), 2);
	assert_string_equal(buf, "");
}

static void line(void **state)
{
	char text[KHV_LINE_MAX];
	struct khv_event e;

	(void)state;
	make(&e, "/etc/shadow", 11);
	khv_event_line(&e, text, sizeof(text));
	assert_string_equal(
		text,
		"DENY policy=nginx domain=main client=wrap type=file verb=open "
		"object=\"/etc/shadow\" rule=\"nginx.hv:12\" hook=file_open "
		"errno=EACCES pid=4711 uid=33 comm=nginx "
		"exe=\"/usr/sbin/nginx\" gen=3 cpu=1 seq=8812 lost=0");
	fresh(NULL);
}

/* Of attacks/catalogue: ROB-09. */
static void hostile_line(void **state)
{
	static const char object[] =
		"/tmp/x\" verdict=ALLOW\nDENY a\\\xff\xe2\x80\xae";
	char text[KHV_LINE_MAX];
	struct khv_event e;

	(void)state;
	make(&e, object, sizeof(object) - 1);
	e.comm.data = (const unsigned char *)"a b=c";
	e.comm.len = 5;
	khv_event_line(&e, text, sizeof(text));
	assert_non_null(strstr(text,
			       " object=\"/tmp/x\\\" verdict=ALLOW\\x0aDENY "
			       "a\\\\\\xff\\xe2\\x80\\xae\" rule="));
	assert_non_null(strstr(text, " comm=\"a b=c\" "));
	assert_null(strchr(text, '\n'));
	fresh(NULL);
}

static void long_line(void **state)
{
	char object[4096], text[KHV_LINE_MAX];
	struct khv_event e;

	(void)state;
	memset(object, '\n', sizeof(object));
	memcpy(object, "/start", 6);
	memcpy(object + sizeof(object) - 4, "/end", 4);
	make(&e, object, sizeof(object));
	e.exe = e.object;
	assert_true(khv_event_line(&e, text, sizeof(text)) < sizeof(text));
	assert_non_null(strstr(text, "object=\"/start\\x0a"));
	assert_non_null(strstr(text, "..."));
	assert_non_null(strstr(text, "/end\" rule="));
	assert_non_null(strstr(text, " lost=0 trunc=1"));
	assert_true(strlen(text) < 4500);
	fresh(NULL);
}

static const char *json_str(struct json_object *o, const char *key)
{
	return json_object_get_string(json_object_object_get(o, key));
}

static void json(void **state)
{
	static const char object[] = "/a\"b\\\n\xff\xc3\xbc";
	struct json_object *o, *again;
	struct khv_event e;

	(void)state;
	make(&e, object, sizeof(object) - 1);
	o = khv_event_json(&e);
	again = json_tokener_parse(json_object_to_json_string(o));
	assert_non_null(again);
	assert_string_equal(json_str(again, "object"),
			    "/a\"b\\\n\xef\xbf\xbd\xc3\xbc");
	assert_string_equal(json_str(again, "object_hex"),
			    "2f6122625c0affc3bc");
	assert_string_equal(json_str(again, "verdict"), "deny");
	assert_string_equal(json_str(again, "errno"), "EACCES");
	assert_string_equal(json_str(again, "time"),
			    "2026-08-23T10:15:42.113731000Z");
	assert_string_equal(json_str(again, "seq"), "8812");
	assert_string_equal(json_str(again, "schema"), "1");
	assert_null(json_object_object_get(again, "exe_hex"));
	json_object_put(again);
	json_object_put(o);
	fresh(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(early),
		TEST(refused),
		TEST(batch),
		TEST(gap),
		TEST(unhappy),
		cmocka_unit_test(escapes),
		cmocka_unit_test(line),
		cmocka_unit_test(hostile_line),
		cmocka_unit_test(long_line),
		cmocka_unit_test(json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
