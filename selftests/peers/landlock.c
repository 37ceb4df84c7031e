// SPDX-License-Identifier: GPL-2.0
/*
 * Landlock: all rights that the running kernel knows are handled, and those of
 * the policy granted. A rule holds for everything below its path and nothing
 * can be taken away again, so a grant that has another below it is split into
 * one for each entry that exists now.
 */
#include "confine.h"
#include <dirent.h>
#include <stdint.h>

/* The numbers of the interface; headers are older than the newest kernel. */
#define VERSION	     1 /* flag of create_ruleset */
#define PATH_BENEATH 1
#define NET_PORT     2

enum {
	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_MAKE_REG = 1 << 8,
	FS_MAKE_CHAR = 1 << 6,
	FS_MAKE_BLOCK = 1 << 11,
	FS_IOCTL_DEV = 1 << 15,
};

/* What of it a rule about something that is no directory may name. */
#define FS_OF_FILES (1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15)

struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

struct path_rule {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

struct port_rule {
	uint64_t rights;
	uint64_t port;
};

/* How many file rights each version of the interface has, from 1 on. */
static const unsigned char fs_rights[] = { 13, 14, 15, 15, 16 };

static struct ruleset handled(int abi)
{
	int known = sizeof(fs_rights);
	struct ruleset rs = {
		.fs = (1ULL << fs_rights[(abi < known ? abi : known) - 1]) - 1,
		.net = abi >= 4 ? 3 : 0,
		.scoped = abi >= 6 ? 3 : 0,
	};

	return rs;
}

static uint64_t translate(unsigned int rights, uint64_t all)
{
	uint64_t fs = 0;

	if (rights & READ)
		fs |= FS_READ_FILE | FS_READ_DIR;
	if (rights & WRITE)
		fs |= ~(uint64_t)(FS_EXECUTE | FS_READ_FILE | FS_READ_DIR |
				  FS_MAKE_CHAR | FS_MAKE_BLOCK | FS_IOCTL_DEV);
	/* There is no such right: a file that is open can be changed. */
	if (rights & APPEND)
		fs |= FS_WRITE_FILE | FS_MAKE_REG;
	if (rights & EXEC)
		fs |= FS_EXECUTE;
	return fs & all;
}

static int allow(int ruleset, const char *path, uint64_t rights)
{
	struct path_rule rule = { rights, open(path, O_PATH | O_CLOEXEC) };
	struct stat st;
	int result;

	/* What is not there needs no rule. */
	if (rule.fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(rule.fd, &st))
		return -1;
	if (!S_ISDIR(st.st_mode))
		rule.rights &= FS_OF_FILES;
	result = rule.rights ? syscall(SYS_landlock_add_rule, ruleset,
				       PATH_BENEATH, &rule, 0) :
			       0;
	close(rule.fd);
	return result;
}

static int allow_entries(int ruleset, const char *path, uint64_t rights)
{
	struct dirent *entry;
	char name[4096];
	int result = 0;
	DIR *dir = opendir(path);

	if (!dir)
		return -1;
	while (!result && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (!grant_of(name))
			result = allow(ruleset, name, rights);
	}
	closedir(dir);
	return result;
}

static int allow_ports(int ruleset, const struct ruleset *rs)
{
	struct port_rule rule = { .rights = rs->net };
	const unsigned short *port;

	for (port = ports; rs->net && *port; port++) {
		rule.port = *port;
		if (syscall(SYS_landlock_add_rule, ruleset, NET_PORT, &rule, 0))
			return -1;
	}
	return 0;
}

int landlock_abi(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION);
}

int by_landlock(void)
{
	int abi = landlock_abi();
	const struct grant *g;
	struct ruleset rs;
	int fd;

	if (abi < 1)
		return -1;
	rs = handled(abi);
	/* What an older kernel does not know is zero, and may be there. */
	fd = syscall(SYS_landlock_create_ruleset, &rs, sizeof(rs), 0);
	if (fd < 0)
		return -1;
	for (g = grants; g->path; g++) {
		uint64_t rights = translate(g->rights, rs.fs);
		int result;

		if (!rights)
			continue;
		result = overridden(g) ? allow_entries(fd, g->path, rights) :
					 allow(fd, g->path, rights);
		if (result)
			return -1;
	}
	if (allow_ports(fd, &rs) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_landlock_restrict_self, fd, 0))
		return -1;
	return close(fd);
}
