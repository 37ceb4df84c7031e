// SPDX-License-Identifier: GPL-2.0
/*
 * The local syslog. Not syslog(3): it has no way to say that a message was not
 * taken, and a log that loses without knowing is worth little.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include "hvauditd.h"

#define RETRY_NS 200000000ull

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

uint64_t monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t realtime_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

void sink_init(struct sink *s, const struct config *config, bool copy)
{
	*s = (struct sink){ .fd = -1, .copy = copy, .config = config };
}

void sink_close(struct sink *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->next_try = 0;
}

static int try_connect(struct sink *s, int type)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	/* A stuck syslog must not keep us from noticing a signal. */
	struct timeval tv = { .tv_sec = 1 };
	int err;

	_Static_assert(sizeof(sun.sun_path) == sizeof(s->config->socket),
		       "as long as the kernel's");
	memcpy(sun.sun_path, s->config->socket, sizeof(sun.sun_path));
	s->fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return -errno;
	setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	if (!connect(s->fd, (struct sockaddr *)&sun, sizeof(sun))) {
		s->stream = type == SOCK_STREAM;
		return 0;
	}
	err = -errno;
	sink_close(s);
	return err;
}

static int sink_connect(struct sink *s)
{
	int err;

	if (s->fd >= 0)
		return 0;
	err = try_connect(s, SOCK_DGRAM);
	if (err == -EPROTOTYPE)
		err = try_connect(s, SOCK_STREAM);
	return err;
}

/* RFC 3164, as everything that listens on /dev/log expects. */
static int format(const struct sink *s, char *buf, size_t size, int severity,
		  uint64_t time_ns, const char *text)
{
	time_t seconds = (time_t)(time_ns / 1000000000);
	char stamp[32];
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", &tm);
	return snprintf(buf, size, "<%d>%s %s[%d]: %s",
			s->config->facility | severity, stamp, s->config->ident,
			(int)getpid(), text);
}

static int send_all(struct sink *s, const char *buf, size_t len)
{
	while (len) {
		ssize_t n = send(s->fd, buf, len, MSG_NOSIGNAL);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}

static void went_away(struct sink *s, int err)
{
	s->next_try = monotonic_ns() + RETRY_NS;
	if (s->away)
		return;
	s->away = true;
	s->away_since = monotonic_ns();
	fprintf(stderr, "hvauditd: syslog socket %s: %s; retrying\n",
		s->config->socket, strerror(-err));
}

int sink_write(struct sink *s, int severity, uint64_t time_ns, const char *text)
{
	char buf[KHV_LINE_MAX + 128];
	int err, len;

	if (s->fd < 0 && monotonic_ns() < s->next_try)
		return -EAGAIN;
	len = format(s, buf, sizeof(buf), severity, time_ns, text);
	if (len < 0 || (size_t)len >= sizeof(buf))
		return -EMSGSIZE;
	err = sink_connect(s);
	/* On a stream the NUL ends the message. */
	if (!err)
		err = send_all(s, buf, (size_t)len + s->stream);
	if (err == -EMSGSIZE)
		return err;
	/* Too slow is not away: the connection stays, the message waits. */
	if (err == -EAGAIN && s->fd >= 0 && !s->stream)
		return err;
	if (err) {
		sink_close(s);
		went_away(s, err);
		return -EAGAIN;
	}
	s->away = false;
	if (s->copy)
		fprintf(stderr, "%s\n", text);
	return 0;
}
