// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions as events: who, what, when, packed into one record for the queue of this
 * CPU (queue.c). What becomes of an event that finds no room is a choice of the
 * client's administrator (khv_full).
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/export.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <khv/limits.h>
#include "../compat/file.h"
#include "client.h"
#include "event.h"
#include "queue.h"
#include "subscribe.h"
#include "symbols.h"
#include "wait.h"

/* Room for the name of an executable. */
struct khv_exe_buf {
	bool busy;
	char *name;
};

static struct khv_exe_buf __percpu *khv_exe_bufs;

/*
 * Name of the executable of current, in the buffer of this CPU, and its length without
 * NUL. Preemption is off. NULL if it has none, or an interrupt came while the buffer was
 * in use.
 */
static const char *khv_exe_name(struct khv_exe_buf *b, size_t *len)
{
	const char *name;
	struct file *exe;

	if (!in_task() || !current->mm)
		return NULL;
	exe = khv_mm_exe_file(current->mm);
	if (!exe)
		return NULL;
	name = khv_path_absolute(khv_file_path(exe), b->name, PATH_MAX);
	fput(exe);
	if (IS_ERR(name))
		return NULL;
	/* It is written from the end of the buffer to the front. */
	*len = b->name + PATH_MAX - 1 - name;
	return name;
}

static void khv_rec_fill(struct khv_rec *rec, const struct khv_event *ev)
{
	rec->time = ktime_get_real_ns();
	rec->generation = ev->generation;
	rec->rule_line = ev->rule_line;
	rec->pid = task_pid_nr(current);
	rec->tgid = task_tgid_nr(current);
	rec->uid = from_kuid(&init_user_ns, task_uid(current));
	rec->error = ev->error;
	rec->verdict = ev->verdict;
	rec->has = ev->call ? KHV_REC_HAS_CALL : 0;
	if (ev->call) {
		rec->result = ev->call->ret;
		rec->nr = ev->call->nr;
		rec->abi = ev->call->abi;
	}
	memcpy(rec->comm, current->comm, sizeof(rec->comm));
	rec->h.gap = 0;
}

/* Lengths of the strings, and of the whole. */
static void khv_rec_measure(struct khv_rec *rec, const char **str,
			    const struct khv_event *ev, size_t exe_len)
{
	size_t len, sum = sizeof(*rec);
	unsigned int i;

	for (i = 0; i < KHV_REC_NR_STRINGS; i++) {
		len = 0;
		if (!str[i])
			;
		else if (i == KHV_REC_ARGS)
			len = min_t(size_t, ev->args_len, KHV_EVENT_ARGS_MAX);
		else if (i == KHV_REC_OBJECT)
			len = min_t(size_t, ev->object_len,
				    KHV_EVENT_OBJECT_MAX);
		else if (i == KHV_REC_EXE)
			len = min_t(size_t, exe_len, KHV_EVENT_OBJECT_MAX);
		else
			len = strnlen(str[i], KHV_NAME_MAX - 1);
		rec->str_len[i] = len;
		sum += len;
	}
	rec->h.len = ALIGN(sum, 8);
}

int khv_event_post(const struct khv_client *client, const struct khv_event *ev)
{
	const char *str[KHV_REC_NR_STRINGS] = {
		[KHV_REC_CLIENT] = client ? client->name : KHV_EVENT_OWN,
		[KHV_REC_POLICY] = ev->policy,
		[KHV_REC_DOMAIN] = ev->domain,
		[KHV_REC_RULE_FILE] = ev->rule_file,
		[KHV_REC_TYPE] = ev->type,
		[KHV_REC_VERB] = ev->verb,
		[KHV_REC_OBJECT] = ev->object,
		[KHV_REC_HOOK] = ev->hook,
		[KHV_REC_ASKED] = ev->asked,
		[KHV_REC_TAG] = ev->tag,
		[KHV_REC_ARGS] = ev->args,
	};
	enum khv_full full = client ? READ_ONCE(client->state->full) :
				      KHV_FULL_DROP;
	struct khv_rec rec __khv_uninitialized;
	struct khv_exe_buf *b;
	size_t exe_len = 0;
	unsigned int cpu;
	enum khv_put put;
	bool mine;

	khv_rec_fill(&rec, ev);
	preempt_disable();
	b = this_cpu_ptr(khv_exe_bufs);
	mine = !b->busy;
	b->busy = true;
	/* Nobody sees the name change between these lines. */
	barrier();
	if (likely(mine))
		str[KHV_REC_EXE] = khv_exe_name(b, &exe_len);
	khv_rec_measure(&rec, str, ev, exe_len);
	put = khv_queue_put(&rec, str, full, &cpu);
	barrier();
	if (likely(mine))
		b->busy = false;
	preempt_enable();
	/*
	 * One that is lost has been preceded by those that made hurry; a reader that is
	 * behind must not cost each program two switches of tasks for every such event.
	 */
	khv_subscribe_kick(put == KHV_PUT_HURRY || put == KHV_PUT_SPILLED);
	if (unlikely(put == KHV_PUT_SPILLED))
		khv_wait_later(cpu, rec.h.seq);
	return put == KHV_PUT_LOST && full == KHV_FULL_DENY ? -EBUSY : 0;
}
EXPORT_SYMBOL_GPL(khv_event_post);

int khv_event_init(void)
{
	struct khv_exe_buf *b;
	int cpu, ret;

	ret = khv_queue_init();
	if (ret)
		return ret;
	khv_exe_bufs = alloc_percpu(struct khv_exe_buf);
	if (!khv_exe_bufs) {
		khv_queue_exit();
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu) {
		b = per_cpu_ptr(khv_exe_bufs, cpu);
		b->name = kmalloc_node(PATH_MAX, GFP_KERNEL, cpu_to_node(cpu));
		if (!b->name) {
			khv_event_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void khv_event_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree(per_cpu_ptr(khv_exe_bufs, cpu)->name);
	free_percpu(khv_exe_bufs);
	khv_queue_exit();
}
