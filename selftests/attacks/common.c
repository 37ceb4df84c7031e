// SPDX-License-Identifier: GPL-2.0
/* Attack programs: small helpers. */
#include "common.h"
#include <sys/wait.h>

/* The result of a system call as a technique returns it. */
int ret(long value)
{
	return value < 0 ? -errno : 0;
}

/* The same of a call that not every kernel has. */
int newer(long value)
{
	return value < 0 && errno == ENOSYS ? SKIPPED : ret(value);
}

/* The kernel had no objection, only nothing to do. */
int reached(long value, int error)
{
	return value < 0 && errno == error ? 0 : ret(value);
}

/* The descriptor itself was the goal. */
int drop(int fd)
{
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Under a number that the techniques know. */
void inherit(int fd, int number)
{
	if (fd < 0)
		return;
	dup2(fd, number);
	close(fd);
}

/* Reading D/f's text was the goal. */
int marked(int fd)
{
	char text[sizeof(MARK)] = "";
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = pread(fd, text, sizeof(MARK) - 1, 0);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return n;
	return strcmp(text, MARK) ? -ENODATA : 0;
}

int read_secret(const char *path)
{
	return marked(open(path, O_RDONLY));
}

/* Results travel as exit status: 0, an error number or SKIPPED. */
int wait_child(pid_t pid)
{
	int status;

	if (pid < 0)
		return -errno;
	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFSIGNALED(status))
		return -EINTR;
	if (WEXITSTATUS(status) == SKIPPED)
		return SKIPPED;
	return -WEXITSTATUS(status);
}

int in_child(int (*fn)(void))
{
	pid_t pid = fork();

	if (!pid) {
		int result = fn();

		_exit(result == SKIPPED ? SKIPPED : -result);
	}
	return wait_child(pid);
}

/* A child that exits with RAN has executed what it must not. */
int ran(pid_t pid)
{
	int result = wait_child(pid);

	return result == -RAN ? 0 : result ? result : -ENOEXEC;
}

int run_file(const char *path)
{
	pid_t pid = fork();

	if (!pid) {
		execl(path, path, "mark", NULL);
		_exit(errno);
	}
	return ran(pid);
}

static pid_t process(const char *variable)
{
	const char *text = getenv(variable);

	return text ? atoi(text) : -1;
}

pid_t witness(void)
{
	return process(ENV_WITNESS);
}

pid_t last_actor(void)
{
	return process(ENV_DEAD);
}

/* The directories that a name needs. */
void make_parents(const char *path)
{
	char name[256];
	size_t i;

	for (i = 1; path[i] && i < sizeof(name); i++) {
		if (path[i] != '/' || *path != '/')
			continue;
		memcpy(name, path, i);
		name[i] = 0;
		mkdir(name, 0755);
	}
}

/* The name of a descriptor below /proc; returns what snprintf() does. */
int proc_name(char *name, const char *what, int fd)
{
	return snprintf(name, 64, "/proc/%s/fd/%d", what, fd);
}

int put_file(const char *path, const char *text, int mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	ssize_t n = strlen(text);

	if (fd < 0)
		return -errno;
	if (write(fd, text, n) != n) {
		close(fd);
		return -EIO;
	}
	fchmod(fd, mode);
	return drop(fd);
}
