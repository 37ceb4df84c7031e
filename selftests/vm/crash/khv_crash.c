// SPDX-License-Identifier: GPL-2.0
/*
 * A module that misbehaves on request, to see that the harness notices.
 * Debian kernels are built without lkdtm.
 */
#include <linux/bug.h>
#include <linux/module.h>
#include <linux/preempt.h>

static char *how = "";
module_param(how, charp, 0);
MODULE_PARM_DESC(how, "warn, oops, panic, hang, or nothing: just be loaded");

static int __init khv_crash_init(void)
{
	WARN(!strcmp(how, "warn"), "asked for by the test\n");
	if (!strcmp(how, "oops"))
		WRITE_ONCE(*(int *)8, 1);
	if (!strcmp(how, "panic"))
		panic("asked for by the test");
	if (!strcmp(how, "hang")) {
		preempt_disable();
		for (;;)
			cpu_relax();
	}
	return 0;
}
module_init(khv_crash_init);

static void __exit khv_crash_exit(void)
{
}
module_exit(khv_crash_exit);

MODULE_DESCRIPTION("misbehaves on request");
MODULE_LICENSE("GPL");
