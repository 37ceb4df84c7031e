/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What khv_policy.ko offers to clients that enforce policies: policies by name,
 * and the answer to "may this task do what this object check is about".
 */
#ifndef _KHV_MEDIATE_H
#define _KHV_MEDIATE_H

#include <linux/spinlock.h>
#include <khv/client.h>
#include <khv/engine.h>

struct khv_policy;
struct khv_process_tree;
struct linux_binprm;
struct super_block;
struct vfsmount;

#define KHV_RECENT_MOUNTS	4

/**
 * struct khv_recent - mounts on which a task has taken write access lately
 * @next: where the next one goes
 * @mnt: pointers without a reference
 * @sb: their super blocks
 *
 * Changes of times and extended attributes are checked by dentry only. They happen
 * between mnt_want_write(), which says on which mount, and its end; so the latest
 * entry with the super block of the dentry is the mount, and it is alive.
 */
struct khv_recent {
	unsigned int next;
	struct vfsmount *mnt[KHV_RECENT_MOUNTS];
	struct super_block *sb[KHV_RECENT_MOUNTS];
};

/**
 * struct khv_domain - a task's place: a policy and a domain of it
 * @policy: a reference
 * @tree: with whom it shares budgets and fate; a reference
 * @name: of the domain
 * @lock: for writers of @generation and @index
 * @generation: of the policy for which @index holds; 0 while it is written
 * @index: of the domain in that generation
 * @detached: a rule with "-> detach" let it go: nothing is judged any more
 * @recent: only the task itself uses it
 * @ring_creds: the task, or one that it comes from, has used credentials that an
 *	io_uring remembers; only the task itself uses it
 *
 * Each task has one of its own.
 *
 * A policy may be replaced at any time, and the new one may order its domains
 * differently or lack this one: then everything is refused.
 */
struct khv_domain {
	struct khv_policy *policy;
	struct khv_process_tree *tree;
	char name[KHV_NAME_MAX];
	spinlock_t lock;	/* writers of the next two, who only try it */
	u64 generation;
	u16 index;
	bool detached;
	struct khv_recent recent;
	bool ring_creds;
};

/**
 * khv_policy_get() - a policy by name
 * Context: process context, may sleep.
 * Return: a reference, or NULL.
 */
struct khv_policy *khv_policy_get(const char *name);
void khv_policy_hold(struct khv_policy *policy);
/* Any context; the last reference is freed later. */
void khv_policy_put(struct khv_policy *policy);
const char *khv_policy_name(const struct khv_policy *policy);
/* Count of tasks in it, for listings and for refusing to clear it. */
void khv_policy_add_task(struct khv_policy *policy, int n);

/**
 * khv_domain_init() - fill in a domain
 * @d: to fill; takes over the reference to @policy on success
 * @policy: the policy
 * @name: of the domain, NULL: its first
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOENT or -ENOMEM.
 */
int khv_domain_init(struct khv_domain *d, struct khv_policy *policy,
		    const char *name);

/**
 * khv_domain_inherit() - the domain of a new task
 * @child: to fill
 * @parent: of current, which makes it
 *
 * Context: process context.
 * Return: 0, or -EPERM if a rule has ended the tree of the parent.
 */
int khv_domain_inherit(struct khv_domain *child,
		       const struct khv_domain *parent);

/**
 * khv_domain_drop() - give back what a domain refers to
 * @d: filled in by one of the functions here
 *
 * Context: any. Readers under RCU may still look at @d and what it refers to.
 */
void khv_domain_drop(struct khv_domain *d);

/* A client that mediates by policies. */
struct khv_mediator {
	struct khv_client *client;
	/* Domain of a task that the client watches, or NULL. Under RCU. */
	struct khv_domain *(*domain)(struct task_struct *task);
	/* It reports by policies in mode audit, and judges nothing; see audit below. */
	bool audits;
	/* Then: told of every object that is looked at, also if no rule reports it. */
	void (*seen)(enum khv_type type, const char *object, size_t len);
};

/* --- tasks that are under policies ---------------------------------------------- */

/**
 * struct khv_member - the data of such a task; for khv_client, in place of its own
 * @rcu: readers look at it under RCU
 * @domain: where it is
 * @priv: the client's own, NULL at first, also in a child; only the task itself uses it
 */
struct khv_member {
	struct rcu_head rcu;
	struct khv_domain domain;
	void *priv;
};

/*
 * The operations of struct khv_client of these names. Tasks come in by exec of what an
 * attach line of a policy names, or are put there, and their children with them.
 */
void *khv_member_inherit(void *data, struct task_struct *child);
void *khv_member_exec(const struct khv_mediator *m, struct linux_binprm *bprm,
		      void *data);
void *khv_member_attach(const struct khv_mediator *m, const char *policy,
			const char *domain, const char **why);
void khv_member_release(void *data);
void khv_member_label(void *data, struct khv_label *label);

/**
 * khv_mediate() - judge an object check by the policy
 * @m: who asks; its log level decides what is reported
 * @d: domain of current
 * @check: what is about to happen
 *
 * Context: that of the check; never sleeps, allocates only for events.
 * Return: 0 or a negative errno.
 */
int khv_mediate(const struct khv_mediator *m, struct khv_domain *d,
		const struct khv_check *check);

/**
 * khv_mediate_brought() - judge by the policy what a task brings into its domain
 * @m: who asks; its log level decides what is reported
 * @d: domain of the task
 * @b: what
 *
 * Context: any that may be preempted or not; never sleeps.
 * Return: 0 or a negative errno.
 */
int khv_mediate_brought(const struct khv_mediator *m, struct khv_domain *d,
			struct khv_brought *b);

/**
 * khv_mediate_personality() - judge a call of personality()
 * @m: who asks
 * @d: domain of current
 * @persona: what it asks for; ~0: nothing
 *
 * One that makes all readable memory executable takes "exec-memory".
 *
 * Context: process context, or any that may not sleep.
 * Return: 0 or a negative errno.
 */
int khv_mediate_personality(const struct khv_mediator *m, struct khv_domain *d,
			    unsigned long persona);

/**
 * khv_mediate_write_flags() - judge the flags of a write
 * @m: who asks
 * @d: domain of current
 * @call: pwritev2 or its kin
 * @flags: RWF_*; one that ignores O_APPEND is refused where writing is judged
 *
 * Context: any that may be preempted or not; never sleeps.
 * Return: 0 or -EPERM.
 */
int khv_mediate_write_flags(const struct khv_mediator *m, struct khv_domain *d,
			    const struct khv_call *call, unsigned long flags);

/**
 * khv_mediate_configure() - may current configure khv over netlink?
 * @m: who asks
 * @d: domain of current
 *
 * Asks for the part "khv" of the kernel. Unlike others it must be granted in every
 * mode of the policy: one that only complains is to stay until somebody outside has
 * read what it says.
 *
 * Context: in the task, under RCU; never sleeps.
 */
bool khv_mediate_configure(const struct khv_mediator *m, struct khv_domain *d);

/**
 * khv_mediate_call() - judge a call that khv does not know
 * @m: who asks
 * @d: domain of current
 * @call: from a hook for KHV_CALL_UNKNOWN
 *
 * Asks for the part "syscall:unknown" of the kernel.
 *
 * Context: process context.
 * Return: 0, or a negative errno: -ENOSYS unless a rule says otherwise, so that
 * programs take the way they would on an older kernel.
 */
int khv_mediate_call(const struct khv_mediator *m, struct khv_domain *d,
		     const struct khv_call *call);

/**
 * khv_mediate_named() - judge a call that is one part of the kernel
 * @m: who asks
 * @d: domain of current
 * @call: mount_setattr or setns; arguments are not looked at
 *
 * Context: process context.
 * Return: 0 or a negative errno.
 */
int khv_mediate_named(const struct khv_mediator *m, struct khv_domain *d,
		      const struct khv_call *call);

/**
 * khv_mediate_twin() - judge a call that does what a file below /proc does
 * @m: who asks
 * @d: domain of current
 * @call: statmount, listmount (/proc/self/mountinfo), lsm_get_self_attr or
 *	lsm_set_self_attr (/proc/self/attr/current); arguments are not looked at
 *
 * Context: process context.
 * Return: 0 or a negative errno.
 */
int khv_mediate_twin(const struct khv_mediator *m, struct khv_domain *d,
		     const struct khv_call *call);

/**
 * khv_mediate_ptrace() - judge a call of ptrace()
 * @m: who asks
 * @d: domain of current
 * @call: the call; the first two arguments are looked at
 *
 * For a tracer from before current, or its tracee, came into its domain.
 *
 * Context: process context.
 * Return: 0 or a negative errno.
 */
int khv_mediate_ptrace(const struct khv_mediator *m, struct khv_domain *d,
		       const struct khv_call *call);

/* --- audit: policies in mode audit ------------------------------------------------ */

struct notifier_block;

/* Told, in process context, when policies have changed. */
int khv_policy_watch(struct notifier_block *nb);
void khv_policy_unwatch(struct notifier_block *nb);

/* May a policy in mode audit report this call, of anybody? Any context. */
bool khv_audit_call_named(const char *call);

/* Does the policy report this call of current, whatever comes of it? Never sleeps. */
bool khv_audit_call_wanted(const struct khv_mediator *m, struct khv_domain *d,
			   const char *call);

/**
 * khv_audit_call() - report a call, if its rule says so
 * @m: who asks
 * @d: domain of current
 * @call: the call, after it
 * @args: its arguments, as struct khv_arg and its names, changed by @redact
 * @len: bytes of @args
 * @redact: takes out of @args what the rule holds back
 *
 * Context: process context; never sleeps.
 */
void khv_audit_call(const struct khv_mediator *m, struct khv_domain *d,
		    const struct khv_call *call, void *args, size_t len,
		    void (*redact)(void *args, size_t len));

/* The checks that khv_mediate() knows, for a client's table. */
#define KHV_MEDIATED(X)							\
	X(FILE_OPEN) X(FILE_TRUNCATE) X(FILE_LOCK) X(FILE_MPROTECT)	\
	X(FILE_IOCTL) X(FILE_IOCTL_COMPAT) X(FILE_FCNTL)		\
	X(FILE_FALLOCATE) X(FILE_RECEIVE) X(PATH_NOTIFY)		\
	X(INODE_GETATTR)						\
	X(MMAP_FILE) X(PATH_UNLINK) X(PATH_MKDIR) X(PATH_RMDIR)		\
	X(PATH_MKNOD) X(PATH_SYMLINK) X(PATH_LINK) X(PATH_RENAME)	\
	X(PATH_TRUNCATE) X(PATH_CHMOD) X(PATH_CHOWN)			\
	X(INODE_SETATTR) X(INODE_SETXATTR) X(INODE_REMOVEXATTR)		\
	X(INODE_SET_ACL) X(INODE_REMOVE_ACL)				\
	X(MNT_WANT_WRITE) X(MNT_WANT_WRITE_FILE)			\
	X(SB_MOUNT) X(SB_UMOUNT) X(SB_PIVOTROOT) X(MOVE_MOUNT)		\
	X(DO_MOVE_MOUNT) X(DO_LOOPBACK) X(VFS_GET_TREE)			\
	X(RECONFIGURE_SUPER) X(CGROUP_CAN_FORK)			\
	X(SOCKET_CREATE) X(SOCKET_BIND) X(SOCKET_CONNECT)		\
	X(SOCKET_LISTEN) X(SOCKET_ACCEPT) X(INET_ACCEPT)		\
	X(SOCKET_SENDMSG)						\
	X(SOCKET_RECVMSG) X(SOCKET_SETSOCKOPT)				\
	X(UNIX_STREAM_CONNECT) X(UNIX_MAY_SEND)				\
	X(TASK_KILL) X(PTRACE_ACCESS_CHECK)				\
	X(TASK_SETNICE) X(TASK_SETIOPRIO) X(TASK_SETSCHEDULER)		\
	X(TASK_SETRLIMIT) X(PTRACE_TRACEME) X(FILE_SETOWN)		\
	X(CAPABLE) X(KERNEL_MODULE_REQUEST) X(KERNEL_LOAD_DATA)		\
	X(KERNEL_READ_FILE) X(LOCKED_DOWN) X(BPF) X(PERF_EVENT_OPEN)	\
	X(SYSLOG) X(CREATE_USER_NS) X(KEY_ALLOC) X(KEY_PERMISSION)	\
	X(IPC_PERMISSION) X(SHM_ALLOC) X(SHM_SHMCTL) X(SEM_ALLOC)	\
	X(SEM_SEMCTL) X(MSG_QUEUE_ALLOC) X(MSG_QUEUE_MSGCTL)		\
	X(INODE_CREATE) X(INODE_UNLINK) X(INODE_INIT_SECURITY_ANON)	\
	X(URING_OVERRIDE_CREDS) X(URING_SQPOLL) X(URING_CMD)

/**
 * khv_policy_match_exec() - does any policy want this program?
 * @m: who asks
 * @bprm: what current executes
 * @d: filled in with a reference if so
 *
 * Context: process context.
 * Return: 1 if a policy wants it, 0 if not, -EACCES if a policy that wants it
 * refuses this subject (`refuse user=root`), -EBUSY on lack of a buffer, -ENOMEM.
 */
int khv_policy_match_exec(const struct khv_mediator *m,
			  const struct linux_binprm *bprm,
			  struct khv_domain *d);

/**
 * khv_policy_transition() - does a rule move the task to another domain?
 * @m: who asks
 * @d: domain of current
 * @bprm: what current executes; that it may is judged elsewhere
 * @to: filled in with a reference if so
 *
 * A task that is traced from inside of a policy moves nowhere: the tracer would get
 * what the other domain may.
 *
 * Context: process context.
 * Return: 1 if it moves, 0 if it stays, -EPERM if it is traced, -EBUSY on lack of a buffer,
 * -ENAMETOOLONG, -ENOMEM.
 */
int khv_policy_transition(const struct khv_mediator *m, struct khv_domain *d,
			  const struct linux_binprm *bprm,
			  struct khv_domain *to);

#endif /* _KHV_MEDIATE_H */
