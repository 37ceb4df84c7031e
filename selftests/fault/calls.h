/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FAULT_CALLS_H
#define FAULT_CALLS_H

#include <stdbool.h>
#include "fault.h"

/* A may be read and written, R may be read, D may not be touched. */
#define ROOT   "/srv/fault"
#define A      ROOT "/A"
#define R      ROOT "/R"
#define D      ROOT "/D"
#define BIN    ROOT "/bin"
#define SOCK   ROOT "/sock"
#define STRUCK ROOT "/struck"

#define PORT_OPEN 11000
#define PORT_SHUT 12000

/* Exit status of a program that has got at what it must not. */
#define REACHED 77

/**
 * struct action - one thing a confined task tries
 * @name: for people
 * @run: does it: 0 or -errno
 * @allowed: the policy grants it
 * @done: has it happened, whatever @run said? NULL: @run is to be believed
 * @undo: as it was before; NULL: nothing to be done
 * @child: @run has set the fault in a child and says how many were left
 */
struct action {
	const char *name;
	int (*run)(void);
	bool allowed;
	bool (*done)(void);
	void (*undo)(void);
	bool child;
};

extern const struct action file_actions[], socket_actions[], task_actions[];

/* The allocation that is to fail in this try, and what was left of it in a child. */
extern unsigned int nth, child_left;

static inline int result(long value)
{
	return value < 0 ? -errno : 0;
}

static inline int drop(int fd)
{
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* actions of files.c */
int open_secret(void);
int put(const char *path, const char *text, int mode);
/* peers.c */
pid_t outsider(void);
int outside(void);
void make_ring(void);

#endif
