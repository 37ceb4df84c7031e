// SPDX-License-Identifier: GPL-2.0
/*
 * Run a command under a peer.
 *
 *	confine landlock|seccomp|apparmor|bpf COMMAND...
 *	confine append PEER COMMAND...	the policy of hold/append.hv instead
 *	confine labels			those of the SELinux policy
 *	confine abi			Landlock's version
 *
 * The policy of the last two is loaded before, by peers.sh; this program only
 * enters it.
 */
#include "confine.h"

static const char *profile = "khv-peer";

/* The same as in hold/attack.hv; the longest path that fits decides. */
struct grant grants[] = {
	{ ROOT "/bin", READ },
	{ ROOT "/bin/attack", READ | EXEC },
	{ ROOT "/A", READ | WRITE | APPEND },
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

/* As in hold/append.hv: what is below A may only grow. */
static void append_only(void)
{
	struct grant *g;

	profile = "khv-peer-append";
	for (g = grants; g->path; g++)
		g->rights &= ~WRITE;
}

/* In force from the next exec on. */
int by_apparmor(void)
{
	int fd = open("/proc/self/attr/apparmor/exec", O_WRONLY | O_CLOEXEC);
	int result = dprintf(fd, "exec %s", profile) < 0 ? -1 : 0;

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
	if (argc == 2 && !strcmp(argv[1], "labels"))
		return relabel() ? 1 : 0;
	if (argc > 2 && !strcmp(argv[1], "append")) {
		append_only();
		argc--;
		argv++;
	}
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
	fprintf(stderr, "usage: confine [append] "
			"landlock|seccomp|apparmor|bpf "
			"COMMAND...\n");
	return 2;
}
