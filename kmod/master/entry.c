// SPDX-License-Identifier: GPL-2.0
/*
 * Entering a domain: clients judge what the task had before.
 *
 * What is refused is taken away by putting a file that can do nothing in its place,
 * so that its number is not given to the next file that is opened: who writes to
 * standard output must not write to that. The replacement happens under the lock of
 * the table, together with the judgement; what was there is closed afterwards.
 *
 * The replacement is one file for all, opened with O_PATH: read, write, ioctl, mmap
 * and the like answer EBADF. It is the kernel's own, not of this module, so that
 * unloading does not have to wait for those who still hold it.
 */
#include <linux/anon_inodes.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include "chain.h"
#include "client.h"
#include "entry.h"
#include "task.h"

static struct file *khv_revoked;

int khv_entry_init(void)
{
	struct file *anon;

	/* Only for its path: opening it again by /proc answers ENXIO. */
	anon = anon_inode_getfile("[khv-revoked]", &generic_ro_fops, NULL,
				  O_RDONLY);
	if (IS_ERR(anon))
		return PTR_ERR(anon);
	khv_revoked = dentry_open(&anon->f_path, O_PATH, current_cred());
	fput(anon);
	return PTR_ERR_OR_ZERO(khv_revoked);
}

void khv_entry_exit(void)
{
	fput(khv_revoked);
}

/* Clients that a task has just come under, in order, pinned by their inflight. */
struct khv_judges {
	unsigned int n;
	struct {
		struct khv_client_reg *cs;
		void *data;
	} of[KHV_MAX_CLIENTS];
};

/*
 * One way through the descriptors of current.
 */
struct khv_walk {
	const struct khv_judges *judges;
	unsigned int next;
	unsigned int nr;
	struct file *out[KHV_ENTRY_BATCH];
};

static int khv_entry_judge(const struct khv_judges *judges,
			   struct khv_brought *b)
{
	struct khv_client_reg *cs;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < judges->n && !ret; i++) {
		cs = judges->of[i].cs;
		ret = cs->client->brought(b, judges->of[i].data);
		if (ret)
			this_cpu_inc(cs->stat->denied);
		else
			this_cpu_inc(cs->stat->allowed);
	}
	return ret;
}

/* For iterate_fd(), under the lock of the table. Stops when @out is full. */
static int khv_entry_visit(const void *arg, struct file *file, unsigned int fd)
{
	struct khv_walk *w = (void *)arg;
	struct khv_brought b = { .file = file, .task = current };
	struct fdtable *fdt;

	if (file == khv_revoked || !khv_entry_judge(w->judges, &b))
		return 0;
	get_file(khv_revoked);
	fdt = files_fdtable(current->files);
	rcu_assign_pointer(fdt->fd[fd], khv_revoked);
	w->out[w->nr++] = file;
	w->next = fd + 1;
	return w->nr == ARRAY_SIZE(w->out);
}

/* Judge all descriptors of current, whose table nobody else changes. */
static void khv_entry_files(const struct khv_judges *judges)
{
	struct khv_walk w = { .judges = judges };
	bool more;

	do {
		w.nr = 0;
		more = iterate_fd(current->files, w.next, khv_entry_visit, &w);
		while (w.nr)
			filp_close(w.out[--w.nr], current->files);
	} while (more);
}

/*
 * The exec of current has succeeded and it is in the data of the clients @entered.
 * Its table of descriptors is its own since begin_new_exec(), and what was to be
 * closed on exec is closed; it is the only thread, and it has new memory.
 */
void khv_entry_exec(struct khv_task *kt, u32 entered)
{
	struct khv_judges judges = {};
	const struct khv_chain *chain;
	struct khv_client_reg *cs;
	unsigned int i;
	int idx;

	idx = srcu_read_lock(&khv_srcu);
	/* Who has left the chain meanwhile is being disabled. */
	chain = srcu_dereference(khv_exec_hook.chain, &khv_srcu);
	for (i = 0; chain && i < chain->n; i++) {
		cs = chain->link[i].client;
		if (!(entered & BIT(cs->slot)) || !cs->client->brought)
			continue;
		khv_inflight_enter(&cs->inflight);
		judges.of[judges.n].cs = cs;
		judges.of[judges.n++].data = READ_ONCE(kt->data[cs->slot]);
	}
	srcu_read_unlock(&khv_srcu, idx);
	if (judges.n)
		khv_entry_files(&judges);
	while (judges.n)
		khv_inflight_leave(&judges.of[--judges.n].cs->inflight);
}
