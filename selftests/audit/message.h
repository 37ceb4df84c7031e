/* SPDX-License-Identifier: GPL-2.0 */
/* A message from bytes that somebody else has chosen, for the fuzzer. */
#ifndef _AUDIT_MESSAGE_H
#define _AUDIT_MESSAGE_H

#include <stdint.h>
#include "../../tools/hvauditd/format.h"

struct made {
	struct message message;
	struct khv_event event;
	struct extra extra;
	struct origin origin;
	char *strings;				    /* room for all of them */
	char raw[8192] __attribute__((aligned(8))); /* arguments, as sent */
};

/* What @data makes of it; free(made->strings) afterwards. */
void make_message(struct made *made, const uint8_t *data, size_t size);

#endif /* _AUDIT_MESSAGE_H */
