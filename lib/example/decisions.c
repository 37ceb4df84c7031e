// SPDX-License-Identifier: LGPL-2.1
/*
 * What would a policy say, and what is in force? An example for libkhv:
 *
 *	cc decisions.c $(pkg-config --cflags --libs libkhv) -o decisions
 *	./decisions POLICY.hv file /etc/shadow read
 *
 * The first half needs no kernel module: the library judges with the kernel's own code.
 */
#include <stdio.h>
#include <string.h>
#include <khv/khv.h>
#include <khv/policy.h>

static void show_messages(const struct khv_policy *policy)
{
	for (size_t i = 0; i < khv_policy_nr_messages(policy); i++) {
		const struct khv_policy_message *m =
			khv_policy_message(policy, i);

		fprintf(stderr, "%s:%u:%u: %s: %s\n", m->file, m->line,
			m->column, khv_severity_name(m->severity), m->text);
	}
}

/* 1: denied, 0: allowed, 2: there is no answer. */
static int ask(const struct khv_policy *policy, char **question)
{
	struct khv_decision decision;
	struct khv_rule_info rule;
	char error[256];

	if (khv_policy_test(policy, NULL, NULL, question[0], question[1],
			    question[2], &decision, error, sizeof(error))) {
		fprintf(stderr, "%s\n", error);
		return 2;
	}
	printf("%s", decision.allowed ? "allowed" : "denied");
	/* What it points to belongs to the policy. */
	if (!khv_policy_rule(policy, decision.rule, &rule))
		printf(" by %s:%u: %s", rule.file, rule.line, rule.text);
	putchar('\n');
	return !decision.allowed;
}

/* What the kernel has. Without its modules this says so, and that is all. */
static void show_kernel(void)
{
	struct khv_list *list = NULL;
	struct khv_conn *conn = NULL;
	int err = khv_open(&conn);

	if (!err)
		err = khv_list_policies(conn, &list);
	if (err && conn)
		printf("kernel: %s\n", khv_error(conn)->text);
	for (size_t i = 0; i < khv_list_count(list); i++) {
		const struct khv_policy_info *p = khv_list_at(list, i);

		printf("in force: %s, %u rules, %u tasks\n", p->name, p->rules,
		       p->tasks);
	}
	khv_list_free(list);
	khv_close(conn);
}

int main(int argc, char **argv)
{
	struct khv_policy *policy = NULL;
	int ret;

	if (argc != 5) {
		fprintf(stderr, "usage: %s POLICY.hv TYPE IDENT VERB\n",
			argv[0]);
		return 2;
	}
	ret = khv_policy_compile_file(argv[1], NULL, &policy);
	if (policy)
		show_messages(policy);
	if (ret) {
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-ret));
		khv_policy_free(policy);
		return 2;
	}
	ret = ask(policy, argv + 2);
	khv_policy_free(policy);
	show_kernel();
	return ret;
}
