/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place where kernel versions are visible, as probes of features.
 * Each entry says what changed and when, so that it can be deleted in time.
 */
#ifndef _KHV_COMPAT_H
#define _KHV_COMPAT_H

#include <linux/ftrace.h>
#include <linux/kconfig.h>

/* What khv cannot live without, by name (kpatch and LKRG taught us to say it). */
#if !IS_ENABLED(CONFIG_X86_64)
#error "khv: x86-64 only"
#endif
#if !IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#error "khv: the kernel lacks CONFIG_DYNAMIC_FTRACE_WITH_ARGS (5.11 and later)"
#endif
#if !IS_ENABLED(CONFIG_HAVE_STATIC_CALL_INLINE)
#error "khv: the kernel lacks CONFIG_HAVE_STATIC_CALL_INLINE"
#endif
#if !IS_ENABLED(CONFIG_KPROBES)
#error "khv: the kernel lacks CONFIG_KPROBES (to find symbols)"
#endif
#if !IS_ENABLED(CONFIG_KALLSYMS_ALL)
#error "khv: the kernel lacks CONFIG_KALLSYMS_ALL"
#endif
#if !IS_ENABLED(CONFIG_SECURITY_PATH) || !IS_ENABLED(CONFIG_SECURITY_NETWORK)
#error "khv: the kernel lacks CONFIG_SECURITY_PATH or CONFIG_SECURITY_NETWORK"
#endif
#if !IS_ENABLED(CONFIG_TASKS_RCU)
#error "khv: the kernel lacks CONFIG_TASKS_RCU (PREEMPTION)"
#endif

#if IS_ENABLED(CONFIG_PREEMPT_RT)
#error "khv: not for CONFIG_PREEMPT_RT: decisions are made with preemption off"
#endif

/*
 * Registers seen by an ftrace callback: struct ftrace_regs held pt_regs openly
 * until 6.12 hid it behind arch_ftrace_regs().
 */
#ifdef arch_ftrace_regs
#define khv_ftrace_regs(fregs)	(&arch_ftrace_regs(fregs)->regs)
#else
#define khv_ftrace_regs(fregs)	(&(fregs)->regs)
#endif

/* Where a callback sends the function: renamed in 6.2. */
#ifdef ftrace_regs_set_instruction_pointer
#define khv_ftrace_set_ip(fregs, ip)	\
	ftrace_regs_set_instruction_pointer(fregs, ip)
#else
#define khv_ftrace_set_ip(fregs, ip)	ftrace_instruction_pointer_set(fregs, ip)
#endif

#endif /* _KHV_COMPAT_H */
