// SPDX-License-Identifier: GPL-2.0
/* hvctl policy diff: what another policy would mean, in words. */
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include <khv/policy.h>
#include "hvctl.h"

static const char *const words[] = {
	[KHV_DIFF_ALLOWED] = "now allowed",
	[KHV_DIFF_DENIED] = "no longer allowed",
	[KHV_DIFF_OPTION] = "option",
	[KHV_DIFF_POLICY] = "policy",
};

static const char *const keys[] = {
	[KHV_DIFF_ALLOWED] = "allowed",
	[KHV_DIFF_DENIED] = "denied",
	[KHV_DIFF_OPTION] = "option",
	[KHV_DIFF_POLICY] = "policy",
};

struct output {
	struct hvctl *h;
	const struct khv_policy *policy[2];
	char *domain; /* the one that was named last */
};

static void add_line(struct json_object *o, const char *key,
		     const struct khv_policy *p, uint32_t rule)
{
	struct khv_rule_info r;

	json_object_object_add(o, key,
			       rule == KHV_NO_RULE ||
					       khv_policy_rule(p, rule, &r) ?
				       NULL :
				       rule_json(policy_name(p), &r));
}

static void as_json(struct output *out, const struct khv_difference *x)
{
	struct json_object *o = json_object_new_object();

	add_string(o, "kind", keys[x->kind]);
	add_string(o, "domain", x->domain);
	add_string(o, "type", x->type);
	add_string(o, "object", x->object);
	add_string(o, "who", x->who);
	add_string(o, x->kind <= KHV_DIFF_DENIED ? "verbs" : "text", x->text);
	add_line(o, "from", out->policy[0], x->rule[0]);
	add_line(o, "to", out->policy[1], x->rule[1]);
	data_add(out->h, o);
}

static void show_lines(const struct output *out, const struct khv_difference *x)
{
	const char *between = "";

	printf("  (");
	for (int i = 0; i < 2; i++) {
		struct khv_rule_info r;

		if (i)
			between = " -> ";
		if (x->rule[i] == KHV_NO_RULE ||
		    khv_policy_rule(out->policy[i], x->rule[i], &r))
			printf("%sno rule", between);
		else
			printf("%s%s:%u", between, base_name(r.file), r.line);
	}
	puts(")");
}

static void on_difference(const struct khv_difference *x, void *arg)
{
	struct output *out = arg;
	char *object, *text;

	if (out->h->json) {
		as_json(out, x);
		return;
	}
	if (x->domain && (!out->domain || strcmp(out->domain, x->domain))) {
		free(out->domain);
		out->domain = strdup(x->domain);
		printf("domain %s\n", x->domain);
	}
	text = safe(x->text);
	if (x->kind == KHV_DIFF_POLICY) {
		printf("%s%s\n", x->domain ? "  " : "", text);
	} else {
		object = safe(x->object);
		printf("  %-18s %s %s: %s%s%s", words[x->kind], x->type, object,
		       text, x->who ? ", for " : "", x->who ? x->who : "");
		free(object);
		show_lines(out, x);
	}
	free(text);
}

/* How many, or -1 after an error was shown. */
static long show(struct hvctl *h, const struct khv_policy *from,
		 const struct khv_policy *to)
{
	struct output out = { .h = h, .policy = { from, to } };
	long found = khv_policy_diff(from, to, on_difference, &out);

	free(out.domain);
	if (found < 0)
		fail(h, HV_FAILED, NULL, "policy diff: %s",
		     strerror((int)-found));
	return found < 0 ? -1 : found;
}

int show_differences(struct hvctl *h, const struct khv_policy *from,
		     const struct khv_policy *to)
{
	long found;

	if (h->quiet && !h->json)
		return HV_OK;
	found = show(h, from, to);
	if (!found)
		note(h, "it means the same as before");
	return found < 0 ? HV_FAILED : HV_OK;
}

int cmd_policy_diff(struct hvctl *h)
{
	struct khv_policy *p[2] = { NULL, NULL };
	int code = HV_OK;
	long found;

	for (int i = 0; i < 2 && !code; i++)
		code = find_policy(h, h->argv[i], &p[i]);
	if (!code) {
		found = show(h, p[0], p[1]);
		if (found)
			code = HV_FAILED;
		else
			note(h, "they mean the same");
	}
	khv_policy_free(p[0]);
	khv_policy_free(p[1]);
	return code;
}
