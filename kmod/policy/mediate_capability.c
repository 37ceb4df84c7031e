// SPDX-License-Identifier: GPL-2.0
/*
 * Object checks on capabilities and keys: what credentials are good for.
 *
 * A domain is a matter of the task, not of its credentials. So the question is
 * whose the credentials are that the kernel asks about:
 *
 * - current's own: judged.
 * - those of whoever opened a file that current uses (file_ns_capable()), or of
 *   another task: judged as well, because it is current that gains by a yes.
 * - lent by the kernel for work of its own (override_creds(): the mounter's while
 *   an overlay copies a file up, the dumping process' for a core dump): not judged.
 *   What the task asked for has been judged, by name.
 * - in a worker of an io_uring, and where a task has used other credentials that a
 *   ring remembers: these are put on in the same way, yet are the task's choice. So
 *   there all are judged, even if an overlay then cannot copy a file up.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/user_namespace.h>
#include <khv/facilities.h>
#include "mediate.h"

bool khv_cred_is_lent(const struct khv_judge *j, const struct cred *cred)
{
	if (likely(cred == current_real_cred()))
		return false;
	return cred == current_cred() && !(current->flags & PF_IO_WORKER) &&
	       !j->d->ring_creds;
}

/* Both names in one text: that of the initial user namespace is its end. */
#define KHV_OTHER_NS	"namespace-"
#define KHV_OTHER_LEN	(sizeof(KHV_OTHER_NS) - 1)
#define KHV_CAP_TEXT	KHV_OTHER_NS "capability"
#define KHV_CAP_NAME(nr, name, flags)					\
	[nr] = KHV_CAP_TEXT ":" name,

static const char * const khv_caps[] = {
	KHV_CAPABILITIES(KHV_CAP_NAME)
};

/* capable(cred, user namespace, capability, options), for root a hot path */
int khv_judge_capable(const struct khv_judge *j)
{
	const struct cred *cred = (const void *)j->check->arg[0];
	unsigned int cap = (unsigned int)j->check->arg[2];
	unsigned int opts = (unsigned int)j->check->arg[3];
	/* One that is newer than this table takes a rule for all of them. */
	const char *name = KHV_CAP_TEXT;

	if (khv_cred_is_lent(j, cred))
		return 0;
	if (likely(cap < ARRAY_SIZE(khv_caps)))
		name = khv_caps[cap];
	if (j->check->arg[1] == (unsigned long)&init_user_ns)
		name += KHV_OTHER_LEN;
	return khv_answer_kernel(j, name, strlen(name), opts & CAP_OPT_NOAUDIT);
}

/* uring_override_creds(cred): a request is made with what a ring remembers. */
int khv_judge_ring_creds(const struct khv_judge *j)
{
	static const char name[] = "io_uring:override-creds";

	j->d->ring_creds = true;
	return khv_answer_kernel(j, name, sizeof(name) - 1, false);
}

/*
 * key_permission(key, cred, need), under RCU. The kernel looks for keys of its own
 * with credentials of its own: those of network file systems and the resolver.
 */
int khv_judge_key(const struct khv_judge *j)
{
	static const char name[] = "keyring";

	if (khv_cred_is_lent(j, current_cred()))
		return 0;
	return khv_answer_kernel(j, name, sizeof(name) - 1, false);
}
