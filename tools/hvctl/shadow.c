// SPDX-License-Identifier: GPL-2.0
/*
 * hvctl shadow, policy confirm and rollback: trying a policy before one has to rely
 * on it.
 */
#include <stdlib.h>
#include <string.h>
#include "hvctl.h"

/* --- on trial ------------------------------------------------------------------- */

int confirm_seconds(struct hvctl *h)
{
	const char *text = h->opt[OPT_CONFIRM];
	unsigned long seconds;
	char *end;

	if (!text)
		return 0;
	seconds = strtoul(text, &end, 10);
	if (*end || end == text || text[0] == '-' || !seconds ||
	    seconds > KHV_CONFIRM_MAX) {
		fail(h, HV_USAGE, NULL,
		     "--confirm: \"%s\" is not a number of seconds from 1 to %u",
		     text, KHV_CONFIRM_MAX);
		return -1;
	}
	return (int)seconds;
}

void say_on_trial(struct hvctl *h, int seconds)
{
	if (seconds > 0)
		note(h,
		     "on trial: the kernel goes back in %d s unless you say: hvctl policy confirm",
		     seconds);
}

/* The policies on trial; 0 if there are none. */
static size_t show_trial(struct hvctl *h, const struct khv_list *l, bool keep)
{
	size_t found = 0;

	for (size_t i = 0; i < khv_list_count(l); i++) {
		const struct khv_policy_info *p = khv_list_at(l, i);
		char *name;

		if (!KHV_HAS(p, KHV_POLICY_A_CONFIRM))
			continue;
		found++;
		name = safe(p->name);
		note(h, "%s: %s, generation %llu%s", name,
		     keep ? "confirmed" : "taken back",
		     (unsigned long long)p->generation,
		     h->dry_run ? " (dry run)" : "");
		free(name);
		if (h->json)
			data_add(h, khv_record_json(&khv_policy_record, p));
	}
	return found;
}

static int settle(struct hvctl *h, bool keep)
{
	const char *expected = h->opt[OPT_IF_GENERATION];
	const char *what = keep ? "policy confirm" : "policy rollback";
	uint64_t trial = 0;
	struct khv_list *l;
	char *end;
	int code = HV_OK;

	if (expected) {
		trial = strtoull(expected, &end, 10);
		if (*end || end == expected || expected[0] == '-')
			return fail(h, HV_USAGE, NULL,
				    "--if-generation: \"%s\" is not a number",
				    expected);
	}
	/* Before: afterwards nobody knows any more which ones it was. */
	if (khv_list_policies(h->conn, &l))
		return fail_kernel(h, what);
	if (!h->dry_run && khv_settle(h->conn, keep, trial, &h->generation))
		code = fail_kernel(h, what);
	else if (!show_trial(h, l, keep) && h->dry_run)
		code = fail(h, HV_FAILED, NULL,
			    "%s: nothing waits for confirmation", what);
	khv_list_free(l);
	return code;
}

int cmd_policy_confirm(struct hvctl *h)
{
	return settle(h, true);
}

int cmd_policy_rollback(struct hvctl *h)
{
	return settle(h, false);
}

/* --- shadows ----------------------------------------------------------------------- */

static const struct column columns[] = {
	{ "NAME", "name", false },
	{ "MODE", "mode", false },
	{ "RULES", "rules", true },
	{ "TASKS", "tasks", true },
	{ "GENERATION", "generation", true },
	{ "LOADED", "time", false },
	{ "UID", "uid", true },
	{ "JUDGED", "judged", true },
	{ "WOULD-DENY", "would_deny", true },
	{ "WOULD-ALLOW", "would_allow", true },
};

int cmd_shadow_list(struct hvctl *h)
{
	return print_fetched(h, khv_list_shadows, &khv_shadow_record, columns,
			     ARRAY_SIZE(columns), "shadow list");
}

static const struct column count_columns[] = {
	{ "POLICY", "policy", false },
	{ "SHADOW", "shadow", false },
	{ "GENERATION", "generation", true },
	{ "TYPE", "type", false },
	{ "VERB", "verb", false },
	{ "WOULD-DENY", "would_deny", true },
	{ "WOULD-ALLOW", "would_allow", true },
};

static bool is_of_policy(const struct hvctl *h, const void *record)
{
	const struct khv_count_info *c = record;

	return !h->argc || (c->policy && !strcmp(c->policy, h->argv[0]));
}

int cmd_shadow_diff(struct hvctl *h)
{
	struct khv_list *l;
	int code = HV_OK;

	if (khv_list_counts(h->conn, &l))
		return fail_kernel(h, "shadow diff");
	remember_generation(h);
	print_some(h, &khv_count_record, l, count_columns,
		   ARRAY_SIZE(count_columns), is_of_policy);
	for (size_t i = 0; i < khv_list_count(l); i++)
		if (is_of_policy(h, khv_list_at(l, i)))
			code = HV_FAILED;
	khv_list_free(l);
	return code;
}

/* For dry runs: what the kernel would refuse is refused here. */
static int need_shadow(struct hvctl *h, const char *name)
{
	struct khv_list *l;
	bool found = false;

	if (khv_list_shadows(h->conn, &l))
		return fail_kernel(h, name);
	for (size_t i = 0; i < khv_list_count(l); i++) {
		const struct khv_policy_info *p = khv_list_at(l, i);

		found |= p->name && !strcmp(p->name, name);
	}
	khv_list_free(l);
	if (found)
		return HV_OK;
	return fail(h, HV_FAILED, "see: hvctl shadow list", "%s has no shadow",
		    name);
}

int cmd_shadow_promote(struct hvctl *h)
{
	const char *name = h->argv[0];
	int seconds = confirm_seconds(h), code;

	if (seconds < 0)
		return HV_USAGE;
	code = need_shadow(h, name);
	if (code)
		return code;
	if (!h->dry_run && khv_promote_shadow(h->conn, name, (uint32_t)seconds,
					      &h->generation))
		return fail_kernel(h, name);
	note(h, "%s: its shadow is %s%s", name,
	     seconds ? "on trial" : "in force", h->dry_run ? " (dry run)" : "");
	if (!h->dry_run)
		say_on_trial(h, seconds);
	return HV_OK;
}

int cmd_shadow_drop(struct hvctl *h)
{
	for (int i = 0; i < h->argc; i++) {
		int code = need_shadow(h, h->argv[i]);

		if (code)
			return code;
		if (!h->dry_run && khv_drop_shadow(h->conn, h->argv[i]))
			return fail_kernel(h, h->argv[i]);
		note(h, "%s: its shadow is dropped%s", h->argv[i],
		     h->dry_run ? " (dry run)" : "");
	}
	return HV_OK;
}
