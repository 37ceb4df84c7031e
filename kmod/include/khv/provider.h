/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the master, which speaks netlink, and the module that keeps policies
 * (khv_policy.ko). The master knows policies as named bytes only.
 */
#ifndef _KHV_PROVIDER_H
#define _KHV_PROVIDER_H

#include <linux/types.h>
#include <uapi/linux/khv.h>
#include <khv/objects.h>

struct netlink_ext_ack;
struct module;

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

/* For POLICY_GET. */
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
 * @commit: validate all of @staged, then, unless @dry_run, put all in force under
 *	one new generation, or nothing. Returns 0 or an error with a text.
 * @clear: take the policy out of force; -EBUSY while tasks are in it, unless
 *	@force
 * @next: fill @info for the policy with the lowest id above @id; false: none
 * @open: a reference to the bytes in force, NULL if there is no such policy
 * @close: give it back
 * @verify: look at the next @bytes of what is in force; true: the policy @name
 *	(KHV_NAME_MAX bytes) is not what was committed, said once for each
 * @coverage: what is known about the verb number @n; false: there is none
 */
struct khv_provider {
	struct module *owner;
	u64 (*generation)(void);
	int (*commit)(struct khv_staged *staged, unsigned int n, bool dry_run,
		      u32 uid, struct netlink_ext_ack *extack);
	int (*clear)(const char *name, bool force,
		     struct netlink_ext_ack *extack);
	bool (*next)(u32 id, struct khv_policy_info *info);
	void *(*open)(const char *name, const void **blob, size_t *size,
		      u64 *generation);
	void (*close)(void *ref);
	bool (*verify)(size_t bytes, char *name);
	bool (*coverage)(unsigned int n, struct khv_coverage *c);
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
