// SPDX-License-Identifier: GPL-2.0
/*
 * Entering a domain by exec.
 *
 * security_bprm_check() judges: clients may refuse the exec or ask for the task.
 * What they ask for waits in khv_exec.next, because the exec may still fail;
 * security_bprm_committing_creds(), behind the point of no return, installs it and
 * cannot fail. A script is judged under its own name first, then its interpreter.
 */
#include <linux/binfmts.h>
#include "base.h"
#include "client.h"
#include "entry.h"
#include "gate.h"
#include "hook.h"
#include "task.h"

/* An exec failed. What was armed for it stays armed for the next try. */
static void khv_exec_forget(struct khv_exec *exec)
{
	unsigned int i;
	u64 left;

	left = READ_ONCE(khv_client_mask);
	while (khv_next_slot(&left, &i))
		khv_exec_set_next(exec, i, NULL);
}

/* Ask one client. Under khv_srcu. */
static int khv_exec_ask(struct khv_client_reg *cs, struct linux_binprm *bprm)
{
	struct khv_task *kt = khv_task_current();
	struct khv_exec *exec = kt ? kt->exec : NULL;
	unsigned int slot = cs->slot;
	int ret = 0;
	void *data;

	if (exec && exec->next[slot])
		return 0;	/* the script has decided, this is its interpreter */
	if (exec && exec->armed[slot]) {
		khv_exec_set_next(exec, slot, exec->armed[slot]);
		return 0;
	}
	khv_client_enter(cs);
	data = cs->client->exec(bprm, kt ? READ_ONCE(kt->data[slot]) : NULL);
	if (IS_ERR_OR_NULL(data)) {
		ret = PTR_ERR_OR_ZERO(data);
		goto out;
	}
	khv_data_account(slot);
	exec = khv_exec_of_current();
	if (exec) {
		khv_exec_set_next(exec, slot, data);
	} else {
		khv_data_release(slot, data);
		ret = -ENOMEM;
	}
out:
	khv_client_leave(cs);
	return ret;
}

/* After security_bprm_check(bprm), for every exec on the system. */
int khv_exec_check(struct khv_object_frame *f, int ret)
{
	struct linux_binprm *bprm = (void *)f->check.arg[0];
	struct khv_task *kt = khv_task_current();
	const struct khv_chain *chain;
	unsigned int i;
	int idx;

	if (ret)
		return ret;
	/*
	 * First look at this exec: what is there is left over from one that failed.
	 * Hence what is there at a later look belongs to this one.
	 */
	if (kt && kt->exec && bprm->interp == bprm->filename)
		khv_exec_forget(kt->exec);
	idx = srcu_read_lock(&khv_srcu);
	chain = srcu_dereference(khv_exec_hook.chain, &khv_srcu);
	for (i = 0; chain && i < chain->n && !ret; i++)
		ret = khv_exec_ask(chain->link[i]->client, bprm);
	srcu_read_unlock(&khv_srcu, idx);
	return ret;
}

/* Before security_bprm_committing_creds(bprm). */
int khv_exec_commit(struct khv_object_frame *f)
{
	struct khv_exec *exec = f->task ? f->task->exec : NULL;
	u64 left, entered = 0;
	unsigned int i;

	if (!exec)
		return 0;
	left = READ_ONCE(khv_client_mask);
	while (khv_next_slot(&left, &i))
		if (khv_task_commit(f->task, i))
			entered |= BIT_ULL(i);
	if (entered)
		khv_entry_exec(f->task, entered);
	return 0;
}
