// SPDX-License-Identifier: GPL-2.0
/*
 * BPF-LSM: the launcher's half. The programs of policy.bpf.c are attached and
 * their maps pinned; this tells them what the files of the policy are today, and
 * marks its own process.
 */
#include "confine.h"
#include "bpf.h"
#include <linux/bpf.h>
#include <stdint.h>
#include <sys/sysmacros.h>

#define PTR(p) ((uint64_t)(uintptr_t)(p))

static int pinned(const char *path)
{
	union bpf_attr attr = { .pathname = PTR(path) };

	return syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));
}

static int put(int map, const void *key, const void *value)
{
	union bpf_attr attr = {
		.map_fd = map,
		.key = PTR(key),
		.value = PTR(value),
	};

	return syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr));
}

static int put_grant(int map, const struct grant *grant)
{
	uint32_t rights = grant->rights;
	struct stat st;
	struct place place = {};

	if (stat(grant->path, &st))
		return errno == ENOENT ? 0 : -1;
	place.inode = st.st_ino;
	/* As the kernel keeps it, not as it hands it out. */
	place.device = major(st.st_dev) << 20 | minor(st.st_dev);
	return put(map, &place, &rights);
}

int by_bpf(void)
{
	int grant_map = pinned(PINNED "/grants");
	int task_map = pinned(PINNED "/tasks");
	const struct grant *g;
	uint32_t yes = 1;
	int me;

	if (grant_map < 0 || task_map < 0)
		return -1;
	for (g = grants; g->path; g++)
		if (put_grant(grant_map, g))
			return -1;
	me = syscall(SYS_pidfd_open, getpid(), 0);
	if (me < 0 || put(task_map, &me, &yes))
		return -1;
	close(me);
	close(grant_map);
	return close(task_map);
}
