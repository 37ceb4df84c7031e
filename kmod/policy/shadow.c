// SPDX-License-Identifier: GPL-2.0
/*
 * Judging by a shadow as well. The policy in force answers, by the same functions
 * and at the same moment as ever; then the candidate is asked about the same check,
 * and where the two differ that is counted and, now and then, an event. Nothing
 * that happens here changes the answer.
 */
#include <linux/ratelimit.h>
#include <linux/timekeeping.h>
#include "mediate.h"

/* Out of line, and seldom: most checks find no difference. */
static noinline void khv_shadow_event(const struct khv_judge *j,
				      enum khv_type type,
				      const struct khv_decision *dec,
				      const char *object, size_t len,
				      const char *asked)
{
	if (khv_client_level(j->m->client) == KHV_LOG_OFF ||
	    (dec->effects & KHV_RULE_QUIET) ||
	    !__ratelimit(&j->beside->shadow->counts->limit))
		return;
	khv_judge_report(j, type, dec->denied, dec,
			 j->beside->pass == KHV_PASS_SHADOW ? KHV_SHADOW_DENY :
							      KHV_SHADOW_ALLOW,
			 object, len, asked);
}

/*
 * In place of khv_judge_answer(). In the pass of the shadow @dec is its decision;
 * in the third pass it is the decision of the policy in force again, which denied
 * what the shadow allows.
 */
int khv_shadow_answer(const struct khv_judge *j, enum khv_type type,
		      const struct khv_decision *dec, const char *object,
		      size_t len, const char *asked)
{
	struct khv_beside *b = j->beside;
	struct khv_counts *c = b->shadow->counts;

	if (dec->allowed)
		return 0;
	if (b->pass == KHV_PASS_SHADOW)
		b->shadow_denied = true;
	if (b->pass == KHV_PASS_AGAIN || !b->denied) {
		khv_count_verbs(b->pass == KHV_PASS_AGAIN ?
				c->would_allow[type] : c->would_deny[type],
				dec->denied);
		khv_shadow_event(j, type, dec, object, len, asked);
	}
	/* As the caller would be answered, so that it goes on or not as then. */
	if (b->pass == KHV_PASS_AGAIN && j->l &&
	    khv_mode_lets_pass(&j->l->engine))
		return 0;
	return -dec->error;
}

/*
 * Where the task is in the shadow. Its own place is remembered for the policy in
 * force, and that must not be forgotten at every check.
 */
static void khv_shadow_start(struct khv_judge *j)
{
	const struct khv_loaded *l = j->beside->shadow;
	int domain = khv_engine_domain(&l->engine, j->d->name);

	if (khv_engine_needs(&l->engine) & KHV_NEEDS_CLOCK)
		j->s.now = ktime_get_real_seconds();
	j->l = domain < 0 ? NULL : l;
	j->domain = domain < 0 ? 0 : domain;
}

/* Under RCU. The answer is that of the policy in force. */
noinline int khv_mediate_beside(const struct khv_mediator *m,
				struct khv_domain *d,
				const struct khv_check *check,
				const struct khv_loaded *shadow,
				int (*judge)(const struct khv_judge *j))
{
	struct khv_beside b = { .shadow = shadow };
	struct khv_judge live, j;
	bool judged;
	int ret;

	if (d->detached)
		return 0;
	judged = khv_judge_start(&live, m, d, check);
	live.beside = &b;
	ret = judged ? judge(&live) : 0;
	/* A notice is no question, and must not be noted twice. */
	if (check->id == KHV_OBJ_MNT_WANT_WRITE ||
	    check->id == KHV_OBJ_MNT_WANT_WRITE_FILE)
		return ret;
	atomic64_inc(&shadow->counts->judged);
	j = live;
	b.pass = KHV_PASS_SHADOW;
	khv_shadow_start(&j);
	if (khv_engine_mode(&shadow->engine) != KHV_MODE_OFF)
		judge(&j);
	if (!judged || !b.denied || b.shadow_denied)
		return ret;
	b.pass = KHV_PASS_AGAIN;
	judge(&live);
	return ret;
}
