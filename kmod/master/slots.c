// SPDX-License-Identifier: GPL-2.0
/*
 * The landing places of redirected functions: a pool, made by macro, so that any
 * function can be hooked without code written for it.
 *
 * Each slot differs in two things only: which hook it is, and a static_call to
 * the instruction after that function's fentry site. A static_call is a direct
 * branch, so it needs no ENDBR there (IBT), is the cheapest way into the original
 * (+52 instructions against +123 to +339 for a call through the entry), shows the
 * call to other tracers once, and cannot recurse into our own hook.
 *
 * All arguments of the functions we hook are integers or pointers in registers,
 * so one prototype serves them all. The callback has counted the frame (see
 * hook.c); whoever leaves it counts it out.
 */
#include <linux/static_call.h>
#include <khv/limits.h>
#include "gate.h"
#include "hook.h"
#include "slots.h"

static long khv_unset_call(unsigned long a0, unsigned long a1)
{
	WARN_ONCE(1, "khv: slot without a function");
	return -EPERM;
}

static long khv_unset_object(unsigned long a0, unsigned long a1,
			     unsigned long a2, unsigned long a3,
			     unsigned long a4, unsigned long a5)
{
	WARN_ONCE(1, "khv: slot without a function");
	return -EPERM;
}

/*
 * Pre only: the count is dropped before the jump, so a task may sleep in the
 * original for days and nothing of ours is on its stack. The instructions
 * between the drop and the jump are covered by synchronize_rcu_tasks(), because
 * nothing in between sleeps. The compiler makes the last line a jump: no local
 * variable is alive.
 *
 * With a frame across the call there is one gate for all, which calls back through
 * khv_call_go: two jumps, and one set of registers to save instead of three.
 */
#define KHV_CALL_SLOT(n)						\
DEFINE_STATIC_CALL(khv_call_orig_##n, khv_unset_call);			\
static notrace __khv_gate long						\
khv_call_pre_##n(unsigned long a0, unsigned long a1)			\
{									\
	long ret = khv_call_gate_pre(&khv_call_hooks[0x##n], a0);	\
									\
	if (ret)							\
		return ret;						\
	return static_call(khv_call_orig_##n)(a0, a1);			\
}									\
static notrace __khv_gate long						\
khv_call_go_##n(unsigned long a0, unsigned long a1)			\
{									\
	return static_call(khv_call_orig_##n)(a0, a1);			\
}									\
static notrace __khv_gate long						\
khv_call_full_##n(unsigned long a0, unsigned long a1)			\
{									\
	return khv_call_gate_full(a0, a1, &khv_call_hooks[0x##n],	\
				  khv_call_go_##n);			\
}

static __always_inline void khv_object_args(struct khv_check *check,
					    unsigned long a0, unsigned long a1,
					    unsigned long a2, unsigned long a3,
					    unsigned long a4, unsigned long a5)
{
	check->arg[0] = a0;
	check->arg[1] = a1;
	check->arg[2] = a2;
	check->arg[3] = a3;
	check->arg[4] = a4;
	check->arg[5] = a5;
}

/*
 * First: as a call that is pre only. The function may sleep, and what it returns need
 * not be a number.
 */
#define KHV_OBJECT_SLOT(n)						\
DEFINE_STATIC_CALL(khv_object_orig_##n, khv_unset_object);		\
static notrace __khv_gate long						\
khv_object_first_##n(unsigned long a0,					\
		unsigned long a1, unsigned long a2, unsigned long a3,	\
		unsigned long a4, unsigned long a5)			\
{									\
	long ret = khv_object_gate_first(&khv_object_hooks[0x##n], a0,	\
					 a1, a2, a3, a4, a5);		\
									\
	if (ret)							\
		return ret;						\
	return static_call(khv_object_orig_##n)(a0, a1, a2, a3, a4, a5); \
}									\
static notrace __khv_gate long						\
khv_object_after_##n(unsigned long a0,					\
		unsigned long a1, unsigned long a2, unsigned long a3,	\
		unsigned long a4, unsigned long a5)			\
{									\
	struct khv_object_frame frame __khv_uninitialized;		\
	int ret;							\
									\
	khv_object_args(&frame.check, a0, a1, a2, a3, a4, a5);		\
	khv_object_gate_note(&frame, &khv_object_hooks[0x##n]);		\
	ret = (int)static_call(khv_object_orig_##n)(a0, a1, a2, a3, a4,	\
						    a5);		\
	return khv_object_gate_judge(&frame, &khv_object_hooks[0x##n],	\
				     ret);				\
}									\
static notrace __khv_gate long						\
khv_object_around_##n(unsigned long a0,					\
		unsigned long a1, unsigned long a2, unsigned long a3,	\
		unsigned long a4, unsigned long a5)			\
{									\
	struct khv_object_frame frame __khv_uninitialized;		\
	int ret;							\
									\
	khv_object_args(&frame.check, a0, a1, a2, a3, a4, a5);		\
	ret = khv_object_gate_enter(&frame, &khv_object_hooks[0x##n]);	\
	if (!ret)							\
		ret = (int)static_call(khv_object_orig_##n)(a0, a1, a2,	\
							    a3, a4, a5); \
	return khv_object_gate_leave(&frame, &khv_object_hooks[0x##n],	\
				     ret);				\
}

#define KHV_CALL_CODE(n) [0x##n] = {					\
	.pre = (unsigned long)khv_call_pre_##n,				\
	.full = (unsigned long)khv_call_full_##n,			\
	.key = &STATIC_CALL_KEY(khv_call_orig_##n),			\
	.tramp = STATIC_CALL_TRAMP_ADDR(khv_call_orig_##n),		\
},
#define KHV_OBJECT_CODE(n) [0x##n] = {					\
	.first = (unsigned long)khv_object_first_##n,			\
	.pre = (unsigned long)khv_object_after_##n,			\
	.full = (unsigned long)khv_object_around_##n,			\
	.key = &STATIC_CALL_KEY(khv_object_orig_##n),			\
	.tramp = STATIC_CALL_TRAMP_ADDR(khv_object_orig_##n),		\
},

/* 16 of M, with the hexadecimal digits of their number pasted together. */
#define R16(M, p)							\
	M(p##0) M(p##1) M(p##2) M(p##3) M(p##4) M(p##5) M(p##6) M(p##7)	\
	M(p##8) M(p##9) M(p##a) M(p##b) M(p##c) M(p##d) M(p##e) M(p##f)
#define R64(M, p)							\
	R16(M, p##0) R16(M, p##1) R16(M, p##2) R16(M, p##3)
#define R256(M, p)							\
	R16(M, p##0) R16(M, p##1) R16(M, p##2) R16(M, p##3)		\
	R16(M, p##4) R16(M, p##5) R16(M, p##6) R16(M, p##7)		\
	R16(M, p##8) R16(M, p##9) R16(M, p##a) R16(M, p##b)		\
	R16(M, p##c) R16(M, p##d) R16(M, p##e) R16(M, p##f)

R256(KHV_CALL_SLOT, 0)
R256(KHV_CALL_SLOT, 1)
R256(KHV_CALL_SLOT, 2)
R256(KHV_CALL_SLOT, 3)
R256(KHV_CALL_SLOT, 4)
R64(KHV_OBJECT_SLOT, 0)
R16(KHV_OBJECT_SLOT, 4) R16(KHV_OBJECT_SLOT, 5)
R16(KHV_OBJECT_SLOT, 6) R16(KHV_OBJECT_SLOT, 7)

const struct khv_slot_code khv_call_code[KHV_CALL_SLOTS] = {
	R256(KHV_CALL_CODE, 0)
	R256(KHV_CALL_CODE, 1)
	R256(KHV_CALL_CODE, 2)
	R256(KHV_CALL_CODE, 3)
	R256(KHV_CALL_CODE, 4)
};

const struct khv_slot_code khv_object_code[KHV_OBJECT_SLOTS] = {
	R64(KHV_OBJECT_CODE, 0)
	R16(KHV_OBJECT_CODE, 4) R16(KHV_OBJECT_CODE, 5)
	R16(KHV_OBJECT_CODE, 6) R16(KHV_OBJECT_CODE, 7)
};
