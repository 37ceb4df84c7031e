// SPDX-License-Identifier: GPL-2.0
/*
 * Which checks stand behind a verb on the kernel that runs, and which verbs are a
 * word only. A check that has a judge (mediate.c) and no line here stands behind
 * the use of a part of the kernel; any other gets one line.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <khv/engine.h>
#include <khv/provider.h>
#include "coverage.h"
#include "mediate.h"

static char *without;
module_param(without, charp, 0444);
MODULE_PARM_DESC(without, "for tests: names of checks, with commas, that this kernel is said not to have (default: none)");

#define KHV_F_OPENED	(KHV_F_OPEN | KHV_F_LIST | KHV_F_OPEN_WRITE |	\
			 KHV_F_APPEND | KHV_F_EXEC)
#define KHV_NOTE	KHV_NR_TYPES	/* judges nothing by itself */

#define F(id, verbs)							\
	[KHV_OBJ_##id] = { KHV_TYPE_FILE, verbs }
#define S(id, verbs)							\
	[KHV_OBJ_##id] = { KHV_TYPE_SOCKET, verbs }
#define P(id, verbs)							\
	[KHV_OBJ_##id] = { KHV_TYPE_PROCESS, verbs }

static const struct khv_cover {
	u8 type;
	u32 verbs;
} khv_covers[KHV_NR_OBJECTS] = {
	F(FILE_OPEN,		KHV_F_OPENED),
	F(FILE_RECEIVE,		KHV_F_OPENED),
	F(FILE_TRUNCATE,	KHV_F_TRUNCATE),
	F(FILE_LOCK,		KHV_F_LOCK),
	F(FILE_MPROTECT,	KHV_F_MMAP | KHV_F_APPEND),
	F(FILE_IOCTL,		KHV_F_IOCTL | KHV_F_ATTR),
	F(FILE_IOCTL_COMPAT,	KHV_F_IOCTL | KHV_F_ATTR),
	F(FILE_FCNTL,		KHV_F_APPEND | KHV_F_LOCK),
	F(FILE_FALLOCATE,	KHV_F_APPEND),
	F(MMAP_FILE,		KHV_F_MMAP | KHV_F_APPEND),
	F(PATH_UNLINK,		KHV_F_DELETE),
	F(PATH_MKDIR,		KHV_F_CREATE),
	F(PATH_RMDIR,		KHV_F_DELETE),
	F(PATH_MKNOD,		KHV_F_CREATE | KHV_F_MKNOD),
	F(PATH_SYMLINK,		KHV_F_SYMLINK),
	F(PATH_LINK,		KHV_F_LINK),
	F(PATH_RENAME,		KHV_F_RENAME | KHV_F_CREATE | KHV_F_DELETE),
	F(PATH_TRUNCATE,	KHV_F_TRUNCATE),
	F(PATH_CHMOD,		KHV_F_ATTR),
	F(PATH_CHOWN,		KHV_F_ATTR),
	F(PATH_CHROOT,		KHV_F_LIST),
	F(PATH_NOTIFY,		KHV_F_OPEN | KHV_F_LIST),
	F(INODE_GETATTR,	KHV_F_STAT),
	F(INODE_SETATTR,	KHV_F_ATTR),
	F(INODE_SETXATTR,	KHV_F_ATTR),
	F(INODE_REMOVEXATTR,	KHV_F_ATTR),
	F(INODE_SET_ACL,	KHV_F_ATTR),
	F(INODE_REMOVE_ACL,	KHV_F_ATTR),
	F(MNT_WANT_WRITE,	KHV_F_ATTR),
	F(MNT_WANT_WRITE_FILE,	KHV_F_ATTR),
	F(SB_MOUNT,		KHV_F_MOUNT),
	F(SB_UMOUNT,		KHV_F_MOUNT),
	F(SB_PIVOTROOT,		KHV_F_MOUNT),
	F(MOVE_MOUNT,		KHV_F_MOUNT),
	F(DO_MOVE_MOUNT,	KHV_F_MOUNT),
	F(DO_LOOPBACK,		KHV_F_MOUNT),
	S(SOCKET_CREATE,	KHV_S_CREATE),
	S(SOCKET_BIND,		KHV_S_BIND),
	S(SOCKET_CONNECT,	KHV_S_CONNECT),
	S(SOCKET_LISTEN,	KHV_S_LISTEN),
	S(SOCKET_ACCEPT,	KHV_S_ACCEPT),
	S(INET_ACCEPT,		KHV_S_ACCEPT),
	S(SOCKET_SENDMSG,	KHV_S_SEND),
	S(SOCKET_RECVMSG,	KHV_S_RECV),
	S(SOCKET_SETSOCKOPT,	KHV_S_OPTION),
	S(UNIX_STREAM_CONNECT,	KHV_S_CONNECT),
	S(UNIX_MAY_SEND,	KHV_S_SEND | KHV_S_CONNECT),
	P(TASK_KILL,		KHV_P_SIGNAL),
	P(FILE_SETOWN,		KHV_P_SIGNAL),
	P(PTRACE_ACCESS_CHECK,	KHV_P_PTRACE | KHV_P_PEEK),
	P(PTRACE_TRACEME,	KHV_P_PTRACE),
	P(TASK_SETNICE,		KHV_P_SCHED),
	P(TASK_SETIOPRIO,	KHV_P_SCHED),
	P(TASK_SETSCHEDULER,	KHV_P_SCHED),
	P(TASK_SETRLIMIT,	KHV_P_SCHED),
};

/* Where a kernel asks another check for the same. */
static const struct {
	enum khv_object absent;
	enum khv_object instead;
} khv_instead[] = {
	{ KHV_OBJ_FILE_TRUNCATE,	KHV_OBJ_PATH_TRUNCATE },
	{ KHV_OBJ_FILE_IOCTL_COMPAT,	KHV_OBJ_FILE_IOCTL },
	{ KHV_OBJ_INODE_SET_ACL,	KHV_OBJ_INODE_SETXATTR },
	{ KHV_OBJ_INODE_REMOVE_ACL,	KHV_OBJ_INODE_REMOVEXATTR },
};

/*
 * What is to be said about a verb: that it is decided at another moment, or why it
 * has no check at all.
 */
static const struct {
	u8 type;
	u32 verb;
	enum khv_coverage_state unchecked;	/* the state if no check is there */
	const char *text;
} khv_notes[] = {
	{ KHV_TYPE_FILE, KHV_F_READLINK, KHV_NOT_COVERED,
	  "what a link leads to is judged, what it says is not" },
	{ KHV_TYPE_SOCKET, KHV_S_SEND, KHV_COVERED_ELSEWHERE,
	  "data of a connection: at connect or accept" },
	{ KHV_TYPE_SOCKET, KHV_S_RECV, KHV_COVERED_ELSEWHERE,
	  "data of a connection: at connect or accept" },
	{ KHV_TYPE_PROCESS, KHV_P_INFO, KHV_NOT_COVERED,
	  "files of /proc are judged as files, what is behind them as peek" },
	{ KHV_TYPE_PROCESS, KHV_P_MEMORY, KHV_NOT_COVERED,
	  "who writes the memory of a process asks for ptrace" },
};

static struct khv_cover khv_cover_of(enum khv_object id)
{
	static const struct khv_cover part = { KHV_TYPE_KERNEL, KHV_K_USE };
	static const struct khv_cover none = { KHV_NOTE };

	if (!khv_is_judged(id))
		return none;
	return khv_covers[id].verbs ? khv_covers[id] : part;
}

/* Is the name of the check one of the parameter's? */
static bool khv_without(enum khv_object id)
{
	const char *name = khv_object_name(id), *at = without;
	size_t len = strlen(name);

	while (at && *at) {
		if (!strncmp(at, name, len) && (!at[len] || at[len] == ','))
			return true;
		at = strchr(at, ',');
		at += at ? 1 : 0;
	}
	return false;
}

static bool khv_have(enum khv_object id)
{
	return khv_object_present(id) && !khv_without(id);
}

static bool khv_have_instead(enum khv_object id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(khv_instead); i++)
		if (khv_instead[i].absent == id)
			return khv_have(khv_instead[i].instead);
	return false;
}

/* State and text of a verb, if there is a check for it or not. */
static void khv_coverage_note(enum khv_type type, u32 verb,
			      struct khv_coverage *c)
{
	unsigned int i;

	c->state = c->nr_checks ? KHV_COVERED : KHV_NOT_COVERED;
	for (i = 0; i < ARRAY_SIZE(khv_notes); i++) {
		if (khv_notes[i].type != type || khv_notes[i].verb != verb)
			continue;
		if (!c->nr_checks)
			c->state = khv_notes[i].unchecked;
		strscpy(c->text, khv_notes[i].text, sizeof(c->text));
		return;
	}
	if (!c->nr_checks)
		strscpy(c->text, "this version of khv has no check for it",
			sizeof(c->text));
}

/* @c: all that is known about one verb. */
static void khv_coverage_verb(enum khv_type type, u32 verb,
			      struct khv_coverage *c)
{
	enum khv_object id, missing = KHV_NR_OBJECTS;
	struct khv_cover cover;

	memset(c, 0, sizeof(*c));
	c->type = khv_type_name(type);
	c->verb = khv_verb_name(type, verb);
	for (id = 0; id < KHV_NR_OBJECTS; id++) {
		cover = khv_cover_of(id);
		if (cover.type != type || !(cover.verbs & verb))
			continue;
		if (khv_have(id)) {
			c->check[c->nr_checks++] = id;
			continue;
		}
		c->absent[c->nr_absent++] = id;
		if (!khv_have_instead(id))
			missing = id;
	}
	khv_coverage_note(type, verb, c);
	if (missing < KHV_NR_OBJECTS) {
		c->state = KHV_NOT_COVERED;
		snprintf(c->text, sizeof(c->text), "this kernel has no check %s",
			 khv_object_name(missing));
	}
}

bool khv_coverage(unsigned int n, struct khv_coverage *c)
{
	enum khv_type type;

	for (type = 0; type < KHV_NR_TYPES; type++) {
		if (n < khv_type_verbs(type)) {
			khv_coverage_verb(type, 1u << n, c);
			return true;
		}
		n -= khv_type_verbs(type);
	}
	return false;
}

int khv_coverage_check(const struct khv_engine *e, struct netlink_ext_ack *extack)
{
	struct khv_coverage *c;
	enum khv_type type;
	unsigned int i;
	u32 needed;
	int ret = 0;

	c = kmalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	for (type = 0; type < KHV_NR_TYPES && !ret; type++) {
		needed = khv_engine_named_verbs(e, type) &
			 ~khv_engine_gap_verbs(e, type);
		for (i = 0; i < khv_type_verbs(type) && !ret; i++) {
			if (!(needed & 1u << i))
				continue;
			khv_coverage_verb(type, 1u << i, c);
			if (c->state == KHV_NOT_COVERED)
				ret = -EOPNOTSUPP;
		}
	}
	if (ret)
		khv_extack(extack, "policy %s: %s verb %s is not covered: %s; accept that with \"allow-gap %s\", or do not name it",
			   khv_engine_name(e), c->type, c->verb, c->text, c->verb);
	kfree(c);
	return ret;
}
