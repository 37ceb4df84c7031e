// SPDX-License-Identifier: GPL-2.0
/*
 * khv_sample.ko: the worked example of Documentation/client-api.rst, and what the
 * tests use to look at the call gate. It watches a program and all it starts,
 * counts calls before and after, and can refuse one or rewrite an argument:
 *
 *	modprobe khv_sample comm=cat calls=openat,read
 *	modprobe khv_sample comm=t calls=getpriority rewrite=getpriority:1:0
 *	modprobe khv_sample comm=t calls=mkdir deny=mkdir:13
 */
#define pr_fmt(fmt) "khv_sample: " fmt

#include <linux/binfmts.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <khv/client.h>

#define MAX_CALLS	640	/* more than any kernel has */

static char *calls[MAX_CALLS] = { "openat" };
static int nr_calls = 1;
module_param_array(calls, charp, &nr_calls, 0444);
MODULE_PARM_DESC(calls, "system calls to watch, by name; unknown-call: those that khv does not know (default openat)");

static char *comm = "";
module_param(comm, charp, 0444);
MODULE_PARM_DESC(comm, "base name of the executable to watch, with all it starts");

static int priority = 50;
module_param(priority, int, 0444);
MODULE_PARM_DESC(priority, "place among the clients (default 50)");

static bool post_calls = true;
module_param_named(post_call, post_calls, bool, 0444);
MODULE_PARM_DESC(post_call, "also be told after the call (default Y)");

static unsigned int delay_ms;
module_param(delay_ms, uint, 0644);
MODULE_PARM_DESC(delay_ms, "sleep that long in the pre-call handler");

static char *deny = "";
module_param(deny, charp, 0444);
MODULE_PARM_DESC(deny, "CALL:ERRNO to refuse");

static char *rewrite = "";
module_param(rewrite, charp, 0444);
MODULE_PARM_DESC(rewrite, "CALL:ARGUMENT:VALUE to pass instead (argument 0 to 5)");

static atomic_long_t nr_pre;
static atomic_long_t nr_post;
static long last_ret;
static int last_nr;

static int counter_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%ld\n", atomic_long_read(kp->arg));
}

static const struct kernel_param_ops counter_ops = { .get = counter_get };
module_param_cb(pre, &counter_ops, &nr_pre, 0444);
MODULE_PARM_DESC(pre, "calls seen before they ran (read only)");
module_param_cb(post, &counter_ops, &nr_post, 0444);
MODULE_PARM_DESC(post, "calls seen after they ran (read only)");
module_param(last_ret, long, 0444);
MODULE_PARM_DESC(last_ret, "result of the last call seen (read only)");
module_param(last_nr, int, 0444);
MODULE_PARM_DESC(last_nr, "number of the last call seen (read only)");

/* Parsed once at load. */
static struct {
	char call[32];
	int error;
} refusal;

static struct {
	char call[32];
	unsigned int arg;
	unsigned long value;
} rewriting;

/*
 * Data of a task: the client decides what it is. Here only a count of tasks that
 * share it, because all tasks of a watched program are treated alike.
 */
struct watch {
	refcount_t tasks;
	struct rcu_head rcu;
};

static int sample_pre(struct khv_call *call, void *data)
{
	atomic_long_inc(&nr_pre);
	WRITE_ONCE(last_nr, call->nr);
	if (delay_ms)
		msleep(delay_ms);
	if (!strcmp(call->name, refusal.call))
		return -refusal.error;
	/* Asked again after a rewrite: then the argument is what we want. */
	if (!strcmp(call->name, rewriting.call) &&
	    call->arg[rewriting.arg] != rewriting.value)
		return khv_call_set_arg(call, rewriting.arg, rewriting.value);
	return 0;
}

/* Only for calls that khv does not know: call->name could be anything. */
static int sample_unknown(struct khv_call *call, void *data)
{
	atomic_long_inc(&nr_pre);
	WRITE_ONCE(last_nr, call->nr);
	return strcmp(refusal.call, KHV_CALL_UNKNOWN) ? 0 : -refusal.error;
}

static void sample_post(struct khv_call *call, void *data)
{
	atomic_long_inc(&nr_post);
	WRITE_ONCE(last_ret, call->ret);
}

/* A child of a watched task is watched. */
static void *sample_inherit(void *data, struct task_struct *child)
{
	struct watch *w = data;

	refcount_inc(&w->tasks);
	return w;
}

static void *sample_exec(struct linux_binprm *bprm, void *data)
{
	struct watch *w;

	if (data || !*comm || strcmp(kbasename(bprm->filename), comm))
		return NULL;
	w = kzalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);
	if (!w)
		return ERR_PTR(-ENOMEM);
	refcount_set(&w->tasks, 1);
	return w;
}

static void sample_release(void *data)
{
	struct watch *w = data;

	if (refcount_dec_and_test(&w->tasks))
		kfree_rcu(w, rcu);
}

static struct khv_call_hook sample_calls[MAX_CALLS];

static struct khv_client sample = {
	.name = "sample",
	.owner = THIS_MODULE,
	.calls = sample_calls,
	.inherit = sample_inherit,
	.exec = sample_exec,
	.release = sample_release,
};

static int __init sample_parse(void)
{
	if (*deny && (sscanf(deny, "%31[^:]:%d", refusal.call,
			     &refusal.error) != 2 ||
		      refusal.error <= 0 || refusal.error > MAX_ERRNO)) {
		pr_err("deny=%s: expected CALL:ERRNO, errno 1 to %d\n", deny,
		       MAX_ERRNO);
		return -EINVAL;
	}
	if (*rewrite && (sscanf(rewrite, "%31[^:]:%u:%lu", rewriting.call,
				&rewriting.arg, &rewriting.value) != 3 ||
			 rewriting.arg >= KHV_CALL_ARGS)) {
		pr_err("rewrite=%s: expected CALL:ARGUMENT:VALUE, argument 0 to %d\n",
		       rewrite, KHV_CALL_ARGS - 1);
		return -EINVAL;
	}
	return 0;
}

static int __init sample_init(void)
{
	int i, ret = sample_parse();

	if (ret)
		return ret;
	for (i = 0; i < nr_calls; i++) {
		sample_calls[i].name = calls[i];
		if (!strcmp(calls[i], KHV_CALL_UNKNOWN)) {
			sample_calls[i].pre = sample_unknown;
		} else {
			sample_calls[i].pre = sample_pre;
			if (post_calls)
				sample_calls[i].post = sample_post;
		}
		if (!strcmp(calls[i], rewriting.call))
			sample_calls[i].flags = KHV_CALL_REWRITE;
	}
	sample.nr_calls = nr_calls;
	sample.priority = priority;
	return khv_client_register(&sample);
}

static void __exit sample_exit(void)
{
	khv_client_unregister(&sample);
}

module_init(sample_init);
module_exit(sample_exit);
MODULE_DESCRIPTION("Kernel hypervisors: worked example of a client");
MODULE_AUTHOR("The khv developers");
MODULE_LICENSE("GPL");
