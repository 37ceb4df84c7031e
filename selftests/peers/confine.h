/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The peers: what every launcher shares. Each puts its own process under one of
 * the kernel's other ways to confine a program, as close to hold/attack.hv as
 * that way can say it. They return 0, or -1 with errno set.
 */
#ifndef PEERS_CONFINE_H
#define PEERS_CONFINE_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROOT "/srv/hold"

/* What hold/attack.hv grants on files, and how. */
enum right {
	READ = 1,
	WRITE = 2,
	EXEC = 4,
	APPEND = 8, /* write is more */
};

struct grant {
	const char *path;
	unsigned int rights; /* none: what is below is not granted */
};

extern struct grant grants[];
extern const unsigned short ports[]; /* may be connected to and served; 0 ends */

const struct grant *grant_of(const char *path);
int overridden(const struct grant *grant);

int landlock_abi(void);
int by_landlock(void);
int by_seccomp(void);
int by_apparmor(void);
int by_bpf(void);
int relabel(void);

#endif
