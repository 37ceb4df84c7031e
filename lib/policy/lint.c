// SPDX-License-Identifier: LGPL-2.1
/* What is allowed by the language but probably not meant. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler.h"

/* A rule to blame: one of this node, or of the first node below it. */
static u32 rule_below(struct hvp_compiler *c, u32 node)
{
	u32 i, up;

	for (i = node; i < c->nodes.nr; i++) {
		for (up = i; up > node;)
			up = c->nodes.at[up].parent;
		if (up == node && c->nodes.at[i].places)
			return c->places.at[c->nodes.at[i].places].rule;
	}
	return ~0u;
}

/* What a line names and is not there: one message for all of it. */
struct missing {
	const char *path;
	bool more;
};

static void add_missing(struct hvp_compiler *c, struct missing *missing,
			u32 node, const char *path)
{
	u32 rule = rule_below(c, node);

	/* A shared file names what some machines have. */
	if (rule == ~0u || c->rules.at[rule].in_include)
		return;
	if (!missing[rule].path)
		missing[rule].path = path;
	else if (strcmp(missing[rule].path, path))
		missing[rule].more = true;
}

static void say_missing(struct hvp_compiler *c, const struct missing *missing)
{
	u32 i;

	for (i = 0; i < c->rules.nr; i++) {
		const struct hvp_rule *r = &c->rules.at[i];

		if (missing[i].path)
			hvp_message(
				c, KHV_MSG_LINT, r->source, r->line, r->column,
				"%s%s not exist here", missing[i].path,
				missing[i].more ? " and others do" : " does");
	}
}

static void note(struct hvp_compiler *c, u32 node, enum khv_severity severity,
		 const char *text, const char *path, const char *more)
{
	u32 rule = rule_below(c, node);
	const struct hvp_rule *r;

	if (rule == ~0u)
		return;
	r = &c->rules.at[rule];
	/* An include is written for many policies. */
	if (severity == KHV_MSG_LINT && r->in_include)
		return;
	hvp_message(c, severity, r->source, r->line, r->column, "%s%s%s", path,
		    text, more);
}

static char *join(struct hvp_compiler *c, const char *folder, u32 node)
{
	const struct hvp_node *n = &c->nodes.at[node];

	return hvp_print(&c->mem, "%s/%.*s", folder, (int)n->name_len,
			 c->strings.at + n->name);
}

/* Do the rules of a node speak of a link itself, not of what it leads to? */
static bool about_link(struct hvp_compiler *c, u32 node)
{
	const u32 through = KHV_F_OPEN | KHV_F_LIST | KHV_F_OPEN_WRITE |
			    KHV_F_APPEND | KHV_F_TRUNCATE | KHV_F_EXEC |
			    KHV_F_MMAP;
	const struct hvp_node *n = &c->nodes.at[node];
	u32 place;

	for (place = n->places; place; place = c->places.at[place].next)
		if (c->places.at[place].verbs & through)
			return false;
	return n->places && !n->has_children;
}

/* The kernel sees resolved paths: a rule through a link never matches. */
static bool check_node(struct hvp_compiler *c, u32 node, const char *path,
		       struct missing *missing)
{
	char resolved[PATH_MAX];
	struct stat st;

	if (lstat(path, &st)) {
		if (errno == ENOENT &&
		    (c->options.flags & KHV_POLICY_LINT_PATHS))
			add_missing(c, missing, node, path);
		return false;
	}
	if (!S_ISLNK(st.st_mode))
		return S_ISDIR(st.st_mode);
	/* The kernel calls a task's own folder so; see khv_path_proc_self(). */
	if (about_link(c, node) || !strcmp(path, "/proc/self"))
		return false;
	if (realpath(path, resolved))
		note(c, node, KHV_MSG_WARNING,
		     " is a symbolic link here, rules need the resolved path: ",
		     path, resolved);
	else
		note(c, node, KHV_MSG_WARNING,
		     " is a symbolic link here, rules need the resolved path",
		     path, "");
	return false;
}

/* From the roots down, so that each name is looked at once. */
static void check_tree(struct hvp_compiler *c, u32 root,
		       struct missing *missing)
{
	const char **paths;
	u32 i;

	if (!root)
		return;
	paths = hvp_resize(&c->mem, NULL, c->nodes.nr * sizeof(*paths));
	memset(paths, 0, c->nodes.nr * sizeof(*paths));
	paths[root] = "";
	for (i = root + 1; i < c->nodes.nr; i++) {
		const struct hvp_node *n = &c->nodes.at[i];
		char *path;

		if (!n->parent || !paths[n->parent] ||
		    (n->flags & (KHV_NODE_PATTERN | KHV_NODE_DEEP)))
			continue;
		path = join(c, paths[n->parent], i);
		if (check_node(c, i, path, missing))
			paths[i] = path;
	}
}

void hvp_check_paths(struct hvp_compiler *c)
{
	struct missing *missing;
	u32 i;

	if (c->options.flags & KHV_POLICY_NO_FS)
		return;
	missing =
		hvp_resize(&c->mem, NULL, (c->rules.nr + 1) * sizeof(*missing));
	memset(missing, 0, (c->rules.nr + 1) * sizeof(*missing));
	check_tree(c, c->attach_root, missing);
	for (i = 0; i < c->domains.nr; i++) {
		check_tree(c, c->domains.at[i].root[KHV_TREE_FILE], missing);
		check_tree(c, c->domains.at[i].root[KHV_TREE_UNIX], missing);
	}
	say_missing(c, missing);
}

/* Would the object be judged the same without this rule? */
static void lint_useless(struct hvp_compiler *c)
{
	u32 i, up;

	for (i = 1; i < c->nodes.nr; i++) {
		const struct hvp_node *n = &c->nodes.at[i];
		const struct hvp_place *p, *q;

		if (!n->places || n->places != n->last_place ||
		    (n->flags & (KHV_NODE_GLOB | KHV_NODE_NET)))
			continue;
		p = &c->places.at[n->places];
		for (up = n->parent; up && !c->nodes.at[up].places;)
			up = c->nodes.at[up].parent;
		if (!up || c->nodes.at[up].places != c->nodes.at[up].last_place)
			continue;
		q = &c->places.at[c->nodes.at[up].places];
		if (p->cond != q->cond || p->level != q->level ||
		    ((p->class | q->class) & KHV_GRANT_EXACT) ||
		    !hvp_same_place(c, p, q) ||
		    c->rules.at[p->rule].kind == KHV_KIND_ATTACH)
			continue;
		note(c, i, KHV_MSG_LINT,
		     " has the same permissions without this line, from ",
		     hvp_node_path(c, i), hvp_where(c, q->rule));
	}
}

/* By a program, or because another domain is made of it. */
static bool is_used(struct hvp_compiler *c, u32 domain)
{
	u32 i;

	for (i = 0; i < c->domains.nr; i++)
		if (c->domains.at[i].inherits == (int)domain)
			return true;
	for (i = 0; i < c->rules.nr; i++)
		if (c->rules.at[i].target == (int)domain)
			return true;
	return false;
}

/* Verbs that nothing in any kernel asks for; kmod/policy/coverage.c has them too. */
static const struct {
	enum khv_type type;
	u32 verb;
	const char *text;
} never_asked[] = {
	{ KHV_TYPE_FILE, KHV_F_READLINK,
	  "what a link leads to is judged, what it says is not" },
	{ KHV_TYPE_PROCESS, KHV_P_INFO,
	  "the files of /proc are judged as files, what is behind them as peek" },
	{ KHV_TYPE_PROCESS, KHV_P_MEMORY,
	  "who writes the memory of another process asks for ptrace" },
};

/* What naming a verb means where it is not what one would think. */
static void lint_meanings(struct hvp_compiler *c)
{
	u32 type, verbs, verb, i, never[KHV_NR_TYPES] = { 0 };

	for (i = 0; i < sizeof(never_asked) / sizeof(never_asked[0]); i++) {
		type = never_asked[i].type;
		never[type] |= never_asked[i].verb;
		if (c->named[type] & ~c->gaps[type] & never_asked[i].verb)
			hvp_message(
				c, KHV_MSG_LINT, 0, 0, 0,
				"%s verb %s decides nothing (%s): \"allow-gap %s\" or the policy is refused when it is loaded",
				khv_type_name(type),
				khv_verb_name(type, never_asked[i].verb),
				never_asked[i].text,
				khv_verb_name(type, never_asked[i].verb));
	}
	for (type = 0; type < KHV_NR_TYPES; type++) {
		verbs = c->named[type] & hvp_optional(type) & ~c->asked[type] &
			~never[type];
		for (; verbs; verbs &= verbs - 1) {
			verb = verbs & -verbs;
			hvp_message(
				c, KHV_MSG_LINT, 0, 0, 0,
				"a rule names %s verb %s, so it is judged everywhere, and %s: say \"govern %s\" if that is meant",
				khv_type_name(type), khv_verb_name(type, verb),
				hvp_sum(type, "read") & verb ?
					"read grants it, write does not" :
					"neither read nor write grants it",
				khv_verb_name(type, verb));
		}
	}
}

/* Is the word of a verb named for any type that has it? */
static bool word_named(struct hvp_compiler *c, const char *word)
{
	u32 type;

	for (type = 0; type < KHV_NR_TYPES; type++)
		if (c->named[type] & hvp_verb(type, word))
			return true;
	return false;
}

/* Words of "allow-gap" that nothing else names: the line has no effect. */
static void lint_gaps(struct hvp_compiler *c)
{
	const char *word;
	u32 type, verbs;

	for (type = 0; type < KHV_NR_TYPES; type++) {
		for (verbs = c->gaps[type]; verbs; verbs &= verbs - 1) {
			word = khv_verb_name(type, verbs);
			if (!word_named(c, word))
				hvp_message(
					c, KHV_MSG_LINT, 0, 0, 0,
					"allow-gap %s: no line of the policy names it",
					word);
		}
	}
}

/* What the nearest rule above a node grants, for "+exec". */
static u32 granted_above(struct hvp_compiler *c, u32 node)
{
	u32 place, verbs = 0;

	for (node = c->nodes.at[node].parent; node;
	     node = c->nodes.at[node].parent) {
		for (place = c->nodes.at[node].places; place;
		     place = c->places.at[place].next) {
			const struct hvp_place *p = &c->places.at[place];

			if ((p->verbs & KHV_GRANT_OP) == KHV_GRANT_SET)
				verbs |= p->verbs & KHV_GRANT_VERBS;
		}
		if (c->nodes.at[node].places)
			break;
	}
	return verbs;
}

/*
 * A program that may write what it may execute is not held by the rules for
 * execution. Where read includes exec there are no such rules.
 */
static void lint_write_exec(struct hvp_compiler *c)
{
	const u32 changes = KHV_F_OPEN_WRITE | KHV_F_APPEND | KHV_F_CREATE |
			    KHV_F_LINK;
	u32 i, place, verbs, last = ~0u;

	if (!(c->named[KHV_TYPE_FILE] & KHV_F_EXEC))
		return;
	for (i = 1; i < c->nodes.nr; i++) {
		for (place = c->nodes.at[i].places; place;
		     place = c->places.at[place].next) {
			const struct hvp_place *p = &c->places.at[place];
			const struct hvp_rule *r = &c->rules.at[p->rule];

			verbs = p->verbs & KHV_GRANT_VERBS;
			if ((p->verbs & KHV_GRANT_OP) == KHV_GRANT_ADD)
				verbs |= granted_above(c, i);
			verbs &= ~r->perms.del;
			if (r->kind != KHV_TYPE_FILE || p->rule == last ||
			    p->level != KHV_MAX_INHERIT ||
			    (p->verbs & KHV_GRANT_OP) == KHV_GRANT_DEL ||
			    !(verbs & KHV_F_EXEC) || !(verbs & changes))
				continue;
			last = p->rule;
			hvp_message(
				c, KHV_MSG_LINT, r->source, r->line, r->column,
				"what is written here can be executed: grant write or exec, not both");
		}
	}
}

void hvp_lint_policy(struct hvp_compiler *c)
{
	u32 i;

	if (!(c->options.flags & KHV_POLICY_LINT))
		return;
	lint_useless(c);
	hvp_lint_rules(c);
	lint_meanings(c);
	lint_gaps(c);
	lint_write_exec(c);
	for (i = 1; i < c->domains.nr; i++)
		if (!is_used(c, i))
			hvp_message(c, KHV_MSG_LINT, c->domains.at[i].source,
				    c->domains.at[i].line,
				    c->domains.at[i].column,
				    "nothing leads into domain %s",
				    c->domains.at[i].name);
	if (!c->attach_root)
		hvp_message(c, KHV_MSG_LINT, 0, 0, 0,
			    "no attach line: only hvctl run and attach use it");
	if (!(c->named[KHV_TYPE_FILE] & (KHV_F_EXEC | KHV_F_MMAP)) &&
	    (c->mentions & 1 << KHV_TYPE_FILE))
		hvp_message(
			c, KHV_MSG_LINT, 0, 0, 0,
			"read includes exec and mmap here: say \"govern exec/mmap\" to grant them by name");
}
