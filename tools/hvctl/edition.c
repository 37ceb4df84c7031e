// SPDX-License-Identifier: GPL-2.0
/*
 * Another text of a policy. The one in force is read back with what it includes, so
 * its files need not be there; it is replaced in one transaction, and only if it is
 * still what was read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <khv/policy.h>
#include "edition.h"

int edition_open(struct hvctl *h, const char *target, struct edition *e)
{
	const char *expected = h->opt[OPT_IF_GENERATION];
	const struct khv_info *info;
	int code = HV_OK;

	memset(e, 0, sizeof(*e));
	e->target = target;
	if (strchr(target, '@') && !is_rule_file(target))
		return fail(h, HV_USAGE,
			    "change its text, and load that with --shadow",
			    "%s: a shadow is not changed", target);
	if (is_rule_file(target) &&
	    (expected || h->opt[OPT_CONFIRM] || h->opt[OPT_SHADOW]))
		return fail(h, HV_USAGE,
			    "load it afterwards: hvctl policy load",
			    "%s is a file: nothing is put in force", target);
	if (!is_rule_file(target)) {
		/* Before it is read: whoever changes it from now on is noticed. */
		code = connect_kernel(h);
		if (!code && khv_get_info(h->conn, &info))
			code = fail_kernel(h, target);
		if (code)
			return code;
		e->generation = info->generation;
		if (expected && strtoull(expected, NULL, 10) != e->generation)
			return fail(
				h, HV_STALE, NULL,
				"nothing changed: generation %llu is in force",
				(unsigned long long)e->generation);
	}
	code = find_policy(h, target, &e->was);
	if (!code && khv_policy_source(e->was, 0, &e->name, &e->text, &e->len))
		code = fail(h, HV_FAILED, NULL, "%s has no text", target);
	return code;
}

void edition_close(struct edition *e)
{
	khv_policy_free(e->was);
	memset(e, 0, sizeof(*e));
}

bool edition_next(const struct edition *e, struct line *l)
{
	const char *end = e->text + e->len, *stop;

	l->at = l->n ? l->at + l->len + 1 : e->text;
	if (l->at >= end)
		return false;
	stop = memchr(l->at, '\n', (size_t)(end - l->at));
	l->len = (size_t)((stop ? stop : end) - l->at);
	l->n++;
	return true;
}

static bool is_dropped(const unsigned int *drop, unsigned int n)
{
	while (drop && *drop)
		if (*drop++ == n)
			return true;
	return false;
}

char *edition_changed(const struct edition *e, const unsigned int *drop,
		      unsigned int after, const char *line)
{
	size_t size = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);
	struct line old = { 0 };

	if (!out)
		return NULL;
	if (line && !after)
		fprintf(out, "%s\n", line);
	while (edition_next(e, &old)) {
		if (!is_dropped(drop, old.n))
			fprintf(out, "%.*s\n", (int)old.len, old.at);
		if (line && old.n == after)
			fprintf(out, "%s\n", line);
	}
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/* Beside its place, and renamed: there is never half of it. A link stays a link. */
static int write_file(struct hvctl *h, const char *path, const char *text)
{
	char *real = realpath(path, NULL), *next = NULL;
	struct stat st;
	int err = 0;
	FILE *f = NULL;

	if (!real || stat(real, &st) || asprintf(&next, "%s.new", real) < 0)
		err = errno;
	/* "x": what somebody else has put there is not written to. */
	if (!err && !(f = fopen(next, "wex")))
		err = errno;
	if (f) {
		fputs(text, f);
		if (fflush(f) || fchmod(fileno(f), st.st_mode & 07777) ||
		    fchown(fileno(f), st.st_uid, st.st_gid) || fsync(fileno(f)))
			err = errno;
		if (fclose(f) && !err)
			err = errno;
		if (!err && rename(next, real))
			err = errno;
		if (err)
			unlink(next);
	}
	free(next);
	free(real);
	return err ? fail(h, HV_FAILED, NULL, "%s: not written: %s", path,
			  strerror(err)) :
		     HV_OK;
}

static int put_in_force(struct hvctl *h, const struct edition *e,
			struct khv_policy *p)
{
	char generation[32];
	int code;

	snprintf(generation, sizeof(generation), "%llu",
		 (unsigned long long)e->generation);
	h->opt[OPT_IF_GENERATION] = generation;
	code = load_policies(h, &p, 1);
	h->opt[OPT_IF_GENERATION] = NULL;
	if (code || h->dry_run)
		return code;
	note(h, "%s: generation %llu",
	     h->opt[OPT_SHADOW] ? "shadow" : "in force",
	     (unsigned long long)h->generation);
	say_on_trial(h, confirm_seconds(h));
	if (!h->opt[OPT_SHADOW])
		note(h,
		     "its file is as it was; to keep this: hvctl policy show %s >FILE",
		     e->target);
	return HV_OK;
}

int edition_settle(struct hvctl *h, struct edition *e, const char *text,
		   bool ask)
{
	struct khv_policy_options options = { .sources = e->was };
	struct khv_policy *p = NULL;
	int code;

	if (!text)
		return fail(h, HV_FAILED, NULL, "no memory");
	if (confirm_seconds(h) < 0)
		return HV_USAGE;
	code = show_compiled(h, e->target,
			     khv_policy_compile_text(
				     e->name, text, strlen(text), &options, &p),
			     &p);
	if (code)
		return fail(h, code, NULL, "nothing changed");
	if (strcmp(policy_name(p), policy_name(e->was)))
		code = fail(
			h, HV_USAGE, NULL,
			"nothing changed: it would have another name, \"%s\"",
			policy_name(p));
	if (!code)
		code = show_differences(h, e->was, p);
	if (!code && ask && !confirm(h, "Change %s so?", e->target))
		code = fail(h, HV_FAILED, NULL, "nothing done");
	if (!code && e->generation)
		code = put_in_force(h, e, p);
	else if (!code && !h->dry_run)
		code = write_file(h, e->target, text);
	if (!code)
		note(h, "%s: %u rules%s", e->target,
		     khv_engine_nr_rules(khv_policy_engine(p)),
		     h->dry_run ? ", not changed (dry run)" : "");
	khv_policy_free(p);
	return code;
}
