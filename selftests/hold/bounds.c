// SPDX-License-Identifier: GPL-2.0
/*
 * What a confined task makes as large as the kernel lets it, for bounds.t.
 *
 *   bounds make DIR N        a path of N bytes in DIR, with a file "f" at its end
 *   bounds open DIR N        opens the file at the end of it, by its name in steps
 *   bounds links DIR N FILE  N symbolic links one behind the other, to FILE
 *   bounds fds N FILE COMMAND...   executes with FILE open N times
 *   bounds count             how many of its descriptors can be read
 *   bounds receive N FILE    descriptors of FILE by SCM_RIGHTS, how many arrived
 *   bounds argv N COMMAND... executes with N bytes more of arguments
 *   bounds forks FILE        forks until it may not; how many could read FILE, of
 *                            how many, and why there were no more
 *
 * Prints a number, or the name of the error.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME 200 /* bytes of a folder's name */
#define PASS 253 /* descriptors in a message, as many as the kernel takes */

static int say(long value)
{
	if (value < 0)
		puts(strerrorname_np(errno));
	else
		printf("%ld\n", value);
	return value < 0;
}

/* One folder deeper, until the path has the length. */
static int descend(const char *dir, size_t length, bool make)
{
	size_t at = strlen(dir);
	char name[NAME + 2];

	if (chdir(dir))
		return -1;
	/* What is left is for "/f". */
	while (at < length - 2) {
		size_t n = length - 2 - at - 1;

		if (n > NAME)
			n = n > 2 * NAME ? NAME : n / 2;
		memset(name, 'd', n);
		name[n] = '\0';
		if ((make && mkdir(name, 0755)) || chdir(name))
			return -1;
		at += n + 1;
	}
	return 0;
}

static int open_deep(const char *dir, size_t length, bool make)
{
	if (descend(dir, length, make))
		return -1;
	return open("f", make ? O_WRONLY | O_CREAT : O_RDONLY, 0644);
}

static int links(const char *dir, int n, const char *file)
{
	char from[64], to[64];
	int i;

	if (chdir(dir))
		return -1;
	for (i = 0; i < n; i++) {
		snprintf(from, sizeof(from), "link%d", i);
		snprintf(to, sizeof(to), "link%d", i - 1);
		if (symlink(i ? to : file, from))
			return -1;
	}
	return 0;
}

static int raise_limit(unsigned int n)
{
	struct rlimit limit = { n + 64, n + 64 };

	return setrlimit(RLIMIT_NOFILE, &limit);
}

static int fds(unsigned int n, char **argv)
{
	int fd = open(argv[0], O_RDONLY);

	if (fd < 0 || raise_limit(n))
		return -1;
	while (--n)
		if (dup(fd) < 0)
			return -1;
	execvp(argv[1], argv + 1);
	return -1;
}

/* An O_PATH descriptor stands for what was taken away. */
static int count(void)
{
	int fd, n = 0;
	char c;

	for (fd = 3; fd < (int)sysconf(_SC_OPEN_MAX); fd++)
		n += pread(fd, &c, 1, 0) == 1;
	return n;
}

/* Before its program is in a domain: "receive" is its child and confined. */
static int receive(unsigned int n, char **argv)
{
	char control[CMSG_SPACE(PASS * sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c = (void *)control;
	int pair[2], fd = open(argv[0], O_RDONLY), some[PASS], sent = 0;
	unsigned int i;

	if (fd < 0 || raise_limit(4096) ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return -1;
	for (i = 0; i < PASS; i++)
		some[i] = fd;
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(some));
	memcpy(CMSG_DATA(c), some, sizeof(some));
	for (i = 0; i < n; i += PASS, sent++)
		if (sendmsg(pair[0], &msg, 0) != 1)
			return -1;
	close(fd);
	dup2(pair[1], 0);
	closefrom(3);
	execvp(argv[1], argv + 1);
	return -1;
}

static int take(void)
{
	char control[CMSG_SPACE(PASS * sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t got;

	/* To the end: the other side has been closed. */
	do {
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		got = recvmsg(0, &msg, MSG_DONTWAIT);
	} while (got == 1);
	return got ? -1 : count();
}

static int long_argv(unsigned int n, char **argv)
{
	char **args = calloc(n / 100000 + 16, sizeof(char *));
	char *text = malloc(100001);
	unsigned int i = 0, at = 0;

	memset(text, 'x', 100000);
	text[100000] = '\0';
	while (argv[i])
		args[at++] = argv[i++];
	for (i = 0; i < n; i += 100000)
		args[at++] = text;
	execvp(args[0], args);
	return -1;
}

/* Children stay until all are there. */
static int forks(const char *file)
{
	unsigned int *reached = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int n = 0, error;
	pid_t pid;

	setpgid(0, 0);
	while (n < 100000) {
		pid = fork();
		if (pid < 0)
			break;
		if (!pid) {
			if (open(file, O_RDONLY) >= 0)
				__atomic_add_fetch(reached, 1,
						   __ATOMIC_SEQ_CST);
			pause();
			_exit(0);
		}
		n++;
	}
	error = errno;
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(NULL) > 0)
		;
	printf("%u of %d, then %s\n", *reached, n, strerrorname_np(error));
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	int n = argc > 2 ? atoi(argv[2]) : 0;

	if (!strcmp(verb, "make") && argc == 4)
		return say(open_deep(argv[2], atoi(argv[3]), true)) > 0;
	if (!strcmp(verb, "open") && argc == 4)
		return say(open_deep(argv[2], atoi(argv[3]), false) < 0 ? -1 :
									  0);
	if (!strcmp(verb, "links") && argc == 5)
		return say(links(argv[2], atoi(argv[3]), argv[4]));
	if (!strcmp(verb, "fds") && argc > 4)
		return say(fds(n, argv + 3));
	if (!strcmp(verb, "count"))
		return say(count());
	if (!strcmp(verb, "receive") && argc > 4)
		return say(receive(n, argv + 3));
	if (!strcmp(verb, "take"))
		return say(take());
	if (!strcmp(verb, "argv") && argc > 3)
		return say(long_argv(n, argv + 3));
	if (!strcmp(verb, "forks") && argc == 3)
		return forks(argv[2]);
	fprintf(stderr, "bounds: see its source\n");
	return 2;
}
