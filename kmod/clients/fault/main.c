// SPDX-License-Identifier: GPL-2.0
/*
 * khv_fault.ko: the N-th allocation fails that a program makes below one function of
 * the kernel, and no other. For tests only: it is not installed. The kernel's own
 * fault injection (/proc/PID/fail-nth) counts from when it is set, and so meets the
 * module loader, netlink and exec long before it meets khv; selftests/fault wants to
 * begin where khv begins.
 *
 * It is no client: it stands behind a return probe and only counts.
 */
#define pr_fmt(fmt) "khv_fault: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/string.h>

static char *symbol = "do_one_initcall";
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "below which function");

static char *of;
module_param(of, charp, 0444);
MODULE_PARM_DESC(of, "a module yet to be loaded whose init function calls it (default: none)");

static char *spared[4];
static unsigned int spared_nr;
module_param_array(spared, charp, &spared_nr, 0444);
MODULE_PARM_DESC(spared, "below which functions none fails (default: there is none)");

static char comm[TASK_COMM_LEN];
module_param_string(comm, comm, sizeof(comm), 0644);
MODULE_PARM_DESC(comm, "of which program (default: none)");

static unsigned int nth;
module_param(nth, uint, 0644);
MODULE_PARM_DESC(nth, "which allocation; what is missing to it, 0 when it has failed");

static unsigned int met;
module_param(met, uint, 0644);
MODULE_PARM_DESC(met, "how often the function was called by the program");

#if IS_ENABLED(CONFIG_FAULT_INJECTION) && IS_ENABLED(CONFIG_KRETPROBES)
/* Tests run one program at a time: nobody else changes nth meanwhile. */
static int khv_fault_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	/* Not zero: no return probe. Nor one within another. */
	if (strcmp(current->comm, comm) || current->fail_nth)
		return 1;
	met++;
	current->fail_nth = nth;
	return 0;
}

NOKPROBE_SYMBOL(khv_fault_entry);

static int khv_fault_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	/* The calls of a program count on from each other. */
	nth = current->fail_nth;
	current->fail_nth = 0;
	return 0;
}

NOKPROBE_SYMBOL(khv_fault_return);

static struct kretprobe khv_fault = {
	.entry_handler = khv_fault_entry,
	.handler = khv_fault_return,
};

/*
 * What the kernel forgets when it fails itself is not looked for, nor what becomes of
 * those who watch allocations.
 */
static int khv_spared_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (strcmp(current->comm, comm) || !current->fail_nth)
		return 1;
	*(unsigned int *)ri->data = current->fail_nth;
	current->fail_nth = 0;
	return 0;
}

NOKPROBE_SYMBOL(khv_spared_entry);

static int khv_spared_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	current->fail_nth = *(unsigned int *)ri->data;
	return 0;
}

NOKPROBE_SYMBOL(khv_spared_return);

static struct kretprobe khv_spared[] = {
	[0 ... ARRAY_SIZE(spared) - 1] = {
		.entry_handler = khv_spared_entry,
		.handler = khv_spared_return,
		.data_size = sizeof(unsigned int),
	},
};

static int khv_fault_probe(struct kretprobe *rp, const char *name)
{
	int ret;

	/* The last time's place may be another module's by now. */
	rp->kp.addr = NULL;
	rp->kp.flags = 0;
	rp->kp.symbol_name = name;
	ret = register_kretprobe(rp);
	if (ret)
		pr_err("no return probe on %s (%d)\n", name, ret);
	return ret;
}

/*
 * What the init function of a module calls is code only while that module is coming:
 * the kernel tells before it is run, and again before it is freed. There is one module
 * of a name at a time, so nobody else is here meanwhile.
 */
static bool khv_fault_there;

static int khv_fault_module(struct notifier_block *nb, unsigned long state, void *data)
{
	const struct module *mod = data;
	int ret;

	if (strcmp(mod->name, of))
		return NOTIFY_DONE;
	if (state == MODULE_STATE_COMING) {
		ret = khv_fault_probe(&khv_fault, symbol);
		khv_fault_there = !ret;
		/* Without it the module does not load: a test that counts would be wrong. */
		return notifier_from_errno(ret);
	}
	if (khv_fault_there)
		unregister_kretprobe(&khv_fault);
	khv_fault_there = false;
	return NOTIFY_OK;
}

/* Before the kernel's own, which takes probes on code to be freed for gone. */
static struct notifier_block khv_fault_modules = {
	.notifier_call = khv_fault_module,
	.priority = INT_MAX,
};

static int khv_fault_begin(void)
{
	return of ? register_module_notifier(&khv_fault_modules) :
		    khv_fault_probe(&khv_fault, symbol);
}

static void khv_fault_end(void)
{
	if (of)
		unregister_module_notifier(&khv_fault_modules);
	if (!of || khv_fault_there)
		unregister_kretprobe(&khv_fault);
}

/* The first that many. */
static void khv_spare_end(unsigned int nr)
{
	while (nr--)
		unregister_kretprobe(&khv_spared[nr]);
}

static int khv_spare_begin(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < spared_nr; i++) {
		ret = khv_fault_probe(&khv_spared[i], spared[i]);
		if (ret) {
			khv_spare_end(i);
			return ret;
		}
	}
	return 0;
}

static int __init khv_fault_init(void)
{
	int ret;

	ret = khv_spare_begin();
	if (ret)
		return ret;
	ret = khv_fault_begin();
	if (ret)
		khv_spare_end(spared_nr);
	return ret;
}

static void __exit khv_fault_exit(void)
{
	khv_fault_end();
	khv_spare_end(spared_nr);
}
#else
static int __init khv_fault_init(void)
{
	pr_err("this kernel cannot make allocations fail\n");
	return -EOPNOTSUPP;
}

static void __exit khv_fault_exit(void)
{
}
#endif

module_init(khv_fault_init);
module_exit(khv_fault_exit);
MODULE_DESCRIPTION("Kernel hypervisors: failing allocations for tests");
MODULE_AUTHOR("The khv developers");
MODULE_LICENSE("GPL");
