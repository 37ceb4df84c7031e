// SPDX-License-Identifier: GPL-2.0
/* hvctl module load: modprobe, and what the kernel log says if it fails. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/wait.h>
#include <unistd.h>
#include "hvctl.h"

#define READ_ALL  3  /* SYSLOG_ACTION_READ_ALL, which glibc does not name */
#define READ_SIZE 10 /* SYSLOG_ACTION_SIZE_BUFFER */

/* Exit status of modprobe, or negative errno. Never by a shell. */
static int run_modprobe(struct hvctl *h, const char *module)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		/* Also for whoever has no sbin in his PATH. */
		if (h->dry_run)
			execl("/sbin/modprobe", "modprobe", "-n", module, NULL);
		else
			execl("/sbin/modprobe", "modprobe", module, NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

/*
 * The last line of the kernel log about modules: "Key was rejected by service" is all
 * that modprobe hears, and other words for the same are no better.
 */
static void last_words(char *buf, size_t size)
{
	int room = klogctl(READ_SIZE, NULL, 0);
	char *log = room > 0 ? malloc((size_t)room + 1) : NULL;
	int len = log ? klogctl(READ_ALL, log, room) : -1;
	char *line, *save = NULL;

	buf[0] = 0;
	if (len > 0) {
		log[len] = 0;
		for (line = strtok_r(log, "\n", &save); line;
		     line = strtok_r(NULL, "\n", &save))
			if (strstr(line, "khv") || strstr(line, "odule"))
				snprintf(buf, size, "%s", line);
	}
	free(log);
}

int cmd_module_load(struct hvctl *h)
{
	const char *name = h->argv[0];
	char module[64], words[256];
	int status;

	snprintf(module, sizeof(module), "%s%s",
		 strncmp(name, "khv", 3) ? "khv_" : "", name);
	if (strspn(module, "abcdefghijklmnopqrstuvwxyz0123456789_-") !=
	    strlen(module))
		return fail(h, HV_USAGE, NULL,
			    "module load: \"%s\" is no name of a module", name);
	status = run_modprobe(h, module);
	if (!status) {
		note(h, "%s: loaded%s", module, h->dry_run ? " (dry run)" : "");
		return HV_OK;
	}
	if (geteuid())
		return fail(h, HV_NOT_PERMITTED, "run as root",
			    "%s: not loaded", module);
	last_words(words, sizeof(words));
	return fail(h, status == 127 ? HV_FEATURE : HV_FAILED,
		    words[0] ? words : "see: dmesg, khv-sign status",
		    status == 127 ? "%s: there is no /sbin/modprobe" :
				    "%s: modprobe has not loaded it",
		    module);
}
