// SPDX-License-Identifier: GPL-2.0
/*
 * What a task has not opened itself: descriptors and mappings from before it came
 * into its domain, and descriptors that others send it. Files with a place are
 * judged as if they were opened now, in the way in which they are open; sockets by
 * what has been done with them; the rest by kind. Called under spinlocks.
 */
#include <linux/cred.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/major.h>
#include <linux/mman.h>
#include <linux/net.h>
#include "../compat/file.h"
#include "mediate.h"

/* Kinds of files without a place. */
static const struct {
	const char *fs;		/* type of the file system */
	const char *name;	/* how the name of the file begins, NULL: any */
	const char *facility;	/* of rules of the type kernel; NULL: none needed */
} khv_kinds[] = {
	{ "pipefs",		NULL,		NULL },
	{ "tmpfs",		NULL,		NULL },	/* memfd and such */
	{ "hugetlbfs",		NULL,		NULL },	/* the same */
	{ "secretmem",		NULL,		NULL },
	{ "pidfs",		NULL,		NULL },	/* since 6.9 */
	{ "aio",		NULL,		NULL },	/* acts on descriptors */
	{ "mqueue",		NULL,		"mqueue" },
	{ "nsfs",		NULL,		"descriptor:nsfs" },
	{ "anon_inodefs",	"[eventfd",	NULL },
	{ "anon_inodefs",	"[eventpoll",	NULL },
	{ "anon_inodefs",	"[timerfd",	NULL },
	{ "anon_inodefs",	"[signalfd",	NULL },
	{ "anon_inodefs",	"[pidfd",	NULL },
	{ "anon_inodefs",	"[perf_event",	"perf" },
	{ "anon_inodefs",	"[userfaultfd",	"userfaultfd" },
	{ "anon_inodefs",	"bpf",		"bpf" },
	{ "anon_inodefs",	"btf",		"bpf" },
};

#define KHV_DESCRIPTOR	"descriptor:"

/* "descriptor:" and what is a word in "[fscontext]", "seccomp notify", "kvm-vcpu:0" */
static int khv_answer_descriptor(const struct khv_judge *j, const char *name)
{
	char facility[KHV_NAME_MAX] = KHV_DESCRIPTOR;
	size_t len = sizeof(KHV_DESCRIPTOR) - 1;

	if (*name == '[')
		name++;
	for (; *name && *name != ']' && *name != ':'; name++) {
		if (len == sizeof(facility))
			break;
		facility[len++] = *name == ' ' ? '-' : *name;
	}
	return khv_answer_kernel(j, facility, len, false);
}

static int khv_answer_kind(const struct khv_judge *j, struct file *file)
{
	const struct dentry *dentry = file->f_path.dentry;
	const char *fs = dentry->d_sb->s_type->name;
	const char *name = dentry->d_name.name, *facility;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(khv_kinds); i++) {
		if (strcmp(khv_kinds[i].fs, fs) ||
		    (khv_kinds[i].name &&
		     strncmp(khv_kinds[i].name, name, strlen(khv_kinds[i].name))))
			continue;
		facility = khv_kinds[i].facility;
		return facility ? khv_answer_kernel(j, facility, strlen(facility),
						    false) : 0;
	}
	return khv_answer_descriptor(j, strcmp(fs, "anon_inodefs") ? fs : name);
}

/*
 * Is it on a file system that no task can mount? Name spaces and message queues
 * have a place as well where somebody has mounted them.
 */
static bool khv_is_placeless(const struct path *path)
{
	const struct super_block *sb = path->dentry->d_sb;

	if (sb->s_flags & SB_NOUSER)
		return true;
	return khv_mount_is_internal(path->mnt) &&
	       (!strcmp(sb->s_type->name, "mqueue") ||
		!strcmp(sb->s_type->name, "nsfs"));
}

/*
 * null, zero, full: what is written is gone, and what is read is known. Started
 * with one of them as standard input, a program has been given nothing.
 */
static bool khv_is_empty_device(const struct inode *inode)
{
	return S_ISCHR(inode->i_mode) && imajor(inode) == MEM_MAJOR &&
	       (iminor(inode) == 3 || iminor(inode) == 5 || iminor(inode) == 7);
}

static int khv_answer_held(const struct khv_judge *j, struct file *file)
{
	struct socket *sock;
	int ret = khv_answer_owner(j, file);

	if (ret)
		return ret;
	/*
	 * Names a place, but opens nothing: what is opened by it is judged. Not so
	 * the root of a tree that is not mounted: it can be, under any name.
	 */
	if (file->f_mode & FMODE_PATH)
		return khv_path_is_detached(&file->f_path) ?
		       khv_answer_descriptor(j, "detached-mount") : 0;
	sock = sock_from_file(file);
	if (sock)
		return khv_judge_held_socket(j, sock);
	if (khv_is_placeless(&file->f_path))
		return khv_answer_kind(j, file);
	if (khv_is_empty_device(file_inode(file)))
		return 0;
	return khv_answer_file(j, file);
}

/* file_receive(file): by SCM_RIGHTS, pidfd_getfd, a seccomp supervisor. */
int khv_judge_file_receive(const struct khv_judge *j)
{
	return khv_answer_held(j, (struct file *)j->check->arg[0]);
}

/*
 * What a task may read it has read: only running and writing go on. Executable memory
 * is asked for as when it is mapped.
 */
static int khv_answer_mapping(const struct khv_judge *j,
			      const struct khv_brought *b)
{
	bool exec = b->prot & PROT_EXEC;
	u32 verbs = (exec ? KHV_F_MMAP : 0) |
		    (b->shared ? KHV_F_OPEN_WRITE : 0);
	int ret = 0;

	if (exec && (!b->file || b->modified || khv_is_memory(b->file)))
		ret = khv_answer_memory(j, false);
	if (ret || !b->file)
		return ret;
	if (khv_is_placeless(&b->file->f_path)) {
		ret = khv_answer_kind(j, b->file);
		verbs &= KHV_F_MMAP;
	}
	if (ret || !verbs || (!exec && khv_is_empty_device(file_inode(b->file))))
		return ret;
	return khv_answer_path(j, khv_file_path(b->file), NULL, verbs);
}

static int khv_answer_ring(const struct khv_judge *j)
{
	return khv_answer_descriptor(j, "[io_uring]");
}

int khv_mediate_brought(const struct khv_mediator *m, struct khv_domain *d,
			struct khv_brought *b)
{
	const struct khv_check check = {
		.id = KHV_OBJ_FILE_RECEIVE, .name = "entry",
		.arg = { (unsigned long)b->file },
	};
	const struct cred *cred;
	struct khv_judge j;
	int ret = 0;

	rcu_read_lock();
	if (khv_judge_start(&j, m, d, &check)) {
		cred = __task_cred(b->task);
		khv_subject_real(&j.s, cred);
		j.brought = b;
		ret = b->kind == KHV_FOUND_MAPPING ? khv_answer_mapping(&j, b) :
		      b->kind == KHV_FOUND_RING ? khv_answer_ring(&j) :
						  khv_answer_held(&j, b->file);
	}
	rcu_read_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(khv_mediate_brought);
