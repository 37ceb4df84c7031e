// SPDX-License-Identifier: GPL-2.0
/*
 * random SEED ROUNDS: the decision of a stack is the conjunction of its clients.
 *
 * Clients of khv_stack come and go at random, with random priorities (many of them
 * equal), some of them rewriting, some not told afterwards, in both gates. A worker
 * that they watch makes random calls, and what comes of each, who was asked in
 * which order and who was told is compared with a model. Then the same with the
 * stack changing while the worker calls: what a client refuses that stays is refused
 * all the time, and what nobody refuses is allowed all the time.
 *
 * Exit 0: all as the model says. The seed of a run that failed repeats it.
 */
#include <errno.h>
#include <fcntl.h>
#include <khv/khv.h>
#include <linux/khv.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PARAMETERS "/sys/module/khv_stack/parameters/"
#define CLIENTS	   16
#define MODE	   0755
#define PLACE	   "random.d"
/* What the worker does in one go while the stack changes. */
#define BURST 400

enum call { MKDIR, MKDIRAT, RMDIR, GETPRIORITY, NR_CALLS, RUN_ALL = NR_CALLS };
static const char *const call_name[] = { "mkdir", "mkdirat", "rmdir",
					 "getpriority" };

/* What the driver knows of a client. */
struct layer {
	bool present, watches, rewriter, silent;
	int priority;
	unsigned int order; /* of registration */
};

static struct layer layer[CLIENTS];
static unsigned int registrations;
static unsigned int deny_calls, deny_checks, rewrite, hates[CLIENTS];
static struct khv_conn *conn;
static int to_worker = -1, from_worker = -1;
static unsigned int bad;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

/* --- the worker ----------------------------------------------------------- */

/* 0 or -errno. Not in libc: it asks for another priority than the caller thinks. */
static int do_call(enum call call)
{
	long ret = -1;

	switch (call) {
	case MKDIR:
		ret = syscall(SYS_mkdir, PLACE, MODE);
		break;
	case MKDIRAT:
		ret = syscall(SYS_mkdirat, AT_FDCWD, PLACE, MODE);
		break;
	case RMDIR:
		ret = syscall(SYS_rmdir, PLACE);
		break;
	default:
		ret = syscall(SYS_getpriority, PRIO_PROCESS, 0);
		break;
	}
	return ret < 0 ? -errno : 0;
}

/* How often what came out, over BURST calls that need no place. */
struct tally {
	unsigned int allowed, refused, other;
};

static void burst(struct tally *t)
{
	unsigned int i;

	*t = (struct tally){ 0 };
	for (i = 0; i < BURST; i++) {
		int got = do_call(i % 3 ? GETPRIORITY : MKDIR);

		/* The name is taken: only the kernel's own answer is left. */
		if (!got || got == -EEXIST)
			t->allowed++;
		else if (got == -EACCES || got == -EPERM)
			t->refused++;
		else
			t->other++;
	}
}

static int worker(char **argv)
{
	unsigned char call;
	struct tally t;
	int got;

	while (read(0, &call, 1) == 1) {
		if (call == 'x') {
			execv(argv[0], argv);
			return 2;
		}
		if (call == RUN_ALL) {
			burst(&t);
			if (write(1, &t, sizeof(t)) != sizeof(t))
				return 2;
			continue;
		}
		got = do_call(call);
		if (write(1, &got, sizeof(got)) != sizeof(got))
			return 2;
	}
	return 0;
}

/* --- the driver ----------------------------------------------------------- */

static void set_text(const char *name, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

static void set(const char *name, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	set_text(name, text);
}

static void get_trace(char *buf, size_t size)
{
	FILE *f = fopen(PARAMETERS "trace", "r");

	if (!f || !fgets(buf, size, f))
		die("trace");
	fclose(f);
	buf[strcspn(buf, "\n")] = '\0';
}

static void send(unsigned char what)
{
	if (write(to_worker, &what, 1) != 1)
		die("worker");
}

static void receive(void *what, size_t size)
{
	if (read(from_worker, what, size) != (ssize_t)size)
		die("worker");
}

static void start_worker(char *program)
{
	int in[2], out[2];

	if (pipe(in) || pipe(out))
		die("pipe");
	if (!fork()) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execl(program, program, NULL);
		_exit(2);
	}
	close(in[0]);
	close(out[1]);
	to_worker = in[1];
	from_worker = out[0];
}

static unsigned int pick(unsigned int n)
{
	return (unsigned int)random() % n;
}

/* A client registers. The worker is not watched by it until it executes again. */
static void add(unsigned int i)
{
	unsigned int k, silent = 0, rewriters = 0;
	struct layer *l = &layer[i];
	char text[32];

	*l = (struct layer){
		.present = true,
		.rewriter = !pick(3),
		.silent = !pick(3),
		.priority = (int)pick(5) - 2,
		.order = ++registrations,
	};
	for (k = 0; k < CLIENTS; k++) {
		silent |= (unsigned int)layer[k].silent << k;
		rewriters |= (unsigned int)layer[k].rewriter << k;
	}
	set("silent", silent);
	set("rewriters", rewriters);
	snprintf(text, sizeof(text), "add %u %d", i, l->priority);
	set_text("change", text);
}

static void drop(unsigned int i)
{
	char name[16], text[32];
	int tries = 0, ret;

	snprintf(name, sizeof(name), "stack%u", i);
	do
		ret = khv_set_client(conn, name, KHV_CLIENT_DISABLED, KHV_KEEP);
	while (ret == -EBUSY && ++tries < 50);
	if (ret) {
		fprintf(stderr, "%s: %s\n", name, khv_error(conn)->text);
		exit(2);
	}
	layer[i].present = false;
	layer[i].watches = false;
	snprintf(text, sizeof(text), "drop %u", i);
	set_text("change", text);
}

static void rewatch(void)
{
	unsigned int i;
	int got;

	send('x');
	/* It has executed when it answers. */
	send(GETPRIORITY);
	receive(&got, sizeof(got));
	for (i = 0; i < CLIENTS; i++)
		layer[i].watches = layer[i].present;
}

/* The clients that watch the worker, in their order. */
static unsigned int chain(unsigned int *out)
{
	unsigned int i, k, n = 0;

	for (i = 0; i < CLIENTS; i++) {
		if (!layer[i].watches)
			continue;
		for (k = n++; k > 0; k--) {
			const struct layer *before = &layer[out[k - 1]];

			if (before->priority < layer[i].priority ||
			    (before->priority == layer[i].priority &&
			     before->order < layer[i].order))
				break;
			out[k] = out[k - 1];
		}
		out[k] = i;
	}
	return n;
}

/* --- the model ------------------------------------------------------------ */

struct walk {
	const unsigned int *stack;
	unsigned int n;
	char *at;
};

static void tell(struct walk *w, unsigned int asked)
{
	while (asked--)
		if (!layer[w->stack[asked]].silent)
			*w->at++ = (char)('a' + w->stack[asked]);
}

static int model_check(struct walk *w)
{
	unsigned int asked = 0;
	int ret = 0;

	while (asked < w->n && !ret) {
		unsigned int i = w->stack[asked++];

		*w->at++ = (char)('A' + i);
		ret = deny_checks >> i & 1 ? -EPERM : 0;
	}
	tell(w, asked);
	return ret;
}

/* Who rewrites makes all of them judge again; only the first one can. */
static int model_call(struct walk *w, enum call call, unsigned int *mode)
{
	unsigned int k, asked = 0;
	bool rewritten = false, has_mode = call == MKDIR || call == MKDIRAT;
	int ret = 0;

	for (k = 0; k < w->n && !ret; k++) {
		unsigned int i = w->stack[k];

		if (k + 1 > asked)
			asked = k + 1;
		*w->at++ = (char)('A' + i);
		if (deny_calls >> i & 1 ||
		    (has_mode && hates[i] && hates[i] == *mode)) {
			ret = -EACCES;
		} else if (has_mode && layer[i].rewriter && rewrite >> i & 1 &&
			   !rewritten) {
			rewritten = true;
			*mode = 0700 + i;
			k = -1u;
		}
	}
	if (!ret && call != GETPRIORITY)
		ret = model_check(w);
	tell(w, asked);
	return ret;
}

/* --- comparing ------------------------------------------------------------ */

/* As the call needs it: a folder to remove, or room to make one. */
static void prepare(enum call call)
{
	rmdir(PLACE);
	if (call == RMDIR && mkdir(PLACE, MODE))
		die(PLACE);
}

/* Was done what was allowed, in the way it was rewritten to, and nothing else? */
static bool right_effect(enum call call, int result, unsigned int mode)
{
	struct stat st;
	bool there = !stat(PLACE, &st);

	if (call == GETPRIORITY)
		return !there;
	if (call == RMDIR)
		return there == (result != 0);
	return there == (result == 0) &&
	       (!there || (st.st_mode & 07777) == mode);
}

static void describe(const unsigned int *stack, unsigned int n)
{
	unsigned int k;

	printf("# stack:");
	for (k = 0; k < n; k++)
		printf(" %c(%d%s%s)", 'A' + stack[k], layer[stack[k]].priority,
		       layer[stack[k]].rewriter ? " rewrites" : "",
		       layer[stack[k]].silent ? " silent" : "");
	printf("; calls %#x, checks %#x, rewrite %#x\n", deny_calls,
	       deny_checks, rewrite);
}

/* Refusals at every depth, and often enough none. */
static unsigned int sparse(void)
{
	return pick(3) ? (unsigned int)(random() & random() & random()) : 0;
}

static void set_verdicts(void)
{
	char text[CLIENTS * 5], *at = text;
	unsigned int i;

	deny_calls = sparse() & 0xffff;
	deny_checks = sparse() & 0xffff;
	rewrite = pick(2) ? (unsigned int)random() & 0xffff : 0;
	for (i = 0; i < CLIENTS; i++) {
		/* Some hate what is asked for, some what it is rewritten to. */
		hates[i] = pick(12) ? 0 : pick(2) ? MODE : 0700 + pick(CLIENTS);
		at += sprintf(at, "%s%u", i ? "," : "", hates[i]);
	}
	set_text("hates", text);
	set("rewrite", rewrite);
	set("deny_calls", deny_calls);
	set("deny_checks", deny_checks);
}

static void try(void)
{
	char wanted[300], trace[600];
	unsigned int stack[CLIENTS], mode = MODE;
	struct walk w = { .stack = stack, .n = chain(stack), .at = wanted };
	enum call call = pick(NR_CALLS);
	int want = model_call(&w, call, &mode), got;

	*w.at = '\0';
	prepare(call);
	set("trace", 0);
	send(call);
	receive(&got, sizeof(got));
	get_trace(trace, sizeof(trace));
	if (got == want && !strcmp(trace, wanted) &&
	    right_effect(call, got, mode))
		return;
	printf("# %s: %d and %s, wanted %d and %s, mode %#o\n", call_name[call],
	       got, trace, want, wanted, mode);
	describe(stack, w.n);
	bad++;
}

/* One change of the stack at random, more often towards a full one at first. */
static void change(unsigned int bias)
{
	unsigned int i = pick(CLIENTS);

	if (!layer[i].present)
		add(i);
	else if (pick(CLIENTS) >= bias)
		drop(i);
}

static void try_while_changing(void)
{
	unsigned int i, watching = 0, stay = 0, changes = 2 + pick(4);
	struct tally t;

	prepare(RMDIR); /* the name is taken */
	set_verdicts();
	/* A mkdir of a taken name gets as far as the call gate. */
	set("deny_checks", deny_checks = 0);
	set_text("hates", "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0");
	for (i = 0; i < CLIENTS; i++)
		watching |= (unsigned int)layer[i].watches << i;
	send(RUN_ALL);
	while (changes--)
		change(CLIENTS / 2);
	receive(&t, sizeof(t));
	for (i = 0; i < CLIENTS; i++)
		stay |= (unsigned int)layer[i].watches << i;
	if (!t.other && (!(stay & deny_calls) || !t.allowed) &&
	    ((watching & deny_calls) || !t.refused))
		return;
	printf("# changing: %u allowed, %u refused, %u other; watching %#x, stay %#x, refuse %#x\n",
	       t.allowed, t.refused, t.other, watching, stay, deny_calls);
	bad++;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	unsigned int rounds, r, i, tries = 0, deepest = 0;
	unsigned int stack[CLIENTS], seed;

	if (!strcmp(name ? name + 1 : argv[0], "worker"))
		return worker(argv);
	if (argc != 4) {
		fprintf(stderr, "usage: random SEED ROUNDS WORKER\n");
		return 2;
	}
	umask(0);
	seed = (unsigned int)strtoul(argv[1], NULL, 0);
	rounds = (unsigned int)strtoul(argv[2], NULL, 0);
	srandom(seed);
	if (khv_open(&conn)) {
		fprintf(stderr, "%s\n", khv_error(conn)->text);
		return 2;
	}
	add(pick(CLIENTS));
	start_worker(argv[3]);
	/* It may have executed before or after the first client came. */
	rewatch();
	for (r = 0; r < rounds; r++) {
		for (i = pick(5); i > 0; i--)
			change(r < rounds / 2 ? CLIENTS : CLIENTS / 4);
		if (pick(4))
			rewatch();
		i = chain(stack);
		deepest = i > deepest ? i : deepest;
		for (i = 0; i < 25; i++, tries++) {
			set_verdicts();
			try();
		}
		if (r % 4 == 3)
			try_while_changing();
	}
	rmdir(PLACE);
	close(to_worker);
	wait(NULL);
	for (i = 0; i < CLIENTS; i++)
		if (layer[i].present)
			drop(i);
	khv_close(conn);
	printf("# seed %u: %u rounds, %u calls, %u registrations, up to %u clients, %u wrong\n",
	       seed, rounds, tries, registrations, deepest, bad);
	return bad != 0;
}
