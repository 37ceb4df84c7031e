// SPDX-License-Identifier: GPL-2.0
/* The journal of systemd, with fields of our own. */
#include <errno.h>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>
#include <unistd.h>
#include "output.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

static bool journal_wanted(const struct config *c)
{
	return c->journal;
}

/*
 * sd_journal_sendv() says 0 where there is no journal, and waits as long as the
 * journal's queue is full.
 */
static int journal_write(struct output *o, const struct message *m)
{
	struct iovec fields[JOURNAL_FIELDS];
	int n;

	o->failure = FAIL_JOURNAL_AWAY;
	if (access(JOURNAL_SOCKET, F_OK))
		return -errno;
	o->text.at = 0;
	o->text.full = false;
	n = format_journal(m, &o->text, fields);
	return n ? sd_journal_sendv(fields, n) : -EMSGSIZE;
}

static void journal_close(struct output *o)
{
	(void)o;
}

const struct output_ops journal_output = {
	.name = "journal",
	.wanted = journal_wanted,
	.write = journal_write,
	.close = journal_close,
};
