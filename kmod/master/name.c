// SPDX-License-Identifier: GPL-2.0
/*
 * Absolute names of paths, the way d_absolute_path() makes them, for a quarter of its
 * instructions.
 *
 * d_absolute_path() copies each name with care for faults, because it reads the
 * pointer and the length of a name that is being changed under it. Here the sequence
 * count of the dentry says that both belong together before the pointer is followed;
 * the memory stays for a grace period. And where a mount is, which is known to the
 * file system core alone, is asked once for each mount and CPU and then remembered,
 * as long as nothing on the machine has been mounted, unmounted or renamed.
 *
 * Whatever is unusual (a rename at this moment, a dentry that is no longer below the
 * root of its mount, a detached mount, a long name) is left to d_absolute_path(). So
 * this never gives an answer that it would not give.
 *
 * d_absolute_path() waits for rename_lock and mount_lock, which others hold with
 * interrupts on. Where they are off, or bottom halves, the caller may hold a lock that
 * interrupts take as well: the holder of rename_lock would be interrupted, wait for
 * that lock, and we for the holder. (security_ptrace_traceme() is called like that,
 * with tasklist_lock.) There only the way above is tried, which takes no lock, and a
 * name that it does not find is not to be had.
 */
#include <linux/dcache.h>
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/irqflags.h>
#include <linux/mount.h>
#include <linux/path.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <linux/string.h>
#include <khv/client.h>
#include "name.h"
#include "symbols.h"

#define KHV_MOUNT_BITS	3
/* Longer places of mounts are not remembered. */
#define KHV_MOUNT_NAME	96
/* Names are copied by words, from the end: room that is written before them. */
#define KHV_WORD	sizeof(u64)

/**
 * struct khv_mount_name - where a mount is
 * @mnt: which; NULL: nothing
 * @mounts: sequence of mount_lock under which that is true
 * @renames: sequence of rename_lock
 * @len: of @name; 0 for the root of everything
 * @name: absolute, without a trailing slash and without NUL
 */
struct khv_mount_name {
	const struct vfsmount *mnt;
	unsigned int mounts;
	unsigned int renames;
	unsigned int len;
	char name[KHV_MOUNT_NAME];
};

static DEFINE_PER_CPU(struct khv_mount_name, khv_mount_names[1 << KHV_MOUNT_BITS]);
/* Private to fs/namespace.c; NULL if it was not found, then nothing is fast. */
static seqlock_t *khv_mount_lock;

void khv_name_init(void)
{
	khv_mount_lock = (seqlock_t *)khv_symbol("mount_lock");
}

/*
 * Put @len bytes of @name before @to. Up to seven bytes in front of either are touched:
 * in front of a dentry's name are other members of the dentry or of its external
 * name, in front of ours is room that the caller has checked.
 */
static __always_inline char *khv_put_before(char *to, const char *name,
					    unsigned int len)
{
	const char *from = name + len;
	char *p = to;
	u64 word;

	for (; from > name; from -= KHV_WORD, p -= KHV_WORD) {
		__builtin_memcpy(&word, from - KHV_WORD, KHV_WORD);
		__builtin_memcpy(p - KHV_WORD, &word, KHV_WORD);
	}
	return to - len;
}

/*
 * The names from @path up to the root of its mount, before @end, or NULL. Under RCU.
 */
static __always_inline char *khv_name_below(const struct path *path,
					    const char *buf, char *end)
{
	const struct dentry *root = path->mnt->mnt_root, *d = path->dentry;
	const char *name;
	unsigned int seq;
	u32 len;

	while (d != root) {
		const struct dentry *parent = READ_ONCE(d->d_parent);

		seq = raw_read_seqcount(&d->d_seq);
		name = READ_ONCE(d->d_name.name);
		len = READ_ONCE(d->d_name.len);
		/* Do they belong together? Else @len may lead out of @name. */
		if (unlikely((seq & 1) || read_seqcount_retry(&d->d_seq, seq)))
			return NULL;
		if (unlikely(parent == d ||
			     (size_t)(end - buf) < len + 2 * KHV_WORD))
			return NULL;
		end = khv_put_before(end, name, len);
		*--end = '/';
		d = parent;
	}
	return end;
}

/* May d_absolute_path() be asked? Not from an interrupt, and see above. */
static bool khv_may_ask(void)
{
	return in_task() && !irqs_disabled() && !softirq_count();
}

/*
 * Ask for the place of a mount and remember it. Not from an interrupt, which may have
 * come while an entry was being written.
 */
static noinline bool khv_learn_mount(struct khv_mount_name *m,
				     const struct vfsmount *mnt,
				     unsigned int mounts, unsigned int renames,
				     char *buf, int size)
{
	struct path path = { .mnt = (struct vfsmount *)mnt,
			     .dentry = mnt->mnt_root };
	size_t len;
	char *name;

	if (!khv_may_ask())
		return false;
	name = khv_path_ask(&path, buf, size);
	if (IS_ERR(name))
		return false;
	len = strlen(name);
	if (len == 1)
		len = 0;
	if (len > KHV_MOUNT_NAME)
		return false;
	/* Whoever interrupts us finds it empty, or whole. */
	WRITE_ONCE(m->mnt, NULL);
	barrier();
	memcpy(m->name, name, len);
	m->len = len;
	m->mounts = mounts;
	m->renames = renames;
	barrier();
	WRITE_ONCE(m->mnt, mnt);
	return true;
}

/* What is not below anything is where it is whatever is renamed. */
static __always_inline bool khv_mount_known(const struct khv_mount_name *m,
					    const struct vfsmount *mnt,
					    unsigned int mounts,
					    unsigned int renames)
{
	return READ_ONCE(m->mnt) == mnt && m->mounts == mounts &&
	       (!m->len || m->renames == renames);
}

/* The name, or NULL if it has to be asked for. Preemption is off. */
static __always_inline char *khv_name_fast(const struct path *path, char *buf,
					   int size)
{
	unsigned int mounts, renames;
	struct khv_mount_name *m;
	char *name;

	if (unlikely(!khv_mount_lock || size < (int)(4 * KHV_WORD)))
		return NULL;
	mounts = raw_read_seqcount(&khv_mount_lock->seqcount);
	renames = raw_read_seqcount(&rename_lock.seqcount);
	m = this_cpu_ptr(&khv_mount_names[hash_ptr(path->mnt, KHV_MOUNT_BITS)]);
	if (unlikely((mounts | renames) & 1))
		return NULL;
	if (unlikely(!khv_mount_known(m, path->mnt, mounts, renames)) &&
	    !khv_learn_mount(m, path->mnt, mounts, renames, buf, size))
		return NULL;
	buf[size - 1] = '\0';
	name = khv_name_below(path, buf, buf + size - 1);
	if (unlikely(!name || (size_t)(name - buf) < m->len + KHV_WORD))
		return NULL;
	name = khv_put_before(name, m->name, m->len);
	if (unlikely(!*name))
		*--name = '/';
	/* Nothing has moved meanwhile, so this was true at one moment. */
	if (unlikely(read_seqcount_retry(&khv_mount_lock->seqcount, mounts) ||
		     read_seqcount_retry(&rename_lock.seqcount, renames)))
		return NULL;
	return name;
}

char *khv_path_absolute(const struct path *path, char *buf, int size)
{
	char *name;

	/* Preemption off: a reader's section of RCU, and this CPU's mounts. */
	preempt_disable_notrace();
	name = khv_name_fast(path, buf, size);
	preempt_enable_notrace();
	if (likely(name))
		return name;
	return khv_may_ask() ? khv_path_ask(path, buf, size) : ERR_PTR(-EAGAIN);
}
EXPORT_SYMBOL_GPL(khv_path_absolute);

/*
 * Do the @len bytes before both ends agree? Up to seven bytes in front of either are
 * read, as in khv_put_before().
 */
static __always_inline bool khv_same_before(const char *a, const char *b,
					    unsigned int len)
{
	u64 x, y;

	for (;; a -= KHV_WORD, b -= KHV_WORD, len -= KHV_WORD) {
		__builtin_memcpy(&x, a - KHV_WORD, KHV_WORD);
		__builtin_memcpy(&y, b - KHV_WORD, KHV_WORD);
		if (len <= KHV_WORD)
			break;
		if (x != y)
			return false;
	}
	/* The last bytes of a word are its highest. A name has at least one. */
	return !((x ^ y) >> (-8 * len & 63));
}

bool khv_path_mark(struct khv_path_mark *mark, const struct vfsmount *mnt,
		   const char *name, size_t len)
{
	const struct khv_mount_name *m;

	m = this_cpu_ptr(&khv_mount_names[hash_ptr(mnt, KHV_MOUNT_BITS)]);
	if (READ_ONCE(m->mnt) != mnt || len <= m->len || name[m->len] != '/' ||
	    memcmp(name, m->name, m->len))
		return false;
	mark->mnt = mnt;
	mark->mounts = m->mounts;
	mark->renames = m->renames;
	mark->below = m->len;
	return true;
}
EXPORT_SYMBOL_GPL(khv_path_mark);

/*
 * Walks up from @dentry and takes its names off the end of @name. What is left must be
 * the place of the mount, and that it is was seen when the mark was made; nothing has
 * been mounted since, nor, if the mount is below anything, renamed.
 *
 * Pointer and length of a name change under rename_lock only. They are read first,
 * then it is seen that nothing has been renamed since @renames: so they belong
 * together, and what the pointer leads to stays for a grace period. It may be
 * overwritten while it is compared; the last look finds that out.
 */
bool khv_path_is(const struct khv_path_mark *mark, const struct vfsmount *mnt,
		 const struct dentry *dentry, const char *name, size_t len)
{
	const struct dentry *root = mnt->mnt_root, *d = dentry, *parent;
	unsigned int renames = raw_read_seqcount(&rename_lock.seqcount);
	const char *end = name + len, *own;
	size_t n;

	/* One that has been marked has been learned, so the lock is known. */
	if (mark->mnt != mnt ||
	    read_seqcount_retry(&khv_mount_lock->seqcount, mark->mounts) ||
	    (mark->below && mark->renames != renames) || (renames & 1))
		return false;
	for (; d != root; d = parent) {
		parent = READ_ONCE(d->d_parent);
		own = READ_ONCE(d->d_name.name);
		n = READ_ONCE(d->d_name.len);
		if (unlikely(read_seqcount_retry(&rename_lock.seqcount, renames)))
			return false;
		/* It gets shorter each time, even where a root is its own parent. */
		if (n >= (size_t)(end - name) ||
		    end[-1 - (ssize_t)n] != '/' ||
		    !khv_same_before(own + n, end, n))
			return false;
		end -= n + 1;
	}
	return (size_t)(end - name) == mark->below &&
	       !read_seqcount_retry(&khv_mount_lock->seqcount, mark->mounts) &&
	       !read_seqcount_retry(&rename_lock.seqcount, renames);
}
EXPORT_SYMBOL_GPL(khv_path_is);
