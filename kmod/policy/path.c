// SPDX-License-Identifier: GPL-2.0
/*
 * Names of objects, as rules see them: absolute from the root of the mount
 * namespace, whatever chroot the task is in, built in a buffer of this CPU so that
 * a confined task cannot make a decision allocate.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <khv/client.h>
#include "path.h"

/* Room for a directory and one more component. */
#define KHV_PATH_BUF	(PATH_MAX + NAME_MAX + 2)

struct khv_path_cpu {
	bool busy;
	char *buf;
};

static struct khv_path_cpu __percpu *khv_path_cpus;

int khv_path_init(void)
{
	struct khv_path_cpu *c;
	int cpu;

	khv_path_cpus = alloc_percpu(struct khv_path_cpu);
	if (!khv_path_cpus)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		c = per_cpu_ptr(khv_path_cpus, cpu);
		c->buf = kmalloc_node(KHV_PATH_BUF, GFP_KERNEL,
				      cpu_to_node(cpu));
		if (!c->buf) {
			khv_path_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void khv_path_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree(per_cpu_ptr(khv_path_cpus, cpu)->buf);
	free_percpu(khv_path_cpus);
}

/*
 * Take the buffer of this CPU. Preemption stays off until khv_path_put(). Fails if
 * an interrupt came in between and wants it too, which no check does today.
 */
int khv_path_get(struct khv_pathname *p)
{
	struct khv_path_cpu *c;

	preempt_disable();
	c = this_cpu_ptr(khv_path_cpus);
	if (WARN_ON_ONCE(c->busy)) {
		preempt_enable();
		return -EBUSY;
	}
	c->busy = true;
	p->buf = c->buf;
	return 0;
}

void khv_path_put(struct khv_pathname *p)
{
	this_cpu_ptr(khv_path_cpus)->busy = false;
	preempt_enable();
}

/*
 * Files that have no place in any tree: pipes, sockets, memfd; what the kernel
 * opens for itself in a layer of an overlay (@inner, judged before under its name
 * in the overlay); and what sits on a mount that is detached (@unreachable).
 */
static void khv_path_without_place(struct khv_pathname *p,
				   const struct path *path)
{
	const struct dentry *d = path->dentry;
	const char *kind = "@unreachable";
	int len;

	if (!(d->d_sb->s_flags & SB_NOUSER) && khv_mount_is_internal(path->mnt))
		kind = "@inner";
	else if (d->d_sb->s_flags & SB_NOUSER)
		kind = strncmp(d->d_name.name, "memfd:", 6) ? "@anon" : "@memfd";
	len = snprintf(p->buf, KHV_PATH_BUF, "%s:%.*s", kind, NAME_MAX,
		       !strcmp(kind, "@memfd") ? d->d_name.name + 6 :
						 d->d_name.name);
	p->name = p->buf;
	p->len = min_t(int, len, KHV_PATH_BUF - 1);
}

/* Is @top, an entry of the root of a procfs, the folder of a thread of current? */
bool khv_path_is_own_proc(const struct dentry *top)
{
	struct task_struct *task;
	bool own;
	int nr;

	if (kstrtoint(top->d_name.name, 10, &nr))
		return false;
	rcu_read_lock();
	task = pid_task(find_pid_ns(nr, proc_pid_ns(top->d_sb)), PIDTYPE_PID);
	own = task && same_thread_group(task, current);
	rcu_read_unlock();
	return own;
}

/*
 * A task's own folder in procfs is called "self" in rules, whatever its number:
 * so rules can tell it from those of others. The end of the name stays where it is.
 * procfs has no renames, so the names of its entries stand still. A bind mount of
 * a part of it keeps the name that it has.
 */
static int khv_path_proc_self(struct khv_pathname *p, const struct path *path)
{
	static const char self[] = "self";
	const struct dentry *top = path->dentry;
	size_t below = 0, before;
	char *start;

	if (!IS_ROOT(path->mnt->mnt_root) || IS_ROOT(top))
		return 0;
	for (; !IS_ROOT(top->d_parent); top = top->d_parent)
		below += 1 + top->d_name.len;
	if (!khv_path_is_own_proc(top) ||
	    p->len < 1 + top->d_name.len + below)
		return 0;
	before = p->len - below - top->d_name.len;
	start = p->buf + PATH_MAX - 1 - below - strlen(self) - before;
	if (start < p->buf)
		return -ENAMETOOLONG;
	memmove(start, p->name, before);
	memcpy(start + before, self, strlen(self));
	p->name = start;
	p->len = before + strlen(self) + below;
	return 0;
}

/* Name of a path. 0 or -ENAMETOOLONG. */
int khv_path_of(struct khv_pathname *p, const struct path *path)
{
	char *name = khv_path_absolute(path, p->buf, PATH_MAX);

	if (name == ERR_PTR(-EINVAL)) {
		khv_path_without_place(p, path);
		return 0;
	}
	if (IS_ERR(name))
		return PTR_ERR(name);
	p->name = name;
	p->len = p->buf + PATH_MAX - 1 - name;
	if (unlikely(path->dentry->d_sb->s_magic == PROC_SUPER_MAGIC))
		return khv_path_proc_self(p, path);
	return 0;
}

/*
 * Name of an entry of a directory. The entry need not exist, and the name cannot
 * change: the callers of the checks hold the lock of the directory.
 */
int khv_path_of_child(struct khv_pathname *p, const struct path *dir,
		      const struct dentry *dentry)
{
	char *end = p->buf + PATH_MAX - 1;
	int ret = khv_path_of(p, dir);

	if (ret)
		return ret;
	if (*p->name == '@')
		return 0;
	if (p->len + 1 + dentry->d_name.len >= PATH_MAX)
		return -ENAMETOOLONG;
	if (p->len > 1)
		*end++ = '/';
	memcpy(end, dentry->d_name.name, dentry->d_name.len);
	end[dentry->d_name.len] = '\0';
	p->len = end + dentry->d_name.len - p->name;
	return 0;
}

/* Other names than this one lead to @d, and the cache may hold any of them. */
static bool khv_path_is_folded(const struct dentry *d)
{
	if (khv_sb_has_encoding(d->d_sb))
		return IS_CASEFOLDED(d_inode(d->d_parent));
	return d->d_flags & DCACHE_OP_COMPARE;
}

/* Components of the name of @d from the topmost one that other names stand for. */
static unsigned int khv_path_count_folded(const struct dentry *d,
					  const struct vfsmount *mnt)
{
	unsigned int n = 0, folded = 0;

	while (!IS_ROOT(d) && d != mnt->mnt_root) {
		n++;
		if (khv_path_is_folded(d))
			folded = n;
		d = READ_ONCE(d->d_parent);
	}
	return folded;
}

/*
 * Folders that ignore case (ext4 and f2fs with the flag, vfat, exfat, ...): a name in
 * one is spelled as whoever looked first did. @len becomes the length of the name of
 * the topmost such folder on the way to @p, 0 if there is none. Builds the name anew
 * if something is renamed meanwhile. 0 or a negative error number.
 */
int khv_path_folder(struct khv_pathname *p, const struct path *path,
		    const struct dentry *dentry, size_t *len)
{
	unsigned int seq, folded, tries = 16;
	int ret;

	do {
		if (!--tries)
			return -EAGAIN;
		seq = read_seqbegin(&rename_lock);
		ret = dentry ? khv_path_of_child(p, path, dentry) :
			       khv_path_of(p, path);
		if (ret)
			return ret;
		folded = khv_path_count_folded(dentry ?: path->dentry,
					       path->mnt);
	} while (read_seqretry(&rename_lock, seq));
	*len = 0;
	if (!folded || *p->name != '/')
		return 0;
	for (*len = p->len; folded && *len; folded--)
		while (*len && p->name[--*len] != '/')
			;
	*len = *len ?: 1;
	return 0;
}
