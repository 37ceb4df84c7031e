// SPDX-License-Identifier: GPL-2.0
/* khv.ko, the master: init and exit only. What it does is in the other files. */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uuid.h>
#include "../compat/mount.h"
#include "attach.h"
#include "chain.h"
#include "entry.h"
#include "event.h"
#include "lock.h"
#include "main.h"
#include "name.h"
#include "netlink.h"
#include "points.h"
#include "selftest.h"
#include "subscribe.h"
#include "symbols.h"
#include "task.h"
#include "wait.h"
#include "watchdog.h"

/* Of this load of the module: sequence numbers start again with it. */
guid_t khv_boot_id;

/* The way back in after a policy that locks everybody out. */
static int __init khv_rescue(void)
{
	char *const *line = (char *const *)khv_symbol("saved_command_line");
	static const char word[] = "khv=off";
	const size_t len = sizeof(word) - 1;
	const char *at;

	if (!line || !*line) {
		pr_err("the kernel command line cannot be found to look for %s\n",
		       word);
		return -ENOENT;
	}
	for (at = strstr(*line, word); at; at = strstr(at + 1, word)) {
		if ((at > *line && !isspace(at[-1])) ||
		    (at[len] && !isspace(at[len])))
			continue;
		pr_notice("%s is on the kernel command line: not loaded, nothing is judged; boot without it to use khv again\n",
			  word);
		return -ECANCELED;
	}
	return 0;
}

static int __init khv_init(void)
{
	int ret;

	guid_gen(&khv_boot_id);
	ret = khv_symbols_init();
	if (!ret)
		ret = khv_rescue();
	if (ret)
		return ret;
	ret = khv_selftest();
	if (ret)
		return ret;
	khv_mount_init();
	khv_name_init();
	ret = khv_task_init();
	if (ret)
		return ret;
	ret = khv_entry_init();
	if (ret)
		goto task;
	ret = khv_event_init();
	if (ret)
		goto entry;
	ret = khv_subscribe_init();
	if (ret)
		goto event;
	ret = khv_watchdog_init();
	if (ret)
		goto subscribe;
	ret = khv_netlink_init();
	if (ret)
		goto watchdog;
	/* Last: what it has locked stays. */
	ret = khv_lock_init();
	if (ret)
		goto netlink;
	pr_info("master " KHV_VERSION " ready; nothing is hooked until a client asks for it\n");
	return 0;

netlink:
	khv_netlink_exit();
watchdog:
	khv_watchdog_exit();
subscribe:
	khv_subscribe_exit();
event:
	khv_event_exit();
entry:
	khv_entry_exit();
task:
	khv_task_exit();
	khv_points_forget();
	return ret;
}

static void __exit khv_exit(void)
{
	/* No client module is loaded: each uses our symbols and pins us. */
	khv_netlink_exit();
	khv_watchdog_exit();
	khv_subscribe_exit();
	khv_waits_exit();
	khv_event_exit();
	khv_visits_exit();
	khv_entry_exit();
	khv_task_exit();
	khv_points_forget();
	/* Chains are freed after their grace period, by our code. */
	srcu_barrier(&khv_srcu);
}

module_init(khv_init);
module_exit(khv_exit);
MODULE_DESCRIPTION("Kernel hypervisors: master");
MODULE_AUTHOR("The khv developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(KHV_VERSION);
