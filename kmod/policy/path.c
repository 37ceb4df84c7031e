// SPDX-License-Identifier: GPL-2.0
/*
 * Names of objects, as rules see them: absolute from the root of the mount
 * namespace, whatever chroot the task is in, built in a buffer of this CPU so that
 * a confined task cannot make a decision allocate.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/percpu.h>
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
