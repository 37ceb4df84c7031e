/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is a record what it was made from, and nothing else? Each format is read back
 * by a parser that knows the format and not the formatter.
 */
#ifndef _AUDIT_ORACLE_H
#define _AUDIT_ORACLE_H

#include "../../tools/hvauditd/format.h"

/* NULL, or what is wrong; the text is valid until the next call. */
const char *oracle_json(const struct message *m, const char *buf, size_t len);
const char *oracle_rfc5424(const struct message *m, const char *buf,
			   size_t len);
/* format_text() with its time, format_rfc3164() with its header. */
const char *oracle_line(const struct message *m, const char *buf, size_t len);
const char *oracle_journal(const struct message *m, const struct iovec *fields,
			   int n);
/* The wire format of the journal, which is that of "journalctl -o export". */
size_t export_format(const struct iovec *fields, int n, char *buf, size_t size);

/* All formats of one message, each by its oracle. */
const char *oracle_all(const struct message *m);

#endif /* _AUDIT_ORACLE_H */
