// SPDX-License-Identifier: GPL-2.0
/*
 * A program that is attached while it runs, and says what it still can do:
 *
 *	held WHAT [ARG]
 *
 * prepares, says "ready PID" and then one line for every line it reads.
 *
 *	code FILE	executable mapping: "there" or "gone"
 *	sealed FILE	code that is sealed (mseal): the same
 *	shared FILE	shared, writable mapping: the same
 *	memory		executable memory of its own: the same
 *	ring, poll	FILE opened by a ring from before, by its descriptor: the text
 *			read, or "dead"; poll: with a thread of the kernel
 *	fixed		the same by a ring that is registered with the task
 *	pending FILE	a read of a fifo is under way in a ring: "data" or "nothing"
 *	asleep FILE	a thread is asleep in a read of a fifo: what it got
 *	threads FILE	four threads try to read a file: how many could
 *	forks FILE	children that are made all the time do: how many could
 *	apart FILE	a thread with a table of its own does: "read" or "refused"
 *	vm, files	a process shares memory, or descriptors; PID is the other one
 *	vfork		PID is a child that has not executed yet
 *	tracer		traces a child: "traced" or "refused"
 *	heir		PID is a child with the memory of a ring of its parent, in which
 *			a thread of the parent looks for requests
 *	notify		PID is a child whose supervisor outside gives it D/f
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include "../attacks/common.h"
#include "../attacks/ring.h"

static const char *arg = "";
static pid_t shown;
static int file = -1;
static char *map;
static struct ring ring;
static volatile int result;
static volatile int asked;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static const char *map_state(void)
{
	return msync(map, 4096, MS_ASYNC) ? "gone" : "there";
}

static void mapped(int flags, int prot, int mode)
{
	int fd = *arg ? open(arg, mode) : -1;

	map = mmap(NULL, 4096, prot, flags, fd, 0);
	if (map == MAP_FAILED)
		die(arg);
	if (fd >= 0)
		close(fd);
}

static void do_code(void)
{
	mapped(MAP_PRIVATE, PROT_READ | PROT_EXEC, O_RDONLY);
}

/* What nobody can unmap any more, since 6.10. */
static void do_sealed(void)
{
	do_code();
	if (syscall(462 /* mseal */, map, 4096, 0))
		die("mseal");
}

static void do_shared(void)
{
	mapped(MAP_SHARED, PROT_READ | PROT_WRITE, O_RDWR);
}

static void do_memory(void)
{
	mapped(MAP_PRIVATE | MAP_ANONYMOUS, PROT_READ | PROT_EXEC, 0);
}

static void make_ring(unsigned int flags)
{
	if (ring_create(&ring, flags))
		die("ring");
	file = open("/srv/hold/D/f", O_RDONLY);
}

static void do_ring(void)
{
	make_ring(0);
}

static void do_poll(void)
{
	make_ring(IORING_SETUP_SQPOLL);
}

static void do_fixed(void)
{
	struct io_uring_rsrc_update reg = { .offset = -1U };

	make_ring(0);
	reg.data = (unsigned int)ring.fd;
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_RING_FDS,
		    &reg, 1) != 1)
		die("register");
	close(ring.fd);
	ring.fd = (int)reg.offset;
}

/* The path is not judged by its ring if the ring is from before. */
static const char *ring_state(void)
{
	static char text[16];
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_READ,
		.fd = file,
		.addr = (unsigned long)text,
		.len = sizeof(text) - 1,
	};
	int got = ring_do(&ring, &sqe);

	return got > 0 ? "read" : "dead";
}

/* The parent keeps the thread awake: a request needs no call of ours. */
static const char *heir_state(void)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_NOP };
	unsigned int *tail =
		(unsigned int *)(ring.rings + ring.params.cq_off.tail);
	unsigned int before = *tail;

	ring_submit(&ring, &sqe, 1);
	for (int i = 0; i < 100; i++) {
		if (__atomic_load_n(tail, __ATOMIC_ACQUIRE) != before)
			return "alive";
		usleep(5000);
	}
	return "dead";
}

/* IORING_ENTER_REGISTERED_RING, which ring.c does not know. */
static const char *fixed_state(void)
{
	long got = syscall(SYS_io_uring_enter, ring.fd, 0, 0, 1U << 4, NULL, 0);

	return got < 0 ? "dead" : "alive";
}

static char pipe_text[16];

static void do_pending(void)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_READ,
		.addr = (unsigned long)pipe_text,
		.len = sizeof(pipe_text) - 1,
	};

	make_ring(0);
	sqe.fd = open(arg, O_RDWR);
	if (sqe.fd < 0 || ring_submit(&ring, &sqe, 1))
		die("pending");
}

static const char *pending_state(void)
{
	usleep(50000);
	return *pipe_text ? "data" : "nothing";
}

static void *sleeper(void *unused)
{
	char text[16];
	ssize_t got;

	(void)unused;
	got = read(file, text, sizeof(text));
	result = got < 0 ? errno : (int)got;
	asked = 2;
	return NULL;
}

static void start(void *(*fn)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, fn, NULL))
		die("thread");
}

static void do_asleep(void)
{
	file = open(arg, O_RDWR);
	start(sleeper);
	usleep(100000);
}

static const char *asleep_state(void)
{
	for (int i = 0; i < 100 && asked != 2; i++)
		usleep(10000);
	return asked != 2 ? "asleep" : result == EBADF ? "EBADF" : "data";
}

static bool readable(void)
{
	char c;

	return pread(file, &c, 1, 0) == 1;
}

static void *reader(void *unused)
{
	(void)unused;
	while (!asked)
		usleep(1000);
	__sync_fetch_and_add(&result, readable());
	__sync_fetch_and_add(&asked, 1);
	return NULL;
}

static void do_threads(void)
{
	file = open(arg, O_RDONLY);
	for (int i = 0; i < 4; i++)
		start(reader);
}

static const char *number(int n)
{
	static char text[16];

	snprintf(text, sizeof(text), "%d", n);
	return text;
}

static const char *threads_state(void)
{
	for (asked = 1; asked != 5;)
		usleep(1000);
	return number(result);
}

static void *unshared(void *unused)
{
	(void)unused;
	if (unshare(CLONE_FILES))
		die("unshare");
	asked = 1;
	while (asked != 2)
		usleep(1000);
	result = readable();
	asked = 3;
	return NULL;
}

static void do_apart(void)
{
	file = open(arg, O_RDONLY);
	start(unshared);
	while (asked != 1)
		usleep(1000);
}

static const char *apart_state(void)
{
	for (asked = 2; asked != 3;)
		usleep(1000);
	return result ? "read" : "refused";
}

static void do_forks(void)
{
	file = open(arg, O_RDONLY);
}

/* Children all the time, until a line comes; those made after it are counted. */
static const char *forks_state(void)
{
	int could = 0, status;

	for (int i = 0; i < 20; i++) {
		pid_t child = fork();

		if (!child)
			_exit(readable());
		waitpid(child, &status, 0);
		could += WIFEXITED(status) && WEXITSTATUS(status);
	}
	return number(could);
}

static void forks_idle(void)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };

	while (!poll(&in, 1, 0)) {
		pid_t child = fork();

		if (!child) {
			/* Lives on beyond the attach, and has a child then. */
			usleep(20000);
			if (!fork())
				_exit(0);
			_exit(0);
		}
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		usleep(2000);
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static int idle(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return 0;
}

static char stack[65536] __attribute__((aligned(16)));

static void child_with(int flags)
{
	shown = clone(idle, stack + sizeof(stack), flags | SIGCHLD, NULL);
	if (shown < 0)
		die("clone");
}

static void do_vm(void)
{
	child_with(CLONE_VM);
}

static void do_files(void)
{
	child_with(CLONE_FILES);
}

/* The child shares all with a parent that waits in the kernel. */
static void do_vfork(void)
{
	if (!vfork()) {
		char text[32];
		int len = snprintf(text, sizeof(text), "ready %d\n", getpid());

		if (write(1, text, (size_t)len) == len)
			pause();
		_exit(0);
	}
	exit(0);
}

static void do_tracer(void)
{
	shown = fork();
	if (!shown)
		idle(NULL);
	if (ptrace(PTRACE_SEIZE, shown, NULL, NULL) ||
	    ptrace(PTRACE_INTERRUPT, shown, NULL, NULL))
		die("seize");
	waitpid(shown, NULL, __WALL);
	result = shown;
	shown = 0;
}

static const char *tracer_state(void)
{
	errno = 0;
	ptrace(PTRACE_PEEKDATA, result, stack, NULL);
	return errno ? "refused" : "traced";
}

/* The thread reads the parent's descriptor into the parent's memory. */
static void do_heir(void)
{
	pid_t child;

	make_ring(IORING_SETUP_SQPOLL);
	child = fork();
	if (!child) {
		close(ring.fd);
		ring.fd = -1;
		return;
	}
	while (!waitpid(child, NULL, WNOHANG)) {
		syscall(SYS_io_uring_enter, ring.fd, 0, 0,
			IORING_ENTER_SQ_WAKEUP, NULL, 0);
		usleep(500);
	}
	_exit(0);
}

#define GIVEN 60

/* Child: asks to be supervised. The number of the listener, for the parent. */
static int listen_to_me(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(*code), code };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			    SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

static void supervise(pid_t child, int number)
{
	int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	int listener = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);

	for (;;) {
		struct seccomp_notif asked_for = { 0 };
		struct seccomp_notif_resp answer = {
			.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE,
		};
		struct seccomp_notif_addfd add = {
			.flags = SECCOMP_ADDFD_FLAG_SETFD,
			.newfd = GIVEN,
		};

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked_for))
			_exit(0);
		add.srcfd = (unsigned int)open("/srv/hold/D/f", O_RDONLY);
		add.id = answer.id = asked_for.id;
		ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
		close((int)add.srcfd);
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
}

static void do_notify(void)
{
	volatile int *number = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child = fork();

	if (!child) {
		*number = listen_to_me();
		usleep(300000);
		return;
	}
	while (!*number)
		usleep(1000);
	supervise(child, *number);
}

static const char *notify_state(void)
{
	char c;
	int could;

	syscall(SYS_getppid);
	could = pread(GIVEN, &c, 1, 0) == 1;
	close(GIVEN);
	return could ? "read" : "refused";
}

static const struct {
	const char *what;
	void (*prepare)(void);
	const char *(*state)(void);
	void (*idle)(void);
} all[] = {
	{ "code", do_code, map_state, NULL },
	{ "sealed", do_sealed, map_state, NULL },
	{ "shared", do_shared, map_state, NULL },
	{ "memory", do_memory, map_state, NULL },
	{ "ring", do_ring, ring_state, NULL },
	{ "poll", do_poll, ring_state, NULL },
	{ "fixed", do_fixed, fixed_state, NULL },
	{ "pending", do_pending, pending_state, NULL },
	{ "asleep", do_asleep, asleep_state, NULL },
	{ "threads", do_threads, threads_state, NULL },
	{ "forks", do_forks, forks_state, forks_idle },
	{ "apart", do_apart, apart_state, NULL },
	{ "vm", do_vm, NULL, NULL },
	{ "files", do_files, NULL, NULL },
	{ "vfork", do_vfork, NULL, NULL },
	{ "tracer", do_tracer, tracer_state, NULL },
	{ "heir", do_heir, heir_state, NULL },
	{ "notify", do_notify, notify_state, NULL },
};

int main(int argc, char **argv)
{
	char line[16];

	if (argc > 2)
		arg = argv[2];
	for (size_t i = 0; i < sizeof(all) / sizeof(*all) && argc > 1; i++) {
		if (strcmp(all[i].what, argv[1]))
			continue;
		all[i].prepare();
		printf("ready %d\n", shown ? shown : getpid());
		fflush(stdout);
		for (;;) {
			if (all[i].idle)
				all[i].idle();
			if (!fgets(line, sizeof(line), stdin))
				break;
			puts(all[i].state ? all[i].state() : "here");
			fflush(stdout);
		}
		if (shown)
			kill(shown, SIGKILL);
		/* Without what exit handlers may need. */
		_exit(0);
	}
	fprintf(stderr, "usage: held WHAT [ARG]\n");
	return 2;
}
