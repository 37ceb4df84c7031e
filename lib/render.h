/* SPDX-License-Identifier: LGPL-2.1 */
/* Helpers of the rendering files of libkhv. */
#ifndef _KHV_RENDER_H
#define _KHV_RENDER_H

#include <stddef.h>
#include <stdint.h>

struct khv_field;

/* Bytes of the UTF-8 sequence at @s, 0 if there is none; @code its character. */
size_t khv_utf8_length(const unsigned char *s, size_t len, uint32_t *code);
/* Value of a field that is a number. */
uint64_t khv_field_number(const struct khv_field *f, const void *record);
void khv_field_set_number(const struct khv_field *f, void *record, uint64_t n);

#endif /* _KHV_RENDER_H */
