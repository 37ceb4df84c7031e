// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class RACE. One thread makes a call again and again, another
 * changes what the call is about, between an allowed and a denied object.
 *
 * "leaks" counts how often the denied object was reached: 0 in the domain.
 * "wins" counts how often it was reached although a look just before the call
 * saw the allowed one: what a check at the entry of the call would have passed.
 * Unconfined both must be above 0, or the race was never run. "granted" counts
 * the allowed object: above 0 also in the domain.
 */
#include "common.h"
#include "race.h"
#include <arpa/inet.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>

char race_path[64];
long granted;
static struct sockaddr_in peer;
static struct open_how how;
static int udp, work_dir, denied_dir;

/* Names of one length: only the letter of the directory differs. */
void flip_path(void)
{
	static volatile char *letter = race_path + sizeof(ROOT);

	*letter = *letter == 'R' ? 'D' : 'R';
}

bool see_path(void)
{
	return race_path[sizeof(ROOT)] == 'R';
}

int secret(int fd)
{
	if (fd < 0)
		return 0;
	if (!marked(fd))
		return 1;
	granted++;
	return 0;
}

static int open_path(void)
{
	return secret(open(race_path, O_RDONLY));
}

void start_path(void)
{
	strcpy(race_path, R "/f");
}

static void flip_directory(void)
{
	renameat2(AT_FDCWD, A "/d", AT_FDCWD, A "/swap", RENAME_EXCHANGE);
}

static bool see_directory(void)
{
	struct stat st;

	return !lstat(A "/d", &st) && S_ISDIR(st.st_mode);
}

static int open_directory(void)
{
	return secret(open(A "/d/f", O_RDONLY));
}

static void start_peer(void)
{
	peer = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(PORT_OPEN),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
}

static void flip_peer(void)
{
	volatile in_port_t *port = &peer.sin_port;

	*port ^= htons(PORT_OPEN) ^ htons(PORT_SHUT);
}

static bool see_peer(void)
{
	return peer.sin_port == htons(PORT_OPEN);
}

static bool connected_to_denied(void)
{
	struct sockaddr_in name = {};
	socklen_t len = sizeof(name);

	return !getpeername(udp, (void *)&name, &len) &&
	       name.sin_port == htons(PORT_SHUT);
}

static int connect_peer(void)
{
	if (connect(udp, (void *)&peer, sizeof(peer)))
		return 0;
	if (connected_to_denied())
		return 1;
	granted++;
	return 0;
}

/*
 * Whom a datagram went to is seen at the other end. The receivers are ours in
 * the control run; in the domain the stage has the denied port and counts.
 */
static int receiver = -1;

static void start_send(void)
{
	struct sockaddr_in sin;

	start_peer();
	sin = peer;
	sin.sin_port = htons(PORT_SHUT);
	receiver = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (bind(receiver, (void *)&sin, sizeof(sin))) {
		close(receiver);
		receiver = -1;
	}
}

static int received(void)
{
	char byte;

	return receiver >= 0 && recv(receiver, &byte, 1, 0) == 1;
}

static int send_peer(void)
{
	if (sendto(udp, "x", 1, 0, (void *)&peer, sizeof(peer)) == 1)
		granted++;
	return received();
}

static int send_batch(void)
{
	struct iovec iov = { (void *)"x", 1 };
	struct mmsghdr m[4];
	int i, result = 0;

	for (i = 0; i < 4; i++)
		m[i] = (struct mmsghdr){ .msg_hdr = { &peer, sizeof(peer), &iov,
						      1 } };
	if (sendmmsg(udp, m, 4, 0) > 0)
		granted++;
	while (received())
		result = 1;
	return result;
}

static void flip_flags(void)
{
	volatile __u64 *flags = &how.flags;

	*flags ^= O_RDONLY ^ O_RDWR;
}

static bool see_flags(void)
{
	return !(how.flags & O_RDWR);
}

static int open_flags(void)
{
	int fd = syscall(SYS_openat2, AT_FDCWD, R "/f", &how, sizeof(how));
	int flags;

	if (fd < 0)
		return 0;
	flags = fcntl(fd, F_GETFL);
	close(fd);
	if ((flags & O_ACCMODE) == O_RDWR)
		return 1;
	granted++;
	return 0;
}

/* Threads share one working directory. */
static void start_directory(void)
{
	work_dir = open(A, O_PATH);
	denied_dir = open(D, O_PATH);
}

static void flip_work(void)
{
	static bool there;

	there = !there;
	if (fchdir(there ? denied_dir : work_dir))
		abort();
}

static bool see_work(void)
{
	char name[64] = "";

	return getcwd(name, sizeof(name)) && !strcmp(name, A);
}

static int open_relative(void)
{
	return secret(open("f", O_RDONLY));
}

static void start_exec(void)
{
	strcpy(race_path, R "/prog");
}

static int exec_path(void)
{
	pid_t pid = vfork();

	if (!pid) {
		execl(race_path, race_path, "where", NULL);
		_exit(errno);
	}
	switch (wait_child(pid)) {
	case -RAN:
		return 1;
	case 0:
		granted++;
	}
	return 0;
}

static const struct race races[] = {
	{ "path", start_path, flip_path, see_path, open_path },
	{ "swap", NULL, flip_directory, see_directory, open_directory },
	{ "cwd", start_directory, flip_work, see_work, open_relative },
	{ "flags", NULL, flip_flags, see_flags, open_flags },
	{ "connect", start_peer, flip_peer, see_peer, connect_peer },
	{ "sendto", start_send, flip_peer, see_peer, send_peer },
	{ "sendmmsg", start_send, flip_peer, see_peer, send_batch },
	{ "exec", start_exec, flip_path, see_path, exec_path },
	{}
};

static volatile bool stop;

/*
 * Where processors take turns (one, or emulated by one thread) a loop of flips
 * is worth no more than one flip a turn: sleep now and then, so that flips fall
 * into the middle of calls.
 */
static void *flip_on(void *arg)
{
	const struct race *r = arg;
	struct timespec nap = { 0, 1 };
	unsigned int i;

	while (!stop) {
		for (i = rand() % 8; i; i--)
			r->flip();
		if (rand() % 4)
			sched_yield();
		else
			nanosleep(&nap, NULL);
	}
	return NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int run(const struct race *r, long tries)
{
	long i, leaks = 0, wins = 0;
	double begin = now();
	pthread_t t;

	if (r->start)
		r->start();
	if (r->flip && pthread_create(&t, NULL, flip_on, (void *)r))
		return 1;
	for (i = 1; i <= tries; i++) {
		bool harmless = r->see();
		int leak = r->try();

		leaks += leak;
		wins += leak && harmless;
		if (tries >= 1000 && i % (tries / 5) == 0)
			printf("# %s: %ld of %ld tries, %.1f s\n", r->name, i,
			       tries, now() - begin);
	}
	stop = true;
	if (r->flip)
		pthread_join(t, NULL);
	printf("%s tries=%ld granted=%ld leaks=%ld wins=%ld seconds=%.1f\n",
	       r->name, tries, granted, leaks, wins, now() - begin);
	return 0;
}

int race(const char *name, long tries)
{
	const struct race *r;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (r = races; r->name; r++)
		if (!strcmp(r->name, name))
			return run(r, tries);
	for (r = more_races; r->name; r++)
		if (!strcmp(r->name, name))
			return run(r, tries);
	return 2;
}
