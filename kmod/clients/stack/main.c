// SPDX-License-Identifier: GPL-2.0
/*
 * khv_stack.ko: a stack of equal clients, for tests and benchmarks of the master.
 * Each watches the same program and the same calls and checks; a mask says which
 * of them refuse. What ran in which order can be read from the parameter trace:
 * a letter per pre-call (A is the first client), a small letter per post-call.
 * Clients come and go while it is loaded, by the parameter change.
 *
 * It can also own a function the way a live patch does, so that a client which
 * wants that function is refused.
 */
#define pr_fmt(fmt) "khv_stack: " fmt

#include <linux/binfmts.h>
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <khv/client.h>

#define MAX_STACK	16
#define MAX_CALLS	8

static unsigned int n = 2;
module_param(n, uint, 0444);
MODULE_PARM_DESC(n, "number of clients at load, 0 to 16 (default 2)");

static char *comm = "";
module_param(comm, charp, 0444);
MODULE_PARM_DESC(comm, "base name of the executable to watch, with all it starts");

static char *calls[MAX_CALLS] = { "mkdir" };
static int nr_calls = 1;
module_param_array(calls, charp, &nr_calls, 0444);
MODULE_PARM_DESC(calls, "system calls to watch (default mkdir)");

static bool post = true;
module_param(post, bool, 0444);
MODULE_PARM_DESC(post, "be told after calls and checks (default Y)");

static bool idle;
module_param(idle, bool, 0444);
MODULE_PARM_DESC(idle, "handlers of calls do nothing, to measure what is around them");

static bool reverse;
module_param(reverse, bool, 0444);
MODULE_PARM_DESC(reverse, "register the clients in reverse order of priority");

static unsigned int deny_calls;
module_param(deny_calls, uint, 0644);
MODULE_PARM_DESC(deny_calls, "bit per client that refuses calls");

static unsigned int deny_checks;
module_param(deny_checks, uint, 0644);
MODULE_PARM_DESC(deny_checks, "bit per client that refuses the checks of mkdir and rmdir");

static int verdict;
module_param(verdict, int, 0644);
MODULE_PARM_DESC(verdict, "what a client that refuses answers, 0: a sensible error");

static unsigned int silent;
module_param(silent, uint, 0644);
MODULE_PARM_DESC(silent, "bit per client that is not told afterwards, when it is registered");

static unsigned int rewriters;
module_param(rewriters, uint, 0644);
MODULE_PARM_DESC(rewriters, "bit per client that may rewrite, when it is registered");

static unsigned int rewrite;
module_param(rewrite, uint, 0644);
MODULE_PARM_DESC(rewrite, "bit per client that makes the mode of mkdir 0700 plus its number");

static unsigned int hates[MAX_STACK];
module_param_array(hates, uint, NULL, 0644);
MODULE_PARM_DESC(hates, "for each client a mode of mkdir that it refuses, 0: none");

static char *own = "";
module_param(own, charp, 0444);
MODULE_PARM_DESC(own, "kernel function to keep khv from hooking, as a live patch would");

/* One watched task at a time writes it, in tests. */
static char trace[512] = "";
static unsigned int trace_len;

static int trace_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", trace);
}

static int trace_set(const char *val, const struct kernel_param *kp)
{
	trace_len = 0;
	memset(trace, 0, sizeof(trace));
	return 0;
}

static const struct kernel_param_ops trace_ops = {
	.get = trace_get,
	.set = trace_set,
};
module_param_cb(trace, &trace_ops, NULL, 0644);
MODULE_PARM_DESC(trace, "what ran; write to clear");

static void trace_put(char c)
{
	if (trace_len < sizeof(trace) - 1)
		trace[trace_len++] = c;
}

struct layer {
	struct khv_client client;
	char name[16];
	unsigned int index;
};

static struct layer layers[MAX_STACK];

/* Which argument is a mode, or -1. */
static int stack_mode_of(const struct khv_call *call)
{
	if (!strcmp(call->name, "mkdir"))
		return 1;
	return strcmp(call->name, "mkdirat") ? -1 : 2;
}

/* Data of a task is its layer: it is static, so there is nothing to free. */
static int stack_pre(struct khv_call *call, void *data)
{
	int mode = stack_mode_of(call);
	struct layer *l = data;

	trace_put('A' + l->index);
	if (deny_calls & BIT(l->index))
		return verdict ?: -EACCES;
	if (mode < 0)
		return 0;
	if (hates[l->index] && call->arg[mode] == hates[l->index])
		return -EACCES;
	/* Somebody else may have done it already; that is as good. */
	if (rewrite & rewriters & BIT(l->index))
		khv_call_set_arg(call, mode, 0700 + l->index);
	return 0;
}

static void stack_post(struct khv_call *call, void *data)
{
	struct layer *l = data;

	trace_put('a' + l->index);
}

static int stack_idle_pre(struct khv_call *call, void *data)
{
	return 0;
}

static void stack_idle_post(struct khv_call *call, void *data)
{
}

static int stack_check(struct khv_check *check, void *data)
{
	struct layer *l = data;

	trace_put('A' + l->index);
	return deny_checks & BIT(l->index) ? (verdict ?: -EPERM) : 0;
}

static void stack_check_post(struct khv_check *check, void *data)
{
	struct layer *l = data;

	trace_put('a' + l->index);
}

static void *stack_inherit(void *data, struct task_struct *child)
{
	return data;
}

static void stack_release(void *data)
{
}

/* Told afterwards or not, rewriting or not. */
static struct khv_call_hook stack_calls[2][2][MAX_CALLS];
static const struct khv_check_hook stack_checks[2][2] = {
	{
		{ KHV_OBJ_PATH_MKDIR, stack_check },
		{ KHV_OBJ_PATH_RMDIR, stack_check },
	}, {
		{ KHV_OBJ_PATH_MKDIR, stack_check, stack_check_post },
		{ KHV_OBJ_PATH_RMDIR, stack_check, stack_check_post },
	},
};

/* exec does not say which client asks, so each has a function of its own. */
static void *stack_exec(struct linux_binprm *bprm, unsigned int index)
{
	return *comm && !strcmp(kbasename(bprm->filename), comm) ?
	       &layers[index] : NULL;
}

#define STACK_EXEC(i)							\
static void *stack_exec_##i(struct linux_binprm *bprm, void *data)	\
{									\
	return data ? NULL : stack_exec(bprm, i);			\
}
#define STACK_ALL(M)							\
	M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7)				\
	M(8) M(9) M(10) M(11) M(12) M(13) M(14) M(15)
#define STACK_NAME(i)	stack_exec_##i,

STACK_ALL(STACK_EXEC)

static void *(* const stack_execs[MAX_STACK])(struct linux_binprm *, void *) = {
	STACK_ALL(STACK_NAME)
};

static void notrace own_callback(unsigned long ip, unsigned long parent_ip,
				 struct ftrace_ops *ops,
				 struct ftrace_regs *fregs)
{
}

static struct ftrace_ops own_ops = {
	.func = own_callback,
	.flags = FTRACE_OPS_FL_IPMODIFY,
};

static int stack_own(void)
{
	int ret = ftrace_set_filter(&own_ops, (unsigned char *)own,
				    strlen(own), 1);

	if (!ret)
		ret = register_ftrace_function(&own_ops);
	/* Nobody else knows of the filter when the module has gone. */
	if (ret)
		ftrace_free_filter(&own_ops);
	return ret;
}

static void stack_disown(void)
{
	if (*own)
		unregister_ftrace_function(&own_ops);
	ftrace_free_filter(&own_ops);
}

static void stack_fill_calls(void)
{
	struct khv_call_hook *hook;
	unsigned int i;

	for (i = 0; i < 4 * nr_calls; i++) {
		hook = &stack_calls[i & 1][i >> 1 & 1][i / 4];
		hook->name = calls[i / 4];
		hook->pre = idle ? stack_idle_pre : stack_pre;
		hook->post = !(i & 1) ? NULL : idle ? stack_idle_post : stack_post;
		hook->flags = i & 2 ? KHV_CALL_REWRITE : 0;
	}
}

/* One more client. Its name and number are its place at load. */
static int stack_add(unsigned int i, int priority)
{
	bool told = post && !(silent & BIT(i));
	struct layer *l = &layers[i];

	snprintf(l->name, sizeof(l->name), "stack%u", i);
	l->index = i;
	l->client = (struct khv_client) {
		.name = l->name,
		.owner = THIS_MODULE,
		.priority = priority,
		.calls = stack_calls[told][!!(rewriters & BIT(i))],
		.nr_calls = nr_calls,
		.checks = stack_checks[told],
		.nr_checks = ARRAY_SIZE(stack_checks[told]),
		.inherit = stack_inherit,
		.exec = stack_execs[i],
		.release = stack_release,
	};
	return khv_client_register(&l->client);
}

/*
 * One writer at a time: the kernel holds the lock of a module's parameters. Who
 * drops a client has disabled it before, as at the end of a module.
 */
static int change_set(const char *val, const struct kernel_param *kp)
{
	unsigned int i;
	int priority;

	if (sscanf(val, "add %u %d", &i, &priority) == 2) {
		if (i >= MAX_STACK || layers[i].client.state)
			return -EINVAL;
		return stack_add(i, priority);
	}
	if (sscanf(val, "drop %u", &i) != 1 || i >= MAX_STACK ||
	    !layers[i].client.state)
		return -EINVAL;
	khv_client_unregister(&layers[i].client);
	return 0;
}

static const struct kernel_param_ops change_ops = {
	.set = change_set,
};
module_param_cb(change, &change_ops, NULL, 0200);
MODULE_PARM_DESC(change, "\"add CLIENT PRIORITY\" or, once it is disabled, \"drop CLIENT\"");

static int __init stack_init(void)
{
	unsigned int i, at;
	int ret;

	if (n > MAX_STACK) {
		pr_err("n=%u: expected 0 to %d\n", n, MAX_STACK);
		return -EINVAL;
	}
	ret = *own ? stack_own() : 0;
	if (ret)
		return ret;
	stack_fill_calls();
	for (i = 0; i < n; i++) {
		at = reverse ? n - 1 - i : i;
		ret = stack_add(at, 200 + (int)at);
		if (ret)
			break;
	}
	if (i == n)
		return 0;
	/*
	 * A registered client is enabled and pins this module, which is about to
	 * fail to load; disabling is the master's business. Stay, with fewer.
	 */
	pr_err("client %u of %u: %d\n", i, n, ret);
	n = i;
	if (!n)
		stack_disown();
	return n ? 0 : ret;
}

static void __exit stack_exit(void)
{
	unsigned int i;

	for (i = 0; i < MAX_STACK; i++)
		if (layers[i].client.state)
			khv_client_unregister(&layers[i].client);
	stack_disown();
}

module_init(stack_init);
module_exit(stack_exit);
MODULE_DESCRIPTION("Kernel hypervisors: a stack of clients for tests");
MODULE_AUTHOR("The khv developers");
MODULE_LICENSE("GPL");
