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

/* --- programs: attach, refuse and "->" lines ------------------------------------- */

/* One difference; @l: whose line @rule is. Once for each execution. */
static void khv_shadow_program(const struct khv_judge *live,
			       const struct khv_loaded *shadow,
			       enum khv_program_line line, enum khv_pass pass,
			       const struct khv_loaded *l, u32 rule,
			       const struct khv_pathname *p)
{
	struct khv_check check = { .name = khv_program_line(line) };
	struct khv_beside b = { .shadow = shadow, .pass = pass };
	struct khv_counts *c = shadow->counts;
	struct khv_judge j = *live;
	struct khv_decision dec;

	j.l = l;
	j.check = &check;
	j.beside = &b;
	khv_judge_refuse(&dec, KHV_TYPE_FILE, KHV_F_EXEC);
	dec.rule = rule;
	khv_count_verbs(pass == KHV_PASS_AGAIN ?
			c->would_allow[KHV_COUNT_PROGRAM] :
			c->would_deny[KHV_COUNT_PROGRAM], 1u << line);
	khv_shadow_event(&j, KHV_TYPE_FILE, &dec, p->name, p->len, NULL);
}

/*
 * A program that no policy has yet. @live: filled in, also if the policy in force
 * does not want it; @mine: what its lines say. Under RCU.
 */
void khv_shadow_enter(const struct khv_judge *live,
		      const struct khv_loaded *shadow,
		      const struct khv_pathname *p, const struct khv_program *mine)
{
	struct khv_program its;

	if (khv_engine_mode(&shadow->engine) == KHV_MODE_OFF)
		return;
	khv_program_find(&its, live, shadow, p);
	if (!mine->wanted && !its.wanted)
		return;
	atomic64_inc(&shadow->counts->judged);
	if (mine->wanted != its.wanted)
		khv_shadow_program(live, shadow, KHV_PROGRAM_ATTACH,
				   its.wanted ? KHV_PASS_SHADOW : KHV_PASS_AGAIN,
				   its.wanted ? its.attach : mine->attach,
				   its.wanted ? its.rule : mine->rule, p);
	else if (!khv_same_domain(mine->attach, mine->domain, its.attach,
				  its.domain))
		khv_shadow_program(live, shadow, KHV_PROGRAM_DOMAIN,
				   KHV_PASS_SHADOW, its.attach, its.rule, p);
	if (mine->refused != its.refused)
		khv_shadow_program(live, shadow, KHV_PROGRAM_REFUSE,
				   its.refused ? KHV_PASS_SHADOW :
						 KHV_PASS_AGAIN,
				   its.refused ? shadow : live->l,
				   its.refused ? its.refuse : mine->refuse, p);
}

/* A program that is executed in a domain, and goes on in @domain. Under RCU. */
void khv_shadow_transition(const struct khv_judge *live,
			   const struct khv_loaded *shadow,
			   const struct khv_pathname *p, u16 domain)
{
	const struct khv_engine *e = &shadow->engine;
	struct khv_subject s = live->s;
	u32 rule = KHV_NO_RULE;
	int here;
	u16 its;

	here = khv_engine_domain(e, live->d->name);
	/* Where it lacks the domain it denies everything: that is counted. */
	if (here < 0 || khv_engine_mode(e) == KHV_MODE_OFF)
		return;
	s.now = ktime_get_real_seconds();
	if (!khv_engine_transition(e, here, &s, p->name, p->len, &its, &rule))
		its = here;
	if (khv_same_domain(live->l, domain, shadow, its))
		return;
	khv_shadow_program(live, shadow, KHV_PROGRAM_DOMAIN,
			   its == KHV_DOMAIN_DETACH ? KHV_PASS_AGAIN :
						      KHV_PASS_SHADOW,
			   shadow, rule, p);
}
