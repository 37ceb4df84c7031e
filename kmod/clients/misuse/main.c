// SPDX-License-Identifier: GPL-2.0
/*
 * khv_misuse.ko: registers as it should not, for selftests/client. Says in the
 * kernel log what came of each, and what should.
 */
#define pr_fmt(fmt) "khv_misuse: " fmt

#include <linux/module.h>
#include <khv/client.h>

static int misuse_pre(struct khv_call *call, void *data)
{
	return 0;
}

static int misuse_check(struct khv_check *check, void *data)
{
	return 0;
}

static void *misuse_inherit(void *data, struct task_struct *child)
{
	return data;
}

static void misuse_release(void *data)
{
}

static const struct khv_call_hook misuse_good[] = {
	{ .name = "mkdir", .pre = misuse_pre },
};

static const struct khv_call_hook misuse_unknown[] = {
	{ .name = "no_such_call", .pre = misuse_pre },
};

static const struct khv_call_hook misuse_idle[] = {
	{ .name = "mkdir" },
};

static const struct khv_call_hook misuse_flags[] = {
	{ .name = "mkdir", .flags = 0x80, .pre = misuse_pre },
};

static const struct khv_call_hook misuse_exit[] = {
	{ .name = "exit", .post = (void *)misuse_release },
};

static const struct khv_check_hook misuse_no_check[] = {
	{ .id = KHV_OBJ_FILE_OPEN },
};

static const struct khv_check_hook misuse_bad_id[] = {
	{ .id = KHV_NR_OBJECTS, .check = misuse_check },
};

#define MISUSE_BASE(n)							\
	.name = n, .owner = THIS_MODULE,				\
	.inherit = misuse_inherit, .release = misuse_release
#define MISUSE_CALLS(n, c)						\
	{ MISUSE_BASE(n), .calls = c, .nr_calls = ARRAY_SIZE(c) }
#define MISUSE_CHECKS(n, c)						\
	{ MISUSE_BASE(n), .checks = c, .nr_checks = ARRAY_SIZE(c) }

static struct khv_client misuse = MISUSE_CALLS("misuse", misuse_good);
static struct khv_client misuse_never = { MISUSE_BASE("never") };

static struct {
	const char *what;
	int wanted;
	struct khv_client client;
} misuse_tries[] = {
	{ "another client of a name that is taken", -EEXIST,
	  MISUSE_CALLS("misuse", misuse_good) },
	{ "no name", -EINVAL, MISUSE_CALLS(NULL, misuse_good) },
	{ "an empty name", -EINVAL, MISUSE_CALLS("", misuse_good) },
	{ "a name that is too long", -EINVAL,
	  MISUSE_CALLS("0123456789012345678901234567890123456789012345678901234567890123",
		       misuse_good) },
	{ "a call that no kernel has", -ENOENT,
	  MISUSE_CALLS("m1", misuse_unknown) },
	{ "a call without handlers", -EINVAL,
	  MISUSE_CALLS("m2", misuse_idle) },
	{ "unknown flags", -EINVAL, MISUSE_CALLS("m3", misuse_flags) },
	{ "told after a call that does not return", -EINVAL,
	  MISUSE_CALLS("m4", misuse_exit) },
	{ "a check without a handler", -EINVAL,
	  MISUSE_CHECKS("m5", misuse_no_check) },
	{ "a check that does not exist", -EINVAL,
	  MISUSE_CHECKS("m6", misuse_bad_id) },
};

static int __init misuse_init(void)
{
	unsigned int i;
	int ret;

	ret = khv_client_register(&misuse);
	if (ret)
		return ret;
	pr_info("try registered twice:%d:%d\n", khv_client_register(&misuse),
		-EEXIST);
	for (i = 0; i < ARRAY_SIZE(misuse_tries); i++)
		pr_info("try %s:%d:%d\n", misuse_tries[i].what,
			khv_client_register(&misuse_tries[i].client),
			misuse_tries[i].wanted);
	khv_client_unregister(&misuse_never);
	return 0;
}

static void __exit misuse_exit_module(void)
{
	khv_client_unregister(&misuse);
}

module_init(misuse_init);
module_exit(misuse_exit_module);
MODULE_DESCRIPTION("Kernel hypervisors: wrong use of the client interface, for tests");
MODULE_AUTHOR("The khv developers");
MODULE_LICENSE("GPL");
