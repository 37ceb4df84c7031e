// SPDX-License-Identifier: GPL-2.0
/* Messages for people, JSON for programs, the connection to the kernel. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <json-c/json.h>
#include "hvctl.h"

static struct json_object *header(struct hvctl *h)
{
	struct json_object *o = json_object_new_object();
	char command[64];

	json_object_object_add(o, "version",
			       json_object_new_string(KHV_VERSION));
	json_object_object_add(o, "schema", json_object_new_int(JSON_SCHEMA));
	if (h->cmd) {
		snprintf(command, sizeof(command), "%s%s%s", h->cmd->object,
			 h->cmd->verb ? " " : "",
			 h->cmd->verb ? h->cmd->verb : "");
		json_object_object_add(o, "command",
				       json_object_new_string(command));
	}
	if (h->generation)
		json_object_object_add(o, "generation",
				       json_object_new_uint64(h->generation));
	return o;
}

void json_line(struct hvctl *h, struct json_object *o)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (h->pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	puts(json_object_to_json_string_ext(o, flags));
}

void data_add(struct hvctl *h, struct json_object *o)
{
	if (!h->data)
		h->data = json_object_new_array();
	json_object_array_add(h->data, o);
}

/* With -j there is always exactly one object, whatever happened. */
void finish_output(struct hvctl *h, int code)
{
	struct json_object *o;

	if (h->json && !h->streaming) {
		o = json_object_new_object();
		json_object_object_add(o, "hvctl", header(h));
		if (code && h->error)
			json_object_object_add(o, "error",
					       json_object_get(h->error));
		json_object_object_add(o, "data",
				       h->data ? json_object_get(h->data) :
						 json_object_new_array());
		json_line(h, o);
		json_object_put(o);
	}
	json_object_put(h->data);
	json_object_put(h->error);
	h->data = NULL;
	h->error = NULL;
	khv_close(h->conn);
	h->conn = NULL;
}

static void set_error(struct hvctl *h, int code, const char *text,
		      const char *next)
{
	struct json_object *o = json_object_new_object();
	bool exact;

	json_object_object_add(o, "exit", json_object_new_int(code));
	json_object_object_add(o, "message",
			       khv_string_json(text, strlen(text), &exact));
	json_object_object_add(o, "next",
			       next ? json_object_new_string(next) : NULL);
	json_object_put(h->error);
	h->error = o;
}

int fail(struct hvctl *h, int code, const char *next, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fflush(stdout);
	fprintf(stderr, "hvctl: %s\n", text);
	if (next)
		fprintf(stderr, "  %s\n", next);
	set_error(h, code, text, next);
	return code;
}

static const struct {
	int error;
	int code;
	const char *next;
} kernel_errors[] = {
	{ EPERM, HV_NOT_PERMITTED,
	  "run as root: needs CAP_MAC_ADMIN, events CAP_AUDIT_READ" },
	{ EACCES, HV_NOT_PERMITTED, NULL },
	{ ETIMEDOUT, HV_TIMEOUT, NULL },
	{ EROFS, HV_LOCKED, NULL },
	{ EOPNOTSUPP, HV_FEATURE, NULL },
	{ ESTALE, HV_STALE, "read the policies again, then repeat" },
};

int exit_code(const struct khv_error *e)
{
	if (e->absent)
		return HV_ABSENT;
	if (khv_is_locked(e))
		return HV_LOCKED;
	for (size_t i = 0; i < ARRAY_SIZE(kernel_errors); i++)
		if (kernel_errors[i].error == e->code)
			return kernel_errors[i].code;
	return HV_FAILED;
}

int fail_error(struct hvctl *h, const char *what, const struct khv_error *e)
{
	const char *next = NULL;
	int code = exit_code(e);
	char name[16];

	if (e->absent)
		return fail(
			h, code,
			"(or hvctl runs in a network namespace of its own: it is invisible there)",
			"%s", e->text);
	/* The kernel says what to do next by itself. */
	for (size_t i = 0; i < ARRAY_SIZE(kernel_errors); i++)
		if (kernel_errors[i].error == e->code && !e->from_kernel)
			next = kernel_errors[i].next;
	fail(h, code, next, "%s: %s (%s%s)", what, e->text,
	     e->from_kernel ? "kernel, " : "",
	     khv_errno_name((unsigned int)e->code, name));
	json_object_object_add(h->error, "errno",
			       json_object_new_string(khv_errno_name(
				       (unsigned int)e->code, name)));
	json_object_object_add(h->error, "kernel",
			       json_object_new_boolean(e->from_kernel));
	return code;
}

int fail_kernel(struct hvctl *h, const char *what)
{
	return fail_error(h, what, khv_error(h->conn));
}

void note(struct hvctl *h, const char *fmt, ...)
{
	va_list ap;

	if (h->quiet || h->json)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

bool confirm(struct hvctl *h, const char *fmt, ...)
{
	char answer[16];
	va_list ap;

	if (h->yes || h->dry_run || !isatty(STDIN_FILENO) ||
	    !isatty(STDERR_FILENO))
		return true;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs(" [y/N] ", stderr);
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	return answer[0] == 'y' || answer[0] == 'Y';
}

int connect_kernel(struct hvctl *h)
{
	if (h->conn)
		return 0;
	if (!khv_open(&h->conn))
		return 0;
	if (!h->conn)
		return fail(h, HV_FAILED, NULL, "no memory");
	return fail_kernel(h, "connecting");
}

void remember_generation(struct hvctl *h)
{
	const struct khv_info *info;

	if (h->conn && !khv_get_info(h->conn, &info))
		h->generation = info->generation;
}

double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void pause_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}
