// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses of kernel functions that are not exported to modules.
 *
 * kallsyms_lookup_name() is itself not exported since 5.7; a kprobe knows its
 * address, and need not be armed for that. Functions found this way are called by
 * static_call, a direct branch: on an IBT kernel (Debian's 6.12) a function whose
 * address is never taken has lost its ENDBR, and an indirect call to it faults. QEMU
 * does not show that.
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/kernel.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/path.h>
#include <linux/static_call.h>
#include <khv/client.h>
#include "symbols.h"

static unsigned long khv_no_lookup(const char *name)
{
	return 0;
}

static unsigned long khv_no_location(unsigned long ip)
{
	return 0;
}

static char *khv_no_path(const struct path *path, char *buf, int size)
{
	return ERR_PTR(-EINVAL);
}

static struct ftrace_func_entry *khv_no_filter(struct ftrace_hash *hash,
					       unsigned long ip)
{
	return NULL;
}

static struct file *khv_no_exe(struct mm_struct *mm)
{
	return NULL;
}

static struct callback_head *
khv_no_cancel(struct task_struct *task,
	      bool (*match)(struct callback_head *cb, void *data), void *data)
{
	return NULL;
}

static void khv_no_rings(bool cancel_all)
{
}

static int khv_no_wake(struct task_struct *task, unsigned int state)
{
	return 0;
}

DEFINE_STATIC_CALL(khv_sc_lookup, khv_no_lookup);
DEFINE_STATIC_CALL(khv_sc_location, khv_no_location);
DEFINE_STATIC_CALL(khv_sc_absolute_path, khv_no_path);
DEFINE_STATIC_CALL(khv_sc_exe_file, khv_no_exe);
DEFINE_STATIC_CALL(khv_sc_filter_lookup, khv_no_filter);
DEFINE_STATIC_CALL(khv_sc_work_cancel, khv_no_cancel);
DEFINE_STATIC_CALL(khv_sc_uring_cancel, khv_no_rings);
DEFINE_STATIC_CALL(khv_sc_wake, khv_no_wake);

/* Address of a kernel symbol, 0 if there is none. Process context. */
unsigned long khv_symbol(const char *name)
{
	return static_call(khv_sc_lookup)(name);
}

/* The fentry site of the function at @addr, 0 if it has none. */
unsigned long khv_fentry_site(unsigned long addr)
{
	return static_call(khv_sc_location)(addr);
}

/* The kernel's own d_absolute_path(); see name.c. */
char *khv_path_ask(const struct path *path, char *buf, int size)
{
	return static_call(khv_sc_absolute_path)(path, buf, size);
}

/* The executable of @mm with a reference, or NULL. */
struct file *khv_mm_exe_file(struct mm_struct *mm)
{
	return static_call(khv_sc_exe_file)(mm);
}

bool khv_filter_lookup(struct ftrace_hash *hash, unsigned long ip)
{
	return static_call(khv_sc_filter_lookup)(hash, ip);
}

static bool khv_same_work(struct callback_head *cb, void *data)
{
	return cb == data;
}

/* Take a work off the list of @task; false if it is not on it any more. */
bool khv_task_work_cancel(struct task_struct *task, struct callback_head *work)
{
	return static_call(khv_sc_work_cancel)(task, khv_same_work, work);
}

/* End all that current has to do with io_uring, as exec does. May sleep. */
void khv_uring_cancel(void)
{
#if IS_ENABLED(CONFIG_IO_URING)
	if (current->io_uring)
		static_call(khv_sc_uring_cancel)(true);
#endif
}

/* Wake @task if it is asleep in @state. Any context. */
bool khv_wake_up_state(struct task_struct *task, unsigned int state)
{
	return static_call(khv_sc_wake)(task, state);
}

static int khv_need(const char *name, unsigned long *addr)
{
	*addr = khv_symbol(name);
	if (*addr)
		return 0;
	pr_err("this kernel has no function %s; khv cannot work on it\n", name);
	return -ENOENT;
}

int khv_symbols_init(void)
{
	/*
	 * Only asked where it would be: a probe that is armed and cannot be disarmed,
	 * for want of memory, stays armed with this frame as its probe.
	 */
	struct kprobe kp = {
		.symbol_name = "kallsyms_lookup_name",
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long addr, site;
	int ret;

	ret = register_kprobe(&kp);
	if (ret) {
		pr_err("cannot find kallsyms_lookup_name with a kprobe (%d); are kprobes disabled?\n",
		       ret);
		return ret;
	}
	addr = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	static_call_update(khv_sc_lookup, (void *)addr);

	ret = khv_need("ftrace_location", &addr);
	if (ret)
		return ret;
	static_call_update(khv_sc_location, (void *)addr);

	ret = khv_need("d_absolute_path", &addr);
	if (ret)
		return ret;
	static_call_update(khv_sc_absolute_path, (void *)addr);

	ret = khv_need("ftrace_lookup_ip", &addr);
	if (ret)
		return ret;
	static_call_update(khv_sc_filter_lookup, (void *)addr);

	ret = khv_need("get_mm_exe_file", &addr);
	if (ret)
		return ret;
	static_call_update(khv_sc_exe_file, (void *)addr);

	ret = khv_need("task_work_cancel_match", &addr);
	if (ret)
		return ret;
	static_call_update(khv_sc_work_cancel, (void *)addr);

	ret = khv_need("wake_up_state", &addr);
	if (ret)
		return ret;
	static_call_update(khv_sc_wake, (void *)addr);

	if (IS_ENABLED(CONFIG_IO_URING)) {
		ret = khv_need("__io_uring_cancel", &addr);
		if (ret)
			return ret;
		static_call_update(khv_sc_uring_cancel, (void *)addr);
	}

	/* The lookup works, and it agrees with what the compiler knows. */
	site = khv_fentry_site(khv_symbol("security_file_open"));
	if (!site) {
		pr_err("security_file_open has no fentry site: is CONFIG_FUNCTION_TRACER on?\n");
		return -ENOENT;
	}
	return 0;
}
