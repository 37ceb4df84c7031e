// SPDX-License-Identifier: GPL-2.0
/* hvctl module: clients, and the kernel modules that carry them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "hvctl.h"

static const struct column columns[] = {
	{ "ID", "id", true },
	{ "NAME", "name", false },
	{ "MODULE", "module", false },
	{ "PRIO", "priority", true },
	{ "STATE", "state", false },
	{ "LEVEL", "log_level", false },
	{ "TASKS", "tasks", true },
	{ "ALLOWED", "allowed", true },
	{ "DENIED", "denied", true },
	{ "CALLS", "calls", false },
	{ "OBJECTS", "objects", false },
};

int cmd_module_list(struct hvctl *h)
{
	return print_fetched(h, khv_list_clients, &khv_client_record, columns,
			     ARRAY_SIZE(columns), "module list");
}

/* By the client's name or that of its module. */
static bool is_called(const struct khv_client_info *c, const char *name)
{
	return !strcmp(c->name, name) ||
	       (c->module && !strcmp(c->module, name));
}

static int no_such(struct hvctl *h, const char *name)
{
	return fail(h, HV_FAILED, "see: hvctl module list",
		    "no client or module \"%s\" is registered", name);
}

int cmd_module_show(struct hvctl *h)
{
	struct khv_list *l;
	size_t found = 0;

	if (khv_list_clients(h->conn, &l))
		return fail_kernel(h, "module show");
	remember_generation(h);
	for (size_t i = 0; i < khv_list_count(l); i++) {
		if (!is_called(khv_list_at(l, i), h->argv[0]))
			continue;
		if (found++ && !h->json)
			putchar('\n');
		print_record(h, &khv_client_record, khv_list_at(l, i));
	}
	khv_list_free(l);
	return found ? HV_OK : no_such(h, h->argv[0]);
}

/*
 * Busy means: a task is inside a hooked call. The kernel names it. Usually it
 * leaves within moments; one that sleeps for days must be dealt with by hand.
 */
static int disable(struct hvctl *h, const char *client, double deadline)
{
	bool said = false;

	while (khv_set_client(h->conn, client, KHV_CLIENT_DISABLED, KHV_KEEP)) {
		const struct khv_error *e = khv_error(h->conn);

		if (e->code != EBUSY)
			return fail_kernel(h, client);
		if (now() >= deadline)
			return fail(
				h, HV_TIMEOUT,
				"its hooks are out already; end that task or repeat later (--timeout SEC)",
				"%s: still busy after %u s: %s", client,
				h->timeout, e->text);
		if (!said && isatty(STDERR_FILENO) && !h->quiet)
			fprintf(stderr, "waiting: %s\n", e->text);
		said = true;
		pause_ms(100);
	}
	return HV_OK;
}

/* Disable every client of that name or module. */
static int disable_all(struct hvctl *h, const char *name, char module[64])
{
	double deadline = now() + h->timeout;
	struct khv_list *l;
	size_t found = 0;
	int code = HV_OK;

	if (khv_list_clients(h->conn, &l))
		return fail_kernel(h, "module");
	for (size_t i = 0; i < khv_list_count(l) && !code; i++) {
		const struct khv_client_info *c = khv_list_at(l, i);

		if (!is_called(c, name))
			continue;
		found++;
		if (c->module)
			snprintf(module, 64, "%s", c->module);
		if (!h->dry_run)
			code = disable(h, c->name, deadline);
	}
	khv_list_free(l);
	return !code && !found ? -ENOENT : code;
}

static int set_state(struct hvctl *h, int state)
{
	if (h->dry_run)
		return HV_OK;
	if (khv_set_client(h->conn, h->argv[0], state, KHV_KEEP))
		return fail_kernel(h, h->argv[0]);
	note(h, "client %s: %s", h->argv[0],
	     khv_state_name((unsigned int)state));
	return HV_OK;
}

int cmd_module_enable(struct hvctl *h)
{
	return set_state(h, KHV_CLIENT_ENABLED);
}

int cmd_module_disable(struct hvctl *h)
{
	char module[64] = "";
	int code;

	if (!confirm(h, "Disable %s? It judges nothing from then on.",
		     h->argv[0]))
		return fail(h, HV_FAILED, NULL, "nothing done");
	code = disable_all(h, h->argv[0], module);
	if (code == -ENOENT)
		return no_such(h, h->argv[0]);
	if (!code)
		note(h, "%s: disabled", h->argv[0]);
	return code;
}

static void read_line(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n < 0 ? 0 : n] = 0;
	buf[strcspn(buf, "\n")] = 0;
	if (fd >= 0)
		close(fd);
}

static int delete_module(struct hvctl *h, const char *module)
{
	double deadline = now() + h->timeout;
	char path[128], count[32];
	int err;

	/* The references of the last frames go a moment after the disable. */
	while (syscall(SYS_delete_module, module, O_NONBLOCK)) {
		err = errno;
		if ((err == EAGAIN || err == EBUSY || err == EWOULDBLOCK) &&
		    now() < deadline) {
			pause_ms(100);
			continue;
		}
		if (err != EAGAIN && err != EBUSY)
			return fail(h,
				    err == EPERM ? HV_NOT_PERMITTED : HV_FAILED,
				    err == EPERM ? "run as root" : NULL,
				    "removing module %s: %s", module,
				    strerror(err));
		snprintf(path, sizeof(path), "/sys/module/%s/refcnt", module);
		read_line(path, count, sizeof(count));
		return fail(
			h, HV_TIMEOUT,
			"see: lsmod, hvctl task list; unload the modules that use it first",
			"removing module %s: in use (%s references) after %u s",
			module, count[0] ? count : "?", h->timeout);
	}
	return HV_OK;
}

/*
 * Needs no connection of its own: the master "khv" is no client, and with a
 * broken protocol a module must still come out.
 */
int cmd_module_unload(struct hvctl *h)
{
	char module[64], path[128];
	int code;

	code = connect_kernel(h);
	if (code)
		return code;
	snprintf(module, sizeof(module), "%s", h->argv[0]);
	if (!confirm(h, "Unload %s? What it confines is free from then on.",
		     h->argv[0]))
		return fail(h, HV_FAILED, NULL, "nothing done");
	code = disable_all(h, h->argv[0], module);
	if (code == -ENOENT) {
		snprintf(path, sizeof(path), "/sys/module/%s", module);
		if (strncmp(module, "khv", 3) || access(path, F_OK))
			return no_such(h, h->argv[0]);
		/* It would be "in use", and nobody could say by whom. */
		code = check_lock(h, "module", module);
		if (code)
			return code;
	} else if (code) {
		return code;
	}
	if (h->dry_run)
		return HV_OK;
	/* Its netlink socket must not be what the module waits for. */
	khv_close(h->conn);
	h->conn = NULL;
	code = delete_module(h, module);
	if (!code)
		note(h, "%s: unloaded", module);
	return code;
}
