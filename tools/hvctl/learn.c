// SPDX-License-Identifier: GPL-2.0
/*
 * hvctl learn: a policy from what a program does. A policy that grants nothing is
 * put in force in mode learn, so everything is let pass and is an event; a process
 * of our own in the background collects the events.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <json-c/json.h>
#include "hvctl.h"
#include "learn.h"

static volatile sig_atomic_t ending, saving;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		saving = 1;
	else
		ending = 1;
}

static void make_path(char *buf, size_t size, const char *folder,
		      const char *name, const char *end)
{
	snprintf(buf, size, "%s/%s%s", folder, name, end);
}

static int make_folders(struct hvctl *h)
{
	static const char *const folders[] = { "/run/khv", LEARN_RUN,
					       "/var/lib/khv", LEARN_DATA };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (mkdir(folders[i], 0700) && errno != EEXIST)
			return fail(h, HV_FAILED, NULL, "%s: %s", folders[i],
				    strerror(errno));
	return HV_OK;
}

static bool good_name(const char *name)
{
	return name[0] && name[0] != '.' && strlen(name) < KHV_NAME_MAX &&
	       !name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")];
}

/* --- the collector -------------------------------------------------------------------- */

/* The lock on its file is what says that a collector lives. */
static int lock_file(const char *name, bool create)
{
	char path[256];
	int fd;

	make_path(path, sizeof(path), LEARN_RUN, name, ".pid");
	fd = open(path, O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
	return fd < 0 ? -errno : fd;
}

/* Its process, or 0. */
static pid_t collector(const char *name)
{
	int fd = lock_file(name, false);
	char text[32] = "";
	pid_t pid = 0;

	if (fd < 0)
		return 0;
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK &&
	    read(fd, text, sizeof(text) - 1) > 0)
		pid = (pid_t)strtol(text, NULL, 10);
	close(fd);
	return pid;
}

static void on_event(const struct khv_event *e, void *arg)
{
	lesson_add(arg, e);
}

/* The module may have been unloaded: then nothing will ever come. */
static bool still_there(const struct khv_events *ev)
{
	struct khv_conn *conn = NULL;
	bool there = !khv_open(&conn) &&
		     khv_family(conn) == khv_events_family(ev);

	khv_close(conn);
	return there;
}

static void collect(struct lesson *l, struct khv_events *ev, const char *path)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct pollfd p = { .fd = khv_events_fd(ev), .events = POLLIN };
	int err;

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	signal(SIGHUP, SIG_IGN);
	for (;;) {
		err = khv_events_read(ev, on_event, l);
		if (err >= 0 || err == -ENOBUFS)
			continue;
		if (ending || err != -EAGAIN)
			break;
		if (saving) {
			saving = 0;
			lesson_save(l, path);
		}
		/* A signal between here and poll() waits for a second. */
		if (!poll(&p, 1, 1000) && !still_there(ev))
			break;
	}
	lesson_save(l, path);
}

/* In the child: a process of its own, without a terminal. */
static void become_collector(struct lesson *l, struct khv_events *ev, int fd,
			     const char *path)
{
	int null = open("/dev/null", O_RDWR);
	char text[32];
	int n;

	setsid();
	if (chdir("/"))
		_exit(1);
	for (int i = 0; i < 3 && null >= 0; i++)
		dup2(null, i);
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(fd, 0) || write(fd, text, (size_t)n) != n)
		_exit(1);
	collect(l, ev, path);
	_exit(0);
}

/* --- start ------------------------------------------------------------------------------- */

static int find_programs(struct hvctl *h, struct lesson *l)
{
	for (int i = 1; i < h->argc; i++) {
		char *path = realpath(h->argv[i], NULL);

		if (!path || access(path, X_OK)) {
			free(path);
			return fail(h, HV_USAGE, NULL, "%s: %s", h->argv[i],
				    strerror(errno));
		}
		l->attach[l->nr_attach++] = path;
	}
	return HV_OK;
}

/* Grants nothing, so that everything the program needs is seen. */
static struct khv_policy *learning_policy(const struct lesson *l)
{
	struct khv_policy *p = NULL;
	char text[8192];
	int n;

	n = snprintf(text, sizeof(text),
		     "version 1\npolicy %s \"learning: hvctl learn stop %s\"\n"
		     "mode learn\ngovern exec/mmap/stat\n",
		     l->name, l->name);
	for (int i = 0; i < l->nr_attach; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "attach \"%s\"\n", l->attach[i]);
	if (khv_policy_compile_text("learn.hv", text, strlen(text), NULL, &p)) {
		khv_policy_free(p);
		p = NULL;
	}
	return p;
}

/* Is a policy of the name in force that is no learning one? */
static int check_free(struct hvctl *h, const char *name)
{
	struct khv_list *l;
	int code = HV_OK;

	if (khv_list_policies(h->conn, &l))
		return fail_kernel(h, "learn start");
	for (size_t i = 0; i < khv_list_count(l); i++) {
		const struct khv_policy_info *p = khv_list_at(l, i);

		if (!strcmp(p->name, name) && p->mode != KHV_MODE_LEARN &&
		    !h->opt[OPT_FORCE])
			code = fail(
				h, HV_FAILED,
				"learn under another name, or --force: it protects nothing while it learns",
				"learn start: a policy %s is in force", name);
	}
	khv_list_free(l);
	return code;
}

/* What is no event cannot be learnt from. */
static int check_levels(struct hvctl *h)
{
	struct khv_list *l;
	int code = HV_OK;

	if (khv_list_clients(h->conn, &l))
		return fail_kernel(h, "learn start");
	for (size_t i = 0; i < khv_list_count(l) && !code; i++) {
		const struct khv_client_info *c = khv_list_at(l, i);

		if (c->log_level == KHV_LOG_OFF)
			code = fail(
				h, HV_FAILED, "say: hvctl log level deny",
				"learn start: client %s makes no events, its log level is off",
				c->name);
	}
	khv_list_free(l);
	return code;
}

static int start(struct hvctl *h, struct lesson *l, int fd)
{
	struct khv_policy *p = learning_policy(l);
	struct khv_events *ev = NULL;
	struct khv_error error;
	char path[256];
	pid_t pid = 0;
	int code = HV_OK;

	if (!p)
		return fail(h, HV_FAILED, NULL,
			    "learn start: no policy can name these programs");
	make_path(path, sizeof(path), LEARN_DATA, l->name, ".json");
	/* Listening first: nothing that happens from the load on is missed. */
	if (khv_events_open(&ev, 0, &error))
		code = fail_error(h, "learn start", &error);
	if (!code && lesson_save(l, path))
		code = fail(h, HV_FAILED, NULL, "%s cannot be written", path);
	if (!code) {
		pid = fork();
		if (!pid)
			become_collector(l, ev, fd, path);
		if (pid < 0)
			code = fail(h, HV_FAILED, NULL, "learn start: %s",
				    strerror(errno));
	}
	if (!code)
		code = load_policies(h, &p, 1);
	if (code && pid > 0)
		kill(pid, SIGTERM);
	khv_events_close(ev);
	khv_policy_free(p);
	return code;
}

int cmd_learn_start(struct hvctl *h)
{
	const char *name = h->argv[0];
	struct timespec now;
	struct lesson l;
	int code, fd = -1;

	if (!good_name(name))
		return fail(h, HV_USAGE, NULL, "\"%s\" is no name for a policy",
			    name);
	if (h->argc - 1 > (int)ARRAY_SIZE(l.attach))
		return fail(h, HV_USAGE, NULL,
			    "learn start: %zu programs at most",
			    ARRAY_SIZE(l.attach));
	if (lesson_init(&l, name))
		return fail(h, HV_FAILED, NULL, "no memory");
	clock_gettime(CLOCK_REALTIME, &now);
	l.since = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	code = find_programs(h, &l);
	if (!code)
		code = check_free(h, name);
	if (!code)
		code = check_levels(h);
	if (!code && !h->dry_run)
		code = make_folders(h);
	if (!code && !h->dry_run) {
		fd = lock_file(name, true);
		if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB))
			code = fail(h, HV_FAILED,
				    "end it first: hvctl learn stop",
				    "learn start: %s is being learnt already",
				    name);
	}
	if (!code && !h->dry_run)
		code = start(h, &l, fd);
	if (!code)
		note(h,
		     "learning %s: start the program, let it do all its work, then: hvctl learn suggest %s%s",
		     name, name, h->dry_run ? " (dry run)" : "");
	if (fd >= 0)
		close(fd);
	lesson_free(&l);
	return code;
}

/* --- stop, suggest --------------------------------------------------------------------------- */

static uint64_t changed_at(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return 0;
	return (uint64_t)st.st_mtim.tv_sec * 1000000000 +
	       (uint64_t)st.st_mtim.tv_nsec + st.st_ino;
}

/* Let a collector that is at work write down what it has. */
static void refresh(struct hvctl *h, const char *name)
{
	pid_t pid = collector(name);
	char path[256];
	uint64_t before;

	make_path(path, sizeof(path), LEARN_DATA, name, ".json");
	before = changed_at(path);
	if (!pid || kill(pid, SIGUSR1))
		return;
	for (unsigned int i = 0;
	     i < h->timeout * 20 && changed_at(path) == before; i++)
		usleep(50000);
}

int learn_load(struct hvctl *h, struct lesson *l)
{
	const char *name = h->argv[0];
	char path[256];
	int err;

	if (!good_name(name))
		return fail(h, HV_USAGE, NULL, "\"%s\" is no name for a policy",
			    name);
	if (lesson_init(l, name))
		return fail(h, HV_FAILED, NULL, "no memory");
	refresh(h, name);
	make_path(path, sizeof(path), LEARN_DATA, name, ".json");
	err = lesson_load(l, path);
	if (!err)
		return HV_OK;
	lesson_free(l);
	return fail(h, HV_FAILED, "see: hvctl learn start",
		    "nothing was learnt about %s: %s: %s", name, path,
		    strerror(-err));
}

static void wait_for_collector(struct hvctl *h, const char *name)
{
	for (unsigned int i = 0; i < h->timeout * 20 && collector(name); i++)
		usleep(50000);
}

/* Without tasks the policy is of no use any more; with them it must stay. */
static int end_policy(struct hvctl *h, const char *name)
{
	struct khv_list *l;
	int code = HV_OK;

	if (khv_list_policies(h->conn, &l))
		return fail_kernel(h, "learn stop");
	for (size_t i = 0; i < khv_list_count(l) && !code; i++) {
		const struct khv_policy_info *p = khv_list_at(l, i);

		if (strcmp(p->name, name) || p->mode != KHV_MODE_LEARN)
			continue;
		if (p->tasks)
			note(h,
			     "%u tasks are in policy %s: it stays in force, in mode learn, until you load another one",
			     p->tasks, name);
		else if (!h->dry_run && khv_clear_policy(h->conn, name, false))
			code = fail_kernel(h, name);
		else
			note(h, "policy %s is cleared", name);
	}
	khv_list_free(l);
	return code;
}

int cmd_learn_stop(struct hvctl *h)
{
	const char *name = h->argv[0];
	pid_t pid = collector(name);
	struct lesson l;
	int code;

	if (!pid)
		return fail(h, HV_FAILED, NULL, "%s is not being learnt", name);
	if (!h->dry_run) {
		kill(pid, SIGTERM);
		wait_for_collector(h, name);
		if (collector(name))
			return fail(h, HV_TIMEOUT, NULL,
				    "learn stop: process %d does not end",
				    (int)pid);
	}
	code = learn_load(h, &l);
	if (code)
		return code;
	note(h, "%s: %llu events about %zu objects, %llu lost", name,
	     (unsigned long long)l.events, l.nr,
	     (unsigned long long)(l.lost + l.full));
	lesson_free(&l);
	return end_policy(h, name);
}

int cmd_learn_suggest(struct hvctl *h)
{
	const char *lines = h->opt[OPT_LINES];
	unsigned long most = lines ? strtoul(lines, NULL, 10) : 24;
	struct lesson l;
	char *text;
	int code;

	if (most < 12 || most > 10000)
		return fail(h, HV_USAGE, NULL,
			    "--lines: \"%s\" is not a number from 12 to 10000",
			    lines);
	code = learn_load(h, &l);
	if (code)
		return code;
	text = lesson_policy(&l, (unsigned int)most);
	if (!text) {
		code = fail(h, HV_FAILED, NULL, "no memory");
	} else if (h->json) {
		struct json_object *o = json_object_new_object();

		add_string(o, "policy", l.name);
		add_string(o, "text", text);
		json_object_object_add(o, "events",
				       json_object_new_uint64(l.events));
		json_object_object_add(o, "objects",
				       json_object_new_uint64(l.nr));
		json_object_object_add(o, "lost",
				       json_object_new_uint64(l.lost));
		json_object_object_add(o, "not_kept",
				       json_object_new_uint64(l.full + l.odd));
		data_add(h, o);
	} else {
		fputs(text, stdout);
	}
	free(text);
	lesson_free(&l);
	return code;
}
