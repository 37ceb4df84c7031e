// SPDX-License-Identifier: GPL-2.0
/* hvctl rule list and hvctl test: what the lines of a policy say. */
#include <errno.h>
#include <fnmatch.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include <khv/policy.h>
#include "hvctl.h"

static const struct column columns[] = {
	{ "POLICY", NULL, false },     { "DOMAIN", NULL, false },
	{ "LINE", NULL, false },       { "TYPE", NULL, false },
	{ "IDENTIFIER", NULL, false }, { "PERMISSIONS", NULL, false },
	{ "OPTIONS", NULL, false },
};

const char *base_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path ? path : "?";
}

void add_string(struct json_object *o, const char *key, const char *s)
{
	bool exact;

	json_object_object_add(
		o, key, s ? khv_string_json(s, strlen(s), &exact) : NULL);
}

struct json_object *rule_json(const char *policy, const struct khv_rule_info *r)
{
	struct json_object *o = json_object_new_object();

	add_string(o, "policy", policy);
	add_string(o, "domain", r->domain);
	add_string(o, "file", r->file);
	json_object_object_add(o, "line", json_object_new_int64(r->line));
	add_string(o, "type", r->type);
	add_string(o, "ident", r->ident);
	add_string(o, "perms", r->perms);
	add_string(o, "options", r->options);
	add_string(o, "why", r->why);
	add_string(o, "tag", r->tag);
	add_string(o, "text", r->text);
	return o;
}

/* What a rule may be asked about. */
enum rule_word {
	WORD_POLICY,
	WORD_DOMAIN,
	WORD_FILE,
	WORD_LINE,
	WORD_TYPE,
	WORD_IDENT,
	WORD_PERMS,
	WORD_OPTIONS,
	WORD_WHY,
	WORD_TAG,
	WORD_TEXT,
	NR_WORDS
};

static const char *const word_names[NR_WORDS] = {
	"policy", "domain",  "file", "line", "type", "ident",
	"perms",  "options", "why",  "tag",  "text",
};

/* "FIELD=PATTERN", "FIELD!=PATTERN"; anything else is a text to be found in the line. */
static bool fits(const char *const *words, const char *condition)
{
	size_t n = strcspn(condition, "!=");
	bool not = condition[n] == '!';

	for (int i = 0; i < NR_WORDS; i++) {
		if (strlen(word_names[i]) != n ||
		    strncmp(word_names[i], condition, n) ||
		    condition[n + not ] != '=')
			continue;
		return not == !!fnmatch(condition + n + not +1,
					words[i] ? words[i] : "", 0);
	}
	return strstr(words[WORD_TEXT], condition);
}

/* Every condition; without one, as for "rule list", all of them. */
static bool is_wanted(const struct hvctl *h, const char *policy,
		      const struct khv_rule_info *r)
{
	char line[16];
	const char *words[NR_WORDS] = {
		policy,	  r->domain, base_name(r->file), line,	 r->type,
		r->ident, r->perms,  r->options,	 r->why, r->tag,
		r->text,
	};

	if (h->cmd->fn != cmd_rule_find)
		return true;
	snprintf(line, sizeof(line), "%u", r->line);
	for (int i = 0; i < h->argc; i++)
		if (!fits(words, h->argv[i]))
			return false;
	return true;
}

/* How many. */
static size_t add_rules(struct hvctl *h, struct table *t,
			const struct khv_policy *p)
{
	uint32_t n = khv_engine_nr_rules(khv_policy_engine(p));
	const char *name = policy_name(p);
	size_t added = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct khv_rule_info r;
		char where[320];

		if (khv_policy_rule(p, i, &r) || !is_wanted(h, name, &r))
			continue;
		added++;
		if (h->json) {
			data_add(h, rule_json(name, &r));
			continue;
		}
		snprintf(where, sizeof(where), "%s:%u", base_name(r.file),
			 r.line);
		{
			const char *cells[] = { name,	  r.domain, where,
						r.type,	  r.ident,  r.perms,
						r.options };

			for (size_t c = 0; c < ARRAY_SIZE(cells); c++) {
				char *s = safe(cells[c] && cells[c][0] ?
						       cells[c] :
						       "-");

				table_add(t, s);
				free(s);
			}
		}
	}
	return added;
}

/* Policies in force, read back: all of one generation. */
struct in_force {
	struct khv_policy **policy;
	size_t count;
};

static void drop_all(struct in_force *f)
{
	for (size_t i = 0; i < f->count; i++)
		khv_policy_free(f->policy[i]);
	free(f->policy);
	memset(f, 0, sizeof(*f));
}

static int read_all(struct hvctl *h, struct in_force *f)
{
	struct khv_list *l = NULL;
	int code = HV_OK;
	void *blob;
	size_t size;

	if (khv_list_policies(h->conn, &l))
		return fail_kernel(h, "rule list");
	f->policy = calloc(khv_list_count(l) + 1, sizeof(*f->policy));
	if (!f->policy)
		code = fail(h, HV_FAILED, NULL, "rule list: no memory");
	for (size_t i = 0; !code && i < khv_list_count(l); i++) {
		const struct khv_policy_info *info = khv_list_at(l, i);

		/* One that is gone by now is no error: we are going to look again. */
		if (khv_fetch_text(h->conn, info->name, false, &blob, &size,
				   NULL)) {
			if (khv_error(h->conn)->code != ENOENT)
				code = fail_kernel(h, info->name);
			continue;
		}
		if (khv_policy_open_blob(blob, size, &f->policy[f->count]))
			code = fail(h, HV_FAILED,
				    "load it again with this version of hvctl",
				    "%s: the policy in force cannot be read",
				    info->name);
		free(blob);
		f->count++;
	}
	khv_list_free(l);
	return code;
}

/* Read again if somebody has changed something meanwhile, as long as --timeout says. */
static int read_in_force(struct hvctl *h, struct in_force *f)
{
	double end = now() + h->timeout;
	const struct khv_info *info;
	uint64_t before;
	int code;

	for (;;) {
		if (khv_get_info(h->conn, &info))
			return fail_kernel(h, "rule list");
		before = info->generation;
		code = read_all(h, f);
		if (khv_get_info(h->conn, &info))
			return fail_kernel(h, "rule list");
		h->generation = info->generation;
		if (info->generation == before)
			return code;
		drop_all(f);
		if (now() > end)
			return fail(
				h, HV_STALE,
				"try again, or with a longer --timeout",
				"rule list: policies change faster than they are read");
	}
}

/* Of the policy @name, or with NULL of all in force. */
static int print_rules(struct hvctl *h, const char *name, size_t *found)
{
	struct table *t = h->json ? NULL :
				    table_new(columns, ARRAY_SIZE(columns));
	struct in_force all = { 0 };
	struct khv_policy *p = NULL;
	int code;

	*found = 0;
	if (name) {
		code = find_policy(h, name, &p);
		if (!code)
			*found = add_rules(h, t, p);
		if (!code)
			khv_policy_free(p);
	} else {
		code = connect_kernel(h);
		if (!code)
			code = read_in_force(h, &all);
		for (size_t i = 0; !code && i < all.count; i++)
			*found += add_rules(h, t, all.policy[i]);
		drop_all(&all);
	}
	if (t && !code)
		table_print(t, h);
	return code;
}

int cmd_rule_list(struct hvctl *h)
{
	size_t found;

	return print_rules(h, h->argc ? h->argv[0] : NULL, &found);
}

int cmd_rule_find(struct hvctl *h)
{
	size_t found;
	int code = print_rules(h, h->opt[OPT_POLICY], &found);

	return code || found ? code : HV_FAILED;
}

/* --- test --------------------------------------------------------------------- */

static int find_user(struct hvctl *h, const char *user,
		     struct khv_subject *subject)
{
	struct passwd *pw;
	unsigned long id;
	char *end;

	id = strtoul(user, &end, 10);
	pw = *end ? getpwnam(user) : getpwuid((uid_t)id);
	if (!pw && (*end || end == user))
		return fail(h, HV_USAGE, NULL, "--user: no user \"%s\"", user);
	subject->uid = pw ? pw->pw_uid : (uid_t)id;
	subject->gid = pw ? pw->pw_gid : (gid_t)id;
	return HV_OK;
}

/* Without --policy: the only one there is. */
static int the_policy(struct hvctl *h, struct khv_policy **p)
{
	const struct khv_policy_info *info;
	struct khv_list *l;
	int code;

	if (h->opt[OPT_POLICY])
		return find_policy(h, h->opt[OPT_POLICY], p);
	code = connect_kernel(h);
	if (code)
		return code;
	if (khv_list_policies(h->conn, &l))
		return fail_kernel(h, "test");
	info = khv_list_at(l, 0);
	if (khv_list_count(l) == 1)
		code = find_policy(h, info->name, p);
	else
		code = fail(h, HV_USAGE, "say which: --policy NAME or FILE",
			    "test: %zu policies are in force",
			    khv_list_count(l));
	khv_list_free(l);
	return code;
}

static void show_decision(struct hvctl *h, const struct khv_policy *p,
			  const struct khv_decision *d)
{
	const struct khv_engine *e = khv_policy_engine(p);
	bool ruled = d->rule != KHV_NO_RULE;
	struct khv_rule_info r, over;
	bool overrode;
	char name[16];

	if (ruled && khv_policy_rule(p, d->rule, &r))
		ruled = false;
	overrode = d->over != KHV_NO_RULE && d->over != d->rule &&
		   !khv_policy_rule(p, d->over, &over);
	if (h->json) {
		struct json_object *o = json_object_new_object();

		add_string(o, "verdict", d->allowed ? "allow" : "deny");
		add_string(o, "errno",
			   d->allowed ? NULL :
					khv_errno_name((unsigned int)d->error,
						       name));
		add_string(o, "policy", policy_name(p));
		add_string(o, "mode", khv_mode_name(khv_engine_mode(e)));
		add_string(o, "type", h->argv[0]);
		add_string(o, "object", h->argv[1]);
		add_string(o, "verb", h->argv[2]);
		json_object_object_add(o, "rule",
				       ruled ? rule_json(policy_name(p), &r) :
					       NULL);
		json_object_object_add(
			o, "over",
			overrode ? rule_json(policy_name(p), &over) : NULL);
		data_add(h, o);
		return;
	}
	printf("%s", d->allowed ? "allowed" : "denied");
	if (!d->allowed)
		printf(" (%s)", khv_errno_name((unsigned int)d->error, name));
	if (ruled) {
		char *text = safe(r.text);

		printf("  %s:%u: %s\n", base_name(r.file), r.line, text);
		free(text);
		if (r.why)
			printf("why: %s\n", r.why);
		if (overrode) {
			char *line = safe(over.text);

			printf("over: %s:%u: %s\n", base_name(over.file),
			       over.line, line);
			free(line);
		}
	} else {
		puts(!d->allowed ?
			     "  no rule covers it" :
		     !strcmp(h->argv[0], khv_type_name(KHV_TYPE_KERNEL)) ?
			     "  granted unless a rule says otherwise" :
			     "  not governed: no rule says anything about it");
	}
	if (!d->allowed && khv_engine_mode(e) != KHV_MODE_ENFORCE)
		printf("mode %s: reported, not refused\n",
		       khv_mode_name(khv_engine_mode(e)));
}

int cmd_test(struct hvctl *h)
{
	struct khv_subject subject = { 0 };
	struct khv_decision d;
	struct khv_policy *p = NULL;
	char error[256] = "";
	int code = HV_OK;

	if (h->opt[OPT_USER])
		code = find_user(h, h->opt[OPT_USER], &subject);
	if (!code)
		code = the_policy(h, &p);
	if (code)
		return code;
	if (khv_policy_test(p, h->opt[OPT_DOMAIN], &subject, h->argv[0],
			    h->argv[1], h->argv[2], &d, error, sizeof(error))) {
		code = fail(h, HV_USAGE, "usage: hvctl test TYPE IDENT VERB",
			    "test: %s",
			    error[0] ? error :
				       "no such domain, type, object or verb");
	} else {
		show_decision(h, p, &d);
		code = d.allowed ? HV_OK : HV_FAILED;
	}
	khv_policy_free(p);
	return code;
}
