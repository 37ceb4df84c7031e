/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_HOOK_H
#define _KHV_HOOK_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <khv/client.h>
#include "inflight.h"

struct ftrace_ops;
struct khv_chain;
struct khv_slot_code;
struct khv_object_frame;

/* Which tasks a hook is for; each kind has its own ftrace callback. */
enum khv_hook_kind {
	KHV_KIND_MONITORED,	/* current is in the task table */
	KHV_KIND_ARG_TASK,	/* the task in the first argument is */
	KHV_KIND_ANY,		/* every task */
	KHV_NR_KINDS
};

/**
 * struct khv_hook - one kernel function that is (or may be) redirected
 * @hash: in the table by @ip; written under khv_hook_mutex, read by callbacks
 *	without a lock. Hooks are static, so a stale read finds valid memory.
 * @ip: address of the fentry site
 * @entry: where the callback sends a call, 0 while the hook is not live
 * @inflight: frames entered and left; entered is counted by the callback
 * @gate: call or object gate
 * @kind: which tasks
 * @abi: call gate only
 * @notice: verdicts of clients are ignored
 * @first: clients are asked before the function; refused, it is not called
 * @sleeps: the function waits for events outside, with our frame around it
 * @slot: index into the slots of its gate
 * @used: 0 free, 1 attached, 2 detached but frames still in flight. Under
 *	khv_hook_mutex.
 * @broken: the watchdog has reported it. Under khv_hook_mutex.
 * @name: "openat", "file_open"; owned by the hook
 * @symbol: "__x64_sys_openat"; owned by the hook
 * @chain: clients in order; under khv_hook_mutex, read under khv_srcu
 * @staged: the chain to be, while a client is being enabled; under khv_hook_mutex
 * @object: which check (object gate), or KHV_NR_OBJECTS for one of our own
 * @veto: call gate, our own: asked before the clients, for every task; refuses
 *	with a negative errno
 * @before: our own hooks only: runs before the kernel's function and may
 *	refuse it
 * @after: our own hooks only: runs after it, with its result
 */
struct khv_hook {
	struct hlist_node hash;
	unsigned long ip;
	unsigned long entry;
	struct khv_inflight inflight;
	u8 gate;
	u8 kind;
	u8 abi;
	u8 used;
	bool notice;
	bool first;
	bool sleeps;
	bool broken;
	u16 slot;
	const char *name;
	const char *symbol;
	struct khv_chain __rcu *chain;
	struct khv_chain *staged;
	enum khv_object object;
	int (*veto)(const unsigned long *arg);
	int (*before)(struct khv_object_frame *frame);
	int (*after)(struct khv_object_frame *frame, int ret);
};

enum { KHV_HOOK_FREE, KHV_HOOK_ATTACHED, KHV_HOOK_DRAINING };

extern struct khv_hook khv_call_hooks[];
extern struct khv_hook khv_object_hooks[];
extern struct mutex khv_hook_mutex;

struct khv_hook *khv_hook_find(unsigned long ip);
struct khv_hook *khv_hook_prepare_at(enum khv_gate gate,
				     enum khv_hook_kind kind,
				     unsigned long addr, const char *symbol,
				     const char *name);
struct khv_hook *khv_hook_prepare(enum khv_gate gate, enum khv_hook_kind kind,
				  const char *symbol, const char *name);
void khv_hook_discard(struct khv_hook *hook);
void khv_hook_discard_unused(void);
int khv_hook_attach(struct khv_hook **hooks, unsigned int n);
void khv_hook_detach(struct khv_hook **hooks, unsigned int n);
bool khv_hook_reap(void);
bool khv_hook_is_live(const struct khv_hook *hook);
bool khv_hook_any(void);
void khv_verify_init(void);
const char *khv_hook_verify(const struct khv_hook *hook);
const struct khv_slot_code *khv_hook_code(const struct khv_hook *hook);
const struct ftrace_ops *khv_hook_ops(enum khv_hook_kind kind);
void khv_hook_set_entry(struct khv_hook *hook);

/* Iterate over hooks in use, both gates. Under khv_hook_mutex. */
struct khv_hook *khv_hook_next(unsigned int *pos);

#endif /* _KHV_HOOK_H */
