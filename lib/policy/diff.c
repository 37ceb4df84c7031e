// SPDX-License-Identifier: LGPL-2.1
/*
 * What changes between two policies. Every place that a rule of either names is
 * asked of both, by the code that decides in the kernel: rules that are written
 * differently and mean the same are no difference, and a rule that changes what is
 * below it is one.
 */
#include <sys/socket.h>
#include <time.h>
#include "diff.h"

#define ALL_VERBS KHV_GRANT_VERBS

static int by_name(const void *x, const void *y)
{
	const struct hvp_place_asked *a = x, *b = y;
	int order = strcmp(a->domain, b->domain);

	if (!order)
		order = (a->type > b->type) - (a->type < b->type);
	return order ? order : strcmp(a->text, b->text);
}

/* --- questions ------------------------------------------------------------------------- */

static void ask(const struct hvp_side *s, const struct hvp_place_asked *p,
		const struct khv_subject *subject, const char *sample,
		struct khv_decision *dec)
{
	struct khv_sockaddr addr = p->addr;
	u16 domain = (u16)s->domain;

	memset(dec, 0, sizeof(*dec));
	dec->rule = KHV_NO_RULE;
	/* Tasks in a domain that the policy lacks are refused everything. */
	if (s->domain < 0) {
		dec->denied = (1u << khv_type_verbs(p->type)) - 1;
		return;
	}
	switch (p->type) {
	case KHV_TYPE_FILE:
		khv_engine_file(s->e, domain, subject, sample, strlen(sample),
				ALL_VERBS, dec);
		break;
	case KHV_TYPE_SOCKET:
		if (addr.family == AF_UNIX) {
			addr.path = sample;
			addr.path_len = strlen(sample);
		}
		khv_engine_socket(s->e, domain, subject, &addr, ALL_VERBS, dec);
		break;
	case KHV_TYPE_PROCESS:
		khv_engine_process(s->e, domain, subject, &p->process,
				   ALL_VERBS, dec);
		break;
	default:
		khv_engine_kernel(s->e, domain, subject, sample, strlen(sample),
				  dec);
	}
}

static void report(struct hvp_diff *d, struct khv_difference *x)
{
	d->found++;
	d->fn(x, d->arg);
}

/* What was granted to whom, and is no longer, or the other way round. */
struct change {
	u32 gained, lost;
};

static struct change compare(struct hvp_diff *d,
			     const struct hvp_place_asked *p, u32 subject,
			     const char *sample, struct khv_decision dec[2])
{
	u32 all = (1u << khv_type_verbs(p->type)) - 1;
	int i;

	for (i = 0; i < 2; i++)
		ask(&d->side[i], p, &d->subjects[subject], sample, &dec[i]);
	return (struct change){
		.gained = dec[0].denied & ~dec[1].denied & all,
		.lost = dec[1].denied & ~dec[0].denied & all,
	};
}

static void report_verbs(struct hvp_diff *d, const struct hvp_place_asked *p,
			 const char *text, const char *who, struct change c,
			 const struct khv_decision dec[2])
{
	struct khv_difference x = {
		.domain = p->domain,
		.type = khv_type_name(p->type),
		.object = text,
		.who = who,
		.rule = { dec[0].rule, dec[1].rule },
	};

	if (c.gained) {
		x.kind = KHV_DIFF_ALLOWED;
		x.text = hvp_verbs_text(&d->mem, p->type, c.gained);
		report(d, &x);
	}
	if (c.lost) {
		x.kind = KHV_DIFF_DENIED;
		x.text = hvp_verbs_text(&d->mem, p->type, c.lost);
		report(d, &x);
	}
}

/* --- options of the lines that decide ------------------------------------------------------ */

static const char *target_name(struct hvp_diff *d, const struct hvp_side *s,
			       const struct hvp_place_asked *p)
{
	u16 target;

	if (p->type != KHV_TYPE_FILE || s->domain < 0 ||
	    !khv_engine_transition(s->e, (u16)s->domain, &d->subjects[0],
				   p->sample, strlen(p->sample), &target, NULL))
		return "";
	return target == KHV_DOMAIN_DETACH ?
		       "detach" :
		       khv_engine_domain_name(s->e, target);
}

static void report_option(struct hvp_diff *d, const struct hvp_place_asked *p,
			  const struct khv_decision dec[2], const char *text)
{
	struct khv_difference x = {
		.kind = KHV_DIFF_OPTION,
		.domain = p->domain,
		.type = khv_type_name(p->type),
		.object = p->text,
		.text = text,
		.rule = { dec[0].rule, dec[1].rule },
	};

	report(d, &x);
}

static void compare_options(struct hvp_diff *d, const struct hvp_place_asked *p,
			    const struct khv_decision dec[2])
{
	static const struct {
		u32 effect;
		const char *now, *not_now;
	} effects[] = {
		{ KHV_RULE_AUDIT, "now audited", "no longer audited" },
		{ KHV_RULE_QUIET, "denied quietly now",
		  "denials are reported now" },
		{ KHV_RULE_KILL, "a denial now ends the process tree",
		  "a denial no longer ends the process tree" },
		{ KHV_RULE_LOG, "log= now set", "log= no longer set" },
		{ KHV_RULE_RESULT, "result= now set", "result= no longer set" },
	};
	u32 was = dec[0].effects, is = dec[1].effects, i;
	const char *a, *b;

	for (i = 0; i < sizeof(effects) / sizeof(effects[0]); i++)
		if (!(was & effects[i].effect) != !(is & effects[i].effect))
			report_option(d, p, dec,
				      is & effects[i].effect ?
					      effects[i].now :
					      effects[i].not_now);
	if (dec[0].denied && dec[1].denied && dec[0].error != dec[1].error &&
	    d->side[0].domain >= 0 && d->side[1].domain >= 0)
		report_option(d, p, dec,
			      hvp_print(&d->mem, "errno now %s, was %s",
					strerrorname_np(dec[1].error),
					strerrorname_np(dec[0].error)));
	if ((was & is & KHV_RULE_RESULT) &&
	    khv_engine_rule_error(d->side[0].e, dec[0].rule) !=
		    khv_engine_rule_error(d->side[1].e, dec[1].rule))
		report_option(d, p, dec, "another result= now");
	if (!dec[0].limit != !dec[1].limit)
		report_option(d, p, dec,
			      dec[1].limit ? "now limited" :
					     "no longer limited");
	a = target_name(d, &d->side[0], p);
	b = target_name(d, &d->side[1], p);
	if (!strcmp(a, b))
		return;
	report_option(
		d, p, dec,
		*b ? hvp_print(&d->mem, "enters domain %s when executed", b) :
		     hvp_print(&d->mem,
			       "no longer enters domain %s when executed", a));
}

/* --- all of it ------------------------------------------------------------------------------ */

/* Below a place that changed in the same way: said already. */
struct said {
	const char *text;
	struct change c;
	bool valid;
};

static bool is_said(const struct said *said, const struct hvp_place_asked *p,
		    struct change c)
{
	size_t n = said->valid ? strlen(said->text) : 0;

	if (!n || memcmp(&c, &said->c, sizeof(c)) ||
	    strncmp(p->text, said->text, n))
		return false;
	return said->text[n - 1] == '/' || p->text[n] == '/' ||
	       (p->type == KHV_TYPE_KERNEL && p->text[n] == ':');
}

/* The other policy may cut a range of ports elsewhere: ask at its end as well. */
static void compare_last(struct hvp_diff *d, const struct hvp_place_asked *p,
			 u32 subject, struct change first)
{
	struct hvp_place_asked end = *p;
	struct khv_decision dec[2];
	struct change c;

	if (p->type != KHV_TYPE_SOCKET || p->last <= p->addr.port)
		return;
	end.addr.port = p->last;
	c = compare(d, &end, subject, "", dec);
	if (memcmp(&c, &first, sizeof(c)))
		report_verbs(d, p,
			     hvp_print(&d->mem, "port %u of %s", p->last,
				       p->text),
			     d->labels[subject], c, dec);
}

static void compare_place(struct hvp_diff *d, const struct hvp_place_asked *p,
			  struct said *said)
{
	struct khv_decision dec[2], below_dec[2];
	const char *sample = p->sample ? p->sample : "";
	struct change first = { 0 }, c, below;
	u32 i;

	for (i = 0; i < d->nr_subjects; i++) {
		c = compare(d, p, i, sample, dec);
		if (!i)
			compare_options(d, p, dec);
		below = c;
		if (p->tree)
			below = compare(d, p, i,
					hvp_print(&d->mem, "%s/\1",
						  strcmp(sample, "/") ? sample :
									""),
					below_dec);
		if (!i)
			first = c;
		else if (!memcmp(&first, &c, sizeof(c)))
			continue;
		if (!i && is_said(said, p, c) && is_said(said, p, below))
			continue;
		/* A domain that is new: what no line of it says is no news. */
		if (d->side[0].domain < 0 && dec[1].rule == KHV_NO_RULE)
			continue;
		report_verbs(d, p, p->text, d->labels[i], c, dec);
		compare_last(d, p, i, c);
		if (memcmp(&below, &c, sizeof(c)))
			report_verbs(d, p,
				     hvp_print(&d->mem, "below %s", p->text),
				     d->labels[i], below, below_dec);
		else if (!i && (p->tree || p->type == KHV_TYPE_KERNEL))
			*said = (struct said){ p->text, c, true };
	}
}

static void find_subjects(struct hvp_diff *d, const struct khv_engine *e)
{
	const struct khv_blob_cond *cond = khv_section(e, KHV_SEC_CONDS);
	u32 i, j, nr = khv_count_of(e, KHV_SEC_CONDS);

	for (i = 1; i < nr && d->nr_subjects < MOST_SUBJECTS; i++) {
		u32 what = khv_le32(cond[i].what);
		struct khv_subject s = d->subjects[0];

		if (what & KHV_COND_USER)
			s.uid = khv_le32(cond[i].uid);
		if (what & KHV_COND_GROUP)
			s.gid = khv_le32(cond[i].gid);
		for (j = 0; j < d->nr_subjects; j++)
			if (d->subjects[j].uid == s.uid &&
			    d->subjects[j].gid == s.gid)
				break;
		if (j < d->nr_subjects)
			continue;
		d->labels[d->nr_subjects] = hvp_print(
			&d->mem, "%s%s%s",
			what & KHV_COND_USER ?
				hvp_print(&d->mem, "user %u", s.uid) :
				"",
			(what & KHV_COND_USER) && (what & KHV_COND_GROUP) ?
				", " :
				"",
			what & KHV_COND_GROUP ?
				hvp_print(&d->mem, "group %u", s.gid) :
				"");
		d->subjects[d->nr_subjects++] = s;
	}
}

static void report_policy(struct hvp_diff *d, const char *domain,
			  const char *text)
{
	struct khv_difference x = {
		.kind = KHV_DIFF_POLICY,
		.domain = domain,
		.text = text,
		.rule = { KHV_NO_RULE, KHV_NO_RULE },
	};

	report(d, &x);
}

/* Lines that stand for themselves: attach and refuse. */
static void compare_lines(struct hvp_diff *d, const struct khv_engine *from,
			  const struct khv_engine *to, const char *words)
{
	u32 i, j, nr = khv_engine_nr_rules(from),
		  others = khv_engine_nr_rules(to);

	for (i = 0; i < nr; i++) {
		u8 kind = khv_engine_rule_kind(from, i);

		if (kind != KHV_KIND_ATTACH && kind != KHV_KIND_REFUSE)
			continue;
		for (j = 0; j < others; j++)
			if (khv_engine_rule_kind(to, j) == kind &&
			    !strcmp(khv_engine_rule_text(to, j),
				    khv_engine_rule_text(from, i)))
				break;
		if (j == others)
			report_policy(d, NULL,
				      hvp_print(&d->mem, "%s: %s", words,
						khv_engine_rule_text(from, i)));
	}
}

static void compare_heads(struct hvp_diff *d)
{
	static const char *const modes[] = { "enforce", "complain", "off",
					     "learn" };
	const struct khv_engine *a = d->side[0].e, *b = d->side[1].e;
	u32 type;

	if (khv_engine_mode(a) != khv_engine_mode(b))
		report_policy(d, NULL,
			      hvp_print(&d->mem, "mode %s, was %s",
					modes[khv_engine_mode(b) & 3],
					modes[khv_engine_mode(a) & 3]));
	for (type = 0; type < KHV_NR_TYPES; type++) {
		u32 was = khv_engine_governed_verbs(a, type);
		u32 is = khv_engine_governed_verbs(b, type);

		if (is & ~was)
			report_policy(d, NULL,
				      hvp_print(&d->mem, "%s: %s judged now",
						khv_type_name(type),
						hvp_verbs_text(&d->mem, type,
							       is & ~was)));
		if (was & ~is)
			report_policy(d, NULL,
				      hvp_print(&d->mem,
						"%s: %s no longer judged",
						khv_type_name(type),
						hvp_verbs_text(&d->mem, type,
							       was & ~is)));
	}
	compare_lines(d, b, a, "new line");
	compare_lines(d, a, b, "line gone");
}

static void set_domain(struct hvp_diff *d, const char *name)
{
	int i;

	for (i = 0; i < 2; i++)
		d->side[i].domain = khv_engine_domain(d->side[i].e, name);
	if (d->side[0].domain < 0)
		report_policy(d, name, "the domain is new");
	if (d->side[1].domain < 0)
		report_policy(
			d, name,
			"the domain is gone: tasks in it are refused everything");
}

static void run(struct hvp_diff *d)
{
	const char *domain = NULL;
	struct said said = { 0 };
	u32 i;

	d->subjects[0] = (struct khv_subject){ .uid = ~0u - 1,
					       .gid = ~0u - 1,
					       .now = (u64)time(NULL) };
	d->nr_subjects = 1;
	for (i = 0; i < 2; i++) {
		find_subjects(d, d->side[i].e);
		hvp_diff_places(d, d->side[i].e);
	}
	compare_heads(d);
	qsort(d->places.at, d->places.nr, sizeof(*d->places.at), by_name);
	for (i = 0; i < d->places.nr; i++) {
		const struct hvp_place_asked *p = &d->places.at[i];

		if (i && !by_name(p, p - 1))
			continue;
		if (!domain || strcmp(domain, p->domain)) {
			domain = p->domain;
			set_domain(d, domain);
			said.valid = false;
		}
		/* Of a domain that is gone nothing is left to be said. */
		if (d->side[1].domain >= 0)
			compare_place(d, p, &said);
	}
}

long khv_policy_diff(const struct khv_policy *from, const struct khv_policy *to,
		     khv_difference_fn *fn, void *arg)
{
	struct hvp_diff *d;
	long found;

	if (!khv_policy_engine(from) || !khv_policy_engine(to))
		return -EINVAL;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	if (setjmp(d->mem.failed)) {
		hvp_free_all(&d->mem);
		free(d);
		return -ENOMEM;
	}
	d->side[0].e = khv_policy_engine(from);
	d->side[1].e = khv_policy_engine(to);
	d->fn = fn;
	d->arg = arg;
	run(d);
	found = (long)d->found;
	hvp_free_all(&d->mem);
	free(d);
	return found;
}
