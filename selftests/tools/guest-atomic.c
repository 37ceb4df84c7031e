// SPDX-License-Identifier: GPL-2.0
/*
 * A policy is replaced while its tasks work, by one that says the opposite. Every
 * decision must be that of the text whose generation its event names, whatever
 * kind of object it was about; and at no instant may there be no rule at all: what
 * both texts grant is never refused, what neither grants never let pass.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/khv.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <khv/khv.h>
#include <khv/policy.h>
#include "../lib/tap.h"

#define TASKS	      4
#define LOADS	      150
#define GENERATIONS   4096
#define EVENTS_WANTED 200

/* What the tasks meet that must not be. */
struct shared {
	_Atomic int go, stop, ready;
	_Atomic unsigned long rounds, no_rule, leak;
};

static struct shared *shared;
static char work[] = "/tmp/khv.atomicXXXXXX";
static struct khv_policy *text[2];
/* Which text was loaded as that generation, 1 or 2. */
static unsigned char text_of[GENERATIONS];

static struct {
	unsigned long events, files, sockets, mixed, unknown, lost;
	unsigned long of_text[2];
} seen;

static const char *path(const char *name)
{
	static char buf[256];

	snprintf(buf, sizeof(buf), "%s/%s", work, name);
	return buf;
}

static bool may_open(const char *name)
{
	int fd = open(path(name), O_RDONLY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* UDP: the check is all that happens. */
static bool may_connect(int port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool did = !connect(fd, (struct sockaddr *)&a, sizeof(a));

	close(fd);
	return did;
}

static void child(void)
{
	shared->ready++;
	while (!shared->go)
		usleep(1000);
	while (!shared->stop) {
		may_open("a");
		may_open("b");
		may_connect(4001);
		may_connect(4002);
		if (!may_open("always") || !may_connect(4000))
			shared->no_rule++;
		if (may_open("never") || may_connect(4003))
			shared->leak++;
		shared->rounds++;
	}
	_exit(0);
}

/* Text 0 grants "a" and 4001, text 1 grants "b" and 4002. */
static struct khv_policy *compile(int which)
{
	const struct khv_policy_options o = { .flags = KHV_POLICY_NO_FS };
	struct khv_policy *p;
	char rules[1024];
	int n;

	n = snprintf(rules, sizeof(rules),
		     "policy atomic\n"
		     /* Its own code stays mapped; nothing is opened by it. */
		     "file / mmap\n"
		     "file %s/always read\n"
		     "file %s/%s read\n"
		     "socket any none\n"
		     "socket 127.0.0.1:4000 connect\n"
		     "socket 127.0.0.1:%d connect\n",
		     work, work, which ? "b" : "a", which ? 4002 : 4001);
	if (khv_policy_compile_text("atomic.hv", rules, (size_t)n, &o, &p))
		bail_out("the policy does not compile");
	return p;
}

static bool ends_in(const struct khv_bytes *b, const char *end)
{
	size_t n = strlen(end);

	return b->len >= n && !memcmp(b->data + b->len - n, end, n);
}

static void on_event(const struct khv_event *e, void *arg)
{
	bool first, second, granted;

	(void)arg;
	seen.lost += e->lost;
	if (!KHV_HAS(e, KHV_E_SEQ) || !e->policy || strcmp(e->policy, "atomic"))
		return;
	first = ends_in(&e->object, "/a") || ends_in(&e->object, ":4001/udp");
	second = ends_in(&e->object, "/b") || ends_in(&e->object, ":4002/udp");
	if (!first && !second)
		return;
	if (e->generation >= GENERATIONS || !text_of[e->generation]) {
		if (!seen.unknown++)
			diag("generation %llu was never loaded",
			     (unsigned long long)e->generation);
		return;
	}
	granted = (text_of[e->generation] == 1) == first;
	seen.events++;
	seen.of_text[text_of[e->generation] - 1]++;
	if (e->type && !strcmp(e->type, "file"))
		seen.files++;
	else
		seen.sockets++;
	if ((e->verdict == KHV_ALLOWED) != granted && !seen.mixed++)
		diag("generation %llu: %.*s was %s",
		     (unsigned long long)e->generation, (int)e->object.len,
		     e->object.data, khv_verdict_name(e->verdict));
}

static void load(struct khv_conn *conn, int which, const struct khv_info *info)
{
	uint64_t generation = 0;
	const void *blob;
	size_t size;

	/* Nobody else changes policies: the next number is known before. */
	if (info && info->generation + 1 < GENERATIONS)
		text_of[info->generation + 1] = (unsigned char)(which + 1);
	blob = khv_policy_blob(text[which], &size);
	if (khv_txn_begin(conn, 0) ||
	    khv_txn_stage(conn, "atomic", blob, size) ||
	    khv_txn_commit(conn, false, &generation))
		bail_out(khv_error(conn)->text);
	if (generation < GENERATIONS)
		text_of[generation] = (unsigned char)(which + 1);
}

static void drain(struct khv_events *ev)
{
	int err;

	do
		err = khv_events_read(ev, on_event, NULL);
	while (err >= 0 || err == -ENOBUFS);
}

static void start_tasks(struct khv_conn *conn, pid_t *pid)
{
	for (int i = 0; i < TASKS; i++) {
		struct khv_attach at = { .client = "wrap", .policy = "atomic" };

		pid[i] = fork();
		if (!pid[i])
			child();
		at.pid = (uint32_t)pid[i];
		if (khv_attach(conn, &at, NULL, NULL))
			bail_out(khv_error(conn)->text);
	}
	while (shared->ready < TASKS)
		usleep(1000);
}

static void make(const char *name)
{
	int fd = open(path(name), O_CREAT | O_WRONLY, 0644);

	if (fd < 0)
		bail_out(name);
	close(fd);
}

int main(void)
{
	const struct khv_info *info;
	struct khv_events *ev;
	struct khv_conn *conn;
	pid_t pid[TASKS];
	int loads;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (system("modprobe khv_wrap") || !mkdtemp(work) || khv_open(&conn) ||
	    khv_set_client(conn, "wrap", KHV_KEEP, KHV_LOG_ALLOW))
		bail_out("cannot load khv_wrap");
	make("a");
	make("b");
	make("always");
	make("never");
	text[0] = compile(0);
	text[1] = compile(1);
	ok(may_open("never") && may_connect(4003),
	   "control: without a policy everything is allowed");
	load(conn, 0, NULL);
	if (khv_events_open(&ev, 0, NULL))
		bail_out("no events");
	start_tasks(conn, pid);
	shared->go = 1;
	for (loads = 1; loads < LOADS || seen.events < EVENTS_WANTED; loads++) {
		if (khv_get_info(conn, &info))
			bail_out("no information");
		load(conn, loads & 1, info);
		usleep(5000);
		drain(ev);
		if (loads > 50 * LOADS)
			break;
	}
	shared->stop = 1;
	for (int i = 0; i < TASKS; i++)
		waitpid(pid[i], NULL, 0);
	usleep(200000);
	drain(ev);
	diag("%d loads, %lu rounds of %d tasks, %lu events (%lu files, %lu sockets), %lu lost",
	     loads, (unsigned long)shared->rounds, TASKS, seen.events,
	     seen.files, seen.sockets, seen.lost);
	ok(seen.files > 20 && seen.sockets > 20, "both kinds were decided");
	ok(seen.of_text[0] > 20 && seen.of_text[1] > 20, "by both texts");
	is_int((long)seen.mixed, 0,
	       "each decision is that of the generation it names");
	is_int((long)seen.unknown, 0, "which was in force");
	is_int((long)shared->no_rule, 0, "what both grant is never refused");
	is_int((long)shared->leak, 0, "what neither grants never passes");
	khv_events_close(ev);
	khv_clear_policy(conn, "atomic", true);
	khv_close(conn);
	if (chdir("/") || system("rm -rf /tmp/khv.atomic*"))
		diag("the files stay behind");
	ok(!system("hvctl -q module unload khv_wrap; modprobe -r khv_policy khv"),
	   "everything can be unloaded");
	return done_testing();
}
