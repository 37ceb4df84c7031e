// SPDX-License-Identifier: GPL-2.0
/*
 * The attack program.
 *
 *	attack stage SET [COMMAND...]	every technique of SET, see stage.c;
 *					COMMAND puts a program into the domain
 *	attack actor ID			one technique (run by the stage)
 *	attack race NAME TRIES		see race.c
 *	attack watch COMMAND...		run it on a fresh scenery and say what has
 *					arrived at the denied port
 *	attack goal			read D/f (the helper of PROC)
 *	attack mark			say that it was executed
 *	attack where			the same, if from D
 *	attack list			all techniques
 */
#include "common.h"
#include <sys/auxv.h>

const char *self;
const struct attack *me;

static const struct set {
	const char *name;
	const struct attack *attacks;
} sets[] = { { "open", open_attacks },	     { "path", path_attacks },
	     { "tree", tree_attacks },	     { "exec", exec_attacks },
	     { "code", code_attacks },	     { "proc", proc_attacks },
	     { "other", other_attacks },     { "net", net_attacks },
	     { "uring", uring_attacks },     { "abi", abi_attacks },
	     { "x32", x32_attacks },	     { "append", append_attacks },
	     { "root", root_attacks },	     { "part", part_attacks },
	     { "memory", memory_attacks },   { "attr", attr_attacks },
	     { "name", name_attacks },	     { "content", content_attacks },
	     { "program", program_attacks }, { "lineage", lineage_attacks },
	     { "reach", reach_attacks },     { "deputy", deputy_attacks },
	     { "control", control_attacks }, { "peer", peer_attacks },
	     { "queue", queue_attacks },     { "netadmin", netadmin_attacks },
	     { "stops", stops_attacks },     { "mounts", mounts_attacks },
	     { "hide", hide_attacks },	     { "held", held_attacks },
	     { "own", own_attacks },	     { "volume", volume_attacks },
	     { "dest", dest_attacks },	     {} };

/* As static/catalogue.t finds it. */
#define NOT_HELD " (not held)"

static int act(const char *id)
{
	const struct set *set;
	const struct attack *a;
	int result = SKIPPED;

	alarm(120);
	for (set = sets; set->name; set++)
		for (a = set->attacks; a->id; a++)
			if (!strcmp(a->id, id)) {
				me = a;
				result = a->run();
			}
	return write(FD_REPORT, &result, sizeof(result)) != sizeof(result);
}

static int list(void)
{
	const struct set *set;
	const struct attack *a;

	for (set = sets; set->name; set++)
		for (a = set->attacks; a->id; a++)
			printf("%-8s %-10s %s%s\n", set->name, a->id, a->what,
			       a->todo ? NOT_HELD : "");
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const struct set *set;

	self = argv[0];
	if (!strcmp(what, "mark") || !strncmp(what, HANDLED, strlen(HANDLED)))
		return RAN;
	if (!strcmp(what, "where"))
		return strncmp((char *)getauxval(AT_EXECFN), D, strlen(D)) ?
			       0 :
			       RAN;
	if (!strcmp(what, "goal"))
		return -read_secret(D "/f");
	if (!strcmp(what, "list"))
		return list();
	if (!strcmp(what, "watch") && argc > 2)
		return watch(argv + 2);
	if (!strcmp(what, "race") && argc == 4)
		return race(argv[2], atol(argv[3]));
	if (!strcmp(what, "actor") && argc == 3)
		return act(argv[2]);
	if (!strcmp(what, "stage") && argc > 2)
		for (set = sets; set->name; set++)
			if (!strcmp(set->name, argv[2]))
				return stage(set->attacks, argv + 3);
	fprintf(stderr,
		"usage: attack stage SET [COMMAND...] |\n"
		"       attack race NAME TRIES | watch COMMAND... | list\n");
	return 2;
}
