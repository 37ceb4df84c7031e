// SPDX-License-Identifier: GPL-2.0
/* hvctl policy: rule files in, policies in force out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <json-c/json.h>
#include <khv/policy.h>
#include "hvctl.h"

bool is_rule_file(const char *name)
{
	size_t n = strlen(name);

	return strchr(name, '/') || (n > 3 && !strcmp(name + n - 3, ".hv"));
}

const char *policy_name(const struct khv_policy *policy)
{
	return khv_engine_name(khv_policy_engine(policy));
}

static void message_json(struct hvctl *h, const struct khv_policy_message *m)
{
	struct json_object *o = json_object_new_object();
	bool exact;

	json_object_object_add(
		o, "severity",
		json_object_new_string(khv_severity_name(m->severity)));
	json_object_object_add(o, "file",
			       khv_string_json(m->file ? m->file : "",
					       strlen(m->file ? m->file : ""),
					       &exact));
	json_object_object_add(o, "line", json_object_new_int64(m->line));
	json_object_object_add(o, "column", json_object_new_int64(m->column));
	json_object_object_add(
		o, "text", khv_string_json(m->text, strlen(m->text), &exact));
	data_add(h, o);
}

static void show_message(struct hvctl *h, const struct khv_policy_message *m)
{
	char *file = safe(m->file ? m->file : "?");
	char *text = safe(m->text);

	if (h->json)
		message_json(h, m);
	fputs(file, stderr);
	if (m->line)
		fprintf(stderr, ":%u", m->line);
	if (m->line && m->column)
		fprintf(stderr, ":%u", m->column);
	fprintf(stderr, ": %s: %s\n", khv_severity_name(m->severity), text);
	free(file);
	free(text);
}

/* Standard input is called so in messages, and the policy if it has no name. */
static int compile_input(const struct khv_policy_options *options,
			 struct khv_policy **policy)
{
	size_t size = 0, len = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);
	char part[4096];
	int err;

	if (!out)
		return -ENOMEM;
	while ((len = fread(part, 1, sizeof(part), stdin)))
		fwrite(part, 1, len, out);
	err = fclose(out) || ferror(stdin) ? -EIO : 0;
	if (!err)
		err = khv_policy_compile_text("stdin", text, size, options,
					      policy);
	free(text);
	return err;
}

int compile(struct hvctl *h, const char *path, struct khv_policy **policy)
{
	struct khv_policy_options options = { 0 };
	int err;

	*policy = NULL;
	if (h->cmd->fn == cmd_policy_check)
		options.flags = KHV_POLICY_LINT | KHV_POLICY_LINT_PATHS;
	if (strcmp(path, "-"))
		err = khv_policy_compile_file(path, &options, policy);
	else
		err = compile_input(&options, policy);
	return show_compiled(h, path, err, policy);
}

int show_compiled(struct hvctl *h, const char *path, int err,
		  struct khv_policy **policy)
{
	if (!*policy)
		return fail(h, HV_FAILED, NULL, "%s: %s", path, strerror(-err));
	for (size_t i = 0; i < khv_policy_nr_messages(*policy); i++)
		show_message(h, khv_policy_message(*policy, i));
	if (!err)
		return HV_OK;
	khv_policy_free(*policy);
	*policy = NULL;
	return err == -ECANCELED ? HV_EXPECT : HV_POLICY;
}

static int check_names(struct hvctl *h, struct khv_policy **policy, int count)
{
	for (int i = 1; i < count; i++)
		for (int j = 0; j < i; j++)
			if (!strcmp(policy_name(policy[i]),
				    policy_name(policy[j])))
				return fail(
					h, HV_POLICY,
					"nothing loaded; give one of them another name: policy NAME",
					"%s and %s are both called \"%s\"",
					h->argv[j], h->argv[i],
					policy_name(policy[i]));
	return HV_OK;
}

static int load_once(struct hvctl *h, struct khv_policy **policy, int count,
		     uint64_t generation, int confirm)
{
	const struct khv_commit commit = {
		.dry_run = h->dry_run,
		.shadow = h->opt[OPT_SHADOW],
		.confirm = (uint32_t)confirm,
	};
	int err = khv_txn_begin(h->conn, generation);

	for (int i = 0; i < count && !err; i++) {
		size_t size;
		const void *blob = khv_policy_blob(policy[i], &size);

		err = khv_txn_stage(h->conn, policy_name(policy[i]), blob,
				    size);
	}
	if (!err)
		err = khv_txn_commit_as(h->conn, &commit, &h->generation);
	return err;
}

/*
 * Hand everything over, then change it all in one moment. Busy means: somebody else
 * does the same right now, and usually is done within moments. (A trial is busy for
 * longer, and says so in other words.)
 */
int load_policies(struct hvctl *h, struct khv_policy **policy, int count)
{
	const char *expected = h->opt[OPT_IF_GENERATION];
	uint64_t generation = expected ? strtoull(expected, NULL, 10) : 0;
	double deadline = now() + h->timeout;
	int confirm = confirm_seconds(h);

	if (confirm < 0)
		return HV_USAGE;
	while (load_once(h, policy, count, generation, confirm)) {
		/* The transaction ends with the connection, whatever went wrong. */
		if (!strstr(khv_error(h->conn)->text, "transaction") ||
		    khv_error(h->conn)->code != EBUSY)
			return fail_kernel(h, "nothing loaded");
		if (now() >= deadline)
			return fail(h, HV_TIMEOUT,
				    "repeat later (--timeout SEC)",
				    "nothing loaded: busy after %u s: %s",
				    h->timeout, khv_error(h->conn)->text);
		pause_ms(100);
	}
	return HV_OK;
}

static void stays_in_force(struct hvctl *h, int code)
{
	struct khv_conn *conn = NULL;
	const struct khv_info *info;

	if (!khv_open(&conn) && !khv_get_info(conn, &info)) {
		h->generation = info->generation;
		fail(h, code, NULL,
		     "nothing loaded; the policies in force stay in force (generation %llu)",
		     (unsigned long long)info->generation);
	} else {
		fail(h, code, NULL, "nothing loaded");
	}
	khv_close(conn);
}

int cmd_policy_load(struct hvctl *h)
{
	struct khv_policy **policy = calloc((size_t)h->argc, sizeof(*policy));
	const char *expected = h->opt[OPT_IF_GENERATION];
	int code = HV_OK, one;

	if (!policy)
		return fail(h, HV_FAILED, NULL, "no memory");
	if (expected &&
	    (!expected[0] || expected[strspn(expected, "0123456789")]))
		code = fail(h, HV_USAGE, NULL,
			    "--if-generation: \"%s\" is not a number",
			    expected);
	if (!code && h->opt[OPT_SHADOW] && h->opt[OPT_CONFIRM])
		code = fail(
			h, HV_USAGE,
			"confirm it when it is promoted: hvctl shadow promote --confirm",
			"--shadow and --confirm: a shadow changes nothing");
	if (!code && confirm_seconds(h) < 0)
		code = HV_USAGE;
	/* All files, so that all mistakes are known after the first attempt. */
	for (int i = 0; i < h->argc && code != HV_USAGE; i++) {
		one = compile(h, h->argv[i], &policy[i]);
		if (one && code != HV_POLICY)
			code = one;
	}
	if (code == HV_POLICY || code == HV_EXPECT)
		stays_in_force(h, code);
	if (!code)
		code = check_names(h, policy, h->argc);
	if (!code)
		code = connect_kernel(h);
	if (!code)
		code = load_policies(h, policy, h->argc);
	for (int i = 0; i < h->argc; i++) {
		if (!code) {
			char *name = safe(policy_name(policy[i]));

			note(h, "%s: %u rules%s", name,
			     khv_engine_nr_rules(khv_policy_engine(policy[i])),
			     h->dry_run ? ", not loaded (dry run)" : "");
			free(name);
		}
		khv_policy_free(policy[i]);
	}
	if (!code && !h->dry_run)
		note(h, "%s: generation %llu",
		     h->opt[OPT_SHADOW] ? "shadow" : "in force",
		     (unsigned long long)h->generation);
	if (!code && !h->dry_run)
		say_on_trial(h, confirm_seconds(h));
	free(policy);
	return code;
}

int cmd_policy_check(struct hvctl *h)
{
	int code = HV_OK;

	for (int i = 0; i < h->argc; i++) {
		struct khv_policy *p;
		int one = compile(h, h->argv[i], &p);

		if (one && code != HV_POLICY)
			code = one;
		if (!one)
			note(h, "%s: %u rules, %zu tests hold", h->argv[i],
			     khv_engine_nr_rules(khv_policy_engine(p)),
			     khv_policy_nr_tests(p));
		khv_policy_free(p);
	}
	if (code)
		fail(h, code, NULL,
		     code == HV_EXPECT ? "expect lines do not hold" :
					 "errors in rule files");
	return code;
}

static const struct column columns[] = {
	{ "NAME", "name", false },
	{ "MODE", "mode", false },
	{ "RULES", "rules", true },
	{ "TASKS", "tasks", true },
	{ "BYTES", "size", true },
	{ "GENERATION", "generation", true },
	{ "LOADED", "time", false },
	{ "UID", "uid", true },
	{ "STATE", "state", false },
	{ "CONFIRM", "confirm", true },
	{ "WOULD-DENY", "would_deny", true },
};

int cmd_policy_list(struct hvctl *h)
{
	return print_fetched(h, khv_list_policies, &khv_policy_record, columns,
			     ARRAY_SIZE(columns), "policy list");
}

static int clear_all(struct hvctl *h)
{
	struct khv_list *l;
	int code = HV_OK;

	if (khv_list_policies(h->conn, &l))
		return fail_kernel(h, "policy clear");
	for (size_t i = 0; i < khv_list_count(l) && !code; i++) {
		const struct khv_policy_info *p = khv_list_at(l, i);

		if (!h->dry_run &&
		    khv_clear_policy(h->conn, p->name, h->opt[OPT_FORCE]))
			code = fail_kernel(h, p->name);
		else
			note(h, "%s: cleared", p->name);
	}
	khv_list_free(l);
	return code;
}

int cmd_policy_clear(struct hvctl *h)
{
	if (!h->opt[OPT_ALL] == !h->argc)
		return fail(h, HV_USAGE,
			    "usage: hvctl policy clear NAME...|--all",
			    h->argc ? "policy clear: both names and --all" :
				      "policy clear: name a policy, or --all");
	if (!confirm(h, "Take %s%s out of force?",
		     h->argc ? h->argv[0] : "all policies",
		     h->argc > 1 ? " and others" : ""))
		return fail(h, HV_FAILED, NULL, "nothing done");
	if (h->opt[OPT_ALL])
		return clear_all(h);
	for (int i = 0; i < h->argc; i++) {
		if (!h->dry_run &&
		    khv_clear_policy(h->conn, h->argv[i], h->opt[OPT_FORCE]))
			return fail_kernel(h, h->argv[i]);
		note(h, "%s: cleared", h->argv[i]);
	}
	return HV_OK;
}

static int fetch(struct hvctl *h, const char *name, struct khv_policy **policy)
{
	const char *at = strchr(name, '@');
	char own[KHV_NAME_MAX];
	void *blob;
	size_t size;
	int err;

	*policy = NULL;
	err = connect_kernel(h);
	if (err)
		return err;
	/* No policy has such a name: it is the shadow of one. */
	if (at && !strcmp(at, "@shadow"))
		snprintf(own, sizeof(own), "%.*s", (int)(at - name), name);
	else
		at = NULL;
	if (khv_fetch_text(h->conn, at ? own : name, at, &blob, &size, NULL))
		return fail_kernel(h, name);
	err = khv_policy_open_blob(blob, size, policy);
	free(blob);
	if (!err)
		return HV_OK;
	khv_policy_free(*policy);
	*policy = NULL;
	return fail(h, err == -EPROTONOSUPPORT ? HV_FEATURE : HV_FAILED,
		    "load it again with this version of hvctl",
		    "%s: the policy in force cannot be read: %s", name,
		    strerror(-err));
}

int find_policy(struct hvctl *h, const char *name, struct khv_policy **policy)
{
	int code;

	if (!is_rule_file(name))
		return fetch(h, name, policy);
	code = compile(h, name, policy);
	if (code)
		fail(h, code, NULL, "%s is no valid rule file", name);
	return code;
}

static void source_json(struct hvctl *h, const char *file, const char *text,
			size_t len)
{
	struct json_object *o = json_object_new_object();
	bool exact;

	json_object_object_add(o, "file",
			       khv_string_json(file, strlen(file), &exact));
	json_object_object_add(o, "text", khv_string_json(text, len, &exact));
	data_add(h, o);
}

/* Byte for byte, except on a terminal: a comment may hold anything. */
static void print_source(const char *text, size_t len)
{
	char *copy;

	if (!isatty(STDOUT_FILENO)) {
		fwrite(text, 1, len, stdout);
		return;
	}
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) : len;
		char tabs[4096];
		size_t at = 0;

		for (size_t i = 0; i < n && at + 9 < sizeof(tabs); i++)
			if (text[i] == '\t')
				do
					tabs[at++] = ' ';
				while (at % 8);
			else
				tabs[at++] = text[i];
		tabs[at] = 0;
		copy = safe(tabs);
		puts(copy);
		free(copy);
		n += end != NULL;
		text += n;
		len -= n;
	}
}

/* Beside the text, which stays loadable. */
static void say_counted(struct hvctl *h, const char *name)
{
	struct khv_list *l;

	if (!h->conn || h->quiet || khv_list_policies(h->conn, &l))
		return;
	for (size_t i = 0; i < khv_list_count(l); i++) {
		const struct khv_policy_info *p = khv_list_at(l, i);

		if (!strcmp(p->name, name) &&
		    KHV_HAS(p, KHV_POLICY_A_WOULD_DENY))
			fprintf(stderr,
				"hvctl: %s is in mode %s: %llu verbs would have been denied so far (hvctl shadow diff %s)\n",
				name, khv_mode_name(p->mode),
				(unsigned long long)p->would_deny, name);
	}
	khv_list_free(l);
}

int cmd_policy_show(struct hvctl *h)
{
	struct khv_policy *p;
	size_t n;
	int code;

	code = find_policy(h, h->argv[0], &p);
	if (code)
		return code;
	n = khv_policy_nr_sources(p);
	for (size_t i = 0; i < n; i++) {
		const char *file, *text;
		size_t len;

		if (khv_policy_source(p, i, &file, &text, &len))
			continue;
		if (h->json) {
			source_json(h, file, text, len);
			continue;
		}
		/* What it includes follows, as comments: it stays loadable. */
		if (i)
			printf("# included: %s\n", file);
		else
			print_source(text, len);
	}
	if (!is_rule_file(h->argv[0]))
		say_counted(h, h->argv[0]);
	khv_policy_free(p);
	return HV_OK;
}
