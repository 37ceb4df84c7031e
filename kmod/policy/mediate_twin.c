// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that do what can be done with a file below /proc as well, and that no check
 * sees: judged as that file is, by its name.
 */
#include <linux/export.h>
#include <linux/string.h>
#include "mediate.h"

static const struct {
	const char *call;
	const char *file;
	u32 verb;
} khv_twins[] = {
	{ "statmount", "/proc/self/mountinfo", KHV_F_OPEN },
	{ "listmount", "/proc/self/mountinfo", KHV_F_OPEN },
	{ "lsm_get_self_attr", "/proc/self/attr/current", KHV_F_OPEN },
	{ "lsm_set_self_attr", "/proc/self/attr/current", KHV_F_OPEN_WRITE },
};

/* Under RCU. */
static int khv_answer_twin(const struct khv_judge *j, const char *file, u32 verb)
{
	size_t len = strlen(file);
	struct khv_decision dec;

	if (!khv_judged_verbs(j, KHV_TYPE_FILE, verb))
		return 0;
	if (j->l)
		khv_engine_file(&j->l->engine, j->domain, &j->s, file, len, verb,
				&dec);
	else
		khv_judge_refuse(&dec, KHV_TYPE_FILE, verb);
	return khv_judge_answer(j, KHV_TYPE_FILE, verb, &dec, file, len);
}

int khv_mediate_twin(const struct khv_mediator *m, struct khv_domain *d,
		     const struct khv_call *call)
{
	const struct khv_check check = { .name = call->name };
	struct khv_judge j;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(khv_twins); i++)
		if (!strcmp(khv_twins[i].call, call->name))
			break;
	if (WARN_ON_ONCE(i == ARRAY_SIZE(khv_twins)))
		return -EPERM;
	rcu_read_lock();
	if (khv_judge_start(&j, m, d, &check))
		ret = khv_answer_twin(&j, khv_twins[i].file, khv_twins[i].verb);
	rcu_read_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(khv_mediate_twin);
