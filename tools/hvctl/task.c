// SPDX-License-Identifier: GPL-2.0
/* hvctl run, attach, task list: who is confined. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <khv/policy.h>
#include "hvctl.h"

/* The client that confines programs. */
#define DEFAULT_CLIENT "wrap"

static const char *client_of(const struct hvctl *h)
{
	return h->opt[OPT_CLIENT] ? h->opt[OPT_CLIENT] : DEFAULT_CLIENT;
}

static int arm(struct hvctl *h, const char *policy)
{
	const struct khv_attach at = {
		.client = client_of(h),
		.policy = policy,
		.domain = h->opt[OPT_DOMAIN],
		.flags = KHV_TASK_ON_EXEC,
	};

	if (!khv_attach(h->conn, &at, NULL, NULL))
		return HV_OK;
	/*
	 * Whom the policy itself names may run programs in it, but none with more
	 * rights than his own: the kernel wants this to be given up first.
	 */
	if (khv_error(h->conn)->code == EPERM &&
	    !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	    !khv_attach(h->conn, &at, NULL, NULL))
		return HV_OK;
	return fail_kernel(h, "run");
}

/* A rule file is put in force first. Gives the policy's name, to be freed. */
static int name_of(struct hvctl *h, const char *word, char **name)
{
	struct khv_policy *p;
	int code;

	*name = NULL;
	if (!is_rule_file(word)) {
		*name = strdup(word);
		return *name ? HV_OK : fail(h, HV_FAILED, NULL, "no memory");
	}
	code = find_policy(h, word, &p);
	if (code)
		return code;
	code = connect_kernel(h);
	if (!code)
		code = load_policies(h, &p, 1);
	if (!code)
		*name = strdup(policy_name(p));
	khv_policy_free(p);
	return code;
}

/*
 * The child's first instruction is judged already: the kernel puts this task
 * under the policy when it executes the program, not before.
 */
int cmd_run(struct hvctl *h)
{
	char *name;
	int code;

	if (!h->rest || !h->rest[0])
		return fail(h, HV_USAGE,
			    "usage: hvctl run POLICY -- CMD [ARG...]",
			    "run: the command is missing");
	code = name_of(h, h->argv[0], &name);
	if (!code)
		code = connect_kernel(h);
	if (!code && !h->dry_run)
		code = arm(h, name);
	free(name);
	if (code || h->dry_run)
		return code;
	khv_close(h->conn);
	h->conn = NULL;
	fflush(stdout);
	execvp(h->rest[0], h->rest);
	return fail(
		h, HV_FAILED,
		errno == EACCES ?
			"the policy must allow \"exec\" or \"read\" of the program itself" :
			NULL,
		"run: %s: %s", h->rest[0], strerror(errno));
}

static const struct column found_columns[] = {
	{ "PID", "pid", true },	      { "COMMAND", "comm", false },
	{ "KIND", "kind", false },    { "FD", "fd", true },
	{ "OTHER", "other", true },   { "STATE", "state", false },
	{ "REFUSED", "verb", false }, { "OBJECT", "object", false },
};

/* After an attach, refused or not. Not for who has attached itself. */
static void print_found(struct hvctl *h)
{
	struct khv_list *l;

	if (khv_list_found(h->conn, &l))
		return;
	if (h->json || !h->quiet)
		print_list(h, &khv_found_record, l, found_columns,
			   ARRAY_SIZE(found_columns));
	khv_list_free(l);
}

static int attach(struct hvctl *h, uint32_t pid, const char *policy)
{
	const struct khv_attach at = {
		.pid = pid,
		.client = client_of(h),
		.policy = policy,
		.domain = h->opt[OPT_DOMAIN],
		.flags = h->opt[OPT_TREE] ? KHV_TASK_TREE : 0,
		.dry_run = h->dry_run,
		.force = h->opt[OPT_FORCE] != NULL,
	};
	uint32_t count = 0, pending = 0;

	if (khv_attach(h->conn, &at, &count, &pending)) {
		/* The list needs the connection, which then has another error. */
		const struct khv_error error = *khv_error(h->conn);

		if (error.code == EACCES)
			print_found(h);
		return fail_error(h, "attach", &error);
	}
	print_found(h);
	note(h, "%u task%s %s", count, count == 1 ? "" : "s",
	     h->dry_run ? "would be attached, nothing has been changed" :
			  "attached");
	if (pending)
		return fail(
			h, HV_TIMEOUT,
			"a stopped thread judges what it has when it goes on; hvctl task list shows who has not",
			"attach: %u thing%s of it could not be dealt with, see \"pending\"",
			pending, pending == 1 ? "" : "s");
	return HV_OK;
}

int cmd_attach(struct hvctl *h)
{
	const char *policy = h->argc > 1 ? h->argv[1] : h->opt[OPT_POLICY];
	unsigned long pid;
	char *end, *name = NULL;
	int code;

	pid = strtoul(h->argv[0], &end, 10);
	if (*end || !pid || pid > INT32_MAX)
		return fail(h, HV_USAGE, NULL,
			    "attach: \"%s\" is not a process number",
			    h->argv[0]);
	if (h->argc > 1 && h->opt[OPT_POLICY])
		return fail(h, HV_USAGE, NULL, "attach: two policies given");
	if (!policy && !h->opt[OPT_CLIENT])
		return fail(h, HV_USAGE,
			    "usage: hvctl attach PID POLICY [--tree]",
			    "attach: the policy is missing");
	code = policy ? name_of(h, policy, &name) : HV_OK;
	if (code)
		return code;
	code = connect_kernel(h);
	if (!code)
		code = attach(h, (uint32_t)pid, name);
	free(name);
	return code;
}

static const struct column columns[] = {
	{ "PID", "tgid", true },       { "TID", "pid", true },
	{ "COMMAND", "comm", false },  { "CLIENT", "client", false },
	{ "POLICY", "policy", false }, { "DOMAIN", "domain", false },
	{ "INSIDE", "inside", false },
};

static bool wanted(const struct hvctl *h, const void *record)
{
	const struct khv_task_info *t = record;
	const struct {
		const char *want, *have;
	} tests[] = {
		{ h->opt[OPT_CLIENT], t->client },
		{ h->opt[OPT_POLICY], t->policy },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		if (tests[i].want &&
		    (!tests[i].have || strcmp(tests[i].want, tests[i].have)))
			return false;
	return true;
}

int cmd_task_list(struct hvctl *h)
{
	struct khv_list *l;

	if (khv_list_tasks(h->conn, &l))
		return fail_kernel(h, "task list");
	print_some(h, &khv_task_record, l, columns, ARRAY_SIZE(columns),
		   wanted);
	khv_list_free(l);
	return HV_OK;
}
