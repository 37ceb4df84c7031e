/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counting users that may enter on one CPU and leave on another, without a
 * shared cache line: two per-CPU counters that only grow.
 *
 * A sum over CPUs is no snapshot. Reading all the left counters before all the
 * entered ones makes the error one-sided: a user may be seen as inside although
 * it has left, never the other way round. So zero means zero, provided that
 * nobody can enter any more.
 */
#ifndef _KHV_INFLIGHT_H
#define _KHV_INFLIGHT_H

#include <linux/percpu.h>
#include <linux/cpumask.h>

struct khv_inflight_cpu {
	u64 entered;
	u64 left;
};

struct khv_inflight {
	struct khv_inflight_cpu __percpu *cpu;
};

static inline int khv_inflight_init(struct khv_inflight *f)
{
	f->cpu = alloc_percpu(struct khv_inflight_cpu);
	return f->cpu ? 0 : -ENOMEM;
}

static inline void khv_inflight_destroy(struct khv_inflight *f)
{
	free_percpu(f->cpu);
	f->cpu = NULL;
}

static __always_inline void khv_inflight_enter(const struct khv_inflight *f)
{
	this_cpu_inc(f->cpu->entered);
}

static __always_inline void khv_inflight_leave(const struct khv_inflight *f)
{
	this_cpu_inc(f->cpu->left);
}

static inline void khv_inflight_read(const struct khv_inflight *f, u64 *entered,
				     u64 *left)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(f->cpu, cpu)->left);
	*left = sum;
	sum = 0;
	/* Pairs with nothing: x86 keeps stores of one CPU in order. */
	smp_mb();
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(f->cpu, cpu)->entered);
	*entered = sum;
}

static inline bool khv_inflight_idle(const struct khv_inflight *f)
{
	u64 entered, left;

	khv_inflight_read(f, &entered, &left);
	return entered == left;
}

#endif /* _KHV_INFLIGHT_H */
