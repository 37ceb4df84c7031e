// SPDX-License-Identifier: GPL-2.0
/* Object checks on other tasks: signals and ptrace. Called under spinlocks. */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include "../compat/file.h"
#include "mediate.h"

/* Who asks; when it is looked at from outside what a task has, that task. */
static struct task_struct *khv_asker(const struct khv_judge *j)
{
	return j->brought ? j->brought->task : current;
}

/* Is it bound by the policy of current? */
static bool khv_is_inside(const struct khv_judge *j, const struct khv_domain *d)
{
	return d && d->policy == j->d->policy && !d->detached;
}

/* Neither in the same policy nor started from here. Under RCU. */
static bool khv_is_outside(const struct khv_judge *j, struct task_struct *task)
{
	const struct khv_domain *d = j->m->domain(task);

	return !khv_is_inside(j, d) &&
	       !khv_task_descends(task, khv_asker(j));
}

/*
 * What is judged in every policy: nobody may stop or take over who reads khv's
 * events, and nobody may trace his way out.
 */
static int khv_answer_always(const struct khv_judge *j, struct task_struct *task,
			     u32 verbs, bool quiet)
{
	static const char audit[] = "audit", ptrace[] = "ptrace";
	int ret = 0;

	if ((verbs & ~KHV_P_PEEK) && khv_task_is_reader(task))
		ret = khv_answer_kernel(j, audit, sizeof(audit) - 1, quiet);
	if (ret || !(verbs & KHV_P_PTRACE))
		return ret;
	/* A tracer writes to executable pages, whatever their protection. */
	ret = khv_answer_memory(j, quiet);
	if (!ret && !khv_judged_verbs(j, KHV_TYPE_PROCESS, KHV_P_PTRACE) &&
	    khv_is_outside(j, task))
		ret = khv_answer_kernel(j, ptrace, sizeof(ptrace) - 1, quiet);
	return ret;
}

/* As a rule would name it; the most specific word that events can repeat. */
static const char *khv_process_asked(const struct khv_process *p,
				     const struct khv_domain *d, char *buf,
				     size_t size)
{
	if (!p->same_policy)
		return p->descendant ? "descendants" : "any";
	snprintf(buf, size, "domain:%s", d->name);
	return buf;
}

/* Does the caller of the check hold the alloc_lock of the task it is about? */
static bool khv_is_locked(const struct khv_judge *j,
			  const struct task_struct *task)
{
	switch (j->check->id) {
	case KHV_OBJ_PTRACE_ACCESS_CHECK:
		return true;
	case KHV_OBJ_TASK_SETRLIMIT:
		return task == task->group_leader;
	default:
		return false;
	}
}

/* With the name of its executable, for rules with exe:. Fails to "unknown". */
static void khv_decide_exe(const struct khv_judge *j, struct task_struct *task,
			   struct khv_process *p, u32 verbs,
			   struct khv_decision *dec)
{
	struct file *exe = khv_task_exe_file(task, khv_is_locked(j, task));
	struct khv_pathname name;
	bool named = false;

	if (!exe) {
		p->exe = "";	/* it has none */
	} else if (!IS_ERR(exe) && !khv_path_get(&name)) {
		named = true;
		if (!khv_path_of(&name, khv_file_path(exe))) {
			p->exe = name.name;
			p->exe_len = name.len;
		}
	}
	khv_engine_process(&j->l->engine, j->domain, &j->s, p, verbs, dec);
	if (named)
		khv_path_put(&name);
	if (!IS_ERR_OR_NULL(exe))
		fput(exe);
}

static void khv_decide_process(const struct khv_judge *j,
			       struct task_struct *task, struct khv_process *p,
			       u32 verbs, struct khv_decision *dec)
{
	if (!j->l)
		khv_judge_refuse(dec, KHV_TYPE_PROCESS, verbs);
	else if (khv_engine_needs(&j->l->engine) & KHV_NEEDS_EXE)
		khv_decide_exe(j, task, p, verbs, dec);
	else
		khv_engine_process(&j->l->engine, j->domain, &j->s, p, verbs,
				   dec);
}

/*
 * @number: the signal, or KHV_ANY_NUMBER; @quiet: the asker only wants to know
 * (PTRACE_MODE_NOAUDIT).
 */
static int khv_answer_task(const struct khv_judge *j, struct task_struct *task,
			   u32 verbs, u32 number, bool quiet)
{
	struct khv_process p = {};
	const struct khv_domain *d;
	struct khv_decision dec;
	char object[48], asked[KHV_NAME_MAX + 8];
	int len, ret;

	/* A process may do to itself what it likes: it could do worse directly. */
	if (same_thread_group(task, khv_asker(j)))
		return 0;
	ret = khv_answer_always(j, task, verbs, quiet);
	if (ret)
		return ret;
	verbs = khv_judged_verbs(j, KHV_TYPE_PROCESS, verbs);
	if (!verbs)
		return 0;
	p.pid = task_tgid_nr(task);
	p.uid = from_kuid(&init_user_ns, task_uid(task));
	p.number = number;
	p.descendant = khv_task_descends(task, khv_asker(j));
	d = j->m->domain(task);
	if (khv_is_inside(j, d) && j->l) {
		int index = khv_engine_domain(&j->l->engine, d->name);

		p.same_policy = index >= 0;
		p.domain = index >= 0 ? index : 0;
	}
	khv_decide_process(j, task, &p, verbs, &dec);
	if (quiet)
		dec.effects |= KHV_RULE_QUIET;
	len = scnprintf(object, sizeof(object), "%u (%s)", p.pid, task->comm);
	return khv_judge_answer_as(j, KHV_TYPE_PROCESS, verbs, &dec, object, len,
				   khv_process_asked(&p, d, asked, sizeof(asked)));
}

int khv_judge_kill(const struct khv_judge *j)
{
	/* Sent with other credentials: by the kernel, for a device. */
	if (j->check->arg[3])
		return 0;
	return khv_answer_task(j, (struct task_struct *)j->check->arg[0],
			       KHV_P_SIGNAL, (u32)j->check->arg[2], false);
}

int khv_judge_ptrace(const struct khv_judge *j)
{
	unsigned int mode = (unsigned int)j->check->arg[1];

	return khv_answer_task(j, (struct task_struct *)j->check->arg[0],
			       mode & PTRACE_MODE_ATTACH ? KHV_P_PTRACE :
							   KHV_P_PEEK,
			       KHV_ANY_NUMBER, mode & PTRACE_MODE_NOAUDIT);
}

/*
 * ptrace(request, pid, ...): beginning to trace is a check (above), and who traces may
 * go on, whatever domain either of the two has entered since. So each request is asked
 * about; but for letting go.
 */
int khv_mediate_ptrace(const struct khv_mediator *m, struct khv_domain *d,
		       const struct khv_call *call)
{
	const struct khv_check check = { .name = "ptrace" };
	struct task_struct *task;
	struct khv_judge j;
	int ret = 0;

	switch ((long)call->arg[0]) {
	case PTRACE_TRACEME:
	case PTRACE_ATTACH:
	case PTRACE_SEIZE:
	case PTRACE_DETACH:
		return 0;
	}
	rcu_read_lock();
	/* A tracee keeps its number as long as it has a tracer. */
	task = pid_task(find_vpid((pid_t)call->arg[1]), PIDTYPE_PID);
	if (task && task->ptrace &&
	    same_thread_group(rcu_dereference(task->parent), current) &&
	    khv_judge_start(&j, m, d, &check))
		ret = khv_answer_task(&j, task, KHV_P_PTRACE, KHV_ANY_NUMBER,
				      false);
	rcu_read_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(khv_mediate_ptrace);

/* ptrace_traceme(parent): the parent could do with us what a tracer can. */
int khv_judge_traceme(const struct khv_judge *j)
{
	return khv_answer_task(j, (struct task_struct *)j->check->arg[0],
			       KHV_P_PTRACE, KHV_ANY_NUMBER, false);
}

/*
 * __f_setown(file, pid, type, force): SIGIO comes later, when nobody knows any more
 * who has asked for it. So each process that would get it is judged now.
 */
static int khv_answer_signals(const struct khv_judge *j, struct pid *pid,
			      enum pid_type type)
{
	struct task_struct *task;
	int ret = 0;

	do_each_pid_task(pid, type, task) {
		/* Which one it will be, F_SETSIG may say later. */
		ret = khv_answer_task(j, task, KHV_P_SIGNAL, KHV_ANY_NUMBER,
				      false);
		if (ret)
			break;
	} while_each_pid_task(pid, type, task);
	return ret;
}

int khv_judge_setown(const struct khv_judge *j)
{
	return khv_answer_signals(j, (struct pid *)j->check->arg[1],
				  (enum pid_type)j->check->arg[2]);
}

/*
 * Somebody has asked for it before the task got the file, which can choose the signal
 * now, and make it happen.
 */
int khv_answer_owner(const struct khv_judge *j, struct file *file)
{
	struct fown_struct *owner = khv_file_owner(file);
	unsigned long flags;
	enum pid_type type;
	struct pid *pid;
	int ret = 0;

	if (likely(!owner || !READ_ONCE(owner->pid)))
		return 0;
	read_lock_irqsave(&owner->lock, flags);
	pid = get_pid(owner->pid);
	type = owner->pid_type;
	read_unlock_irqrestore(&owner->lock, flags);
	if (pid)
		ret = khv_answer_signals(j, pid, type);
	put_pid(pid);
	return ret;
}

/* task_setnice, task_setioprio, task_setscheduler (also affinity), task_setrlimit */
int khv_judge_sched(const struct khv_judge *j)
{
	return khv_answer_task(j, (struct task_struct *)j->check->arg[0],
			       KHV_P_SCHED, KHV_ANY_NUMBER, false);
}
