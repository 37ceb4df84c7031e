// SPDX-License-Identifier: GPL-2.0
/*
 * Brings things into a domain, and says from inside what became of them.
 *
 *	brought open KIND... -- COMMAND...	from number 20 on; then executes
 *						COMMAND... show KIND...
 *	brought show KIND...			"KIND kept", "KIND revoked"
 *	brought wait KIND...			opens, then shows for every line
 *						that it reads
 *
 * KIND is a word of the table below, perhaps with ":" and an argument.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST 20

static int do_read(const char *arg)
{
	return open(arg, O_RDONLY);
}

static int do_write(const char *arg)
{
	return open(arg, O_WRONLY);
}

static int do_append(const char *arg)
{
	return open(arg, O_WRONLY | O_APPEND);
}

static int do_path(const char *arg)
{
	return open(arg, O_PATH);
}

static int do_pty(const char *arg)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);

	(void)arg;
	if (fd < 0 || unlockpt(fd))
		return -1;
	return open(ptsname(fd), O_RDWR | O_NOCTTY);
}

static int do_pipe(const char *arg)
{
	int fd[2];

	(void)arg;
	return pipe(fd) ? -1 : fd[0];
}

/* Its SIGIO goes to the parent, which is outside. */
static int do_owned(const char *arg)
{
	int fd = do_pipe(arg);

	return fcntl(fd, F_SETOWN, getppid()) ? -1 : fd;
}

static int do_eventfd(const char *arg)
{
	(void)arg;
	return eventfd(0, 0);
}

static int do_epoll(const char *arg)
{
	(void)arg;
	return epoll_create1(0);
}

static int do_timerfd(const char *arg)
{
	(void)arg;
	return timerfd_create(CLOCK_MONOTONIC, 0);
}

static int do_signalfd(const char *arg)
{
	sigset_t set;

	(void)arg;
	sigemptyset(&set);
	return signalfd(-1, &set, 0);
}

static int do_pidfd(const char *arg)
{
	int fd = (int)syscall(SYS_pidfd_open, getppid(), 0);

	(void)arg;
	fcntl(fd, F_SETFD, 0);
	return fd;
}

static int do_memfd(const char *arg)
{
	(void)arg;
	return memfd_create("brought", 0);
}

static int do_inotify(const char *arg)
{
	(void)arg;
	return inotify_init1(0);
}

static int do_fanotify(const char *arg)
{
	(void)arg;
	return fanotify_init(FAN_CLASS_NOTIF, 0);
}

static int do_ring(const char *arg)
{
	struct io_uring_params p = {};
	int fd = (int)syscall(SYS_io_uring_setup, 4, &p);

	(void)arg;
	if (fd >= 0)
		fcntl(fd, F_SETFD, 0);
	return fd;
}

static int do_perf(const char *arg)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
	};

	(void)arg;
	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static int do_bpf(const char *arg)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 4,
		.max_entries = 1,
	};
	int fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));

	(void)arg;
	if (fd >= 0)
		fcntl(fd, F_SETFD, 0);
	return fd;
}

static int do_userfaultfd(const char *arg)
{
	(void)arg;
	return (int)syscall(SYS_userfaultfd, 0);
}

static int do_queue(const char *arg)
{
	mqd_t q = mq_open(arg, O_RDWR | O_CREAT, 0600, NULL);

	if (q >= 0) {
		mq_unlink(arg);
		fcntl(q, F_SETFD, 0);
	}
	return q;
}

static struct sockaddr_in local(const char *port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int with(int fd, int (*fn)(int, const struct sockaddr *, socklen_t),
		const char *port)
{
	struct sockaddr_in sin = local(port);
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return fn(fd, (void *)&sin, sizeof(sin)) ? -1 : fd;
}

static int do_bound(const char *arg)
{
	return with(socket(AF_INET, SOCK_STREAM, 0), bind, arg);
}

static int do_listen(const char *arg)
{
	int fd = do_bound(arg);

	return fd < 0 || listen(fd, 8) ? -1 : fd;
}

static int pair[2];

static void do_pair(const char *arg)
{
	int listener = do_listen(arg);

	pair[0] = with(socket(AF_INET, SOCK_STREAM, 0), connect, arg);
	pair[1] = accept(listener, NULL, NULL);
	close(listener);
}

/* A connection to the port, and the other end of one. */
static int do_client(const char *arg)
{
	do_pair(arg);
	return pair[0];
}

static int do_server(const char *arg)
{
	do_pair(arg);
	return pair[1];
}

static int do_udp_bound(const char *arg)
{
	return with(socket(AF_INET, SOCK_DGRAM, 0), bind, arg);
}

static int do_udp(const char *arg)
{
	return with(socket(AF_INET, SOCK_DGRAM, 0), connect, arg);
}

static int do_raw(const char *arg)
{
	(void)arg;
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static int do_packet(const char *arg)
{
	(void)arg;
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static int do_netlink(const char *arg)
{
	(void)arg;
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
}

static int do_socketpair(const char *arg)
{
	int fd[2];

	(void)arg;
	return socketpair(AF_UNIX, SOCK_STREAM, 0, fd) ? -1 : fd[0];
}

static int unix_bound(const char *arg)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	unlink(arg);
	strncpy(sun.sun_path, arg, sizeof(sun.sun_path) - 1);
	return bind(fd, (void *)&sun, sizeof(sun)) ? -1 : fd;
}

static int do_unix_listen(const char *arg)
{
	int fd = unix_bound(arg);

	return fd < 0 || listen(fd, 8) ? -1 : fd;
}

static void unix_pair(const char *arg)
{
	int listener = do_unix_listen(arg);
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	strncpy(sun.sun_path, arg, sizeof(sun.sun_path) - 1);
	pair[0] = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(pair[0], (void *)&sun, sizeof(sun)))
		pair[0] = -1;
	pair[1] = accept(listener, NULL, NULL);
	close(listener);
}

static int do_unix_client(const char *arg)
{
	unix_pair(arg);
	return pair[0];
}

static int do_unix_server(const char *arg)
{
	unix_pair(arg);
	return pair[1];
}

static const struct {
	const char *name;
	int (*open)(const char *arg);
} kinds[] = {
	{ "read", do_read },
	{ "write", do_write },
	{ "append", do_append },
	{ "path", do_path },
	{ "pty", do_pty },
	{ "pipe", do_pipe },
	{ "owned", do_owned },
	{ "eventfd", do_eventfd },
	{ "epoll", do_epoll },
	{ "timerfd", do_timerfd },
	{ "signalfd", do_signalfd },
	{ "pidfd", do_pidfd },
	{ "memfd", do_memfd },
	{ "inotify", do_inotify },
	{ "fanotify", do_fanotify },
	{ "ring", do_ring },
	{ "perf", do_perf },
	{ "bpf", do_bpf },
	{ "userfaultfd", do_userfaultfd },
	{ "queue", do_queue },
	{ "bound", do_bound },
	{ "listen", do_listen },
	{ "client", do_client },
	{ "server", do_server },
	{ "udp-bound", do_udp_bound },
	{ "udp", do_udp },
	{ "raw", do_raw },
	{ "packet", do_packet },
	{ "netlink", do_netlink },
	{ "socketpair", do_socketpair },
	{ "unix-listen", do_unix_listen },
	{ "unix-client", do_unix_client },
	{ "unix-server", do_unix_server },
};

static int open_kind(const char *word)
{
	const char *colon = strchr(word, ':');
	size_t len = colon ? (size_t)(colon - word) : strlen(word);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strlen(kinds[i].name) == len &&
		    !strncmp(kinds[i].name, word, len))
			return kinds[i].open(colon ? colon + 1 : "");
	errno = EINVAL;
	return -1;
}

/* High numbers first, so that none is in the way of another. */
static void open_all(int n, char **word)
{
	for (int i = 0; i < n; i++) {
		int fd = open_kind(word[i]);

		if (fd < 0 || dup2(fd, FIRST + i) < 0) {
			perror(word[i]);
			exit(2);
		}
		if (fd >= FIRST + n)
			close(fd);
	}
}

/* Revoked is what can do nothing, but still has its number. */
static const char *state(int fd, const char *word)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return "closed";
	if (!strncmp(word, "path:", 5))
		return "kept";
	if (!(flags & O_PATH))
		return "kept";
	return read(fd, NULL, 0) < 0 && errno == EBADF ? "revoked" : "odd";
}

static void show(int n, char **word)
{
	for (int i = 0; i < n; i++)
		printf("%s %s\n", word[i], state(FIRST + i, word[i]));
	fflush(stdout);
}

static int run(int n, char **word)
{
	char *argv[256];
	int out = 0, opened = 0;

	while (opened < n && strcmp(word[opened], "--"))
		opened++;
	open_all(opened, word);
	for (int i = opened + 1; i < n && out < 100; i++)
		argv[out++] = word[i];
	argv[out++] = "show";
	for (int i = 0; i < opened && out < 250; i++)
		argv[out++] = word[i];
	argv[out] = NULL;
	execvp(argv[0], argv);
	perror(argv[0]);
	return 127;
}

int main(int argc, char **argv)
{
	char line[16];

	if (argc < 2)
		return 2;
	if (!strcmp(argv[1], "open"))
		return run(argc - 2, argv + 2);
	if (!strcmp(argv[1], "wait")) {
		open_all(argc - 2, argv + 2);
		while (fgets(line, sizeof(line), stdin))
			show(argc - 2, argv + 2);
		return 0;
	}
	show(argc - 2, argv + 2);
	return 0;
}
