// SPDX-License-Identifier: GPL-2.0
/*
 * What was found when a process was attached: a list of bounded size, allocated for
 * the administrator who asks, so that the process that is looked at allocates nothing.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <khv/client.h>
#include <khv/limits.h>
#include "../compat/file.h"
#include "found.h"

/**
 * struct khv_findings - a list
 * @ref: who reads it, and who may still add
 * @lock: all below
 * @used: bytes of @bytes
 * @unlisted: findings that did not fit
 * @scratch: where a name is built
 * @bytes: struct khv_finding, one behind the other
 */
struct khv_findings {
	refcount_t ref;
	spinlock_t lock;	/* inside that of a table of descriptors */
	size_t used;
	unsigned int unlisted;
	char scratch[PATH_MAX];
	u8 bytes[KHV_FOUND_BYTES] __aligned(8);
};

struct khv_findings *khv_found_new(void)
{
	struct khv_findings *l = kvzalloc(sizeof(*l), GFP_KERNEL);

	if (!l)
		return NULL;
	refcount_set(&l->ref, 1);
	spin_lock_init(&l->lock);
	return l;
}

void khv_found_get(struct khv_findings *l)
{
	refcount_inc(&l->ref);
}

/* Process context. */
void khv_found_put(struct khv_findings *l)
{
	if (l && refcount_dec_and_test(&l->ref))
		kvfree(l);
}

void khv_found_init(struct khv_finding *f, struct task_struct *task,
		    enum khv_found_kind kind, enum khv_found_state state)
{
	*f = (struct khv_finding) {
		.kind = kind,
		.state = state,
		.pid = task_tgid_nr(task),
		.tid = task_pid_nr(task),
	};
	/* Whoever changes it meanwhile leaves a NUL at its end. */
	strscpy(f->comm, task->comm, sizeof(f->comm));
}

/* For people: the file's path, or what it calls itself. Under the lock. */
static const char *khv_found_name(struct khv_findings *l, struct file *file)
{
	const struct path *path = khv_file_path(file);
	char *name = khv_path_absolute(path, l->scratch, sizeof(l->scratch));

	if (IS_ERR(name))
		name = d_path(path, l->scratch, sizeof(l->scratch));
	return IS_ERR(name) ? "" : name;
}

/*
 * Append @f, with @object or else the name of @file. What stays gets half of the room
 * at most, so that it cannot hide what does not. Any context that may take spinlocks.
 */
void khv_found_add(struct khv_findings *l, const struct khv_finding *f,
		   const char *object, struct file *file)
{
	struct khv_finding *to;
	size_t len, size, room;

	if (!l)
		return;
	spin_lock(&l->lock);
	if (!object || !*object)
		object = file ? khv_found_name(l, file) : "";
	len = strnlen(object, KHV_FOUND_OBJECT);
	size = ALIGN(sizeof(*f) + len, 8);
	room = f->state == KHV_FOUND_KEPT ? sizeof(l->bytes) / 2 :
					    sizeof(l->bytes);
	if (l->used + size > room) {
		l->unlisted++;
	} else {
		to = (struct khv_finding *)(l->bytes + l->used);
		*to = *f;
		to->size = size;
		to->object_len = len;
		memcpy(to->object, object, len);
		l->used += size;
	}
	spin_unlock(&l->lock);
}

/* The one at @offset, which is moved behind it; NULL at the end. Under the lock. */
static struct khv_finding *khv_found_next(struct khv_findings *l, size_t *offset)
{
	struct khv_finding *f = (struct khv_finding *)(l->bytes + *offset);

	if (*offset >= l->used)
		return NULL;
	*offset += f->size;
	return f;
}

/*
 * The same for who reads. It may be added to meanwhile, but nobody removes anything
 * once it can be read.
 */
const struct khv_finding *khv_found_at(struct khv_findings *l, size_t *offset)
{
	const struct khv_finding *f;

	spin_lock(&l->lock);
	f = khv_found_next(l, offset);
	spin_unlock(&l->lock);
	return f;
}

unsigned int khv_found_unlisted(struct khv_findings *l)
{
	return READ_ONCE(l->unlisted);
}

unsigned int khv_found_count(struct khv_findings *l, enum khv_found_state state)
{
	struct khv_finding *f;
	unsigned int n = 0;
	size_t offset = 0;

	spin_lock(&l->lock);
	while ((f = khv_found_next(l, &offset)))
		n += f->state == state;
	spin_unlock(&l->lock);
	return n;
}

/* Remove those of a state: they are going to be found again. */
void khv_found_forget(struct khv_findings *l, enum khv_found_state state)
{
	struct khv_finding *f;
	size_t offset = 0, kept = 0;
	u16 size;

	spin_lock(&l->lock);
	while ((f = khv_found_next(l, &offset))) {
		size = f->size;
		if (f->state == state)
			continue;
		memmove(l->bytes + kept, f, size);
		kept += size;
	}
	l->used = kept;
	spin_unlock(&l->lock);
}
