// SPDX-License-Identifier: GPL-2.0
/* khv_policy.ko: the rule engine and the policies in force. Init and exit only. */
#include <linux/module.h>
#include "cache.h"
#include "mediate.h"
#include "path.h"
#include "store.h"

static int __init khv_policy_init(void)
{
	int ret;

	khv_boot_init();
	ret = khv_path_init();
	if (ret)
		return ret;
	ret = khv_cache_init();
	if (ret)
		goto path;
	ret = khv_store_init();
	if (ret)
		goto cache;
	return 0;

cache:
	khv_cache_exit();
path:
	khv_path_exit();
	return ret;
}

static void __exit khv_policy_exit(void)
{
	khv_store_exit();
	khv_cache_exit();
	khv_path_exit();
}

module_init(khv_policy_init);
module_exit(khv_policy_exit);
MODULE_DESCRIPTION("Kernel hypervisors: policies");
MODULE_AUTHOR("The khv developers");
MODULE_LICENSE("GPL");
