// SPDX-License-Identifier: GPL-2.0
/*
 * The local syslog. Not syslog(3): it has no way to say that a message was not
 * taken, and a log that loses without knowing is worth little.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include "output.h"

static bool syslog_wanted(const struct config *c)
{
	return c->syslog != SYSLOG_NONE;
}

static void syslog_close(struct output *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}

static int try_connect(struct output *o, int type)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	/* A stuck syslog must not keep us from noticing a signal. */
	struct timeval tv = { .tv_sec = 1 };
	int err;

	_Static_assert(sizeof(sun.sun_path) == sizeof(o->config->socket),
		       "as long as the kernel's");
	memcpy(sun.sun_path, o->config->socket, sizeof(sun.sun_path));
	o->fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (o->fd < 0)
		return -errno;
	setsockopt(o->fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	if (!connect(o->fd, (struct sockaddr *)&sun, sizeof(sun))) {
		o->stream = type == SOCK_STREAM;
		return 0;
	}
	err = -errno;
	syslog_close(o);
	return err;
}

static int syslog_connect(struct output *o)
{
	int err;

	if (o->fd >= 0)
		return 0;
	err = try_connect(o, SOCK_DGRAM);
	if (err == -EPROTOTYPE)
		err = try_connect(o, SOCK_STREAM);
	/* Not away but slow: its queue of connections is full. */
	return err == -EAGAIN ? -ECONNREFUSED : err;
}

static int send_all(struct output *o, const char *buf, size_t len)
{
	while (len) {
		ssize_t n = send(o->fd, buf, len, MSG_NOSIGNAL);

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

static int syslog_write(struct output *o, const struct message *m)
{
	struct text *t = &o->text;
	int err;

	t->at = 0;
	t->full = false;
	if (o->config->syslog == SYSLOG_RFC5424)
		format_rfc5424(m, t);
	else
		format_rfc3164(m, t);
	o->failure = FAIL_SYSLOG_AWAY;
	err = syslog_connect(o);
	/* On a stream the NUL ends the message. */
	if (!err && o->stream)
		text_char(t, 0);
	if (t->full)
		return -EMSGSIZE;
	if (!err)
		err = send_all(o, t->buf, t->at);
	if (!err || err == -EMSGSIZE)
		return err;
	/* Too slow is not away: the connection stays, the message waits. */
	if (err == -EAGAIN && o->fd >= 0 && !o->stream)
		return err;
	syslog_close(o);
	return err == -EAGAIN ? -ETIMEDOUT : err;
}

const struct output_ops syslog_output = {
	.name = "syslog",
	.wanted = syslog_wanted,
	.write = syslog_write,
	.close = syslog_close,
};
