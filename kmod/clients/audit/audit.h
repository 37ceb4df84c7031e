/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_AUDIT_H
#define _KHV_AUDIT_H

#include <khv/client.h>
#include <khv/mediate.h>

#define KHV_AUDIT_TEXT	256	/* bytes of a name; longer ones are cut at the front */
#define KHV_AUDIT_NAMES	2	/* names that a call uses, at most */
#define KHV_AUDIT_ARGS	2048	/* bytes of all arguments */

/**
 * struct khv_audit_name - a name that stands for an argument
 * @type: enum khv_type of what it names
 * @len: of @text
 * @text: without NUL
 */
struct khv_audit_name {
	u8 type;
	u16 len;
	char text[KHV_AUDIT_TEXT];
};

/**
 * struct khv_audit_scratch - a call that is being made
 * @nr_fds: names in @fd
 * @nr_seen: names in @seen
 * @fd: what descriptors were, when the call began
 * @seen: what was looked at in checks, since then
 */
struct khv_audit_scratch {
	u8 nr_fds;
	u8 nr_seen;
	struct khv_audit_name fd[KHV_AUDIT_NAMES];
	struct khv_audit_name seen[KHV_AUDIT_NAMES];
};

void khv_audit_name_set(struct khv_audit_name *n, enum khv_type type,
			const char *text, size_t len);
/* Descriptors among the arguments, before the call. May sleep. */
void khv_audit_look(const struct khv_call *call, struct khv_audit_scratch *s);
/* The arguments, for the event; returns their length. @buf: KHV_AUDIT_ARGS bytes. */
size_t khv_audit_args(const struct khv_call *call,
		      const struct khv_audit_scratch *s, void *buf);
void khv_audit_redact(void *args, size_t len);

#endif /* _KHV_AUDIT_H */
