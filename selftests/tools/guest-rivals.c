// SPDX-License-Identifier: GPL-2.0
/*
 * Two administrators at once. First both replace the same two policies, each with its
 * own pair: whoever lists them meanwhile never sees one of each. Each also changes
 * a client, and then, without root's rights, a policy of its own: nothing is lost. The loser of a race is
 * told by whom: EBUSY while the other's transaction is open, ESTALE once it is through.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <khv/khv.h>
#include <khv/policy.h>
#include "../lib/tap.h"

#define ROUNDS 60
#define RIVALS 2

struct rival {
	_Atomic pid_t pid;
	_Atomic unsigned long won, busy, stale, nameless, other;
	_Atomic unsigned int last; /* log level, or rules, that it has set last */
	char text[KHV_TEXT_MAX];
};

static struct shared {
	struct rival rival[RIVALS];
	_Atomic int ended;
} * shared;

static const char *const names[] = { "left", "right" };
static const char *const clients[] = { "wrap", "sample" };

/* A policy of so many rules. */
static struct khv_policy *make(const char *name, unsigned int rules)
{
	const struct khv_policy_options o = { .flags = KHV_POLICY_NO_FS };
	struct khv_policy *p;
	char text[1024];
	int n;

	n = snprintf(text, sizeof(text),
		     "policy %s\nadmin user=1001\nadmin user=1002\n", name);
	for (unsigned int i = 0; i < rules; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "file /srv/%u read\n", i);
	if (khv_policy_compile_text(name, text, (size_t)n, &o, &p))
		bail_out("a policy does not compile");
	return p;
}

/* 0 or the error of the step that failed, with the connection's words. */
static int load(struct khv_conn *conn, uint64_t expected,
		struct khv_policy *const *policy, const char *const *name,
		int count)
{
	int err = khv_txn_begin(conn, expected);
	const void *blob;
	size_t size;

	for (int i = 0; !err && i < count; i++) {
		blob = khv_policy_blob(policy[i], &size);
		err = khv_txn_stage(conn, name[i], blob, size);
	}
	return err ? err : khv_txn_commit(conn, false, NULL);
}

/* Does the kernel say who was faster? Not of itself, if it still lives. */
static void account(struct rival *me, const struct rival *they, int err,
		    const struct khv_error *e)
{
	char winner[32];

	snprintf(winner, sizeof(winner), "process %d ", they->pid);
	if (!err) {
		me->won++;
		return;
	}
	if (err == -EBUSY)
		me->busy++;
	else if (err == -ESTALE)
		me->stale++;
	else
		me->other++;
	if ((err != -EBUSY && err != -ESTALE) || !strstr(e->text, winner)) {
		me->nameless++;
		memcpy(me->text, e->text, sizeof(me->text));
	}
}

/* Both want both policies, and each a client. */
static void same_two(unsigned int me)
{
	struct rival *r = &shared->rival[me];
	struct khv_policy *p[] = { make("left", 2 + me),
				   make("right", 2 + me) };
	const struct khv_info *info;
	struct khv_conn *conn;
	int err;

	if (khv_open(&conn))
		_exit(1);
	while (!shared->rival[!me].pid)
		usleep(1000);
	for (int i = 0; i < ROUNDS; i++) {
		if (khv_get_info(conn, &info))
			_exit(1);
		err = load(conn, info->generation, p, names, 2);
		account(r, &shared->rival[!me], err, khv_error(conn));
		if (err)
			khv_txn_abort(conn);
		/* And a client of its own, in which nobody is in the way. */
		r->last = 1 + (unsigned int)i % 3;
		if (khv_set_client(conn, clients[me], KHV_KEEP, (int)r->last))
			r->other++;
		usleep(1000 * (unsigned int)(i % 4));
	}
	khv_close(conn);
}

/* Each its own, as a user whom only the policy makes an administrator. */
static void own_one(unsigned int me)
{
	struct rival *r = &shared->rival[me];
	struct khv_conn *conn;

	if (setregid(1001 + me, 1001 + me) || setreuid(1001 + me, 1001 + me) ||
	    khv_open(&conn))
		_exit(1);
	while (!shared->rival[!me].pid)
		usleep(1000);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned int rules = 2 + i % 5;
		struct khv_policy *p = make(names[me], rules);
		int err = load(conn, 0, &p, &names[me], 1);

		account(r, &shared->rival[!me], err, khv_error(conn));
		if (!err)
			r->last = rules;
		else
			khv_txn_abort(conn);
		khv_policy_free(p);
	}
	khv_close(conn);
}

static void start(void (*work)(unsigned int))
{
	memset(shared, 0, sizeof(*shared));
	for (unsigned int i = 0; i < RIVALS; i++) {
		pid_t pid = fork();

		if (pid) {
			shared->rival[i].pid = pid;
			continue;
		}
		work(i);
		shared->ended++;
		_exit(0);
	}
}

static bool running(void)
{
	return shared->ended < RIVALS;
}

/* One look: rules and generations of both. */
static bool look(struct khv_conn *conn, unsigned int rules[2], uint64_t gen[2])
{
	struct khv_list *l;
	bool whole;

	if (khv_list_policies(conn, &l))
		bail_out(khv_error(conn)->text);
	whole = !khv_list_torn(l);
	for (size_t i = 0; i < khv_list_count(l); i++) {
		const struct khv_policy_info *p = khv_list_at(l, i);
		int right = !strcmp(p->name, "right");

		rules[right] = p->rules;
		gen[right] = p->generation;
	}
	khv_list_free(l);
	return whole;
}

/* What each has said last about its client holds. */
static void look_at_levels(struct khv_conn *conn)
{
	struct khv_list *l;

	if (khv_list_clients(conn, &l))
		bail_out(khv_error(conn)->text);
	for (int i = 0; i < RIVALS; i++) {
		unsigned int level = 99;

		for (size_t k = 0; k < khv_list_count(l); k++) {
			const struct khv_client_info *c = khv_list_at(l, k);

			if (!strcmp(c->name, clients[i]))
				level = c->log_level;
		}
		ok(level == shared->rival[i].last,
		   "client %s is as administrator %d has left it", clients[i],
		   i);
	}
	khv_list_free(l);
}

static void report(const char *what)
{
	for (int i = 0; i < RIVALS; i++) {
		const struct rival *r = &shared->rival[i];

		diag("%s: %lu won, %lu busy, %lu too late", what, r->won,
		     r->busy, r->stale);
		ok(r->won > 0, "%s: administrator %d has changed it", what, i);
		ok(!r->other, "%s: administrator %d met no other error", what,
		   i);
		if (!ok(!r->nameless,
			"%s: administrator %d was told who was faster", what,
			i))
			diag("%s", r->text);
	}
}

static void wait_all(void)
{
	int status, bad = 0;

	while (wait(&status) > 0)
		bad += status != 0;
	is_int(bad, 0, "both have ended well");
}

int main(void)
{
	unsigned int rules[2] = { 0 };
	struct khv_policy *first[2];
	unsigned long looks = 0, torn = 0, mixed = 0;
	uint64_t gen[2] = { 0 };
	struct khv_conn *conn;

	/* One that dies does not say that it has ended. */
	alarm(100);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (system("modprobe khv_wrap; modprobe khv_sample comm=nobody calls=mkdir") ||
	    khv_open(&conn))
		bail_out("cannot load khv_wrap");
	first[0] = make("left", 2);
	first[1] = make("right", 2);
	ok(!load(conn, 0, first, names, 2), "the two policies are in force");

	start(same_two);
	while (running()) {
		if (!look(conn, rules, gen)) {
			torn++;
			continue;
		}
		looks++;
		mixed += rules[0] != rules[1] || gen[0] != gen[1];
	}
	wait_all();
	report("the same two");
	diag("%lu looks, %lu torn", looks, torn);
	ok(looks > 10, "they were looked at meanwhile");
	is_int((long)mixed, 0, "never one of each was seen");
	look_at_levels(conn);
	look(conn, rules, gen);
	is_int(rules[0], rules[1], "nor left behind");
	is_int((long)gen[0], (long)gen[1], "in one generation");
	ok(shared->rival[0].busy + shared->rival[0].stale +
			   shared->rival[1].busy + shared->rival[1].stale >
		   0,
	   "control: they got into each other's way");

	start(own_one);
	while (running())
		look(conn, rules, gen);
	wait_all();
	report("each its own");
	look(conn, rules, gen);
	for (int i = 0; i < RIVALS; i++)
		ok(rules[i] == shared->rival[i].last,
		   "what administrator %d has loaded last is in force", i);

	for (int i = 0; i < 2; i++)
		khv_clear_policy(conn, names[i], true);
	khv_close(conn);
	ok(!system("hvctl -q module unload khv_sample; hvctl -q module unload khv_wrap; modprobe -r khv_policy khv"),
	   "everything can be unloaded");
	return done_testing();
}
