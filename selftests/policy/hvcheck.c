// SPDX-License-Identifier: GPL-2.0
/*
 * Compile policies and print what the compiler says, for golden files:
 *	hvcheck [-lfns] [-e ERRORS] [-p PASSWD] [-g GROUP] FILE...
 * -l lint, -f look at the file system, -n no tests, -s statistics.
 */
#include <getopt.h>
#include <khv/policy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

unsigned long khv_engine_count;

static void statistics(const struct khv_policy *p, double seconds)
{
	const struct khv_engine *e = khv_policy_engine(p);
	size_t size;

	if (!khv_policy_blob(p, &size))
		return;
	printf("%s: %u rules, %zu bytes, %.1f per rule, %.2f s\n",
	       khv_engine_name(e), khv_engine_nr_rules(e), size,
	       (double)size /
		       (khv_engine_nr_rules(e) + !khv_engine_nr_rules(e)),
	       seconds);
}

static int check(const char *path, const struct khv_policy_options *o,
		 bool stats)
{
	struct khv_policy *p;
	clock_t start = clock();
	int result = khv_policy_compile_file(path, o, &p);
	size_t i;

	for (i = 0; p && i < khv_policy_nr_messages(p); i++) {
		const struct khv_policy_message *m = khv_policy_message(p, i);
		const char *base = strrchr(m->file, '/');

		printf("%s", base ? base + 1 : m->file);
		if (m->line)
			printf(":%u", m->line);
		if (m->column)
			printf(":%u", m->column);
		printf(": %s: %s\n", khv_severity_name(m->severity), m->text);
	}
	if (p && stats)
		statistics(p, (double)(clock() - start) / CLOCKS_PER_SEC);
	khv_policy_free(p);
	return result;
}

int main(int argc, char **argv)
{
	struct khv_policy_options o = { .flags = KHV_POLICY_NO_FS };
	bool stats = false;
	int opt, bad = 0;

	while ((opt = getopt(argc, argv, "lfnsp:g:e:")) != -1) {
		switch (opt) {
		case 'l':
			o.flags |= KHV_POLICY_LINT;
			break;
		case 'f':
			o.flags &= ~KHV_POLICY_NO_FS;
			break;
		case 'n':
			o.flags |= KHV_POLICY_NO_TESTS;
			break;
		case 's':
			stats = true;
			break;
		case 'e':
			o.max_errors = atoi(optarg);
			break;
		case 'p':
			o.passwd = optarg;
			break;
		case 'g':
			o.group = optarg;
			break;
		default:
			return 2;
		}
	}
	for (; optind < argc; optind++)
		bad |= check(argv[optind], &o, stats) != 0;
	return bad;
}
