// SPDX-License-Identifier: GPL-2.0
/*
 * Policies in "mode audit": nothing is judged by them. A rule says what is reported:
 * its permissions which verbs, "audit" that they are, "quiet" that they are not,
 * "log=deny" that only what was refused or failed is, "result=" only what ended in
 * this way, "limit=" how much of it at most, "redact" that it is told without what it was about.
 */
#include <linux/export.h>
#include <linux/notifier.h>
#include <linux/rculist.h>
#include <linux/string.h>
#include "engine_internal.h"
#include "mediate.h"
#include "tree.h"

#define KHV_CALL_GROUP	"syscall:"

static BLOCKING_NOTIFIER_HEAD(khv_policy_changes);

void khv_policy_changed(void)
{
	blocking_notifier_call_chain(&khv_policy_changes, 0, NULL);
}

int khv_policy_watch(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&khv_policy_changes, nb);
}
EXPORT_SYMBOL_GPL(khv_policy_watch);

void khv_policy_unwatch(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&khv_policy_changes, nb);
}
EXPORT_SYMBOL_GPL(khv_policy_unwatch);

/* @error: what came of it, positive; 0: it succeeded. */
static bool khv_audit_wants(const struct khv_judge *j,
			    const struct khv_decision *dec, int error)
{
	enum khv_log_level level = khv_client_level(j->m->client);
	u32 own = (dec->effects & KHV_RULE_LOG) >> KHV_RULE_LOG_SHIFT;

	if (level == KHV_LOG_OFF || !(dec->effects & KHV_RULE_AUDIT) ||
	    (dec->effects & KHV_RULE_QUIET))
		return false;
	if ((dec->effects & KHV_RULE_RESULT) &&
	    error != khv_engine_rule_error(&j->l->engine, dec->rule))
		return false;
	level = own ? own - 1 : KHV_LOG_AUDIT;
	return level >= KHV_LOG_AUDIT || (level == KHV_LOG_DENY && error);
}

/* After the answer of everybody: what is reported of an object. */
void khv_audit_answer(const struct khv_judge *j, enum khv_type type, u32 verbs,
		      const struct khv_decision *dec, const char *object,
		      size_t len, const char *asked)
{
	static const char redacted[] = "(redacted)";
	int error = -j->check->ret;
	struct khv_decision told = *dec;

	if (j->m->seen)
		j->m->seen(type, object, len);
	verbs &= ~dec->denied;
	if (!verbs || dec->rule == KHV_NO_RULE ||
	    !khv_audit_wants(j, dec, error) ||
	    (dec->limit && !khv_tree_spend(j, dec->limit - 1)))
		return;
	told.error = error;
	if (dec->effects & KHV_RULE_REDACT) {
		object = redacted;
		len = sizeof(redacted) - 1;
		asked = NULL;
	}
	khv_judge_report(j, type, verbs, &told,
			 error ? KHV_DENIED : KHV_ALLOWED, object, len, asked);
}

static size_t khv_call_part(char *buf, size_t size, const char *name)
{
	return scnprintf(buf, size, KHV_CALL_GROUP "%s", name);
}

static bool khv_audit_decide(const struct khv_judge *j, const char *call,
			     struct khv_decision *dec)
{
	char name[KHV_NAME_MAX];
	size_t len = khv_call_part(name, sizeof(name), call);

	khv_engine_kernel(&j->l->engine, j->domain, &j->s, name, len, dec);
	return dec->allowed && dec->rule != KHV_NO_RULE &&
	       (dec->effects & KHV_RULE_AUDIT) &&
	       !(dec->effects & KHV_RULE_QUIET);
}

bool khv_audit_call_wanted(const struct khv_mediator *m, struct khv_domain *d,
			   const char *call)
{
	const struct khv_check check = { .name = call };
	struct khv_decision dec;
	struct khv_judge j;
	bool wanted;

	rcu_read_lock();
	wanted = khv_judge_start(&j, m, d, &check) && j.l &&
		 khv_audit_decide(&j, call, &dec);
	rcu_read_unlock();
	return wanted;
}
EXPORT_SYMBOL_GPL(khv_audit_call_wanted);

/* The event of a call, but for its arguments. */
static void khv_audit_event(const struct khv_judge *j,
			    const struct khv_decision *dec,
			    const struct khv_call *call, struct khv_event *ev)
{
	const struct khv_engine *e = &j->l->engine;

	*ev = (struct khv_event) {
		.policy = j->d->policy->name,
		.domain = j->d->name,
		.generation = j->l->generation,
		.rule_file = khv_engine_rule_file(e, dec->rule),
		.rule_line = khv_engine_rule_line(e, dec->rule),
		.tag = khv_engine_rule_tag(e, dec->rule),
		.type = "call",
		.verb = call->name,
		.hook = call->name,
		.verdict = KHV_AUDITED,
		.error = IS_ERR_VALUE(call->ret) ? -call->ret : 0,
		.call = call,
	};
}

void khv_audit_call(const struct khv_mediator *m, struct khv_domain *d,
		    const struct khv_call *call, void *args, size_t len,
		    void (*redact)(void *args, size_t len))
{
	const struct khv_check check = { .name = call->name };
	struct khv_decision dec;
	struct khv_event ev;
	struct khv_judge j;

	rcu_read_lock();
	if (khv_judge_start(&j, m, d, &check) && j.l &&
	    khv_audit_decide(&j, call->name, &dec)) {
		khv_audit_event(&j, &dec, call, &ev);
		if (khv_audit_wants(&j, &dec, ev.error) &&
		    (!dec.limit || khv_tree_spend(&j, dec.limit - 1))) {
			if (dec.effects & KHV_RULE_REDACT)
				redact(args, len);
			ev.args = args;
			ev.args_len = len;
			khv_event_post(m->client, &ev);
		}
	}
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(khv_audit_call);

/* Is the rule, as it was written, about this call? If in doubt, yes. */
static bool khv_rule_names_call(const char *text, const char *call)
{
	static const char group[] = KHV_CALL_GROUP;
	const size_t len = sizeof(group) - 1;
	const char *word = text + strcspn(text, " \t");

	word += strspn(word, " \t");
	if (strncmp(word, group, len))
		return !strncmp(word, group, len - 1) ||
		       !strncmp(word, "any", 3) || *word == '"' || *word == '$';
	word += len;
	return *word == '$' || (!strncmp(word, call, strlen(call)) &&
				strcspn(word, " \t") == strlen(call));
}

/* Under RCU. */
static bool khv_policy_names_call(const struct khv_engine *e, const char *call)
{
	u32 i;

	for (i = 0; i < khv_engine_nr_rules(e); i++)
		if (khv_engine_rule_kind(e, i) == KHV_TYPE_KERNEL &&
		    khv_rule_names_call(khv_engine_rule_text(e, i), call))
			return true;
	return false;
}

bool khv_audit_call_named(const char *call)
{
	const struct khv_loaded *l;
	struct khv_policy *p;
	bool named = false;

	rcu_read_lock();
	list_for_each_entry_rcu(p, &khv_policies, list) {
		l = rcu_dereference(p->now);
		if (!named && l &&
		    khv_engine_mode(&l->engine) == KHV_MODE_AUDIT)
			named = khv_policy_names_call(&l->engine, call);
	}
	rcu_read_unlock();
	return named;
}
EXPORT_SYMBOL_GPL(khv_audit_call_named);
