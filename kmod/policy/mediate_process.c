// SPDX-License-Identifier: GPL-2.0
/* Object checks on other tasks: signals and ptrace. Called under spinlocks. */
#include <linux/cred.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include "mediate.h"

/* Neither in the same policy nor started from here. Under RCU. */
static bool khv_is_outside(const struct khv_judge *j, struct task_struct *task)
{
	const struct khv_domain *d = j->m->domain(task);

	return !(d && d->policy == j->d->policy) && !khv_task_descends(task, current);
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

/* @quiet: the asker only wants to know (PTRACE_MODE_NOAUDIT). */
static int khv_answer_task(const struct khv_judge *j, struct task_struct *task,
			   u32 verbs, bool quiet)
{
	struct khv_process p = {};
	const struct khv_domain *d;
	struct khv_decision dec;
	char object[48], asked[KHV_NAME_MAX + 8];
	int len, ret;

	/* A process may do to itself what it likes: it could do worse directly. */
	if (same_thread_group(task, current))
		return 0;
	ret = khv_answer_always(j, task, verbs, quiet);
	if (ret)
		return ret;
	verbs = khv_judged_verbs(j, KHV_TYPE_PROCESS, verbs);
	if (!verbs)
		return 0;
	p.pid = task_tgid_nr(task);
	p.uid = from_kuid(&init_user_ns, task_uid(task));
	p.number = KHV_ANY_NUMBER;
	p.descendant = khv_task_descends(task, current);
	d = j->m->domain(task);
	if (d && d->policy == j->d->policy && j->l) {
		int index = khv_engine_domain(&j->l->engine, d->name);

		p.same_policy = index >= 0;
		p.domain = index >= 0 ? index : 0;
	}
	/*
	 * p.exe stays unknown: its mm cannot be looked at under the locks that
	 * are held here. Rules with exe: do not match.
	 */
	if (j->l)
		khv_engine_process(&j->l->engine, j->domain, &j->s, &p, verbs,
				   &dec);
	else
		khv_judge_refuse(&dec, KHV_TYPE_PROCESS, verbs);
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
			       KHV_P_SIGNAL, false);
}

int khv_judge_ptrace(const struct khv_judge *j)
{
	unsigned int mode = (unsigned int)j->check->arg[1];

	return khv_answer_task(j, (struct task_struct *)j->check->arg[0],
			       mode & PTRACE_MODE_ATTACH ? KHV_P_PTRACE :
							   KHV_P_PEEK,
			       mode & PTRACE_MODE_NOAUDIT);
}

/* ptrace_traceme(parent): the parent could do with us what a tracer can. */
int khv_judge_traceme(const struct khv_judge *j)
{
	return khv_answer_task(j, (struct task_struct *)j->check->arg[0],
			       KHV_P_PTRACE, false);
}

/*
 * __f_setown(file, pid, type, force): SIGIO comes later, when nobody knows any more
 * who has asked for it. So each process that would get it is judged now.
 */
int khv_judge_setown(const struct khv_judge *j)
{
	struct pid *pid = (struct pid *)j->check->arg[1];
	enum pid_type type = (enum pid_type)j->check->arg[2];
	struct task_struct *task;
	int ret = 0;

	do_each_pid_task(pid, type, task) {
		ret = khv_answer_task(j, task, KHV_P_SIGNAL, false);
		if (ret)
			break;
	} while_each_pid_task(pid, type, task);
	return ret;
}

/* task_setnice, task_setioprio, task_setscheduler (also affinity), task_setrlimit */
int khv_judge_sched(const struct khv_judge *j)
{
	return khv_answer_task(j, (struct task_struct *)j->check->arg[0],
			       KHV_P_SCHED, false);
}
