// SPDX-License-Identifier: GPL-2.0
/*
 * libkhv in two threads at once, as libkhv(3) allows it: each with a connection of its
 * own; policies, lists and rendering shared or not. Built with ThreadSanitizer, which
 * makes this fail if the library writes anything that both can see without a lock.
 * Without the kernel modules the requests fail, each in its own words; with them
 * (tools/guest-threads) both threads change and list the same kernel.
 */
#include <json-c/json.h>
#include <pthread.h>
#include <unistd.h>
#include <khv/khv.h>
#include <khv/policy.h>
#include "../lib/tap.h"

#define ROUNDS	20
#define THREADS 2

static const char text[] = "policy threads \"two at once\"\n"
			   "admin user=root group=root\n"
			   "file / read\n"
			   "file ~/secret none\n"
			   "file /etc/shadow none why=\"secret\"\n"
			   "socket 127.0.0.1:53/udp connect user=root\n"
			   "process any signal group=daemon\n"
			   "expect deny file /etc/shadow read\n";

/* What a thread saw that should not be. */
struct report {
	pthread_t thread;
	unsigned int number;
	unsigned long wrong, done, refused;
	char why[KHV_TEXT_MAX];
};

static struct khv_policy *shared;
static pthread_barrier_t start;

static void wrong(struct report *r, const char *what)
{
	r->wrong++;
	snprintf(r->why, sizeof(r->why), "%s", what);
}

static struct khv_policy *compile(const char *name)
{
	const struct khv_policy_options o = { .flags = KHV_POLICY_LINT };
	struct khv_policy *p;

	if (khv_policy_compile_text(name, text, sizeof(text) - 1, &o, &p) &&
	    p) {
		for (size_t i = 0; i < khv_policy_nr_messages(p); i++)
			diag("%s", khv_policy_message(p, i)->text);
	}
	return p;
}

static void ask(struct report *r, const struct khv_policy *p)
{
	struct khv_decision d;
	struct khv_rule_info info;
	const char *file, *source;
	char error[128];
	size_t len;

	if (khv_policy_test(p, NULL, NULL, "file", "/etc/shadow", "read", &d,
			    error, sizeof(error)) ||
	    d.allowed)
		wrong(r, "the shadow file");
	if (khv_policy_test(p, NULL, NULL, "file", "/etc/hosts", "read", &d,
			    error, sizeof(error)) ||
	    !d.allowed)
		wrong(r, "the hosts file");
	if (khv_policy_test(p, NULL, NULL, "nonsense", "x", "y", &d, error,
			    sizeof(error)) != -EINVAL)
		wrong(r, "nonsense");
	if (khv_policy_rule(p, 0, &info) || strcmp(info.domain, "main"))
		wrong(r, "a rule");
	if (khv_policy_source(p, 0, &file, &source, &len) ||
	    memcmp(source, text, len))
		wrong(r, "the source");
}

static void difference(const struct khv_difference *d, void *arg)
{
	(void)d;
	++*(unsigned long *)arg;
}

static void policies(struct report *r)
{
	char name[32];
	struct khv_policy *own, *again = NULL;
	unsigned long found = 0;
	const void *blob;
	size_t size;

	snprintf(name, sizeof(name), "threads-%u.hv", r->number);
	own = compile(name);
	blob = own ? khv_policy_blob(own, &size) : NULL;
	if (!blob) {
		wrong(r, "a policy does not compile");
		khv_policy_free(own);
		return;
	}
	ask(r, own);
	ask(r, shared);
	if (khv_policy_open_blob(blob, size, &again))
		wrong(r, "a blob does not open");
	else if (khv_policy_diff(shared, again, difference, &found) || found)
		wrong(r, "equal policies differ");
	khv_policy_free(again);
	khv_policy_free(own);
}

static void rendering(struct report *r)
{
	const struct khv_task_info task = {
		.has = ~0ull,
		.pid = 7,
		.comm = "a\nb",
		.client = "wrap",
		.policy = "p",
		.domain = "main",
		.inside = "",
	};
	const struct khv_event event = {
		.has = 1 << KHV_E_SEQ,
		.seq = r->number,
		.verdict = KHV_DENIED,
	};
	struct json_object *o = khv_record_json(&khv_task_record, &task);
	char buf[256], number[16], when[KHV_TIME_MAX];

	json_object_put(o);
	json_object_put(khv_event_json(&event));
	khv_event_line(&event, buf, sizeof(buf));
	khv_event_text(&event, buf, sizeof(buf));
	khv_time_text(when, 1700000000ull * 1000000000);
	khv_field_text(khv_record_field(&khv_task_record, "comm"), &task, buf,
		       sizeof(buf));
	if (strcmp(buf, "a\\x0ab"))
		wrong(r, "the name of a task");
	if (strcmp(khv_errno_name(13, number), "EACCES") ||
	    strncmp(when, "2023-11-14T22:13:20", 19) ||
	    khv_level_value("deny") < 0)
		wrong(r, "a word");
}

/* Refused in words, or done; the other thread's error is never ours. */
static void answered(struct report *r, struct khv_conn *conn, int err)
{
	const struct khv_error *e = khv_error(conn);

	r->done += !err;
	r->refused += err != 0;
	if (err ? e->code != -err || !e->text[0] : e->code)
		wrong(r, "an error that is not that of the request");
}

static void requests(struct report *r)
{
	static int (*const lists[])(struct khv_conn *, struct khv_list **) = {
		khv_list_clients,  khv_list_hooks,    khv_list_tasks,
		khv_list_policies, khv_list_coverage, khv_list_admins,
		khv_list_locks,	   khv_list_stats,
	};
	const struct khv_info *info;
	struct khv_conn *conn;
	struct khv_list *l;
	char absent[32];
	int err;

	err = khv_open(&conn);
	if (!conn) {
		wrong(r, "no connection");
		return;
	}
	if (err) {
		answered(r, conn, err);
		khv_close(conn);
		return;
	}
	err = khv_get_info(conn, &info);
	answered(r, conn, err);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		l = NULL;
		err = lists[i](conn, &l);
		answered(r, conn, err);
		khv_list_free(l);
	}
	/* Each hears about its own mistake. */
	snprintf(absent, sizeof(absent), "nosuch%u", r->number);
	err = khv_clear_policy(conn, absent, false);
	answered(r, conn, err);
	err = khv_set_client(conn, absent, KHV_KEEP, KHV_LOG_DENY);
	answered(r, conn, err);
	if (!strstr(khv_error(conn)->text, absent) && !getuid() &&
	    khv_error(conn)->from_kernel)
		diag("%s", khv_error(conn)->text);
	khv_close(conn);
}

static void *run(void *arg)
{
	struct report *r = arg;

	pthread_barrier_wait(&start);
	for (int i = 0; i < ROUNDS; i++) {
		policies(r);
		rendering(r);
		requests(r);
	}
	return NULL;
}

int main(void)
{
	struct report r[THREADS] = { 0 };

	shared = compile("threads.hv");
	if (!ok(shared && khv_policy_blob(shared, &(size_t){ 0 }),
		"the shared policy compiles"))
		return done_testing();
	pthread_barrier_init(&start, NULL, THREADS);
	for (unsigned int i = 0; i < THREADS; i++) {
		r[i].number = i;
		if (pthread_create(&r[i].thread, NULL, run, &r[i]))
			bail_out("no thread");
	}
	for (unsigned int i = 0; i < THREADS; i++) {
		pthread_join(r[i].thread, NULL);
		if (!ok(!r[i].wrong, "thread %u: all answers are its own", i))
			diag("%lu wrong, the last: %s", r[i].wrong, r[i].why);
		ok(r[i].done + r[i].refused >= ROUNDS,
		   "thread %u: %lu requests answered, %lu refused", i,
		   r[i].done, r[i].refused);
	}
	pthread_barrier_destroy(&start);
	khv_policy_free(shared);
	return done_testing();
}
