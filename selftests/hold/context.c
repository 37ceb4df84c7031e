// SPDX-License-Identifier: GPL-2.0
/*
 * Checks that the kernel makes where nothing may sleep: with spinlocks held, with
 * interrupts off, under RCU. What a confined program asks for here is refused there,
 * so that a decision and an event are made there; context.t looks what the kernel says
 * to it. A thread renames and mounts meanwhile, so that no name is remembered.
 *
 *   context outside DIR      who is acted upon; says its process number
 *   context free|held DIR PID
 *                            each once: must succeed, must be refused
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEY 0x6b6876

static const char *dir;
static pid_t other;
static bool confined;

static int result(long value)
{
	return value < 0 ? -errno : 0;
}

/* --- under tasklist_lock, interrupts off --------------------------------------- */

/* In the domain its parent is outside; without one it makes a child, to be traced. */
static int traceme(void)
{
	int status;
	pid_t pid;

	if (confined)
		return result(ptrace(PTRACE_TRACEME, 0, 0, 0));
	pid = fork();
	if (!pid)
		_exit(ptrace(PTRACE_TRACEME, 0, 0, 0) ? errno : 0);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

/* --- under the lock of a task, or RCU ------------------------------------------- */

static int detach(int ret)
{
	int status;

	if (ret)
		return ret;
	waitpid(other, &status, __WALL);
	return result(ptrace(PTRACE_DETACH, other, 0, 0));
}

static int attach(void)
{
	return detach(result(ptrace(PTRACE_ATTACH, other, 0, 0)));
}

static int seize(void)
{
	int ret = result(ptrace(PTRACE_SEIZE, other, 0, 0));

	if (!ret)
		ret = result(ptrace(PTRACE_INTERRUPT, other, 0, 0));
	return detach(ret);
}

static int peek(void)
{
	static char here;
	struct iovec to = { &here, 1 }, from = { &here, 1 };

	/* The same program, not position independent: the same address. */
	return result(process_vm_readv(other, &to, 1, &from, 1, 0));
}

static int memory(void)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/mem", other);
	return result(open(name, O_RDONLY));
}

static int one(void)
{
	return result(kill(other, SIGUSR1));
}

static int group(void)
{
	return result(kill(-other, SIGUSR1));
}

static int thread(void)
{
	return result(syscall(SYS_tgkill, other, other, SIGUSR1));
}

static int queued(void)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };

	return result(syscall(SYS_rt_sigqueueinfo, other, SIGUSR1, &info));
}

static int handle(void)
{
	int fd = (int)syscall(SYS_pidfd_open, other, 0);

	if (fd < 0)
		return -errno;
	return result(syscall(SYS_pidfd_send_signal, fd, SIGUSR1, NULL, 0));
}

/* The kernel's function for it cannot say no: it is asked who would get SIGIO. */
static int owner(void)
{
	struct f_owner_ex who = { 0 };
	int pair[2];

	if (pipe(pair) || fcntl(pair[0], F_SETOWN, -other) ||
	    fcntl(pair[0], F_GETOWN_EX, &who))
		return -errno;
	return who.pid == other ? 0 : -EPERM;
}

static int priority(void)
{
	return result(setpriority(PRIO_PROCESS, other, 1));
}

static int priority_of_group(void)
{
	return result(setpriority(PRIO_PGRP, other, 1));
}

static int io_priority(void)
{
	return result(syscall(SYS_ioprio_set, 2, other, (2 << 13) | 4));
}

static int scheduler(void)
{
	struct sched_param none = { 0 };

	return result(sched_setscheduler(other, SCHED_BATCH, &none));
}

static int affinity(void)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof(all));
	return result(sched_setaffinity(other, sizeof(all), &all));
}

static int limit(void)
{
	struct rlimit l;

	if (prlimit(other, RLIMIT_CORE, NULL, &l))
		return -errno;
	return result(prlimit(other, RLIMIT_CORE, &l, NULL));
}

/* The capability for it is asked for under the lock of the task. */
static int own_limit(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_MSGQUEUE, &l))
		return -errno;
	l.rlim_max++;
	return result(setrlimit(RLIMIT_MSGQUEUE, &l));
}

/* --- under the lock of a socket, or of a System V object ------------------------- */

static int named(int type, struct sockaddr_un *at, const char *name)
{
	snprintf(at->sun_path, sizeof(at->sun_path), "%s/%s", dir, name);
	at->sun_family = AF_UNIX;
	return socket(AF_UNIX, type, 0);
}

static int stream(void)
{
	struct sockaddr_un at;
	int fd = named(SOCK_STREAM, &at, "stream");

	return result(connect(fd, (void *)&at, sizeof(at)));
}

static int datagram(void)
{
	struct sockaddr_un at;
	int fd = named(SOCK_DGRAM, &at, "dgram");

	return result(sendto(fd, "x", 1, 0, (void *)&at, sizeof(at)));
}

static int shared_memory(void)
{
	return result(shmget(KEY, 4096, 0600));
}

static int semaphore(void)
{
	return result(semget(KEY, 1, 0600));
}

static int queue(void)
{
	return result(msgget(KEY, 0600));
}

static int key(void)
{
	return result(syscall(SYS_add_key, "user", "khv-context", "x", 1, -2));
}

static const struct {
	const char *name;
	int (*run)(void);
} tries[] = {
	{ "to be traced by the parent", traceme },
	{ "ptrace attach", attach },
	{ "ptrace seize", seize },
	{ "memory of a process", peek },
	{ "memory by /proc", memory },
	{ "signal to a process", one },
	{ "signal to a group", group },
	{ "signal to a thread", thread },
	{ "queued signal", queued },
	{ "signal by pidfd", handle },
	{ "owner of a descriptor", owner },
	{ "priority of a process", priority },
	{ "priority of a group", priority_of_group },
	{ "I/O priority of a group", io_priority },
	{ "scheduler", scheduler },
	{ "affinity", affinity },
	{ "limit of a process", limit },
	{ "own limit", own_limit },
	{ "Unix stream", stream },
	{ "Unix datagram", datagram },
	{ "shared memory", shared_memory },
	{ "semaphore", semaphore },
	{ "message queue", queue },
	{ "key", key },
};

#define NR_TRIES (sizeof(tries) / sizeof(tries[0]))

/* --- from softirq ------------------------------------------------------------------ */

static volatile sig_atomic_t struck;

static void strike(int signal)
{
	(void)signal;
	struck++;
}

/*
 * A datagram arrives in softirq, and with it SIGIO for the group. Who sends it is
 * whoever was interrupted: not to be asked.
 */
static int from_softirq(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), i;

	signal(SIGIO, strike);
	if (fd < 0 || bind(fd, (void *)&at, sizeof(at)) ||
	    getsockname(fd, (void *)&at, &len) ||
	    fcntl(fd, F_SETOWN, -getpgrp()) ||
	    fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK))
		return -errno;
	for (i = 0; i < 20; i++)
		if (sendto(fd, "x", 1, 0, (void *)&at, sizeof(at)) != 1)
			return -errno;
	for (i = 0; i < 1000 && !struck; i++)
		usleep(1000);
	return struck ? 0 : -ETIME;
}

/* --- outside ------------------------------------------------------------------------ */

static int serve(int type, const char *name)
{
	struct sockaddr_un at;
	int fd = named(type, &at, name);

	if (bind(fd, (void *)&at, sizeof(at)) ||
	    (type == SOCK_STREAM && listen(fd, 100)))
		return -errno;
	return 0;
}

static void *stir(void *arg)
{
	char from[256], to[256], place[256];

	(void)arg;
	snprintf(from, sizeof(from), "%s/from", dir);
	snprintf(to, sizeof(to), "%s/to", dir);
	snprintf(place, sizeof(place), "%s/place", dir);
	mkdir(from, 0755);
	mkdir(place, 0755);
	for (;;) {
		rename(from, to);
		rename(to, from);
		mount("stir", place, "tmpfs", 0, NULL);
		umount(place);
		usleep(20000);
	}
	return NULL;
}

static int outside(void)
{
	pthread_t t;

	signal(SIGUSR1, SIG_IGN);
	setpgid(0, 0);
	if (serve(SOCK_STREAM, "stream") || serve(SOCK_DGRAM, "dgram") ||
	    shmget(KEY, 4096, IPC_CREAT | 0600) < 0 ||
	    semget(KEY, 1, IPC_CREAT | 0600) < 0 ||
	    msgget(KEY, IPC_CREAT | 0600) < 0 ||
	    pthread_create(&t, NULL, stir, NULL)) {
		perror("outside");
		return 2;
	}
	printf("%d\n", getpid());
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	unsigned int i, n, count = 0, wrong = 0;
	bool good;
	int ret;

	dir = argc > 2 ? argv[2] : "";
	other = argc > 3 ? atoi(argv[3]) : 0;
	if (argc == 3 && !strcmp(argv[1], "outside"))
		return outside();
	if (argc != 4 || (strcmp(argv[1], "free") && strcmp(argv[1], "held"))) {
		fprintf(stderr, "usage: context outside DIR, "
				"context free|held DIR PID\n");
		return 2;
	}
	confined = !strcmp(argv[1], "held");
	/* Also without a terminal: a group of its own gets its SIGIO. */
	setpgid(0, 0);
	ret = from_softirq();
	printf("%s %u - %s: a signal from softirq arrives%s%s\n",
	       ret ? "not ok" : "ok", ++count, argv[1], ret ? ": " : "",
	       ret ? strerror(-ret) : "");
	wrong += ret != 0;
	for (i = 0; i < NR_TRIES; i++) {
		good = true;
		/* Again and again: what the kernel is about to change is rare. */
		for (n = 0; good && n < (confined ? 5 : 1); n++) {
			ret = tries[i].run();
			good = confined ? ret == -EACCES || ret == -EPERM :
					  !ret;
		}
		printf("%s %u - %s: %s: %s\n", good ? "ok" : "not ok", ++count,
		       argv[1], tries[i].name, strerror(-ret));
		wrong += !good;
	}
	printf("1..%u\n", count);
	return wrong != 0;
}
