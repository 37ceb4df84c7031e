/* SPDX-License-Identifier: GPL-2.0 */
/* One kind of race, see race.c. */
#ifndef ATTACKS_RACE_H
#define ATTACKS_RACE_H

#include <stdbool.h>

struct race {
	const char *name;
	void (*start)(void);
	void (*flip)(void); /* NULL: somebody outside does it, see watch() */
	bool (*see)(void);
	int (*try)(void);
};

extern const struct race more_races[];
extern long granted;
extern char race_path[64];

/* The name of a file, flipped by its one letter. */
void start_path(void);
void flip_path(void);
bool see_path(void);
int secret(int fd);

#endif
