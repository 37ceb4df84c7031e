/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the master, which speaks netlink, and the module that keeps policies
 * (khv_policy.ko). The master knows policies as named bytes only.
 */
#ifndef _KHV_PROVIDER_H
#define _KHV_PROVIDER_H

#include <linux/sched.h>
#include <linux/types.h>
#include <uapi/linux/khv.h>
#include <khv/objects.h>

struct cred;
struct netlink_ext_ack;
struct module;

/**
 * struct khv_who - who asks, over netlink
 * @sender: credentials of the task that asks
 * @opener: of the one that has opened the socket
 */
struct khv_who {
	const struct cred *sender;
	const struct cred *opener;
};

/**
 * khv_who_is() - is it this user, or a member of this group?
 * @who: sender and opener must both be
 * @group: @id is a gid, else a uid
 * @id: in the initial user namespace
 */
bool khv_who_is(const struct khv_who *who, bool group, u32 id);

/**
 * struct khv_staged - a compiled policy that a transaction has received
 * @name: of the policy
 * @blob: kvmalloc()ed, owned by the transaction until a commit has succeeded:
 *	then the provider's, which has set it to NULL
 * @size: bytes
 */
struct khv_staged {
	char name[KHV_NAME_MAX];
	void *blob;
	size_t size;
};

/**
 * struct khv_change - how a change of policies is meant
 * @dry_run: check everything, change nothing
 * @shadow: beside what is in force, not in its place
 * @confirm: goes back by itself after so many seconds; 0: it does not
 * @limited: by somebody who is but named by the policies in force: -EPERM where one
 *	is new, or names others; its attach lines stay those in force
 * @uid: who wants it
 * @pid: the process
 * @comm: its name
 */
struct khv_change {
	bool dry_run;
	bool shadow;
	u32 confirm;
	bool limited;
	u32 uid;
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct khv_policy_info - for POLICY_GET
 * @counts: @would_deny, @would_allow and @judged mean something
 * @confirm: seconds until it goes back, with KHV_POLICY_TRIAL
 */
struct khv_policy_info {
	u32 id;
	char name[KHV_NAME_MAX];
	u64 generation;
	u32 rules;
	u32 tasks;
	u32 size;
	u64 time;
	u32 uid;
	u8 mode;
	u8 state;
	bool counts;
	u32 confirm;
	u64 would_deny;
	u64 would_allow;
	u64 judged;
};

/**
 * struct khv_count_info - for COUNT_GET
 * @id: of the policy; to begin with 0
 * @at: place among the counters of one policy; to begin with 0
 */
struct khv_count_info {
	u32 id;
	u32 at;
	char policy[KHV_NAME_MAX];
	bool shadow;
	u64 generation;
	const char *type;
	const char *verb;
	u64 would_deny;
	u64 would_allow;
};

/**
 * struct khv_coverage - what stands behind a verb on this kernel, for COVERAGE_GET
 * @type: "file"
 * @verb: "open"
 * @state: enum khv_coverage_state
 * @text: why it is not covered, or where else; may be empty
 * @nr_checks: number of @check
 * @nr_absent: number of @absent
 * @check: enum khv_object, those that this kernel has
 * @absent: those that it does not have
 */
struct khv_coverage {
	const char *type;
	const char *verb;
	u8 state;
	char text[128];
	unsigned int nr_checks;
	unsigned int nr_absent;
	u8 check[KHV_NR_OBJECTS];
	u8 absent[KHV_NR_OBJECTS];
};

/**
 * struct khv_provider - operations, all in process context, may sleep
 * @owner: pinned while an operation runs
 * @generation: of what is in force
 * @commit: validate all of @staged, then, unless it is a dry run, put all in force
 *	under one new generation, or nothing. Returns 0 or an error with a text.
 * @settle: keep what is on trial, or go back. @generation: -ESTALE unless the trial
 *	is of this one, 0: any. -ENOENT if there is none.
 * @pending: -EBUSY with a text while something is on trial
 * @promote: put the shadow of a policy in force
 * @drop: forget it
 * @clear: take the policy out of force; -EBUSY while tasks are in it, unless
 *	@force
 * @next: fill @info for the policy (or shadow) with the lowest id above @id;
 *	false: none
 * @count: the next counter that is not 0, behind @id and @at of @info; false: none
 * @open: a reference to the bytes in force, or of the shadow; NULL if there are none
 * @close: give it back
 * @verify: look at the next @bytes of what is in force; true: the policy @name
 *	(KHV_NAME_MAX bytes) is not what was committed, said once for each
 * @coverage: what is known about the verb number @n; false: there is none
 * @admin: does the policy in force, or any if @name is NULL, name @who as an
 *	administrator?
 * @admin_at: its administrator number @n; false: there is none
 */
struct khv_provider {
	struct module *owner;
	u64 (*generation)(void);
	int (*commit)(struct khv_staged *staged, unsigned int n,
		      const struct khv_change *change,
		      struct netlink_ext_ack *extack);
	int (*settle)(bool keep, u64 generation, struct netlink_ext_ack *extack);
	int (*pending)(struct netlink_ext_ack *extack);
	int (*promote)(const char *name, const struct khv_change *change,
		       struct netlink_ext_ack *extack);
	int (*drop)(const char *name, struct netlink_ext_ack *extack);
	int (*clear)(const char *name, bool force,
		     struct netlink_ext_ack *extack);
	bool (*next)(u32 id, bool shadow, struct khv_policy_info *info);
	bool (*count)(struct khv_count_info *info);
	void *(*open)(const char *name, bool shadow, const void **blob,
		      size_t *size, u64 *generation);
	void (*close)(void *ref);
	bool (*verify)(size_t bytes, char *name);
	bool (*coverage)(unsigned int n, struct khv_coverage *c);
	bool (*admin)(const char *name, const struct khv_who *who);
	bool (*admin_at)(const char *name, unsigned int n, bool *group, u32 *id);
};

/**
 * khv_provider_register() - offer policy operations over netlink
 * @p: static; one at a time
 * Return: 0 or -EBUSY.
 */
int khv_provider_register(const struct khv_provider *p);
void khv_provider_unregister(const struct khv_provider *p);

/**
 * khv_extack() - refuse a request with a text
 * @extack: may be NULL
 * @fmt: says what, why, and what next
 *
 * The text stays valid until the answer has been sent.
 */
__printf(2, 3)
void khv_extack(struct netlink_ext_ack *extack, const char *fmt, ...);

#endif /* _KHV_PROVIDER_H */
