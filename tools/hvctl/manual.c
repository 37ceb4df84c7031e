// SPDX-License-Identifier: GPL-2.0
/* The parts of hvctl-OBJECT(8) that follow from the command table, as scdoc. */
#include <ctype.h>
#include <string.h>
#include "hvctl.h"

/* Text as it is: scdoc takes * and _ and more for marks. */
static void put_text(const char *s)
{
	for (; *s; s++) {
		if (strchr("\\*_<>[]#|", *s))
			putchar('\\');
		putchar(*s);
	}
}

/* "NAME|FILE...": words in capitals are to be replaced, others to be written. */
static void put_arguments(const char *s)
{
	while (*s) {
		size_t n = strcspn(s, " |[]=.,");
		char mark = 0;

		if (n)
			mark = isupper((unsigned char)*s) ? '_' : '*';
		if (mark)
			printf("%c%.*s%c", mark, (int)n, s, mark);
		s += n;
		for (n = strspn(s, " |[]=.,"); n; n--, s++) {
			if (*s == '[' || *s == ']')
				putchar('\\');
			putchar(*s);
		}
	}
}

static void put_option(const struct option_def *o)
{
	if (o->letter)
		printf("*-%c*, ", o->letter);
	printf("*--%s*", o->name);
	if (o->value)
		printf(" _%s_", o->value);
}

static void put_synopsis(const struct command *c)
{
	printf("*hvctl* [_OPTIONS_] *%s%s%s*", c->object, c->verb ? " " : "",
	       c->verb ? c->verb : "");
	for (int i = 0; i < NR_OPTIONS; i++)
		if (c->options >> i & 1) {
			fputs(" \\[", stdout);
			put_option(&option_table[i]);
			fputs("\\]", stdout);
		}
	if (c->args[0])
		putchar(' ');
	put_arguments(c->args);
	fputs("\n\n", stdout);
}

static void put_options(unsigned int options)
{
	if (!options)
		return;
	puts("# OPTIONS\n");
	for (int i = 0; i < NR_OPTIONS; i++) {
		if (!(options >> i & 1))
			continue;
		put_option(&option_table[i]);
		fputs("\n\t", stdout);
		put_text(option_table[i].help);
		fputs(".\n\n", stdout);
	}
}

/* Head, then a line "@commands" where those of hvctl(8) go, then the rest. */
int manual(const char *object)
{
	unsigned int options = 0;
	const char *help = NULL;

	for (size_t i = 0; i < nr_objects; i++) {
		if (!object)
			puts(objects[i].name);
		else if (!strcmp(objects[i].name, object))
			help = objects[i].help;
	}
	if (!object)
		return HV_OK;
	if (!help)
		return HV_USAGE;
	printf("hvctl-%s(8)\n\n; SPDX-License-Identifier: GPL-2.0\n\n", object);
	printf("# NAME\n\nhvctl-%s - %s\n\n# SYNOPSIS\n\n", object, help);
	for (size_t i = 0; i < nr_commands; i++)
		if (!strcmp(commands[i].object, object)) {
			put_synopsis(&commands[i]);
			options |= commands[i].options;
		}
	puts("@commands");
	put_options(options);
	puts("Options of all commands, exit codes and JSON are in *hvctl*(8).");
	return HV_OK;
}
