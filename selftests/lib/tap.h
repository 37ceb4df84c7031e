/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TAP for tests in C, one source file each.
 *
 *	int main(void)
 *	{
 *		ok(open("/etc/passwd", O_RDONLY) < 0, "passwd is refused");
 *		is_int(errno, EACCES, "with EACCES");
 *		return done_testing();
 *	}
 *
 * plan(n) first or done_testing() alone. Every check returns whether it held.
 * A control is a check that what the test is about works while nothing
 * forbids it: without one a refusal proves nothing.
 */
#ifndef TAP_H
#define TAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_count, tap_failed, tap_planned = -1;

__attribute__((unused)) static void plan(int n)
{
	/* Whole lines at once, also when a child writes too. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	tap_planned = n;
	printf("1..%d\n", n);
}

__attribute__((unused, format(printf, 1, 2))) static void
diag(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("# ", stdout);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
	fflush(stdout);
}

__attribute__((format(printf, 4, 0))) static bool
tap_result(bool good, const char *prefix, const char *suffix,
	   const char *format, va_list args)
{
	printf("%s %d - %s", good ? "ok" : "not ok", ++tap_count, prefix);
	vprintf(format, args);
	puts(suffix);
	/* Before a fork() this would be written twice. */
	fflush(stdout);
	tap_failed += !good;
	return good;
}

__attribute__((unused, format(printf, 2, 3))) static bool
ok(bool good, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tap_result(good, "", "", format, args);
	va_end(args);
	return good;
}

__attribute__((unused, format(printf, 2, 3))) static bool
control(bool good, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tap_result(good, "control: ", "", format, args);
	va_end(args);
	return good;
}

__attribute__((unused)) static bool is_int(long long got, long long wanted,
					   const char *name)
{
	if (ok(got == wanted, "%s", name))
		return true;
	diag("got:    %lld", got);
	diag("wanted: %lld", wanted);
	return false;
}

__attribute__((unused)) static bool is_str(const char *got, const char *wanted,
					   const char *name)
{
	if (ok(got && wanted && !strcmp(got, wanted), "%s", name))
		return true;
	diag("got:    %s", got ? got : "(null)");
	diag("wanted: %s", wanted ? wanted : "(null)");
	return false;
}

/* A system call's result: "got" is -1 with errno set. */
__attribute__((unused)) static bool is_errno(long got, int wanted,
					     const char *name)
{
	int error = got < 0 ? errno : 0;

	if (ok(error == wanted, "%s", name))
		return true;
	diag("got:    %s", error ? strerror(error) : "success");
	diag("wanted: %s", wanted ? strerror(wanted) : "success");
	return false;
}

__attribute__((unused)) static void skip(const char *name, const char *why)
{
	printf("ok %d - %s # SKIP %s\n", ++tap_count, name, why);
	fflush(stdout);
}

__attribute__((unused, noreturn)) static void skip_all(const char *why)
{
	printf("1..0 # SKIP %s\n", why);
	exit(0);
}

__attribute__((unused, noreturn)) static void bail_out(const char *why)
{
	printf("Bail out! %s\n", why);
	exit(99);
}

/* The exit status of main(). */
__attribute__((unused)) static int done_testing(void)
{
	if (tap_planned < 0)
		printf("1..%d\n", tap_count);
	else if (tap_planned != tap_count)
		return 1;
	return tap_failed ? 1 : 0;
}

#endif
