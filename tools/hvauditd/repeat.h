/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events that say the same. A program that is refused something asks again, and again:
 * such events differ in their numbers only, which come first in a message. What was
 * made of the rest is kept, decoded and as text, and found by comparing the bytes.
 */
#ifndef _HVAUDITD_REPEAT_H
#define _HVAUDITD_REPEAT_H

#include <stddef.h>
#include "format.h"

struct repeats;

/* NULL without memory: then nothing is kept. */
struct repeats *repeats_new(void);
void repeats_free(struct repeats *r);
/* Texts begin with who wrote them: for when that changes. */
void repeats_forget(struct repeats *r);
/*
 * As khv_event_decode(), which it spares. @json: for what a format makes of it, or NULL
 * if this event is not kept; valid until the next call. @r may be NULL.
 */
int repeats_decode(struct repeats *r, struct khv_event *e, const void *nest,
		   size_t len, struct kept **json);

#endif /* _HVAUDITD_REPEAT_H */
