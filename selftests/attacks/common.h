/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attack programs: what every technique shares.
 *
 * A technique tries to reach a goal that the policy forbids. It returns 0 if it
 * got there, a negative error number if it was refused, SKIPPED if this kernel
 * or this build cannot try it. Unconfined it must return 0: the control run.
 *
 * The scenery below ROOT: A may be read and written, R may be read, D may not
 * be touched. See stage.c, which also undoes what a technique has changed.
 */
#ifndef ATTACKS_COMMON_H
#define ATTACKS_COMMON_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define ROOT "/srv/hold"
#define A    ROOT "/A"
#define R    ROOT "/R"
#define D    ROOT "/D"
#define BIN  ROOT "/bin"
#define MARK "SECRET"

/* Ports on 127.0.0.1 with a listener behind: in the policy, and not in it. */
#define PORT_OPEN 11000
#define PORT_SHUT 12000
/* What a confined program may be the server of, and what not. */
#define PORT_OWN   11001
#define PORT_OTHER 12001

/* Key of a System V segment of somebody else. */
#define SEGMENT 0x6b6876

/* A block device with a swap signature, and MARK in its first bytes. */
#define DISK	    ROOT "/disk"
#define SWAP_DEVICE "/dev/loop7"
#define LOOP_DEVICE "/dev/loop6"
#define TUN	    "/dev/net/tun"
#define FUSE	    "/dev/fuse"

/* A control group without tasks. */
#define GROUP "/sys/fs/cgroup/khv-own"

/* Made by the process outside when a signal has reached it. */
#define STRUCK ROOT "/struck"

/* What a handler of binfmt_misc gets. */
#define HANDLED A "/x."

/* Exit status of a program that was executed although it is forbidden. */
#define RAN	77
#define SKIPPED 250

/* Descriptors that were open before confinement began. */
enum {
	FD_FILE_PATH = 100, /* O_PATH on D/f */
	FD_DIR_PATH,	    /* O_PATH on D */
	FD_READ_ONLY,	    /* R/f, open for reading */
	FD_SECRET,	    /* D/f, open for reading */
	FD_RING,	    /* a ring of the stage's */
	FD_RING_POLL,	    /* the same with a kernel thread of its own */
	FD_DELETED,	    /* O_PATH on what was D/gone */
	FD_LISTENER,	    /* listens at PORT_SHUT */
	FD_WRITABLE,	    /* R/f, open for reading and writing */
	FD_TREE,	    /* a copy of the tree D that is not mounted */
	FD_TUN,		    /* TUN */
	FD_FUSE,	    /* FUSE */
	FD_DISK,	    /* SWAP_DEVICE */
	FD_TERMINAL,	    /* a terminal of the stage's */
	FD_REPORT,	    /* to the stage: what came out */
	FD_END
};

/* Passed to programs by inheritance: the process that must not be touched. */
#define ENV_WITNESS "ATTACK_WITNESS"
/* Whether the outside changes the memory of the racing program. */
#define ENV_REMOTE "ATTACK_REMOTE"
/* The number of a process outside that has died. */
#define ENV_DEAD "ATTACK_DEAD"

enum expectation {
	REFUSED, /* in the domain it must fail with EACCES */
	ALLOWED, /* the policy grants it */
};

struct attack {
	const char *id;
	const char *what;
	int (*run)(void);
	enum expectation expect;
	int error;	  /* another error number than EACCES */
	int also;	  /* and this one will do as well */
	int absent;	  /* unconfined: this kernel has no such thing */
	const char *todo; /* known not to be held: where this is dealt with */
	const char *arg;  /* for run(), which finds it in "me" */
};

extern const struct attack *me; /* the technique that is being tried */

extern const struct attack open_attacks[], path_attacks[], tree_attacks[];
extern const struct attack exec_attacks[], code_attacks[], proc_attacks[];
extern const struct attack other_attacks[], net_attacks[], uring_attacks[];
extern const struct attack abi_attacks[], x32_attacks[], append_attacks[];
extern const struct attack root_attacks[], part_attacks[], memory_attacks[];
extern const struct attack attr_attacks[], name_attacks[], content_attacks[];
extern const struct attack control_attacks[], deputy_attacks[];
extern const struct attack lineage_attacks[], program_attacks[];
extern const struct attack reach_attacks[], peer_attacks[], queue_attacks[];
extern const struct attack netadmin_attacks[], stops_attacks[];
extern const struct attack mounts_attacks[], hide_attacks[], held_attacks[];
extern const struct attack own_attacks[], volume_attacks[], dest_attacks[];

extern const char *self; /* this program, as the policy names it */

/* attr.c */
#define SOME_ACL 44
extern const unsigned char some_acl[SOME_ACL];

/* common.c */
int ret(long value);
int newer(long value);
int reached(long value, int error);
int drop(int fd);
void inherit(int fd, int number);
int marked(int fd);
int read_secret(const char *path);
int in_child(int (*fn)(void));
int wait_child(pid_t pid);
int run_file(const char *path);
int ran(pid_t pid);
pid_t witness(void);
pid_t last_actor(void);
void make_parents(const char *path);
int proc_name(char *name, const char *what, int fd);
int put_file(const char *path, const char *text, int mode);

/* scenery.c */
int copy_program(const char *from, const char *to);
void scenery_prepare(void);
void scenery_build(void);
void scenery_remove(void);
unsigned long scenery_print(void);

/* race.c */
int race(const char *name, long tries);
void flip_remotely(pid_t pid);

/* deputy.c */
void deputies(void);

/* stage.c */
int watch(char *const *command);
int stage(const struct attack *attacks, char *const *command);

#endif
