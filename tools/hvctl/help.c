// SPDX-License-Identifier: GPL-2.0
/* help, version, and words that are nearly right. */
#include <string.h>
#include <json-c/json.h>
#include "hvctl.h"

static const char exit_help[] =
	"Exit codes: 0 done, allowed  1 failed, denied  2 usage  3 modules not loaded\n"
	"  4 not permitted  5 error in a rule file  6 no answer in time  7 locked\n"
	"  8 feature missing  9 expect lines do not hold  10 generation changed\n";

static void print_usage(FILE *f, const struct command *c)
{
	fprintf(f, "hvctl %s", c->object);
	if (c->verb)
		fprintf(f, " %s", c->verb);
	for (int i = 0; i < NR_OPTIONS; i++) {
		if (!(c->options >> i & 1))
			continue;
		if (option_table[i].letter)
			fprintf(f, " [-%c", option_table[i].letter);
		else
			fprintf(f, " [--%s", option_table[i].name);
		if (option_table[i].value)
			fprintf(f, " %s", option_table[i].value);
		fputc(']', f);
	}
	if (c->args[0])
		fprintf(f, " %s", c->args);
	fputc('\n', f);
}

static void print_option(FILE *f, const struct option_def *o)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%.1s%s--%s%s%s", o->letter ? "-" : "",
		 &o->letter, o->letter ? ", " : "", o->name,
		 o->value ? " " : "", o->value ? o->value : "");
	fprintf(f, "  %-20s %s\n", name, o->help);
}

static void print_command(FILE *f, const struct command *c)
{
	fputs("Usage: ", f);
	print_usage(f, c);
	fprintf(f, "  %s.\n", c->help);
	if (c->more)
		fprintf(f, "\n%s\n", c->more);
	if (c->options)
		fputs("\nOptions:\n", f);
	for (int i = 0; i < NR_OPTIONS; i++) {
		if (c->options >> i & 1)
			print_option(f, &option_table[i]);
	}
	fputs("\n\"hvctl help\" lists the global options.\n", f);
}

static void print_lines(FILE *f, const char *object)
{
	char left[64];

	for (size_t i = 0; i < nr_commands; i++) {
		const struct command *c = &commands[i];

		if (object && strcmp(object, c->object))
			continue;
		snprintf(left, sizeof(left), "%s%s%s%s%s", c->object,
			 c->verb ? " " : "", c->verb ? c->verb : "",
			 c->args[0] ? " " : "", c->args);
		fprintf(f, "  %-30s %s\n", left, c->help);
	}
}

void print_help(FILE *f, const struct hvctl *h, const char *object,
		const struct command *cmd)
{
	(void)h;
	if (cmd) {
		print_command(f, cmd);
		return;
	}
	if (object) {
		fprintf(f, "Usage: hvctl [OPTIONS] %s VERB [ARGS]\n\n", object);
		print_lines(f, object);
		fprintf(f, "\n\"hvctl help %s VERB\" says more.\n", object);
		return;
	}
	fputs("Usage: hvctl [OPTIONS] OBJECT [VERB] [ARGS]\n"
	      "Control kernel hypervisors: which programs may touch what.\n\n",
	      f);
	print_lines(f, NULL);
	fputs("\nGlobal options:\n", f);
	for (int i = 0; i < NR_GLOBALS; i++)
		print_option(f, &global_table[i]);
	fprintf(f, "\n%s", exit_help);
}

static size_t distance(const char *a, const char *b)
{
	size_t row[64];
	size_t n = strlen(b);

	if (n >= ARRAY_SIZE(row))
		return n;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n];
}

const char *did_you_mean(const char *word, const char *const *words,
			 size_t count)
{
	const char *best = NULL;
	size_t least = 3;

	for (size_t i = 0; i < count; i++) {
		size_t d = distance(word, words[i]);

		if (d < least && d < strlen(words[i])) {
			least = d;
			best = words[i];
		}
	}
	return best;
}

int cmd_version(struct hvctl *h)
{
	struct json_object *o;

	if (h->json) {
		o = json_object_new_object();
		json_object_object_add(o, "version",
				       json_object_new_string(KHV_VERSION));
		json_object_object_add(o, "protocol",
				       json_object_new_int(KHV_ABI_VERSION));
		json_object_object_add(o, "event_schema",
				       json_object_new_int(KHV_EVENT_SCHEMA));
		data_add(h, o);
		return HV_OK;
	}
	printf("hvctl %s (protocol %d, events %d, JSON %d)\n", KHV_VERSION,
	       KHV_ABI_VERSION, KHV_EVENT_SCHEMA, JSON_SCHEMA);
	return HV_OK;
}
