// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: the stage. Runs every technique twice, as a fresh process on
 * a fresh scenery: unconfined, where it must succeed, and in the domain. What
 * happened to the scenery is seen from outside.
 */
#include "common.h"
#include "ring.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#define NO_REPORT -1000 /* the actor ended without a word */
#define DAMAGE	  -1001 /* refused, it said, and yet */

static const char *const names[] = { BIN "/control", BIN "/attack" };

static int serve(int type, int port)
{
	struct sockaddr_in6 sin = { .sin6_family = AF_INET6,
				    .sin6_port = htons(port) };
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	if (bind(fd, (void *)&sin, sizeof(sin)))
		perror("stage: bind");
	if (type == SOCK_STREAM) {
		setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &on, sizeof(on));
		listen(fd, 1000);
	}
	return fd;
}

static void abstract(const char *name, int type)
{
	struct sockaddr_un sun = { AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	strcpy(sun.sun_path + 1, name);
	bind(fd, (void *)&sun,
	     offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	listen(fd, 100);
}

/* Where the kernel has SCTP. */
static void serve_messages(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons(PORT_SHUT) };
	int fd = socket(AF_INET, SOCK_SEQPACKET | SOCK_CLOEXEC, 132);

	if (fd >= 0 && !bind(fd, (void *)&sin, sizeof(sin)))
		listen(fd, 100);
}

/* Returns the one that no datagram may reach. */
static int services(void)
{
	put_file("/proc/sys/net/ipv4/ping_group_range", "0 0", 0644);
	abstract("khv-hold", SOCK_STREAM);
	abstract("khv-hold-dgram", SOCK_DGRAM);
	abstract("khv-hold-packet", SOCK_SEQPACKET);
	serve(SOCK_STREAM, PORT_OPEN);
	inherit(serve(SOCK_STREAM, PORT_SHUT), FD_LISTENER);
	serve_messages();
	serve(SOCK_DGRAM, PORT_OPEN);
	return serve(SOCK_DGRAM, PORT_SHUT);
}

static void rings(void)
{
	static struct ring plain, poll;

	if (ring_create(&plain, 0) || ring_create(&poll, IORING_SETUP_SQPOLL))
		return;
	syscall(SYS_io_uring_register, plain.fd, IORING_REGISTER_PERSONALITY,
		NULL, 0);
	ring_name(&plain, FD_RING);
	ring_name(&poll, FD_RING_POLL);
	close(plain.fd);
	close(poll.fd);
}

/* Its other end stays open with the stage. */
static void terminal(void)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0 && !grantpt(fd) && !unlockpt(fd))
		inherit(open(ptsname(fd), O_RDWR | O_NOCTTY), FD_TERMINAL);
}

/* The first in the guest: number 0. */
static void segment(void)
{
	char *p = shmat(shmget(SEGMENT, 4096, IPC_CREAT | 0600), NULL, 0);

	if (p != (void *)-1)
		strcpy(p, MARK);
}

static void struck(int signal)
{
	(void)signal;
	close(creat(STRUCK, 0644));
}

/* A process outside the domain that nobody in it may touch. */
static pid_t stand_by(void)
{
	char text[16];
	int secret = open(D "/f", O_RDONLY);
	pid_t pid;

	/* Before the fork: the first actor may come at once. */
	dup2(secret, FD_SECRET);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		signal(SIGWINCH, struck);
		/* Who listens for files being opened shall hear something. */
		chdir(D);
		for (;;) {
			usleep(20000);
			close(open("f", O_RDONLY));
		}
	}
	snprintf(text, sizeof(text), "%d", pid);
	setenv(ENV_WITNESS, text, 1);
	return pid;
}

/* In the child: descriptors, then the program, if need be through a command. */
static void actor(const char *id, char *const *command, const char *program)
{
	const char *argv[32];
	int n = 0;

	inherit(open(D "/f", O_PATH), FD_FILE_PATH);
	inherit(open(D, O_PATH), FD_DIR_PATH);
	inherit(open(R "/f", O_RDONLY), FD_READ_ONLY);
	inherit(open(D "/f", O_RDONLY), FD_SECRET);
	inherit(open(R "/f", O_RDWR), FD_WRITABLE);
	inherit(open(TUN, O_RDWR), FD_TUN);
	inherit(open(FUSE, O_RDWR), FD_FUSE);
	inherit(open(SWAP_DEVICE, O_RDONLY), FD_DISK);
	inherit(syscall(SYS_open_tree, AT_FDCWD, D, OPEN_TREE_CLONE), FD_TREE);
	while (command && *command && n < 28)
		argv[n++] = *command++;
	argv[n++] = program;
	argv[n++] = "actor";
	argv[n++] = id;
	argv[n] = NULL;
	execvp(argv[0], (char *const *)argv);
	perror(argv[0]);
	_exit(127);
}

/* What somebody outside does before a confined run: see peers/peers.sh. */
static void ready(void)
{
	const char *command = getenv("ATTACK_READY");

	if (command && system(command))
		printf("# failed: %s\n", command);
}

static int perform(const struct attack *attack, char *const *command, int in)
{
	unsigned long before;
	int report[2], result, status;
	char dead[16];
	pid_t pid;

	scenery_build();
	if (in)
		ready();
	before = scenery_print();
	pipe2(report, O_CLOEXEC | O_NONBLOCK);
	pid = fork();
	if (!pid) {
		dup2(report[1], FD_REPORT);
		actor(attack->id, in ? command : NULL, names[in]);
	}
	close(report[1]);
	waitpid(pid, &status, 0);
	if (read(report[0], &result, sizeof(result)) != sizeof(result)) {
		printf("# %s: actor ended with status %#x\n", attack->id,
		       status);
		result = NO_REPORT;
	}
	close(report[0]);
	snprintf(dead, sizeof(dead), "%d", pid);
	setenv(ENV_DEAD, dead, 1);
	if (in && result < 0 && scenery_print() != before)
		result = DAMAGE;
	return result;
}

static const char *word(int result)
{
	if (!result)
		return "succeeded";
	if (result == NO_REPORT)
		return "ended without a result";
	if (result == DAMAGE)
		return "was refused, but the tree has changed";
	return strerrorname_np(-result) ?: "failed oddly";
}

static const char *judge(const struct attack *a, int control, int in)
{
	if (control == SKIPPED || (a->absent && control == -a->absent))
		return "skip";
	if (control || in == SKIPPED)
		return "broken";
	if (a->expect == ALLOWED)
		return in ? "lost" : "held";
	if (in == -(a->error ?: EACCES) || (a->also && in == -a->also))
		return "held";
	if (in)
		return "odd";
	return a->todo ? "todo" : "leaked";
}

static void programs(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	mkdir(BIN, 0755);
	scenery_prepare();
	copy_program("/proc/self/exe", names[0]);
	copy_program("/proc/self/exe", names[1]);
	scenery_build();
}

int watch(char *const *command)
{
	int arrived = 0, denied, status;
	char byte;
	pid_t pid;

	programs();
	denied = services();
	pid = fork();
	if (!pid) {
		execvp(command[0], command);
		_exit(127);
	}
	if (getenv(ENV_REMOTE))
		flip_remotely(pid);
	waitpid(pid, &status, 0);
	while (recv(denied, &byte, 1, MSG_DONTWAIT) == 1)
		arrived++;
	printf("arrived=%d\n", arrived);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* One line a technique: verdict, id, what it is, what happened. */
int stage(const struct attack *attacks, char *const *command)
{
	const struct attack *a;
	pid_t outsider;

	signal(SIGPIPE, SIG_IGN);
	programs();
	services();
	deputies();
	rings();
	terminal();
	segment();
	outsider = stand_by();
	for (a = attacks; a->id; a++) {
		int control = perform(a, command, 0);
		int in = control ? SKIPPED : perform(a, command, 1);

		printf("%s\t%s\t%s\t%s\tunconfined: %s; confined: %s\n",
		       judge(a, control, in), a->id, a->what, a->todo ?: "-",
		       control == SKIPPED ? "not on this kernel" :
					    word(control),
		       control ? "not tried" : word(in));
	}
	kill(outsider, SIGKILL);
	scenery_remove();
	return 0;
}
