// SPDX-License-Identifier: GPL-2.0
/*
 * From an object check to a question for the rule engine, and from the engine's
 * decision to an answer and an event. Fails closed: what cannot be named or asked
 * about is refused.
 */
#include <linux/cred.h>
#include <linux/export.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include "../compat/file.h"
#include "engine_internal.h"
#include "mediate.h"
#include "tree.h"

static int (* const khv_judges[KHV_NR_OBJECTS])(const struct khv_judge *j) = {
	[KHV_OBJ_FILE_OPEN]		= khv_judge_file_open,
	[KHV_OBJ_FILE_TRUNCATE]		= khv_judge_file_truncate,
	[KHV_OBJ_FILE_LOCK]		= khv_judge_file_lock,
	[KHV_OBJ_FILE_MPROTECT]		= khv_judge_mprotect_memory,
	[KHV_OBJ_FILE_IOCTL]		= khv_judge_ioctl,
	[KHV_OBJ_FILE_IOCTL_COMPAT]	= khv_judge_ioctl,
	[KHV_OBJ_FILE_FCNTL]		= khv_judge_fcntl,
	[KHV_OBJ_FILE_FALLOCATE]	= khv_judge_fallocate,
	[KHV_OBJ_FILE_RECEIVE]		= khv_judge_file_receive,
	[KHV_OBJ_MMAP_FILE]		= khv_judge_mmap_memory,
	[KHV_OBJ_PATH_UNLINK]		= khv_judge_child,
	[KHV_OBJ_PATH_MKDIR]		= khv_judge_child,
	[KHV_OBJ_PATH_RMDIR]		= khv_judge_child,
	[KHV_OBJ_PATH_MKNOD]		= khv_judge_mknod,
	[KHV_OBJ_PATH_SYMLINK]		= khv_judge_child,
	[KHV_OBJ_PATH_LINK]		= khv_judge_link,
	[KHV_OBJ_PATH_RENAME]		= khv_judge_rename,
	[KHV_OBJ_PATH_TRUNCATE]		= khv_judge_path,
	[KHV_OBJ_PATH_CHMOD]		= khv_judge_path,
	[KHV_OBJ_PATH_CHOWN]		= khv_judge_path,
	[KHV_OBJ_PATH_NOTIFY]		= khv_judge_notify,
	[KHV_OBJ_INODE_GETATTR]		= khv_judge_path,
	[KHV_OBJ_INODE_SETATTR]		= khv_judge_setattr,
	[KHV_OBJ_INODE_SETXATTR]	= khv_judge_xattr,
	[KHV_OBJ_INODE_REMOVEXATTR]	= khv_judge_xattr,
	[KHV_OBJ_INODE_SET_ACL]		= khv_judge_xattr,
	[KHV_OBJ_INODE_REMOVE_ACL]	= khv_judge_xattr,
	[KHV_OBJ_MNT_WANT_WRITE]	= khv_judge_want_write,
	[KHV_OBJ_MNT_WANT_WRITE_FILE]	= khv_judge_want_write,
	[KHV_OBJ_SB_MOUNT]		= khv_judge_path,
	[KHV_OBJ_SB_UMOUNT]		= khv_judge_umount,
	[KHV_OBJ_SB_PIVOTROOT]		= khv_judge_path,
	[KHV_OBJ_MOVE_MOUNT]		= khv_judge_path,
	[KHV_OBJ_DO_MOVE_MOUNT]		= khv_judge_move_mount,
	[KHV_OBJ_DO_LOOPBACK]		= khv_judge_loopback,
	[KHV_OBJ_VFS_GET_TREE]		= khv_judge_filesystem,
	[KHV_OBJ_RECONFIGURE_SUPER]	= khv_judge_filesystem,
	[KHV_OBJ_CGROUP_CAN_FORK]	= khv_judge_fork,
	[KHV_OBJ_SOCKET_CREATE]		= khv_judge_socket_create,
	[KHV_OBJ_SOCKET_BIND]		= khv_judge_socket_addr,
	[KHV_OBJ_SOCKET_CONNECT]	= khv_judge_socket_addr,
	[KHV_OBJ_SOCKET_LISTEN]		= khv_judge_socket_local,
	[KHV_OBJ_SOCKET_ACCEPT]		= khv_judge_socket_local,
	[KHV_OBJ_INET_ACCEPT]		= khv_judge_accepted,
	[KHV_OBJ_SOCKET_SENDMSG]	= khv_judge_sendmsg,
	[KHV_OBJ_SOCKET_RECVMSG]	= khv_judge_recvmsg,
	[KHV_OBJ_SOCKET_SETSOCKOPT]	= khv_judge_setsockopt,
	[KHV_OBJ_UNIX_STREAM_CONNECT]	= khv_judge_unix,
	[KHV_OBJ_UNIX_MAY_SEND]		= khv_judge_unix,
	[KHV_OBJ_TASK_KILL]		= khv_judge_kill,
	[KHV_OBJ_PTRACE_ACCESS_CHECK]	= khv_judge_ptrace,
	[KHV_OBJ_TASK_SETNICE]		= khv_judge_sched,
	[KHV_OBJ_TASK_SETIOPRIO]	= khv_judge_sched,
	[KHV_OBJ_TASK_SETSCHEDULER]	= khv_judge_sched,
	[KHV_OBJ_TASK_SETRLIMIT]	= khv_judge_sched,
	[KHV_OBJ_PTRACE_TRACEME]	= khv_judge_traceme,
	[KHV_OBJ_FILE_SETOWN]		= khv_judge_setown,
	[KHV_OBJ_CAPABLE]		= khv_judge_capable,
	[KHV_OBJ_KERNEL_MODULE_REQUEST]	= khv_judge_facility,
	[KHV_OBJ_KERNEL_LOAD_DATA]	= khv_judge_load,
	[KHV_OBJ_KERNEL_READ_FILE]	= khv_judge_load,
	[KHV_OBJ_LOCKED_DOWN]		= khv_judge_facility,
	[KHV_OBJ_BPF]			= khv_judge_facility,
	[KHV_OBJ_PERF_EVENT_OPEN]	= khv_judge_facility,
	[KHV_OBJ_SYSLOG]		= khv_judge_facility,
	[KHV_OBJ_CREATE_USER_NS]	= khv_judge_facility,
	[KHV_OBJ_KEY_ALLOC]		= khv_judge_key,
	[KHV_OBJ_KEY_PERMISSION]	= khv_judge_key,
	[KHV_OBJ_IPC_PERMISSION]	= khv_judge_facility,
	[KHV_OBJ_SHM_ALLOC]		= khv_judge_facility,
	[KHV_OBJ_SHM_SHMCTL]		= khv_judge_facility,
	[KHV_OBJ_SEM_ALLOC]		= khv_judge_facility,
	[KHV_OBJ_SEM_SEMCTL]		= khv_judge_facility,
	[KHV_OBJ_MSG_QUEUE_ALLOC]	= khv_judge_facility,
	[KHV_OBJ_MSG_QUEUE_MSGCTL]	= khv_judge_facility,
	[KHV_OBJ_INODE_CREATE]		= khv_judge_queue,
	[KHV_OBJ_INODE_UNLINK]		= khv_judge_queue,
	[KHV_OBJ_INODE_INIT_SECURITY_ANON] = khv_judge_anon,
	[KHV_OBJ_URING_OVERRIDE_CREDS]	= khv_judge_ring_creds,
	[KHV_OBJ_URING_SQPOLL]		= khv_judge_facility,
	[KHV_OBJ_URING_CMD]		= khv_judge_facility,
};

bool khv_is_judged(enum khv_object id)
{
	return khv_judges[id];
}

/* Those of @verbs that the policy judges at all. */
u32 khv_judged_verbs(const struct khv_judge *j, enum khv_type type, u32 verbs)
{
	/* Who audits wants to see all of them. */
	if (!j->l || j->m->seen)
		return verbs;
	return khv_judged(&j->l->engine, type, verbs);
}

/* A decision without the engine. */
void khv_judge_refuse(struct khv_decision *dec, enum khv_type type, u32 verbs)
{
	*dec = (struct khv_decision) {
		.denied = verbs,
		.rule = KHV_NO_RULE,
		.over = KHV_NO_RULE,
		.error = khv_type_error(type),
	};
}

/* Whoever asks: real ids, as rules mean them. */
static __always_inline void khv_subject_set(struct khv_subject *s,
					    const struct cred *cred)
{
	/* A kgid_t is a number of the initial user namespace, and they are sorted. */
	BUILD_BUG_ON(sizeof(cred->group_info->gid[0]) != sizeof(u32));
	/* As from_kuid() of the initial user namespace, which is one to one. */
	s->uid = __kuid_val(cred->uid);
	s->gid = __kgid_val(cred->gid);
	s->groups = (const u32 *)cred->group_info->gid;
	s->nr_groups = cred->group_info->ngroups;
}

void khv_subject_real(struct khv_subject *s, const struct cred *cred)
{
	khv_subject_set(s, cred);
}

static bool khv_wants_report(const struct khv_judge *j,
			     const struct khv_decision *dec)
{
	enum khv_log_level level = khv_client_level(j->m->client);
	u32 own = (dec->effects & KHV_RULE_LOG) >> KHV_RULE_LOG_SHIFT;

	if (level == KHV_LOG_OFF || (j->brought && j->brought->dry))
		return false;
	/* Who learns must hear of everything that is missing. */
	if (!dec->allowed && j->l &&
	    khv_engine_mode(&j->l->engine) == KHV_MODE_LEARN)
		return true;
	/* The rule's own level stands for the client's. */
	if (own)
		level = own - 1;
	if (!dec->allowed)
		return level >= KHV_LOG_DENY && !(dec->effects & KHV_RULE_QUIET);
	return level >= KHV_LOG_ALLOW ||
	       (level >= KHV_LOG_AUDIT && (dec->effects & KHV_RULE_AUDIT));
}

/*
 * Out of line: most decisions are not reported. @verbs: those it is about. 0, or
 * -EBUSY: it could not be told, and so must not happen.
 */
noinline int khv_judge_report(const struct khv_judge *j, enum khv_type type,
			      u32 verbs, const struct khv_decision *dec,
			      enum khv_verdict verdict, const char *object,
			      size_t len, const char *asked)
{
	struct khv_event ev = {
		.policy = j->d->policy->name,
		.domain = j->d->name,
		.type = khv_type_name(type),
		.object = object,
		.object_len = len,
		.hook = j->check->name,
		.verdict = verdict,
		.error = verdict == KHV_ALLOWED ? 0 : dec->error,
		.asked = asked,
	};
	int ret = 0;

	if (j->l) {
		ev.generation = j->l->generation;
		if (dec->rule != KHV_NO_RULE) {
			ev.rule_file = khv_engine_rule_file(&j->l->engine,
							    dec->rule);
			ev.rule_line = khv_engine_rule_line(&j->l->engine,
							    dec->rule);
			ev.tag = khv_engine_rule_tag(&j->l->engine, dec->rule);
		}
	}
	/* Who learns from what goes on wants to hear of each verb. */
	do {
		ev.verb = khv_verb_name(type, verbs);
		ret = khv_event_post(j->m->client, &ev) ?: ret;
		verbs &= verbs - 1;
	} while (verbs && verdict == KHV_WOULD_DENY);
	return ret;
}

/* For who wants to know what was taken away. The object may be cut. */
static noinline void khv_tell(struct khv_brought *b, const char *verb,
			      const char *object, size_t len)
{
	b->verb = verb;
	if (!b->size)
		return;
	len = min(len, b->size - 1);
	memcpy(b->object, object, len);
	b->object[len] = '\0';
}

/*
 * What a task had before is not a use, who learns is not held up, and an open of a
 * file of an overlay is one, not two.
 */
static bool khv_budget_is_spent(const struct khv_judge *j,
				const struct khv_decision *dec)
{
	if (j->brought || khv_engine_mode(&j->l->engine) == KHV_MODE_LEARN)
		return false;
	/* A call that is no check has no arguments here. */
	if (j->check->id == KHV_OBJ_FILE_OPEN && j->check->arg[0] &&
	    khv_file_is_inner((struct file *)j->check->arg[0]))
		return false;
	return !khv_tree_spend(j, dec->limit - 1);
}

/*
 * What the caller gets, and what the audit daemon hears. @asked: what was looked up
 * in the rules, if not @object. 0 or -errno.
 */
int khv_judge_answer_as(const struct khv_judge *j, enum khv_type type, u32 verbs,
			const struct khv_decision *dec, const char *object,
			size_t len, const char *asked)
{
	struct khv_decision spent;
	enum khv_verdict verdict;
	bool complain;
	int told = 0;

	if (unlikely(j->m->audits)) {
		khv_audit_answer(j, type, verbs, dec, object, len, asked);
		return 0;
	}
	if (unlikely(j->beside) && j->beside->pass != KHV_PASS_LIVE)
		return khv_shadow_answer(j, type, dec, object, len, asked);
	if (unlikely(dec->limit) && khv_budget_is_spent(j, dec)) {
		spent = *dec;
		spent.allowed = false;
		spent.denied = verbs;
		dec = &spent;
	}
	if (unlikely(j->beside) && !dec->allowed)
		j->beside->denied = true;
	complain = !dec->allowed && j->l && khv_mode_lets_pass(&j->l->engine);
	verdict = dec->allowed ? KHV_ALLOWED :
		  complain ? KHV_WOULD_DENY : KHV_DENIED;
	if (unlikely(verdict == KHV_WOULD_DENY) && j->l->counts &&
	    !(j->brought && j->brought->dry))
		khv_count_verbs(j->l->counts->would_deny[type], dec->denied);
	if (unlikely(khv_wants_report(j, dec)))
		told = khv_judge_report(j, type,
					dec->allowed ? verbs : dec->denied,
					dec, verdict, object, len, asked);
	if (unlikely(j->brought && verdict == KHV_DENIED))
		khv_tell(j->brought, khv_verb_name(type, dec->denied), object,
			 len);
	if (likely(verdict != KHV_DENIED))
		return told;
	if (unlikely(dec->effects & KHV_RULE_KILL) && !j->brought)
		khv_tree_kill(j);
	return -dec->error;
}

/* Look the domain up in a generation that is new to it. */
static noinline bool khv_domain_learn(struct khv_domain *d,
				      const struct khv_loaded *l, u16 *index)
{
	int found = khv_engine_domain(&l->engine, d->name);

	if (found < 0)
		return false;
	*index = found;
	if (spin_trylock(&d->lock)) {
		WRITE_ONCE(d->generation, 0);
		/* Nobody takes the new index for the old generation's. */
		smp_wmb();
		WRITE_ONCE(d->index, found);
		/* Pairs with smp_load_acquire() below. */
		smp_store_release(&d->generation, l->generation);
		spin_unlock(&d->lock);
	}
	return true;
}

/* The domain in this generation; false if the policy does not have it. */
static __always_inline bool khv_domain_index(struct khv_domain *d,
					     const struct khv_loaded *l,
					     u16 *index)
{
	/* Pairs with the store above: an index is read with its generation. */
	if (likely(smp_load_acquire(&d->generation) == l->generation)) {
		*index = READ_ONCE(d->index);
		/* Written again while we looked? Pairs with smp_wmb() above. */
		smp_rmb();
		if (likely(READ_ONCE(d->generation) == l->generation))
			return true;
	}
	return khv_domain_learn(d, l, index);
}

/*
 * Who asks. Not whose credentials current has on: an overlay opens its layers, and
 * other parts of the kernel do their work, with credentials of their own, in the
 * name of the task whose rules apply. The worker of an io_uring is nobody; it
 * always has on those of a request.
 */
static __always_inline const struct cred *khv_subject_cred(void)
{
	return current->flags & PF_IO_WORKER ? current_cred() :
					       current_real_cred();
}

static __always_inline bool khv_judge_set(struct khv_judge *j,
					  const struct khv_mediator *m,
					  struct khv_domain *d,
					  const struct khv_check *check)
{
	j->m = m;
	j->check = check;
	j->brought = NULL;
	j->beside = NULL;
	j->number = KHV_ANY_NUMBER;
	j->d = d;
	j->l = rcu_dereference(d->policy->now);
	j->domain = 0;
	khv_subject_set(&j->s, khv_subject_cred());
	j->s.now = 0;
	if (unlikely(d->detached))
		return false;
	if (!j->l)
		return true;
	if (unlikely(j->l->engine.blob->needs & KHV_NEEDS_CLOCK))
		j->s.now = ktime_get_real_seconds();
	/* Not so in enforce and complain, which are the first two. */
	if (unlikely(j->l->engine.blob->mode >= KHV_MODE_OFF || m->audits)) {
		if (j->l->engine.blob->mode == KHV_MODE_OFF)
			return false;
		/* Replaced by one for other clients: as one that was cleared. */
		if (!khv_is_for(m, &j->l->engine)) {
			j->l = NULL;
			return !m->audits;
		}
	}
	if (!khv_domain_index(d, j->l, &j->domain))
		j->l = NULL;
	return true;
}

/* Under RCU. False: the policy judges nothing now. */
bool khv_judge_start(struct khv_judge *j, const struct khv_mediator *m,
		     struct khv_domain *d, const struct khv_check *check)
{
	return khv_judge_set(j, m, d, check);
}

/* Every check of every confined task; it has no array that a canary could guard. */
__no_stack_protector
int khv_mediate(const struct khv_mediator *m, struct khv_domain *d,
		const struct khv_check *check)
{
	struct khv_judge j __khv_uninitialized;
	const struct khv_loaded *shadow;
	int (*judge)(const struct khv_judge *j);
	int ret = 0;

	if (WARN_ON_ONCE((unsigned int)check->id >= KHV_NR_OBJECTS ||
			 !khv_judges[check->id]))
		return -EACCES;
	judge = khv_judges[check->id];
	rcu_read_lock();
	shadow = rcu_dereference(d->policy->shadow);
	if (unlikely(shadow))
		ret = khv_mediate_beside(m, d, check, shadow, judge);
	else if (likely(khv_judge_set(&j, m, d, check)))
		ret = judge(&j);
	rcu_read_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(khv_mediate);
