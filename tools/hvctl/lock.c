// SPDX-License-Identifier: GPL-2.0
/* hvctl lock: what nobody changes before the next boot. */
#include <string.h>
#include "hvctl.h"

static const struct {
	const char *name;
	uint32_t flags;
} locks[] = {
	{ "policy", KHV_LOCK_POLICY },
	{ "module", KHV_LOCK_MODULE },
	{ "all", KHV_LOCK_POLICY | KHV_LOCK_MODULE },
};

int cmd_lock(struct hvctl *h)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(locks); i++)
		if (!strcmp(locks[i].name, h->cmd->verb))
			flags = locks[i].flags;
	if (!confirm(h, "Lock %s until the machine is rebooted?", h->cmd->verb))
		return fail(h, HV_FAILED, NULL, "nothing done");
	if (h->dry_run)
		return HV_OK;
	if (khv_set_lock(h->conn, flags))
		return fail_kernel(h, "lock");
	note(h, "%s: locked until reboot", h->cmd->verb);
	return HV_OK;
}

static const struct column columns[] = {
	{ "LOCK", "name", false },
	{ "UID", "uid", true },
	{ "SINCE", "time", false },
};

/* Without a uid it was the parameter of the module. */
int cmd_lock_show(struct hvctl *h)
{
	struct khv_list *l;

	if (khv_list_locks(h->conn, &l))
		return fail_kernel(h, "lock show");
	remember_generation(h);
	if (!khv_list_count(l))
		note(h, "nothing is locked");
	else
		print_list(h, &khv_lock_record, l, columns,
			   ARRAY_SIZE(columns));
	khv_list_free(l);
	return HV_OK;
}

int check_lock(struct hvctl *h, const char *lock, const char *what)
{
	struct khv_list *l;
	int code = HV_OK;

	if (khv_list_locks(h->conn, &l))
		return fail_kernel(h, what);
	for (size_t i = 0; i < khv_list_count(l) && !code; i++) {
		const struct khv_lock_info *at = khv_list_at(l, i);

		if (at->name && !strcmp(at->name, lock))
			code = fail(h, HV_LOCKED, NULL,
				    "%s: locked until reboot", what);
	}
	khv_list_free(l);
	return code;
}
