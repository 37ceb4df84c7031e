// SPDX-License-Identifier: GPL-2.0
/*
 * Run a command under a peer.
 *
 *	confine landlock|seccomp|apparmor|bpf COMMAND...
 *	confine abi			Landlock's version
 *
 * The policy of the last two is loaded before, by peers.sh; this program only
 * enters it.
 */
#include "confine.h"

#define PROFILE "khv-peer"

/* The same as in hold/attack.hv; the longest path that fits decides. */
const struct grant grants[] = {
	{ ROOT "/bin", READ },
	{ ROOT "/bin/attack", READ | EXEC },
	{ ROOT "/A", READ | WRITE },
	{ ROOT "/R", READ },
	{ ROOT "/R/none", 0 },
	{ ROOT "/R/none/again", READ },
	{ ROOT "/D", 0 },
	{ ROOT "/file", READ },
	{ "/usr/lib", READ },
	{ "/usr/lib64", READ },
	{ "/etc/ld.so.cache", READ },
	{},
};

const unsigned short ports[] = { 11000, 11001, 0 };

const struct grant *grant_of(const char *path)
{
	const struct grant *g;

	for (g = grants; g->path; g++)
		if (!strcmp(g->path, path))
			return g;
	return NULL;
}

/* Is there a grant below this one? */
int overridden(const struct grant *grant)
{
	size_t n = strlen(grant->path);
	const struct grant *g;

	for (g = grants; g->path; g++)
		if (!strncmp(g->path, grant->path, n) && g->path[n] == '/')
			return 1;
	return 0;
}

/* In force from the next exec on. */
int by_apparmor(void)
{
	static const char order[] = "exec " PROFILE;
	int fd = open("/proc/self/attr/apparmor/exec", O_WRONLY | O_CLOEXEC);
	int result = 0;

	if (fd < 0)
		return -1;
	if (write(fd, order, sizeof(order) - 1) < 0)
		result = -1;
	close(fd);
	return result;
}

static const struct {
	const char *name;
	int (*enter)(void);
} peers[] = {
	{ "landlock", by_landlock },
	{ "seccomp", by_seccomp },
	{ "apparmor", by_apparmor },
	{ "bpf", by_bpf },
};

int main(int argc, char **argv)
{
	size_t i;

	if (argc == 2 && !strcmp(argv[1], "abi"))
		return !printf("%d\n", landlock_abi());
	for (i = 0; argc > 2 && i < sizeof(peers) / sizeof(peers[0]); i++) {
		if (strcmp(peers[i].name, argv[1]))
			continue;
		if (peers[i].enter()) {
			fprintf(stderr, "confine: %s: %m\n", argv[1]);
			return 126;
		}
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		return 127;
	}
	fprintf(stderr, "usage: confine landlock|seccomp|apparmor|bpf "
			"COMMAND...\n");
	return 2;
}
