// SPDX-License-Identifier: GPL-2.0
/*
 * hvctl why: from an event back to the lines that made it. The policy is asked
 * again, by the kernel's own code; its text comes out of the policy in force, so
 * the file it was made from may be gone.
 */
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include <khv/policy.h>
#include "hvctl.h"
#include "why.h"

/* --- one decision, explained ------------------------------------------------------- */

/* The subject as it was: events name the user only, groups are as they are now. */
static void find_subject(const struct told *t, struct khv_subject *s)
{
	static gid_t groups[64];
	static u32 list[64];
	int n = (int)ARRAY_SIZE(groups);
	struct passwd *pw;

	memset(s, 0, sizeof(*s));
	s->uid = (u32)t->uid;
	pw = getpwuid((uid_t)t->uid);
	if (!pw)
		return;
	s->gid = pw->pw_gid;
	if (getgrouplist(pw->pw_name, pw->pw_gid, groups, &n) < 0)
		return;
	for (int i = 0; i < n; i++) {
		int j = i;

		/* Rising, as the engine wants them. */
		for (; j && list[j - 1] > groups[i]; j--)
			list[j] = list[j - 1];
		list[j] = groups[i];
	}
	s->groups = list;
	s->nr_groups = (u32)n;
}

static int find_text(struct hvctl *h, const struct told *t,
		     struct khv_policy **p, uint64_t *generation)
{
	bool shadow = !strcmp(t->verdict, "shadow-deny");
	size_t size;
	void *blob;
	int err;

	*generation = 0;
	if (h->opt[OPT_POLICY])
		return find_policy(h, h->opt[OPT_POLICY], p);
	err = connect_kernel(h);
	if (err)
		return err;
	if (khv_fetch_text(h->conn, t->policy, shadow, &blob, &size,
			   generation))
		return fail(h, HV_FAILED, "name the text it was: --policy FILE",
			    "policy %s is not in force: %s", t->policy,
			    khv_error(h->conn)->text);
	err = khv_policy_open_blob(blob, size, p);
	free(blob);
	if (!err)
		return HV_OK;
	khv_policy_free(*p);
	*p = NULL;
	return fail(h, HV_FEATURE, "load it again with this version of hvctl",
		    "%s: the policy in force cannot be read: %s", t->policy,
		    strerror(-err));
}

/* As it is asked for: what was looked up, not what the event calls it. */
static const char *question(const struct told *t, char *buf, size_t size)
{
	if (t->asked[0])
		return t->asked;
	/* "4711 (sleep)" */
	if (!strcmp(t->type, "process")) {
		snprintf(buf, size, "%.*s", (int)strcspn(t->object, " "),
			 t->object);
		return buf;
	}
	return t->object;
}

struct answer {
	const struct told *told;
	const char *ident;
	struct khv_policy *p;
	uint64_t generation;
	struct khv_subject subject;
	struct khv_decision d;
	struct khv_rule_info rule, over;
	bool ruled, overrode, same_line;
	struct proposal proposal;
};

/* "nginx.hv:12" of the event against the line that decides now. */
static bool same_line(const struct told *t, const struct khv_rule_info *r)
{
	char where[320];

	snprintf(where, sizeof(where), "%s:%u", base_name(r->file), r->line);
	return !strcmp(where, t->rule);
}

static struct json_object *proposal_json(const struct proposal *s)
{
	struct json_object *o;

	if (!s->found)
		return NULL;
	o = json_object_new_object();
	add_string(o, "how", s->line ? "change" : "add");
	add_string(o, "file", s->file);
	json_object_object_add(o, "line",
			       s->line ? json_object_new_int64(s->line) : NULL);
	add_string(o, "domain", s->domain);
	add_string(o, "text", s->text);
	add_string(o, "contradicts", s->against[0] ? s->against : NULL);
	return o;
}

static void show_json(struct hvctl *h, const struct answer *a)
{
	const struct told *t = a->told;
	struct json_object *o = json_object_new_object();
	char name[16];

	add_string(o, "verdict", t->verdict);
	add_string(o, "policy", t->policy);
	add_string(o, "domain", t->domain);
	add_string(o, "client", t->client[0] ? t->client : NULL);
	add_string(o, "type", t->type);
	add_string(o, "verb", t->verb);
	add_string(o, "object", t->object);
	add_string(o, "asked", a->ident);
	json_object_object_add(
		o, "generation",
		t->generation ? json_object_new_uint64(t->generation) : NULL);
	add_string(o, "line", t->rule[0] ? t->rule : NULL);
	json_object_object_add(
		o, "text_generation",
		a->generation ? json_object_new_uint64(a->generation) : NULL);
	add_string(o, "now", a->d.allowed ? "allow" : "deny");
	add_string(o, "errno",
		   a->d.allowed ?
			   NULL :
			   khv_errno_name((unsigned int)a->d.error, name));
	json_object_object_add(
		o, "rule",
		a->ruled ? rule_json(policy_name(a->p), &a->rule) : NULL);
	json_object_object_add(
		o, "over",
		a->overrode ? rule_json(policy_name(a->p), &a->over) : NULL);
	json_object_object_add(o, "proposal", proposal_json(&a->proposal));
	data_add(h, o);
}

static void show_rule(const char *what, const struct khv_rule_info *r)
{
	char *text = safe(r->text);

	printf("  %-9s %s:%u: %s\n", what, base_name(r->file), r->line, text);
	free(text);
}

/* Is what is asked now what decided then? */
static void show_difference(const struct answer *a)
{
	const struct told *t = a->told;

	if (t->generation && a->generation && t->generation != a->generation)
		printf("  note      the event is of generation %llu, this text of %llu: it says what would be now\n",
		       (unsigned long long)t->generation,
		       (unsigned long long)a->generation);
	else if (!a->generation && t->generation)
		printf("  note      this is what a file says; the event is of generation %llu\n",
		       (unsigned long long)t->generation);
	if (!a->same_line)
		printf("  then      %s decided\n",
		       t->rule[0] ? t->rule : "no rule covered it; that");
}

static void show_proposal(const struct answer *a)
{
	const struct proposal *s = &a->proposal;
	char *text;

	if (a->d.allowed)
		return;
	if (!s->found) {
		puts("  allow it  no single line can: a condition, a limit, or something that rules do not name");
		return;
	}
	if (s->line) {
		/* As written, whatever is in it; a new line is plain text. */
		text = safe(s->text);
		printf("  allow it  change %s:%u to: %s\n", s->file, s->line,
		       text);
		free(text);
	} else {
		printf("  allow it  add to domain %s: %s\n", s->domain,
		       s->text);
	}
	if (s->against[0])
		printf("            but a test forbids it: %s\n", s->against);
}

static void show_text(const struct answer *a)
{
	const struct told *t = a->told;
	char *object = safe(t->object), name[16];

	printf("%s: %s//%s %s %s %s", t->verdict, t->policy, t->domain, t->type,
	       t->verb, object);
	if (strcmp(a->ident, t->object))
		printf(" (as %s)", a->ident);
	putchar('\n');
	free(object);
	show_difference(a);
	printf("  %-9s %s", "now", a->d.allowed ? "allowed" : "denied");
	if (!a->d.allowed)
		printf(" (%s)", khv_errno_name((unsigned int)a->d.error, name));
	putchar('\n');
	if (a->ruled)
		show_rule("by", &a->rule);
	else
		printf("  %-9s %s\n", "by",
		       a->d.allowed ?
			       "nothing: no rule says anything about it" :
			       "default: no rule covers it");
	if (a->ruled && a->rule.why)
		printf("  %-9s %s\n", "why", a->rule.why);
	if (a->overrode)
		show_rule("over", &a->over);
	show_proposal(a);
}

static int explain(struct hvctl *h, const struct told *t)
{
	struct answer a = { .told = t };
	char buf[64], error[256] = "";
	int code;

	if (!t->policy[0] || !t->type[0] || !strcmp(t->type, "policy"))
		return fail(h, HV_FAILED, NULL,
			    "the event is no decision by a policy");
	code = find_text(h, t, &a.p, &a.generation);
	if (code)
		return code;
	a.ident = question(t, buf, sizeof(buf));
	find_subject(t, &a.subject);
	if (khv_policy_test(a.p, t->domain[0] ? t->domain : NULL, &a.subject,
			    t->type, a.ident, t->verb, &a.d, error,
			    sizeof(error))) {
		khv_policy_free(a.p);
		return fail(h, HV_FAILED, NULL, "%s cannot be asked again: %s",
			    t->object, error);
	}
	a.ruled = a.d.rule != KHV_NO_RULE &&
		  !khv_policy_rule(a.p, a.d.rule, &a.rule);
	a.overrode = a.d.over != KHV_NO_RULE && a.d.over != a.d.rule &&
		     !khv_policy_rule(a.p, a.d.over, &a.over);
	a.same_line = a.ruled ? same_line(t, &a.rule) : !t->rule[0];
	if (!a.d.allowed)
		propose(a.p, t, a.ident, &a.subject, a.ruled ? &a.rule : NULL,
			&a.proposal);
	if (h->json)
		show_json(h, &a);
	else
		show_text(&a);
	proposal_free(&a.proposal);
	khv_policy_free(a.p);
	return HV_OK;
}

/* --- where events come from ------------------------------------------------------------ */

static const char *const logs[] = { "/var/log/khv.log", "/var/log/auth.log",
				    "/var/log/syslog", "/var/log/messages" };

/* "8812" or "1:8812", processor first. */
static bool is_number(const char *s, struct told *wanted)
{
	char *end;

	wanted->cpu = -1;
	wanted->seq = strtoull(s, &end, 10);
	if (end == s)
		return false;
	if (*end == ':') {
		wanted->cpu = (long)wanted->seq;
		s = end + 1;
		wanted->seq = strtoull(s, &end, 10);
	}
	return end > s && !*end;
}

static bool is_wanted(const struct told *t, const struct told *wanted)
{
	return t->seq == wanted->seq &&
	       (wanted->cpu < 0 || t->cpu == wanted->cpu);
}

/* The last of that number: numbers begin again when the module is loaded again. */
static bool search_file(const char *path, const struct told *wanted,
			struct told *found)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	bool any = false;
	static struct told t;

	if (!f)
		return false;
	while (getline(&line, &room, f) > 0)
		if (told_parse(line, &t) && is_wanted(&t, wanted)) {
			*found = t;
			any = true;
		}
	free(line);
	fclose(f);
	return any;
}

static int why_number(struct hvctl *h, const char *number,
		      const struct told *wanted)
{
	static struct told found;

	if (h->opt[OPT_LOG]) {
		if (search_file(h->opt[OPT_LOG], wanted, &found))
			return explain(h, &found);
		return fail(h, HV_FAILED, NULL, "no event %s in %s", number,
			    h->opt[OPT_LOG]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++)
		if (search_file(logs[i], wanted, &found))
			return explain(h, &found);
	return fail(h, HV_FAILED, "say where: --log FILE, or give the line",
		    "no event %s in the logs of this machine", number);
}

static int why_stream(struct hvctl *h, FILE *f, const char *name)
{
	char *line = NULL;
	size_t room = 0;
	static struct told t;
	int code = HV_OK, one, events = 0;

	while (getline(&line, &room, f) > 0) {
		if (!told_parse(line, &t))
			continue;
		events++;
		one = explain(h, &t);
		code = code ? code : one;
	}
	free(line);
	if (!events)
		return fail(h, HV_FAILED, NULL, "no event in %s", name);
	return code;
}

int cmd_why(struct hvctl *h)
{
	const char *event = h->argc ? h->argv[0] : "-";
	static struct told t;
	FILE *f;
	int code;

	if (h->argc && is_number(event, &t)) {
		struct told wanted = t;

		return why_number(h, event, &wanted);
	}
	if (!h->argc && h->opt[OPT_LOG]) {
		f = fopen(h->opt[OPT_LOG], "re");
		if (!f)
			return fail(h, HV_FAILED, NULL, "%s: %s",
				    h->opt[OPT_LOG], strerror(errno));
		code = why_stream(h, f, h->opt[OPT_LOG]);
		fclose(f);
		return code;
	}
	if (!strcmp(event, "-"))
		return why_stream(h, stdin, "standard input");
	if (told_parse(event, &t))
		return explain(h, &t);
	return fail(
		h, HV_USAGE,
		"give its line from the log, its JSON, or its number: hvctl why 8812",
		"why: \"%.60s\" is no event", event);
}
