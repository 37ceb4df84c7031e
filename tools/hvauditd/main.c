// SPDX-License-Identifier: GPL-2.0
/* hvauditd(8): life cycle. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include "hvauditd.h"

#define CONFIG_FILE "/etc/khv/hvauditd.conf"
#define TICK_MS	    1000
/*
 * Whoever makes an event makes more. Messages that come while we sleep are taken
 * together; without that each of them costs two switches of tasks.
 */
#define GATHER_US 3000
/* A daemon that is being replaced needs a moment to let go. */
#define BUSY_NS 10000000000ull

struct daemon {
	struct config config;
	struct reader reader;
	struct writer writer;
	pthread_t thread;
	int signals, lock;
	bool foreground, stopping, ready;
	char said[KHV_TEXT_MAX]; /* last message, to say it once */
	const char *file;
	bool file_given;
	const char *socket;	    /* --syslog-socket */
	uint64_t watchdog, watched; /* ns */
	unsigned int beats;
};

/* --- settings -------------------------------------------------------------------- */

static int load_config(struct daemon *d, struct config *c)
{
	char error[1024];
	int err;

	config_defaults(c);
	err = config_read(c, d->file, error, sizeof(error));
	if (err == -ENOENT && !d->file_given)
		err = 0;
	if (!err && d->socket)
		err = config_set(c, "socket", d->socket, error, sizeof(error));
	if (err)
		fprintf(stderr, "hvauditd: %s\n", error);
	return err;
}

/* SIGHUP: the new settings, or the old ones if there is a mistake in them. */
static void reload(struct daemon *d)
{
	struct config c;

	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
		   (unsigned long long)monotonic_ns() / 1000);
	if (load_config(d, &c)) {
		reader_note(&d->reader,
			    "CONFIG %s has an error; the old settings stay",
			    d->file);
	} else {
		/* These need a restart. */
		c.queue = d->config.queue;
		memcpy(c.state, d->config.state, sizeof(c.state));
		memcpy(c.user, d->config.user, sizeof(c.user));
		d->config = c;
		ring_put(d->reader.ring, ENTRY_CONFIG, &c, sizeof(c));
		reader_note(&d->reader, "CONFIG %s was read again", d->file);
	}
	sd_notify(0, "READY=1");
}

/* --- the kernel's side ------------------------------------------------------------ */

/* To the person and to systemctl status, but not every second. */
static void say(struct daemon *d, const char *text)
{
	sd_notifyf(0, "STATUS=%s", text);
	if (strcmp(d->said, text))
		fprintf(stderr, "hvauditd: %s\n", text);
	snprintf(d->said, sizeof(d->said), "%s", text);
}

static void ready(struct daemon *d)
{
	if (!d->ready)
		sd_notify(0, "READY=1");
	d->ready = true;
}

/*
 * One daemon per file of books, from before the first event until the last line
 * is written: the next one must not read them earlier.
 */
static bool lock_books(struct daemon *d)
{
	char path[PATH_SIZE + 8];

	if (d->lock > 0)
		return true;
	snprintf(path, sizeof(path), "%s.lock", d->config.state);
	d->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (d->lock < 0) {
		fprintf(stderr, "hvauditd: %s: %s\n", path, strerror(errno));
		return true;
	}
	if (!flock(d->lock, LOCK_EX | LOCK_NB))
		return true;
	close(d->lock);
	d->lock = 0;
	return false;
}

/* 0: subscribed or worth another attempt; else an exit code. */
static int try_subscribe(struct daemon *d, uint64_t since)
{
	const struct khv_error *e = &d->reader.error;
	char text[KHV_TEXT_MAX + 64];

	if (!lock_books(d)) {
		if (monotonic_ns() - since >= BUSY_NS) {
			say(d, "another audit daemon is running");
			return EXIT_FAILURE;
		}
		say(d, "waiting for another audit daemon to end");
		return 0;
	}
	if (!reader_subscribe(&d->reader)) {
		keep_capability(CAP_AUDIT_READ);
		ready(d);
		say(d, "subscribed");
		return 0;
	}
	if (e->absent && d->config.wait) {
		/*
		 * Waiting is its work now: a start job that never ends would
		 * hold up the boot of a machine that loads the module later.
		 */
		say(d,
		    "waiting: kernel module khv is not loaded (modprobe khv_wrap)");
		ready(d);
		return 0;
	}
	if (e->code == EBUSY && monotonic_ns() - since < BUSY_NS) {
		say(d, "waiting for another audit daemon to end");
		return 0;
	}
	if (e->code == EAGAIN)
		return 0;
	snprintf(text, sizeof(text), "%s", e->text);
	if (e->code == EPERM && !e->from_kernel)
		snprintf(text, sizeof(text), "%s: needs CAP_AUDIT_READ",
			 e->text);
	say(d, text);
	return e->absent	? EXIT_ABSENT :
	       e->code == EPERM ? EXIT_NOT_PERMITTED :
				  EXIT_FAILURE;
}

static void lost_kernel(struct daemon *d)
{
	reader_unsubscribe(&d->reader);
	reader_note(&d->reader, "GONE the module was unloaded or reloaded");
	say(d, "the module was unloaded or reloaded");
}

/* --- signals, watchdog -------------------------------------------------------------- */

static void take_signals(struct daemon *d)
{
	struct signalfd_siginfo si;

	while (read(d->signals, &si, sizeof(si)) == sizeof(si)) {
		switch (si.ssi_signo) {
		case SIGHUP:
			reload(d);
			break;
		case SIGUSR1:
			ring_put(d->reader.ring, ENTRY_ROTATE, "", 0);
			break;
		case SIGUSR2:
			ring_put(d->reader.ring, ENTRY_RESUME, "", 0);
			break;
		default:
			d->stopping = true;
		}
		ring_wake(d->reader.ring);
	}
}

static void take_acks(struct daemon *d)
{
	uint64_t n;

	if (read(d->writer.acks, &n, sizeof(n)) == sizeof(n))
		reader_ack(&d->reader, &d->writer);
}

static void tick(struct daemon *d)
{
	unsigned int beats = atomic_load(&d->writer.beats);
	uint64_t now = monotonic_ns();

	if (d->reader.events)
		sd_notifyf(0, "STATUS=logged %llu, lost %llu%s",
			   (unsigned long long)atomic_load(&d->writer.logged),
			   (unsigned long long)atomic_load(&d->writer.lost),
			   atomic_load(&d->writer.away) ?
				   ", an output does not work" :
				   "");
	/* Only if the writer moves as well; it beats when idle, too. */
	if (d->watchdog && now - d->watched > d->watchdog / 3 &&
	    beats != d->beats) {
		sd_notify(0, "WATCHDOG=1");
		d->watched = now;
		d->beats = beats;
	}
}

static int run(struct daemon *d)
{
	struct reader *r = &d->reader;
	uint64_t since = monotonic_ns(), next = 0;
	int code = 0;

	while (!d->stopping && !code) {
		struct pollfd p[] = {
			{ .fd = d->signals, .events = POLLIN },
			{ .fd = d->writer.acks, .events = POLLIN },
			{ .fd = r->events && !reader_waits(r) ?
					khv_events_fd(r->events) :
					-1,
			  .events = POLLIN },
		};
		/* Whoever waits for room looks often. */
		int ms = r->events && p[2].fd < 0 ? 20 : TICK_MS / 2;

		if (r->stop || atomic_load(&d->writer.failed)) {
			say(d, "an action of the settings ends the daemon");
			return EXIT_STOPPED;
		}

		if (monotonic_ns() >= next) {
			next = monotonic_ns() + TICK_MS * 1000000ull;
			if (r->events && !reader_check(r))
				lost_kernel(d);
			if (!r->events)
				code = try_subscribe(d, since);
			else
				since = monotonic_ns();
			tick(d);
			reader_flush_dropped(r);
			/* What came with the answer is not seen by poll(). */
			if (r->events && !reader_drain(r))
				lost_kernel(d);
			continue;
		}
		if (poll(p, ARRAY_SIZE(p), ms) <= 0)
			continue;
		if (p[0].revents)
			take_signals(d);
		if (p[1].revents)
			take_acks(d);
		if (!p[2].revents)
			continue;
		if (reader_drain(r))
			usleep(GATHER_US);
		else
			lost_kernel(d);
	}
	return code;
}

/* Take what the kernel still hands out, let the writer finish, or hurry it. */
static void shut_down(struct daemon *d)
{
	uint64_t end = monotonic_ns() + d->config.drain * 1000000000ull;
	struct kernel_totals totals = { .known = false };
	uint64_t now;
	struct timespec ts;

	sd_notify(0, "STOPPING=1\nSTATUS=writing what is left");
	if (d->reader.events) {
		struct pollfd p = { .fd = khv_events_fd(d->reader.events),
				    .events = POLLIN };

		do {
			if (reader_waits(&d->reader))
				usleep(10000);
			reader_drain(&d->reader);
			take_acks(d);
		} while (monotonic_ns() < end && poll(&p, 1, 50) > 0);
		reader_totals(&d->reader, &totals);
	}
	for (;;) {
		reader_flush_dropped(&d->reader);
		if (!d->reader.any_dropped &&
		    ring_put(d->reader.ring, ENTRY_STOP, &totals,
			     sizeof(totals)))
			break;
		if (monotonic_ns() >= end)
			atomic_store(&d->writer.hurry, true);
		usleep(10000);
	}
	ring_wake(d->reader.ring);
	now = monotonic_ns();
	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += (time_t)(now < end ? (end - now) / 1000000000 + 1 : 0);
	if (pthread_timedjoin_np(d->thread, NULL, &ts)) {
		atomic_store(&d->writer.hurry, true);
		pthread_join(d->thread, NULL);
	}
	/* What came meanwhile goes to the next one. */
	reader_ack(&d->reader, &d->writer);
	reader_unsubscribe(&d->reader);
}

static int start(struct daemon *d)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	d->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	d->reader.ring = ring_new(d->config.queue);
	d->reader.config = &d->config;
	d->writer.ring = d->reader.ring;
	d->writer.acks = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (d->signals < 0 || !d->reader.ring || d->writer.acks < 0)
		return -errno;
	d->writer.config = d->config;
	d->writer.copy = d->foreground;
	return -pthread_create(&d->thread, NULL, writer_run, &d->writer);
}

static const char usage[] =
	"Usage: hvauditd [OPTIONS]\n"
	"Write the decisions of kernel hypervisors to syslog, the journal and a file.\n\n"
	"  -c, --config FILE        settings (default " CONFIG_FILE ")\n"
	"  -f, --foreground         copy every line to standard error\n"
	"      --check              check and show the settings, then end\n"
	"      --syslog-socket PATH instead of the one in the settings (/dev/log)\n"
	"  -V, --version            -h, --help\n\n"
	"Signals: HUP reads the settings again, USR1 begins a new file, USR2 tries\n"
	"  outputs that are suspended, TERM writes what is left and ends.\n"
	"Exit codes: 0 done  1 failed  2 usage  3 module not loaded (wait = no)\n"
	"  4 not permitted  6 error in the settings  7 an action said so\n";

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "foreground", no_argument, NULL, 'f' },
		{ "check", no_argument, NULL, 'k' },
		{ "syslog-socket", required_argument, NULL, 's' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static struct daemon d = { .file = CONFIG_FILE };
	bool check = false;
	uint64_t usec = 0;
	int opt, code;

	while ((opt = getopt_long(argc, argv, "c:fVh", options, NULL)) >= 0) {
		switch (opt) {
		case 'c':
			d.file = optarg;
			d.file_given = true;
			break;
		case 'f':
			d.foreground = true;
			break;
		case 'k':
			check = true;
			break;
		case 's':
			d.socket = optarg;
			break;
		case 'V':
			printf("hvauditd %s\n", KHV_VERSION);
			return 0;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "hvauditd: unexpected \"%s\"; see --help\n",
			argv[optind]);
		return EXIT_USAGE;
	}
	if (load_config(&d, &d.config))
		return EXIT_CONFIG;
	if (check) {
		printf("%s: %s\n", d.file,
		       access(d.file, F_OK) ?
			       "not there; these defaults are used" :
			       "no errors");
		config_print(&d.config, stdout);
		return 0;
	}
	if (sd_watchdog_enabled(0, &usec) > 0)
		d.watchdog = usec * 1000;
	if (become_user(&d.config)) {
		fprintf(stderr, "hvauditd: cannot give up privileges\n");
		return EXIT_FAILURE;
	}
	if (start(&d)) {
		fprintf(stderr, "hvauditd: cannot start: %s\n",
			strerror(errno));
		return EXIT_FAILURE;
	}
	code = run(&d);
	shut_down(&d);
	ring_free(d.reader.ring);
	free(d.reader.dropped);
	khv_close(d.reader.conn);
	return code;
}
