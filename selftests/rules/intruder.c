// SPDX-License-Identifier: GPL-2.0
/*
 * What somebody does who has taken over a confined program. Started in its place,
 * or by it, with its user, descriptors and domain.
 *
 *	intruder FILE		what to try; without FILE: its own name and ".tries"
 *
 * A line of FILE: "held | ACTION ARGUMENT... | what that is"; the first word is the
 * test's. One line of answer for each, "done", "EACCES", ... and the line's text:
 * to standard error, or if that is a device to /dev/log, as daemons do.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

/* 0 or a negative error number. */
static int said(long result)
{
	return result < 0 ? -errno : 0;
}

static int opened(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0755);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Reading counts when a byte came: an open /proc file may still refuse. */
static int try_read(char **arg)
{
	int fd = open(arg[0], O_RDONLY | O_CLOEXEC), ret;
	char byte;

	if (fd < 0)
		return -errno;
	ret = said(read(fd, &byte, 1));
	close(fd);
	return ret;
}

static int try_list(char **arg)
{
	return opened(arg[0], O_RDONLY | O_DIRECTORY);
}

static int try_write(char **arg)
{
	return opened(arg[0], O_WRONLY);
}

static int try_append(char **arg)
{
	int fd = open(arg[0], O_WRONLY | O_APPEND | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = said(write(fd, "# intruder\n", 11));
	close(fd);
	return ret;
}

static int try_create(char **arg)
{
	return opened(arg[0], O_WRONLY | O_CREAT | O_EXCL);
}

static int try_truncate(char **arg)
{
	return said(truncate(arg[0], 0));
}

static int try_delete(char **arg)
{
	return said(unlink(arg[0]));
}

static int try_rename(char **arg)
{
	return said(rename(arg[0], arg[1]));
}

static int try_link(char **arg)
{
	return said(link(arg[0], arg[1]));
}

/* Where it leads to is what is wanted: a link alone is nothing. */
static int try_symlink(char **arg)
{
	if (symlink(arg[0], arg[1]))
		return -errno;
	return try_read(arg + 1);
}

static int try_chmod(char **arg)
{
	return said(chmod(arg[0], 0666));
}

static int try_exec(char **arg)
{
	char *argv[] = { arg[0], NULL };
	int report[2], error = 0, null, status;
	pid_t child;

	if (pipe2(report, O_CLOEXEC))
		return -errno;
	child = fork();
	if (!child) {
		null = open("/dev/null", O_RDWR);
		for (status = 0; null >= 0 && status < 3; status++)
			dup2(null, status);
		execv(arg[0], argv);
		error = errno;
		_exit(write(report[1], &error, sizeof(error)) < 0);
	}
	close(report[1]);
	if (read(report[0], &error, sizeof(error)) < 0)
		error = errno;
	close(report[0]);
	if (child > 0 && !error) {
		/* It runs. What it would do is of no interest. */
		usleep(100000);
		kill(child, SIGKILL);
	}
	waitpid(child, &status, 0);
	return -error;
}

/* Something of one's own, put somewhere and run. */
static int try_drop(char **arg)
{
	static const char script[] = "#!/usr/bin/true\n";
	int fd = open(arg[0], O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	if (fd < 0)
		return -errno;
	if (write(fd, script, sizeof(script) - 1) < 0 || fchmod(fd, 0755)) {
		close(fd);
		return -errno;
	}
	close(fd);
	return try_exec(arg);
}

static int try_map(char **arg)
{
	int fd = open(arg[0], O_RDONLY | O_CLOEXEC);
	void *map;

	if (fd < 0)
		return -errno;
	map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	close(fd);
	return map == MAP_FAILED ? -errno : 0;
}

static int address(struct sockaddr_in *to, char **arg)
{
	*to = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(atoi(arg[1])),
	};
	return inet_pton(AF_INET, arg[0], &to->sin_addr) == 1 ? 0 : -EINVAL;
}

static int try_socket(char **arg, int type, bool here)
{
	struct sockaddr_in to;
	int fd, ret = address(&to, arg);

	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (ret || fd < 0)
		return ret ?: -errno;
	if (here)
		ret = bind(fd, (struct sockaddr *)&to, sizeof(to)) ?:
			      listen(fd, 1);
	else if (type == SOCK_STREAM)
		ret = connect(fd, (struct sockaddr *)&to, sizeof(to));
	else
		ret = sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
	ret = said(ret);
	close(fd);
	return ret;
}

static int try_connect(char **arg)
{
	return try_socket(arg, SOCK_STREAM, false);
}

static int try_udp(char **arg)
{
	return try_socket(arg, SOCK_DGRAM, false);
}

static int try_listen(char **arg)
{
	return try_socket(arg, SOCK_STREAM, true);
}

static int try_unix(char **arg)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), ret;

	strncpy(to.sun_path, arg[0], sizeof(to.sun_path) - 1);
	ret = said(connect(fd, (struct sockaddr *)&to, sizeof(to)));
	close(fd);
	return ret;
}

/* Every packet of the machine. */
static int try_sniff(char **arg)
{
	(void)arg;
	return said(socket(AF_PACKET, SOCK_RAW, htons(3)));
}

/* A signal that does nothing to anybody: whether it may be sent is asked first. */
static int try_signal(char **arg)
{
	return said(kill(atoi(arg[0]), SIGCONT));
}

static int try_trace(char **arg)
{
	pid_t pid = atoi(arg[0]);

	if (ptrace(PTRACE_SEIZE, pid, 0, 0))
		return -errno;
	ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	waitpid(pid, NULL, __WALL);
	return said(ptrace(PTRACE_DETACH, pid, 0, 0));
}

/* Wherever: no address has to be known to be refused. */
static int try_peek(char **arg)
{
	char byte;
	struct iovec to = { &byte, 1 }, from = { (void *)0x10, 1 };
	long ret = syscall(SYS_process_vm_readv, atoi(arg[0]), &to, 1UL, &from,
			   1UL, 0UL);

	return ret < 0 && errno == EFAULT ? 0 : said(ret);
}

static int try_hasten(char **arg)
{
	return said(setpriority(PRIO_PROCESS, atoi(arg[0]), 1));
}

static int try_mount(char **arg)
{
	if (unshare(CLONE_NEWNS))
		return -errno;
	return said(mount("intruder", arg[0], "tmpfs", 0, NULL));
}

/* In a child: it may do so only once, and this one goes on. */
static int in_child(int (*action)(char **), char **arg)
{
	int status;
	pid_t child = fork();

	if (!child)
		_exit(-action(arg));
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

static int unshare_user(char **arg)
{
	(void)arg;
	return said(unshare(CLONE_NEWUSER));
}

static int try_namespace(char **arg)
{
	return in_child(unshare_user, arg);
}

static int try_mount_child(char **arg)
{
	return in_child(try_mount, arg);
}

static int become(char **arg)
{
	return said(setuid(atoi(arg[0])));
}

static int try_become(char **arg)
{
	return in_child(become, arg);
}

static int try_node(char **arg)
{
	return said(mknod(arg[0], S_IFBLK | 0600, (253 << 8) | 0));
}

static int try_ring(char **arg)
{
	char params[120] = { 0 };

	(void)arg;
	return said(syscall(SYS_io_uring_setup, 4, params));
}

/* An empty one: refused for its form if it may be loaded. */
static int try_module(char **arg)
{
	char image[64] = { 0 };

	(void)arg;
	if (!syscall(SYS_init_module, image, sizeof(image), ""))
		return 0;
	return errno == ENOEXEC ? 0 : -errno;
}

/* Code from memory that has no name. */
static int try_memory(char **arg)
{
	static const char script[] = "#!/usr/bin/true\n";
	int fd = memfd_create("intruder", 0);
	char name[32], *file[] = { name, NULL };

	(void)arg;
	if (fd < 0 || write(fd, script, sizeof(script) - 1) < 0)
		return -errno;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return try_exec(file);
}

static const struct action {
	const char *name;
	int args;
	int (*try)(char **arg);
} actions[] = {
	{ "read", 1, try_read },	   { "list", 1, try_list },
	{ "write", 1, try_write },	   { "append", 1, try_append },
	{ "create", 1, try_create },	   { "truncate", 1, try_truncate },
	{ "delete", 1, try_delete },	   { "rename", 2, try_rename },
	{ "link", 2, try_link },	   { "symlink", 2, try_symlink },
	{ "chmod", 1, try_chmod },	   { "exec", 1, try_exec },
	{ "drop", 1, try_drop },	   { "map", 1, try_map },
	{ "connect", 2, try_connect },	   { "udp", 2, try_udp },
	{ "listen", 2, try_listen },	   { "unix", 1, try_unix },
	{ "sniff", 0, try_sniff },	   { "signal", 1, try_signal },
	{ "trace", 1, try_trace },	   { "peek", 1, try_peek },
	{ "hasten", 1, try_hasten },	   { "mount", 1, try_mount_child },
	{ "namespace", 0, try_namespace }, { "become", 1, try_become },
	{ "node", 1, try_node },	   { "ring", 0, try_ring },
	{ "module", 0, try_module },	   { "memory", 0, try_memory },
};

static int perform(char *text)
{
	char *arg[4] = { 0 }, *save, *word;
	unsigned int i;
	int n = 0;

	for (word = strtok_r(text, " \t", &save); word && n < 4;
	     word = strtok_r(NULL, " \t", &save))
		arg[n++] = word;
	for (i = 0; n && i < sizeof(actions) / sizeof(actions[0]); i++)
		if (!strcmp(actions[i].name, arg[0]) &&
		    actions[i].args == n - 1)
			return actions[i].try(arg + 1);
	return -ENOSYS;
}

static int listener(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX,
				  .sun_path = "/dev/log" };
	struct stat st;
	int fd;

	if (!fstat(2, &st) && !S_ISCHR(st.st_mode))
		return 2;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return 2;
	return fd;
}

static void leave(int sig)
{
	(void)sig;
	_exit(0);
}

int main(int argc, char **argv)
{
	char name[4096], line[1024], copy[1024];
	int out = listener(), ret;
	ssize_t len = readlink("/proc/self/exe", name, sizeof(name) - 16);
	FILE *tries;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, leave);
	/* Started in the place of another it has that one's arguments. */
	if (argc == 2 && argv[1][0] == '/') {
		snprintf(name, sizeof(name), "%s", argv[1]);
	} else {
		if (len < 0)
			return 1;
		strcpy(name + len, ".tries");
	}
	tries = fopen(name, "re");
	if (!tries) {
		dprintf(out, "%s: %m\n", name);
		return 1;
	}
	while (fgets(line, sizeof(line), tries)) {
		char *action, *end;

		line[strcspn(line, "\n")] = 0;
		strcpy(copy, line);
		action = strchr(copy, '|');
		end = action ? strchr(action + 1, '|') : NULL;
		if (!end || line[0] == '#')
			continue;
		*end = 0;
		ret = perform(action + 1);
		dprintf(out, "\n%s | %s\n",
			ret ? strerrorname_np(-ret) : "done", line);
	}
	dprintf(out, "\nend | |\n");
	/* A daemon that ends is started again by its master: until it is told to. */
	if (out != 2)
		pause();
	return 0;
}
