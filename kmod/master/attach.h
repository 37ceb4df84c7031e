/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_ATTACH_H
#define _KHV_ATTACH_H

#include <linux/types.h>

struct khv_client_reg;
struct khv_findings;
struct khv_look;
struct khv_task;
struct khv_visits;
struct task_struct;

#define KHV_SCOPE_KIN	64

/**
 * struct khv_kin - what has been found out about a process
 * @start: when it began, by which it is known from others with its number
 * @tgid: its number; 0: nothing yet
 * @inside: it is a descendant
 */
struct khv_kin {
	u64 start;
	pid_t tgid;
	bool inside;
};

/**
 * struct khv_scope - whom an attach is about
 * @slot: of the client
 * @root: all threads of this process
 * @tree: and of its descendants
 * @kin: KHV_SCOPE_KIN processes that have been looked at, by their numbers: so the
 *	parents of each need not be followed to the top. Needed with @tree
 */
struct khv_scope {
	unsigned int slot;
	struct task_struct *root;
	bool tree;
	struct khv_kin *kin;
};

/**
 * struct khv_attaching - a request to attach, see khv_attach()
 * @scope: whom
 * @cs: the client
 * @data: what each task inherits its data from; stays the caller's
 * @dry: only look
 * @force: take away what the process may not survive, attach also who shares
 * @log: what has been found
 * @count: tasks attached, or that would be
 * @pending: findings that are not dealt with
 */
struct khv_attaching {
	struct khv_scope scope;
	struct khv_client_reg *cs;
	void *data;
	bool dry;
	bool force;
	struct khv_findings *log;
	unsigned int count;
	unsigned int pending;
};

int khv_attach(struct khv_attaching *a);

/* scope.c */
bool khv_scope_has(const struct khv_scope *s, struct task_struct *task);
bool khv_scope_shares(const struct khv_scope *s, struct task_struct *task);
struct task_struct **khv_scope_tasks(const struct khv_scope *s,
				     unsigned int *n);
bool khv_has_data(struct task_struct *task, unsigned int slot);

/* survey.c */
int khv_survey(const struct khv_scope *s, struct khv_look *l,
	       unsigned int *count);

/* visit.c */
struct khv_visits *khv_visits_new(unsigned int slot, struct khv_findings *log);
void khv_visits_put(struct khv_visits *v);
struct khv_visit *khv_visit_new(void);
void khv_visit_free(struct khv_visit *visit);
void khv_visit_queue(struct khv_visit *visit, struct khv_visits *visits,
		     struct task_struct *task, u64 slots);
bool khv_visits_wait(struct khv_visits *v);
unsigned int khv_visits_pending(struct khv_visits *v);
int khv_visit_child(struct khv_task *parent, struct task_struct *child);
void khv_visits_cancel(void);
void khv_visits_exit(void);

#endif /* _KHV_ATTACH_H */
