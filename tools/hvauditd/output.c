// SPDX-License-Identifier: GPL-2.0
/* All outputs: who has a message, and what is done when one fails. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include "output.h"

#define RETRY_NS      200000000ull
#define RETRY_DISK_NS 1000000000ull
#define PAUSE_US      50000
/* Kept to be written together. */
#define KEPT_MAX (128 << 10)

/* The file last: it can tell what nobody else has. */
static const struct output_ops *const kinds[NR_OUTPUTS] = {
	&syslog_output,
	&journal_output,
	&file_output,
};

int outputs_init(struct outputs *o, const struct config *c)
{
	o->config = c;
	for (int i = 0; i < NR_OUTPUTS; i++) {
		struct output *out = &o->list[i];

		out->ops = kinds[i];
		out->config = c;
		out->origin = &o->origin;
		out->fd = -1;
		out->text.size = RECORD_MAX + KEPT_MAX;
		out->text.buf = malloc(out->text.size);
		if (!out->text.buf)
			return -ENOMEM;
		out->wanted = out->ops->wanted(c);
	}
	return 0;
}

/* What it has kept is lost, unless another output has it. */
static void discard(struct outputs *o, struct output *out)
{
	if (out->ops->discard)
		o->undone += out->ops->discard(out);
}

static void resume(struct output *out)
{
	out->suspended = false;
	out->next_try = 0;
}

void outputs_resume(struct outputs *o)
{
	for (int i = 0; i < NR_OUTPUTS; i++)
		resume(&o->list[i]);
}

void outputs_config(struct outputs *o)
{
	for (int i = 0; i < NR_OUTPUTS; i++) {
		struct output *out = &o->list[i];

		out->ops->close(out);
		out->wanted = out->ops->wanted(o->config);
		resume(out);
	}
}

static bool hurry(const struct outputs *o)
{
	return o->stop || (o->hurry && atomic_load(o->hurry));
}

static void went_away(struct outputs *o, struct output *out, int err)
{
	const struct reaction *r = &o->config->reaction[out->failure];

	out->next_try =
		monotonic_ns() + (out->ops->flush ? RETRY_DISK_NS : RETRY_NS);
	if (!out->away) {
		out->away = true;
		out->ran = false;
		out->away_since = monotonic_ns();
		out->missed_before = out->missed;
		fprintf(stderr, "hvauditd: %s: %s (%s)\n", out->ops->name,
			strerror(-err), failure_names[out->failure]);
	}
	if (r->action == ACTION_SUSPEND)
		out->suspended = true;
	if (r->action == ACTION_STOP)
		o->stop = true;
	if (r->action == ACTION_EXEC && !out->ran)
		run_program(&o->child, r->program, out->ops->name,
			    failure_names[out->failure]);
	out->ran = true;
}

static bool waits(const struct outputs *o, const struct output *out)
{
	int action = o->config->reaction[out->failure].action;

	return (action == ACTION_WAIT || action == ACTION_EXEC) && !hurry(o);
}

static void came_back(struct outputs *o, struct output *out)
{
	uint64_t missed = out->missed - out->missed_before;
	char text[160];

	out->away = false;
	snprintf(text, sizeof(text), "%s was away for %llu ms, missed=%llu",
		 out->ops->name,
		 (unsigned long long)((monotonic_ns() - out->away_since) /
				      1000000),
		 (unsigned long long)missed);
	outputs_say(o, missed ? "MISSED" : "BACK",
		    missed ? LOG_ERR : LOG_NOTICE, text);
}

/*
 * @op until it works, or is given up as the settings say; false: given up. What
 * waits meanwhile is in the ring, and the kernel waits behind that.
 */
static bool insist(struct outputs *o, struct output *out,
		   int (*op)(struct output *out, const struct message *m),
		   const struct message *m)
{
	for (;;) {
		int err = -EAGAIN;

		if (out->suspended)
			return false;
		if (!out->away || monotonic_ns() >= out->next_try) {
			err = op(out, m);
			if (!err || err == -EMSGSIZE)
				return !err;
			/* Too slow is not away, for who may wait. */
			if (err != -EAGAIN || !waits(o, out))
				went_away(o, out, err);
		}
		if (!waits(o, out))
			return false;
		if (o->alive)
			o->alive(o->arg);
		usleep(PAUSE_US);
	}
}

static bool write_one(struct outputs *o, struct output *out,
		      const struct message *m)
{
	if (!insist(o, out, out->ops->write, m)) {
		out->missed++;
		/* Its turn is over; what it had kept must not wait longer. */
		if (out->away)
			discard(o, out);
		return false;
	}
	out->written++;
	if (out->away && !out->ops->flush)
		came_back(o, out);
	return true;
}

static void copy_line(const struct message *m)
{
	char buf[KHV_LINE_MAX + 2048];
	struct text t = { .buf = buf, .size = sizeof(buf) };

	message_line(m, &t);
	fprintf(stderr, "%.*s\n", (int)t.at, buf);
}

bool outputs_write(struct outputs *o, const struct message *m)
{
	bool taken = false;

	for (int i = 0; i < NR_OUTPUTS; i++) {
		struct output *out = &o->list[i];

		if (!out->wanted)
			continue;
		out->sole = m->event && !taken;
		taken |= write_one(o, out, m);
	}
	if (o->copy && taken)
		copy_line(m);
	return taken;
}

static int flush_op(struct output *out, const struct message *m)
{
	(void)m;
	return out->ops->flush(out);
}

void outputs_flush(struct outputs *o)
{
	for (int i = 0; i < NR_OUTPUTS; i++) {
		struct output *out = &o->list[i];

		if (!out->wanted || !out->ops->flush || !out->text.at)
			continue;
		if (!insist(o, out, flush_op, NULL))
			discard(o, out);
		else if (out->away)
			came_back(o, out);
	}
}

void outputs_rotate(struct outputs *o)
{
	for (int i = 0; i < NR_OUTPUTS; i++)
		if (o->list[i].wanted && o->list[i].ops->rotate)
			o->list[i].ops->rotate(&o->list[i]);
}

bool outputs_away(const struct outputs *o)
{
	for (int i = 0; i < NR_OUTPUTS; i++)
		if (o->list[i].wanted && o->list[i].away)
			return true;
	return false;
}

void outputs_close(struct outputs *o)
{
	for (int i = 0; i < NR_OUTPUTS; i++) {
		o->list[i].ops->close(&o->list[i]);
		free(o->list[i].text.buf);
		o->list[i].text.buf = NULL;
	}
}

bool outputs_say(struct outputs *o, const char *id, int severity,
		 const char *text)
{
	struct message m = { .from = &o->origin,
			     .time = realtime_ns(),
			     .severity = severity,
			     .id = id,
			     .text = text };

	return outputs_write(o, &m);
}
