// SPDX-License-Identifier: GPL-2.0
/* libkhv's requests against a kernel made of paper. */
#include "wire.h"

static struct khv_conn *conn;

static int setup(void **state)
{
	fresh(state);
	return khv_open(&conn);
}

static int teardown(void **state)
{
	khv_close(conn);
	return fresh(state);
}

static void absent(void **state)
{
	struct khv_conn *c;

	(void)state;
	family_there = false;
	assert_int_equal(khv_open(&c), -ENODEV);
	assert_non_null(c);
	assert_true(khv_error(c)->absent);
	assert_non_null(strstr(khv_error(c)->text, "modprobe khv_wrap"));
	/* It may be loaded later. */
	khv_close(c);
}

static void info_reply(int cmd)
{
	struct datagram *d = datagram();
	struct nlmsghdr *n = reply(d, cmd, 0);

	u32_attr(d, n, KHV_A_ABI, 1);
	u64_attr(d, n, KHV_A_GENERATION, 18);
	str_attr(d, n, KHV_A_VERSION, "9.9");
	u32_attr(d, n, 63, 1); /* of a newer kernel */
	answer(0, NULL);
}

static void info(void **state)
{
	const struct khv_info *i;

	(void)state;
	handler = info_reply;
	assert_int_equal(khv_get_info(conn, &i), 0);
	assert_int_equal(i->generation, 18);
	assert_string_equal(i->version, "9.9");
	assert_true(KHV_HAS(i, KHV_A_ABI));
	assert_false(KHV_HAS(i, KHV_A_KERNEL));
	assert_null(i->kernel);
}

static void client_message(const char *name, uint32_t id, int flags)
{
	struct datagram *d = datagram();
	struct nlmsghdr *n = reply(d, KHV_CMD_CLIENT_GET, NLM_F_MULTI | flags);
	struct nlattr *client = attr(d, n, KHV_A_CLIENT | NLA_F_NESTED, "", 0);
	struct nlattr *calls;

	u32_attr(d, n, KHV_CLIENT_A_ID, id);
	str_attr(d, n, KHV_CLIENT_A_NAME, name);
	u32_attr(d, n, KHV_CLIENT_A_PRIORITY, (uint32_t)-5);
	u8_attr(d, n, KHV_CLIENT_A_STATE, KHV_CLIENT_ENABLED);
	calls = attr(d, n, KHV_CLIENT_A_CALLS | NLA_F_NESTED, "", 0);
	str_attr(d, n, KHV_CLIENT_A_CALL_NAME, "openat");
	str_attr(d, n, KHV_CLIENT_A_CALL_NAME, "getpid");
	nest_end(d, calls);
	nest_end(d, client);
}

static void two_clients(int cmd)
{
	assert_int_equal(cmd, KHV_CMD_CLIENT_GET);
	client_message("audit", 1, 0);
	client_message("wrap", 2, 0);
	done(0, 0);
}

static void list(void **state)
{
	const struct khv_client_info *c;
	const struct khv_field *f;
	struct khv_list *l;
	char text[64];

	(void)state;
	handler = two_clients;
	assert_int_equal(khv_list_clients(conn, &l), 0);
	assert_int_equal(khv_list_count(l), 2);
	c = khv_list_at(l, 1);
	assert_string_equal(c->name, "wrap");
	assert_int_equal(c->id, 2);
	assert_int_equal(c->priority, -5);
	assert_int_equal(c->calls.count, 2);
	assert_string_equal(c->calls.name[1], "getpid");
	assert_null(khv_list_at(l, 2));
	f = khv_record_field(&khv_client_record, "calls");
	khv_field_text(f, c, text, sizeof(text));
	assert_string_equal(text, "openat,getpid");
	f = khv_record_field(&khv_client_record, "priority");
	khv_field_text(f, c, text, sizeof(text));
	assert_string_equal(text, "-5");
	f = khv_record_field(&khv_client_record, "tasks");
	khv_field_text(f, c, text, sizeof(text));
	assert_string_equal(text, "-");
	khv_list_free(l);
}

static void interrupted_once(int cmd)
{
	(void)cmd;
	client_message("old", 1, requests == 1 ? NLM_F_DUMP_INTR : 0);
	if (requests > 1)
		client_message("new", 2, 0);
	done(0, 0);
}

static void dump_again(void **state)
{
	struct khv_list *l;

	(void)state;
	handler = interrupted_once;
	assert_int_equal(khv_list_clients(conn, &l), 0);
	assert_int_equal(requests, 2);
	assert_int_equal(khv_list_count(l), 2);
	assert_false(khv_list_torn(l));
	khv_list_free(l);
}

static void interrupted_always(int cmd)
{
	(void)cmd;
	client_message("x", 1, 0);
	done(0, NLM_F_DUMP_INTR);
}

static void dump_torn(void **state)
{
	struct khv_list *l;

	(void)state;
	handler = interrupted_always;
	assert_int_equal(khv_list_clients(conn, &l), 0);
	assert_int_equal(requests, 5);
	assert_int_equal(khv_list_count(l), 1);
	assert_true(khv_list_torn(l));
	khv_list_free(l);
}

static void failed_dump(int cmd)
{
	(void)cmd;
	client_message("x", 1, 0);
	done(ENOMEM, 0);
}

static void dump_error(void **state)
{
	struct khv_list *l;

	(void)state;
	handler = failed_dump;
	assert_int_equal(khv_list_clients(conn, &l), -ENOMEM);
	assert_null(l);
	assert_int_equal(khv_error(conn)->code, ENOMEM);
}

static void refusal(int cmd)
{
	(void)cmd;
	answer(EBUSY, "client x: task 1 (a\033[2Jb) is inside openat");
}

static void extack(void **state)
{
	(void)state;
	handler = refusal;
	assert_int_equal(khv_set_client(conn, "x", KHV_CLIENT_DISABLED,
					KHV_KEEP),
			 -EBUSY);
	assert_true(khv_error(conn)->from_kernel);
	assert_string_equal(khv_error(conn)->text,
			    "client x: task 1 (a\\x1b[2Jb) is inside openat");
	assert_null(asked(KHV_A_CLIENT, KHV_CLIENT_A_LOG_LEVEL));
	assert_non_null(asked(KHV_A_CLIENT, KHV_CLIENT_A_STATE));
}

/* A kernel without CAP_ACK repeats the request before the text. */
static void long_refusal(int cmd)
{
	struct nlmsgerr e = { .error = -ESTALE };
	struct datagram *d = datagram();
	struct nlmsghdr *n = message(d, NLMSG_ERROR, NLM_F_ACK_TLVS);
	uint32_t offset = 24;

	(void)cmd;
	memcpy(&e.msg, request, sizeof(e.msg));
	append(d, n, &e, sizeof(e));
	append(d, n, request + NLMSG_HDRLEN, request_len - NLMSG_HDRLEN);
	attr(d, n, NLMSGERR_ATTR_OFFS, &offset, sizeof(offset));
	str_attr(d, n, NLMSGERR_ATTR_MSG, "too late");
}

static void extack_uncapped(void **state)
{
	(void)state;
	handler = long_refusal;
	assert_int_equal(khv_txn_begin(conn, 17), -ESTALE);
	assert_string_equal(khv_error(conn)->text, "too late");
	assert_int_equal(khv_error(conn)->offset, 24);
}

/* An error message that lies about its lengths. */
static void broken_refusal(int cmd)
{
	struct nlmsgerr e = { .error = -EPERM };
	struct datagram *d = datagram();
	struct nlmsghdr *n = message(d, NLMSG_ERROR, NLM_F_ACK_TLVS);
	struct nlattr *a;

	(void)cmd;
	e.msg.nlmsg_len = 100000;
	e.msg.nlmsg_seq = ((struct nlmsghdr *)request)->nlmsg_seq;
	append(d, n, &e, sizeof(e));
	a = attr(d, n, NLMSGERR_ATTR_MSG, "abc", 3);
	a->nla_len = 60000;
}

static void extack_broken(void **state)
{
	(void)state;
	handler = broken_refusal;
	assert_int_equal(khv_txn_begin(conn, 0), -EPERM);
	assert_false(khv_error(conn)->from_kernel);
	assert_int_not_equal(khv_error(conn)->text[0], 0);
}

static void forged_then_true(int cmd)
{
	(void)cmd;
	answer(0, NULL);
	queue->sender = 4711;
	answer(EPERM, "really");
}

static void foreign_sender(void **state)
{
	(void)state;
	handler = forged_then_true;
	assert_int_equal(khv_clear_policy(conn, "x", false), -EPERM);
	assert_string_equal(khv_error(conn)->text, "really");
	assert_null(asked(0, KHV_A_FORCE));
}

static void silent(int cmd)
{
	(void)cmd;
}

static void no_answer(void **state)
{
	const struct khv_info *i;

	(void)state;
	handler = silent;
	assert_int_equal(khv_get_info(conn, &i), -ETIMEDOUT);
	handler = info_reply;
	assert_int_equal(khv_get_info(conn, &i), 0);
}

static void reloaded(int cmd)
{
	if (requests == 1)
		answer(ENOENT, NULL);
	else
		info_reply(cmd);
}

static void reload(void **state)
{
	const struct khv_info *i;

	(void)state;
	handler = reloaded;
	assert_int_equal(khv_get_info(conn, &i), 0);
	assert_int_equal(requests, 2);
	/* With a text ENOENT is an answer: nothing of that name. */
	requests = 0;
	handler = NULL;
}

static const char *bad_kind;

static void bad_client(int cmd)
{
	struct datagram *d = datagram();
	struct nlmsghdr *n = reply(d, cmd, NLM_F_MULTI);
	struct nlattr *nest = attr(d, n, KHV_A_CLIENT | NLA_F_NESTED, "", 0);
	struct nlattr *calls;

	if (!strcmp(bad_kind, "short number")) {
		attr(d, n, KHV_CLIENT_A_ID, "abc", 3);
	} else if (!strcmp(bad_kind, "no NUL")) {
		attr(d, n, KHV_CLIENT_A_NAME, "wrap", 4);
	} else if (!strcmp(bad_kind, "empty string")) {
		attr(d, n, KHV_CLIENT_A_NAME, "", 0);
	} else {
		calls = attr(d, n, KHV_CLIENT_A_CALLS | NLA_F_NESTED, "", 0);
		attr(d, n, KHV_CLIENT_A_CALL_NAME, "openat", 6);
		nest_end(d, calls);
	}
	nest_end(d, nest);
	done(0, 0);
}

static void malformed(void **state)
{
	static const char *const kinds[] = { "short number", "no NUL",
					     "empty string", "name in nest" };
	struct khv_list *l;

	(void)state;
	handler = bad_client;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		bad_kind = kinds[i];
		print_message("# %s\n", kinds[i]);
		assert_int_equal(khv_list_clients(conn, &l), -EBADMSG);
		assert_int_not_equal(khv_error(conn)->text[0], 0);
	}
}

static size_t staged;
static char blob[40000];

static void transaction(int cmd)
{
	struct datagram *d;
	const struct nlattr *a;
	size_t len;

	if (cmd == KHV_CMD_POLICY_STAGE) {
		assert_int_equal(asked_u32(0, KHV_A_TXN), 77);
		assert_int_equal(asked_u32(KHV_A_POLICY, KHV_POLICY_A_SIZE),
				 sizeof(blob));
		assert_int_equal(asked_u32(KHV_A_POLICY, KHV_POLICY_A_OFFSET),
				 staged);
		a = asked(KHV_A_POLICY, KHV_POLICY_A_DATA);
		assert_non_null(a);
		len = a->nla_len - NLA_HDRLEN;
		assert_true(len && len <= KHV_POLICY_CHUNK);
		assert_memory_equal((const char *)a + NLA_HDRLEN, blob + staged,
				    len);
		staged += len;
		answer(0, NULL);
		return;
	}
	d = datagram();
	if (cmd == KHV_CMD_POLICY_BEGIN)
		u32_attr(d, reply(d, cmd, 0), KHV_A_TXN, 77);
	else
		u64_attr(d, reply(d, cmd, 0), KHV_A_GENERATION, 19);
	answer(0, NULL);
}

static void txn(void **state)
{
	uint64_t generation = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(blob); i++)
		blob[i] = (char)(i * 7 + i / 251);
	handler = transaction;
	staged = 0;
	assert_int_equal(khv_txn_begin(conn, 0), 0);
	assert_null(asked(0, KHV_A_GENERATION));
	assert_int_equal(khv_txn_stage(conn, "p", blob, sizeof(blob)), 0);
	assert_int_equal(staged, sizeof(blob));
	assert_int_equal(khv_txn_commit(conn, false, &generation), 0);
	assert_null(asked(0, KHV_A_DRY_RUN));
	assert_int_equal(generation, 19);
	assert_int_equal(khv_txn_stage(conn, "p", blob, 0), -EINVAL);
	assert_int_equal(khv_txn_commit(conn, true, &generation), 0);
	assert_non_null(asked(0, KHV_A_DRY_RUN));
}

static void blob_chunks(int cmd)
{
	size_t step = 15000;

	for (size_t at = 0; at < sizeof(blob); at += step) {
		size_t len = sizeof(blob) - at < step ? sizeof(blob) - at :
							step;
		struct datagram *d = datagram();
		struct nlmsghdr *n = reply(d, cmd, NLM_F_MULTI);
		struct nlattr *p =
			attr(d, n, KHV_A_POLICY | NLA_F_NESTED, "", 0);

		u32_attr(d, n, KHV_POLICY_A_SIZE, sizeof(blob));
		u32_attr(d, n, KHV_POLICY_A_OFFSET, (uint32_t)at);
		/* Replaced in the middle of the first reading. */
		u64_attr(d, n, KHV_POLICY_A_GENERATION,
			 requests == 1 && at ? 6 : 5);
		attr(d, n, KHV_POLICY_A_DATA, blob + at, len);
		nest_end(d, p);
	}
	done(0, 0);
}

static void fetch(void **state)
{
	void *got;
	size_t size;

	(void)state;
	handler = blob_chunks;
	assert_int_equal(khv_fetch_policy(conn, "p", &got, &size), 0);
	assert_int_equal(requests, 2);
	assert_int_equal(size, sizeof(blob));
	assert_memory_equal(got, blob, size);
	free(got);
}

static void attached(int cmd)
{
	struct datagram *d = datagram();

	u32_attr(d, reply(d, cmd, 0), KHV_A_COUNT, 3);
	answer(0, NULL);
}

static void attach(void **state)
{
	const struct khv_attach at = { .client = "wrap",
				       .policy = "p",
				       .flags = KHV_TASK_ON_EXEC };
	uint32_t count = 0;

	(void)state;
	handler = attached;
	assert_int_equal(khv_attach(conn, &at, &count, NULL), 0);
	assert_int_equal(count, 3);
	assert_int_equal(asked_u32(KHV_A_TASK, KHV_TASK_A_PID), 0);
	assert_int_equal(asked_u32(KHV_A_TASK, KHV_TASK_A_FLAGS),
			 KHV_TASK_ON_EXEC);
	assert_null(asked(KHV_A_TASK, KHV_TASK_A_DOMAIN));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(absent, fresh),
		TEST(info),
		TEST(list),
		TEST(dump_again),
		TEST(dump_torn),
		TEST(dump_error),
		TEST(extack),
		TEST(extack_uncapped),
		TEST(extack_broken),
		TEST(foreign_sender),
		TEST(no_answer),
		TEST(reload),
		TEST(malformed),
		TEST(txn),
		TEST(fetch),
		TEST(attach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
