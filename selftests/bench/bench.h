/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small programs to be measured: one thing done again and again. Each source has
 * the cases of one noun; bench.c measures them.
 */
#ifndef BENCH_H
#define BENCH_H

#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The scenery, made by bench.sh; hold/attack.hv and the peers grant its use. */
#define ROOT	"/srv/hold"
#define SHALLOW ROOT "/file"		   /* 3 components */
#define DEEP	ROOT "/A/b/c/d/e/f/g/file" /* 10 components */
#define SCRATCH ROOT "/A"

/**
 * struct bench_case - one thing to be measured
 * @name: a word
 * @what: for people
 * @weight: how long it takes, in units of a system call; fewer rounds then
 * @setup: before the first round, or NULL; 0 or -1 with errno set
 * @once: one round; a failure must end the program with die()
 */
struct bench_case {
	const char *name;
	const char *what;
	unsigned int weight;
	int (*setup)(void);
	void (*once)(void);
};

extern const struct bench_case bench_call[], bench_open[], bench_stat[],
	bench_read[], bench_write[], bench_connect[], bench_datagram[],
	bench_fork[], bench_exec[], bench_create[], bench_rename[], bench_map[],
	bench_signal[];

/* By which name this program was started. */
extern const char *self;

__attribute__((noreturn)) void die(const char *what);

#endif
