// SPDX-License-Identifier: GPL-2.0
/* hvctl coverage: which checks stand behind which verb on this kernel. */
#include "hvctl.h"

static const struct column columns[] = {
	{ "TYPE", "type", false },     { "VERB", "verb", false },
	{ "STATE", "state", false },   { "CHECKS", "checks", false },
	{ "ABSENT", "absent", false }, { "TEXT", "text", false },
};

/* What can be hooked and what is: the table has room for one of them. */
static void sum(const struct khv_list *l)
{
	size_t states[3] = { 0 }, hooked = 0, checks = 0;

	for (size_t i = 0; i < khv_list_count(l); i++) {
		const struct khv_coverage_info *c = khv_list_at(l, i);

		if (c->state < ARRAY_SIZE(states))
			states[c->state]++;
		checks += c->checks.count;
		hooked += c->live.count;
	}
	printf("%zu verbs: %zu covered, %zu elsewhere, %zu gaps; %s\n",
	       khv_list_count(l), states[KHV_COVERED],
	       states[KHV_COVERED_ELSEWHERE], states[KHV_NOT_COVERED],
	       hooked == checks ? "every check is hooked" :
	       hooked ? "not every check is hooked, see hvctl hook list" :
			"no client is enabled, nothing is hooked");
}

int cmd_coverage(struct hvctl *h)
{
	struct khv_list *l;

	if (khv_list_coverage(h->conn, &l))
		return fail_kernel(h, "coverage");
	print_list(h, &khv_coverage_record, l, columns, ARRAY_SIZE(columns));
	if (!h->json && !h->quiet)
		sum(l);
	khv_list_free(l);
	return HV_OK;
}
