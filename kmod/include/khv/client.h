/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a client module includes: the interface of khv.ko, the master.
 *
 * A client gives chosen tasks "virtual" system calls (Mitchem, Lu, O'Brien,
 * section 3): it names calls and object checks, is asked before each of them
 * and told after each of them, and decides. Clients are stacked by priority;
 * every one of them must agree. Documentation/client-api.rst walks through
 * kmod/clients/sample.
 */
#ifndef _KHV_CLIENT_H
#define _KHV_CLIENT_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <uapi/linux/khv.h>
#include <khv/objects.h>

struct dentry;
struct file;
struct linux_binprm;
struct path;
struct vfsmount;
struct pt_regs;
struct khv_client;

#define KHV_CALL_ARGS	6

/*
 * For locals of the hot paths that are written before they are read. Distribution
 * kernels clear every local (CONFIG_INIT_STACK_ALL_ZERO), which for the frame of a
 * hooked call is more work than the hook itself.
 */
#define __khv_uninitialized	__attribute__((__uninitialized__))

/**
 * struct khv_call - one system call of one task, while it is in the call gate
 * @name: of the call as the client asked for it ("openat")
 * @abi: register convention of the entry point taken, enum khv_abi
 * @nr: its number as the kernel's entry code saw it, with bit 30 for x32
 * @arg: arguments as the caller passed them; change them only with
 *	khv_call_set_arg(). Pointers point into user memory that another thread
 *	may rewrite at any time: record them, never decide on what they point to.
 *	Decide on objects, in a check.
 * @ret: post-call only: what the call returned, or the refusal. A post-call
 *	handler may replace it. Restart codes (-ERESTARTSYS and kin, -512 to
 *	-516) appear here as the kernel uses them; leave them alone.
 */
struct khv_call {
	const char *name;
	enum khv_abi abi;
	int nr;
	unsigned long arg[KHV_CALL_ARGS];
	long ret;
	/* private: */
	u8 rewriting;	/* arguments the running handler has replaced */
	u8 rewritten;	/* all replaced so far */
	bool may_rewrite;
};

/**
 * khv_call_set_arg() - replace a scalar argument (paper, section 3.2)
 * @call: the call, from its pre handler
 * @n: 0 to 5
 * @value: what the kernel and all clients shall see instead
 *
 * Takes effect when the handler returns 0: all clients that have judged the call
 * judge it again. An argument can be replaced once per call; a second client that
 * wants to is refused, and then should refuse the call. The caller's registers
 * are not changed. Only for hooks registered with KHV_CALL_REWRITE.
 *
 * Context: the pre handler, in the calling task.
 * Return: 0, -EINVAL for a bad @n, -EBUSY if it was replaced already.
 */
int khv_call_set_arg(struct khv_call *call, unsigned int n, unsigned long value);

/* The call may be rewritten: gives the hook a frame across the call. */
#define KHV_CALL_REWRITE	0x1
/* Kernels without the call are no reason to refuse the client. */
#define KHV_CALL_OPTIONAL	0x2

/*
 * In place of a name: every call that the running kernel has and khv does not know,
 * for a client that refuses what nobody has thought about. @name of struct khv_call
 * is the kernel's name for it then. Pre-call only. May be nothing on this kernel.
 */
#define KHV_CALL_UNKNOWN	"unknown-call"

/**
 * struct khv_call_hook - a client's interest in one system call
 * @name: as in the manual, without prefix. All entry points of that name are
 *	hooked: 64-bit, 32-bit, compat, x32.
 * @flags: KHV_CALL_*
 * @pre: asked before the call, in the calling task, which may sleep. 0 lets it
 *	go on, a negative errno refuses it with that result. May be NULL.
 * @post: told after the call, in the calling task, exactly if @pre ran (or would
 *	have run, were it not NULL). Not available for calls that do not return to
 *	their caller (exit, exit_group, reboot, rt_sigreturn, sigreturn). After a
 *	successful execve the old user memory is gone. May be NULL; without any
 *	@post on a call, no stack frame stays behind while the task sleeps in it.
 *
 * @data of both is what the client attached to the task.
 */
struct khv_call_hook {
	const char *name;
	unsigned int flags;
	int (*pre)(struct khv_call *call, void *data);
	void (*post)(struct khv_call *call, void *data);
};

/**
 * struct khv_check - one object check of one task
 * @id: which
 * @name: "file_open"
 * @arg: arguments of the kernel's security function, see khv/objects.h. The
 *	kernel has resolved names and copied user memory before.
 * @ret: post only: the verdict of the stack, 0 or the refusal
 */
struct khv_check {
	enum khv_object id;
	const char *name;
	unsigned long arg[6];
	int ret;
};

/**
 * struct khv_check_hook - a client's interest in one object check
 * @id: which
 * @check: asked after the kernel itself has agreed; 0 or a negative errno. A
 *	client can only add refusals. Must not sleep if the check is
 *	KHV_OBJ_ATOMIC; otherwise may, but locks of the file system may be held.
 * @post: told the verdict, if @check ran. May be NULL. Same context.
 */
struct khv_check_hook {
	enum khv_object id;
	int (*check)(struct khv_check *check, void *data);
	void (*post)(struct khv_check *check, void *data);
};

/* Names of what a task is in, for events and listings. */
struct khv_label {
	char policy[KHV_NAME_MAX];
	char domain[KHV_NAME_MAX];
};

/**
 * struct khv_brought - what a task had before it came under a client
 * @kind: KHV_FOUND_DESCRIPTOR, _MAPPING, or _RING: requests, workers and registered
 *	rings of io_uring, whatever descriptors of them there are
 * @file: a descriptor's, or what is mapped; NULL: memory of its own, or @kind ring
 * @prot: PROT_* of a mapping
 * @shared: a mapping through which the file is or could be written
 * @modified: a mapping with content that is not the file's
 * @dry: only asked about: no event
 * @task: whose it is: current, or another task if @dry
 * @verb: filled in by a client that refuses: what is not granted; static text
 * @object: room for the object as the client names it, of @size bytes; NULL if
 *	nobody wants to know
 * @size: of @object; 0 without it
 */
struct khv_brought {
	enum khv_found_kind kind;
	struct file *file;
	unsigned long prot;
	bool shared;
	bool modified;
	bool dry;
	struct task_struct *task;
	const char *verb;
	char *object;
	size_t size;
};

/**
 * struct khv_client - a client module
 * @name: unique, shorter than KHV_NAME_MAX
 * @owner: THIS_MODULE
 * @priority: lower runs first before a call, last after it; equal priorities
 *	run in the order of registration. The master's while it is registered: the
 *	administrator may move the client (hvctl module order)
 * @calls: what it wants from the call gate
 * @nr_calls: number of @calls
 * @checks: what it wants from the object gate
 * @nr_checks: number of @checks
 * @inherit: a task with @data makes @child (fork, vfork, clone, io_uring worker).
 *	Returns the data of the child, which must not be NULL, or an ERR_PTR that
 *	makes the fork fail. In the parent; may sleep; the child has not run.
 * @exec: the current task executes @bprm->file. @data is its own or NULL if it is
 *	not attached. Returns NULL for no change, new data to be attached when the
 *	exec can no longer fail (the old is released), or an ERR_PTR that refuses
 *	the exec. May sleep. May be NULL. Called for every task of the system.
 * @release: @data is no longer attached. Any context, must not sleep; RCU readers
 *	may still look at @data, so free it after a grace period.
 * @attach: make data for an administrator's request (`hvctl attach`, `run`).
 *	@policy and @domain may be NULL. May sleep. Returns data or an ERR_PTR;
 *	sets *@why to a static text then. May be NULL.
 * @brought: a task has just come under the client, with @data, and had this before:
 *	by exec, what was open across it; by a request, what it had open and mapped.
 *	0 or a negative errno; what is refused is taken away. Called under the lock of
 *	the table of descriptors or the lock of the memory map, so it must not sleep;
 *	before a request, also for another task, @dry. May be NULL: then all is kept.
 * @label: fill in the names of @data. Under RCU, must not sleep. May be NULL.
 * @may_configure: the current task, with @data, talks to khv over netlink: may it ask
 *	for more than versions? Rights are needed as well. In the task, under RCU, must
 *	not sleep. May be NULL: no.
 *
 * All data is owned by the client; the master keeps one pointer per task and
 * client and calls @release exactly once for each pointer it was given.
 */
struct khv_client {
	const char *name;
	struct module *owner;
	int priority;
	const struct khv_call_hook *calls;
	unsigned int nr_calls;
	const struct khv_check_hook *checks;
	unsigned int nr_checks;
	void *(*inherit)(void *data, struct task_struct *child);
	void *(*exec)(struct linux_binprm *bprm, void *data);
	void (*release)(void *data);
	void *(*attach)(const char *policy, const char *domain, const char **why);
	int (*brought)(struct khv_brought *brought, void *data);
	void (*label)(void *data, struct khv_label *label);
	bool (*may_configure)(void *data);
	/* private: */
	struct khv_client_reg *state;
	u8 level;	/* enum khv_log_level */
};

/**
 * khv_client_register() - make a client known and enable it
 * @client: filled in by the caller; must stay until khv_client_unregister()
 *
 * Attaches what the client asked for, all or nothing: if one function cannot be
 * hooked, everything is undone and the kernel log names the function and the
 * likely owner. While the client is enabled its module is pinned, so `rmmod` is
 * refused; `hvctl module unload` (or CLIENT_SET over netlink) disables it first.
 *
 * Context: process context, may sleep (module init).
 * Return: 0; -EINVAL for an incomplete @client; -EEXIST if the name is taken;
 * -ENOSPC if there are too many clients or hooks; -ENOENT if the kernel lacks a
 * function that was asked for; -EBUSY if another user (live patch, BPF) owns one;
 * -ENOMEM.
 */
int khv_client_register(struct khv_client *client);

/**
 * khv_client_extend() - hook more calls of a client that is registered
 * @client: its @calls has room for them; those from @client->nr_calls on are new
 * @nr_calls: how many it has from now on
 *
 * All or nothing, as for khv_client_register(). @client->calls must have been set then.
 *
 * Context: process context, may sleep; not in a handler.
 * Return: as khv_client_register().
 */
int khv_client_extend(struct khv_client *client, unsigned int nr_calls);

/**
 * khv_call_each() - names of the system calls that this kernel has
 * @fn: gets each once; the name stays valid as long as khv.ko. Must not call
 *	functions that register or extend. Not 0: ends the walk
 * @data: for @fn
 *
 * Context: process context, may sleep.
 * Return: 0, what @fn returned, or why they are not known.
 */
int khv_call_each(int (*fn)(const char *name, void *data), void *data);

/* Does the call come back to its caller? Else it can have no post-call. */
bool khv_call_returns(const char *name);

/**
 * khv_client_unregister() - forget a client
 * @client: must be disabled, which the pinning of its module guarantees in its
 *	module exit function
 *
 * Context: process context, may sleep (module exit).
 */
void khv_client_unregister(struct khv_client *client);

/**
 * khv_task_data() - what a client attached to a task
 * @client: the asker
 * @task: any task
 *
 * Context: under rcu_read_lock(); the result is valid until it is dropped.
 * Return: the pointer, or NULL.
 */
void *khv_task_data(const struct khv_client *client, struct task_struct *task);

/**
 * khv_task_is_reader() - does the process read the events?
 * @task: any task
 *
 * The audit daemon and every other process that has subscribed, each with all of
 * its threads, for as long as the socket it subscribed with is open.
 *
 * Context: any, under rcu_read_lock() or with a reference to @task.
 */
bool khv_task_is_reader(struct task_struct *task);

/**
 * khv_task_descends() - is a task of a process, or of one of its descendants?
 * @task: any task
 * @from: any task of the process
 *
 * By parentage as it is now: a task whose parent has exited belongs to whoever
 * has adopted it.
 *
 * Context: under rcu_read_lock().
 */
bool khv_task_descends(struct task_struct *task, struct task_struct *from);

/**
 * khv_task_exe_file() - the program that a task runs
 * @task: any task
 * @locked: the caller of the check holds the alloc_lock of @task
 *
 * Context: any but NMI and interrupts; never sleeps.
 * Return: the file with a reference, for fput(); NULL if it has none, as threads
 * of the kernel; ERR_PTR(-EAGAIN) if it cannot be told now.
 */
struct file *khv_task_exe_file(struct task_struct *task, bool locked);

/**
 * struct khv_event - one decision, to be queued for the audit daemon
 * @policy: NULL if none
 * @domain: NULL if none
 * @generation: of the policy, 0 if none
 * @rule_file: NULL if no rule covers the object
 * @rule_line: line in @rule_file
 * @type: "file"
 * @verb: "open"
 * @object: any bytes
 * @object_len: length of @object; cut at KHV_EVENT_OBJECT_MAX
 * @hook: "file_open"
 * @verdict: what was decided
 * @error: positive errno, 0 if allowed
 * @asked: identifier that was looked up in the rules, NULL if it is @object
 * @tag: of the rule; NULL if none
 * @call: the call it is about, after it: number, ABI and result; NULL: none
 * @args: arguments: struct khv_arg, one behind the other; NULL: none
 * @args_len: of @args in bytes
 *
 * Strings are copied. Who (pid, uid, comm, executable), when, CPU and sequence
 * number are added by the master.
 */
struct khv_event {
	const char *policy;
	const char *domain;
	u64 generation;
	const char *rule_file;
	u32 rule_line;
	const char *type;
	const char *verb;
	const char *object;
	size_t object_len;
	const char *hook;
	enum khv_verdict verdict;
	int error;
	const char *asked;
	const char *tag;
	const struct khv_call *call;
	const void *args;
	size_t args_len;
};

/**
 * struct khv_arg - one argument in an event
 * @kind: enum khv_arg_kind; with KHV_ARG_F_* in the upper bits
 * @name_len: bytes of the name, which follows
 * @text_len: bytes of the text, which follows the name
 * @value: the register
 *
 * The next one follows at the next multiple of 8 bytes.
 */
struct khv_arg {
	u16 kind;
	u16 name_len;
	u32 text_len;
	u64 value;
};

#define KHV_ARG_F_VALUE		0x100	/* @value is there */
#define KHV_ARG_F_REDACTED	0x200	/* and was held back */

/**
 * khv_event_post() - queue a decision
 * @client: who decided; NULL: khv itself
 * @ev: what
 *
 * Never blocks. An event that finds no room in the queue replaces older ones, or is
 * lost and counted, or makes the task wait before it returns to its program, or is
 * a reason to refuse: that is the choice of the administrator (KHV_CLIENT_A_FULL).
 * The log level of the client is not looked at here; see khv_client_level().
 *
 * Context: any but NMI and hard interrupt.
 * Return: 0, or -EBUSY: the client must refuse what it reports as allowed.
 */
int khv_event_post(const struct khv_client *client, const struct khv_event *ev);

/* Log level an administrator has set for the client. Any context. */
static inline enum khv_log_level khv_client_level(const struct khv_client *client)
{
	return READ_ONCE(client->level);
}

/**
 * khv_path_absolute() - name of a path from the root of its mount namespace
 * @path: the path; the caller holds a reference
 * @buf: where to build it, from the end
 * @size: of @buf
 *
 * Unlike d_path() it neither stops at a chroot nor appends " (deleted)", so what a
 * rule names cannot be changed by the task that is judged.
 *
 * Context: any but NMI; does not sleep. In an interrupt, or with interrupts or
 * bottom halves off, no lock is taken and the name may not be to be had.
 * Return: start of the NUL-terminated name in @buf; ERR_PTR(-EINVAL) if the path
 * is not reachable from any root (detached mount, pseudo file system),
 * ERR_PTR(-ENAMETOOLONG), ERR_PTR(-EAGAIN) if it cannot be told where this is asked.
 */
char *khv_path_absolute(const struct path *path, char *buf, int size);

/* Bytes that are touched in front of a name that is compared. */
#define KHV_PATH_ROOM	8

/**
 * struct khv_path_mark - what a name that has been built depends on
 * @mnt: the mount; only compared
 * @mounts: what was mounted then
 * @renames: what had been renamed
 * @below: bytes of the name that are the place of the mount
 */
struct khv_path_mark {
	const struct vfsmount *mnt;
	unsigned int mounts;
	unsigned int renames;
	unsigned int below;
};

/**
 * khv_path_mark() - so that khv_path_is() can be asked later
 * @mark: to fill
 * @mnt: the mount, alive
 * @name: from khv_path_absolute(), and with preemption off since, or with a component
 *	added
 * @len: of @name
 *
 * Context: preemption off.
 * Return: false if the place of the mount is not known, or the name not below it.
 */
bool khv_path_mark(struct khv_path_mark *mark, const struct vfsmount *mnt,
		   const char *name, size_t len);

/**
 * khv_path_is() - is this the name that khv_path_absolute() would give?
 * @mark: made of @name
 * @mnt: the mount, alive
 * @dentry: on it, alive
 * @name: absolute; at least KHV_PATH_ROOM bytes in front of it can be read
 * @len: of @name
 *
 * Says so in a fraction of the instructions that it takes to build the name again and
 * compare.
 *
 * Context: preemption off.
 * Return: true if it is; false if it is not, or cannot be told at once.
 */
bool khv_path_is(const struct khv_path_mark *mark, const struct vfsmount *mnt,
		 const struct dentry *dentry, const char *name, size_t len);

/* Name of a check, "file_open". Any context. */
const char *khv_object_name(enum khv_object id);

/**
 * khv_object_present() - does this kernel have the function of a check?
 * @id: which
 *
 * Context: process context.
 * Return: whether it exists and can be hooked.
 */
bool khv_object_present(enum khv_object id);

/**
 * khv_mount_is_internal() - is it a mount that the kernel made for itself?
 * @mnt: the mount
 *
 * Such as the layers of an overlay. No task can reach one by any name or
 * descriptor; what is opened on it is opened for an open that has been judged.
 *
 * Context: any.
 */
bool khv_mount_is_internal(const struct vfsmount *mnt);

#endif /* _KHV_CLIENT_H */
