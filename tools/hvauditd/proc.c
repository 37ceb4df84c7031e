// SPDX-License-Identifier: GPL-2.0
/*
 * A process in /proc. Its folder is opened once: if the process ends meanwhile
 * what is read from it fails, and is never that of another with its number.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "enrich.h"

static ssize_t read_file(int dir, const char *name, char *buf, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0) {
		n = read(fd, buf, size - 1);
		close(fd);
	}
	buf[n > 0 ? n : 0] = 0;
	return n;
}

/* "12 (a name) S 1 ...": the name may hold anything, ") S 1" too. */
static int parse_stat(struct proc *p, char *text)
{
	char *open = strchr(text, '('), *close = strrchr(text, ')');
	unsigned long long start;
	size_t n;

	if (!open || !close || close < open)
		return -EINVAL;
	n = (size_t)(close - open - 1);
	if (n >= sizeof(p->comm))
		n = sizeof(p->comm) - 1;
	memcpy(p->comm, open + 1, n);
	p->comm[n] = 0;
	/* The 4th is the parent, the 22nd the start in clock ticks. */
	if (sscanf(close + 1,
		   " %*c %u %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
		   &p->parent, &start) != 2)
		return -EINVAL;
	p->start = start * (1000000000ull / (uint64_t)sysconf(_SC_CLK_TCK));
	return 0;
}

static void parse_status(struct proc *p, const char *text)
{
	const char *line = strstr(text, "\nGid:");

	/* Real, effective, ...: the second counts. */
	if (!line || sscanf(line, "\nGid: %*u %u", &p->gid) != 1)
		p->gid = UINT32_MAX;
}

/* Version 2, else what systemd uses of version 1. */
static void parse_cgroup(struct proc *p, char *text)
{
	char *line, *save = NULL;

	p->cgroup[0] = 0;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		const char *path = strstr(line, ":/");

		if (!path || (strncmp(line, "0::", 3) &&
			      !strstr(line, ":name=systemd:")))
			continue;
		if (!p->cgroup[0] || strcmp(path, ":/"))
			snprintf(p->cgroup, sizeof(p->cgroup), "%s", path + 1);
	}
	cgroup_names(p->cgroup, p->unit, sizeof(p->unit), p->container,
		     sizeof(p->container));
}

int proc_read(struct proc *p, uint32_t pid)
{
	char name[32], text[4096];
	int dir, err = -ESRCH;

	snprintf(name, sizeof(name), "/proc/%u", pid);
	dir = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -ESRCH;
	p->pid = pid;
	if (read_file(dir, "stat", text, sizeof(text)) > 0 &&
	    !parse_stat(p, text) &&
	    read_file(dir, "status", text, sizeof(text)) > 0) {
		parse_status(p, text);
		read_file(dir, "cgroup", text, sizeof(text));
		parse_cgroup(p, text);
		err = 0;
	}
	close(dir);
	return err;
}

#define ID_LENGTH 64
#define ID_SHOWN  12

/* docker-ID.scope, cri-containerd-ID.scope, /docker/ID: 64 digits at the end. */
static bool id_of(const char *name, size_t len, char *out, size_t size)
{
	const char *id = name + len - ID_LENGTH;

	if (len < ID_LENGTH || strspn(id, "0123456789abcdef") < ID_LENGTH)
		return false;
	snprintf(out, size, "%.*s", ID_SHOWN, id);
	return true;
}

static bool cut_end(const char *name, size_t *len, const char *end)
{
	size_t n = strlen(end);

	if (*len <= n || memcmp(name + *len - n, end, n))
		return false;
	*len -= n;
	return true;
}

static void container_of_name(const char *name, size_t len, char *out,
			      size_t size)
{
	static const char *const before[] = { "machine-", "lxc.payload.",
					      "lxc.monitor." };

	cut_end(name, &len, ".scope");
	if (id_of(name, len, out, size))
		return;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		size_t n = strlen(before[i]);

		if (len > n && !strncmp(name, before[i], n))
			snprintf(out, size, "%.*s", (int)(len - n), name + n);
	}
}

void cgroup_names(const char *path, char *unit, size_t unit_size,
		  char *container, size_t container_size)
{
	size_t n;

	unit[0] = 0;
	container[0] = 0;
	for (; *path; path += n) {
		size_t len;

		path += strspn(path, "/");
		n = strcspn(path, "/");
		len = n;
		if (!container[0])
			container_of_name(path, n, container, container_size);
		/* The innermost. */
		if (cut_end(path, &len, ".service") ||
		    cut_end(path, &len, ".scope"))
			snprintf(unit, unit_size, "%.*s", (int)n, path);
	}
}
