// SPDX-License-Identifier: GPL-2.0
/*
 * khv_crowd_00.ko: one of many equal clients, for tests of what is limited or listed.
 * The test writes other numbers into copies of the file (selftests/client/crowd.t);
 * name, module and messages all follow from the module's name. A client watches one
 * program and its mkdir at both gates, so that a call has all of the crowd in its frame.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/binfmts.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <khv/client.h>

static char *comm = "";
module_param(comm, charp, 0444);
MODULE_PARM_DESC(comm, "base name of the executable to watch, with all it starts");

static bool deny;
module_param(deny, bool, 0644);
MODULE_PARM_DESC(deny, "refuse mkdir");

/* What a task has: there is nothing to know but that it is ours. */
static char crowd_data;

static int crowd_pre(struct khv_call *call, void *data)
{
	return 0;
}

static void crowd_post(struct khv_call *call, void *data)
{
}

static int crowd_check(struct khv_check *check, void *data)
{
	return deny ? -EPERM : 0;
}

static void *crowd_inherit(void *data, struct task_struct *child)
{
	return data;
}

static void *crowd_exec(struct linux_binprm *bprm, void *data)
{
	return !data && *comm && !strcmp(kbasename(bprm->filename), comm) ?
	       &crowd_data : NULL;
}

static void crowd_release(void *data)
{
}

static const struct khv_call_hook crowd_calls[] = {
	{ .name = "mkdir", .pre = crowd_pre, .post = crowd_post },
};

static const struct khv_check_hook crowd_checks[] = {
	{ KHV_OBJ_PATH_MKDIR, crowd_check },
};

static struct khv_client crowd_client = {
	.name = KBUILD_MODNAME,
	.owner = THIS_MODULE,
	.priority = 300,
	.calls = crowd_calls,
	.nr_calls = ARRAY_SIZE(crowd_calls),
	.checks = crowd_checks,
	.nr_checks = ARRAY_SIZE(crowd_checks),
	.inherit = crowd_inherit,
	.exec = crowd_exec,
	.release = crowd_release,
};

static int __init crowd_init(void)
{
	return khv_client_register(&crowd_client);
}

static void __exit crowd_exit(void)
{
	khv_client_unregister(&crowd_client);
}

module_init(crowd_init);
module_exit(crowd_exit);
MODULE_DESCRIPTION("Kernel hypervisors: one of a crowd of clients for tests");
MODULE_AUTHOR("The khv developers");
MODULE_LICENSE("GPL");
