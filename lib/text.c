// SPDX-License-Identifier: LGPL-2.1
/* Text that is safe to show: escapes, times, error names. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "internal.h"
#include "render.h"

/*
 * Length of the UTF-8 sequence at @s, 0 if it is none. Overlong forms,
 * surrogates and everything above U+10FFFF are none.
 */
size_t khv_utf8_length(const unsigned char *s, size_t len, uint32_t *code)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t low;
	} forms[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};

	for (size_t n = 0; n < ARRAY_SIZE(forms) && n < len; n++) {
		uint32_t c = s[0] & ~forms[n].mask & 0xff;

		if ((s[0] & forms[n].mask) != forms[n].lead)
			continue;
		for (size_t i = 1; i <= n; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (s[i] & 0x3f);
		}
		if (c < forms[n].low || c > 0x10ffff ||
		    (c >= 0xd800 && c <= 0xdfff))
			return 0;
		*code = c;
		return n + 1;
	}
	return 0;
}

/* Moves the cursor, hides text or turns its direction. */
static bool deceptive(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0, 0x1f },	    { 0x7f, 0x9f },	  { 0xad, 0xad },
		{ 0x61c, 0x61c },   { 0x180e, 0x180e },	  { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f },	  { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

size_t khv_character(const void *s, size_t len, uint32_t *code, bool *shown)
{
	size_t n = khv_utf8_length(s, len, code);

	*shown = n && !deceptive(*code);
	return n;
}

/* Text of the sequence at @s in @out; return the bytes of @s it stands for. */
static size_t escape_one(char out[20], const unsigned char *s, size_t len,
			 bool quote)
{
	uint32_t code = 0;
	size_t n = khv_utf8_length(s, len, &code);

	if (n && !deceptive(code)) {
		bool back = code == '\\' || (quote && code == '"');

		out[0] = '\\';
		memcpy(out + back, s, n);
		out[n + back] = 0;
		return n;
	}
	if (!n)
		n = 1;
	for (size_t i = 0; i < n; i++)
		snprintf(out + 4 * i, 5, "\\x%02x", s[i]);
	return n;
}

/* Stands for itself, but for the quote between quotes. */
static const bool plain[128] = {
	[0x20 ... '\\' - 1] = true,
	['\\' + 1 ... 0x7e] = true,
};

/* Bytes at the begin of @s that nobody need look at: nearly always all of them. */
static size_t plain_run(const unsigned char *s, size_t len, bool quote)
{
	size_t n = 0;

	while (n < len && s[n] < 128 && plain[s[n]] && !(quote && s[n] == '"'))
		n++;
	return n;
}

size_t khv_escape(char *buf, size_t size, const void *data, size_t len,
		  bool quote)
{
	const unsigned char *s = data;
	size_t total = 0, at = 0;
	bool full = !size;

	for (size_t i = 0; i < len;) {
		char one[20];
		size_t n = plain_run(s + i, len - i, quote), fit;

		if (n) {
			fit = full ? 0 : size - 1 - at;
			full |= n > fit;
			if (fit > n)
				fit = n;
			memcpy(buf + at, s + i, fit);
			at += fit;
			total += n;
			i += n;
			continue;
		}
		i += escape_one(one, s + i, len - i, quote);
		n = strlen(one);
		total += n;
		if (full || at + n >= size) {
			full = true;
			continue;
		}
		memcpy(buf + at, one, n);
		at += n;
	}
	if (size)
		buf[at] = 0;
	return total;
}

void khv_time_text(char buf[KHV_TIME_MAX], uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(buf, KHV_TIME_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, KHV_TIME_MAX - n, ".%09uZ",
		 (unsigned int)(ns % 1000000000));
}

const char *khv_errno_name(unsigned int error, char buf[16])
{
	const char *name = error < 4096 ? strerrorname_np((int)error) : NULL;

	if (error && name)
		return name;
	snprintf(buf, 16, "%u", error);
	return buf;
}

static uint64_t number(const struct khv_field *f, const void *at)
{
	uint64_t value = 0;

	switch (f->kind) {
	case KHV_KIND_U8:
	case KHV_KIND_BOOL:
	case KHV_KIND_ENUM:
		return *(const uint8_t *)at;
	case KHV_KIND_U32:
	case KHV_KIND_ERRNO:
		return *(const uint32_t *)at;
	case KHV_KIND_S32:
		return (uint64_t) * (const int32_t *)at;
	default:
		memcpy(&value, at, sizeof(value));
		return value;
	}
}

uint64_t khv_field_number(const struct khv_field *f, const void *record)
{
	return number(f, (const char *)record + f->offset);
}

void khv_field_set_number(const struct khv_field *f, void *record, uint64_t n)
{
	void *at = (char *)record + f->offset;

	switch (f->kind) {
	case KHV_KIND_U8:
	case KHV_KIND_BOOL:
	case KHV_KIND_ENUM:
		*(uint8_t *)at = (uint8_t)n;
		break;
	case KHV_KIND_U32:
	case KHV_KIND_S32:
	case KHV_KIND_ERRNO:
		*(uint32_t *)at = (uint32_t)n;
		break;
	default:
		memcpy(at, &n, sizeof(n));
	}
}

static size_t names_text(const struct khv_names *names, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = 0;
	for (size_t i = 0; i < names->count && at + 2 < size; i++) {
		if (i)
			buf[at++] = ',';
		khv_escape(buf + at, size - at, names->name[i],
			   strlen(names->name[i]), false);
		at += strlen(buf + at);
	}
	if (!names->count)
		snprintf(buf, size, "-");
	return strlen(buf);
}

size_t khv_field_text(const struct khv_field *f, const void *record, char *buf,
		      size_t size)
{
	const void *at = (const char *)record + f->offset;
	const struct khv_bytes *bytes = at;
	uint64_t n;
	char word[16];

	if (!(*(const uint64_t *)record >> f->attr & 1)) {
		snprintf(buf, size, "-");
		return strlen(buf);
	}
	switch (f->kind) {
	case KHV_KIND_STRING:
		khv_escape(buf, size, *(const char *const *)at,
			   strlen(*(const char *const *)at), false);
		break;
	case KHV_KIND_BYTES:
	case KHV_KIND_COMM:
		khv_escape(buf, size, bytes->data, bytes->len, false);
		break;
	case KHV_KIND_NAMES:
		return names_text(at, buf, size);
	case KHV_KIND_ENUM:
		n = number(f, at);
		if (n < f->count)
			snprintf(buf, size, "%s", f->names[n]);
		else
			snprintf(buf, size, "%llu", (unsigned long long)n);
		break;
	case KHV_KIND_BOOL:
		snprintf(buf, size, "%s", number(f, at) ? "yes" : "no");
		break;
	case KHV_KIND_ERRNO:
		snprintf(buf, size, "%s",
			 khv_errno_name((unsigned int)number(f, at), word));
		break;
	case KHV_KIND_S32:
		snprintf(buf, size, "%d", *(const int32_t *)at);
		break;
	case KHV_KIND_S64:
		snprintf(buf, size, "%lld", (long long)number(f, at));
		break;
	case KHV_KIND_TIME: {
		char time[KHV_TIME_MAX];

		khv_time_text(time, number(f, at));
		/* Seconds are enough for people. */
		snprintf(buf, size, "%.19sZ", time);
		break;
	}
	default:
		snprintf(buf, size, "%llu", (unsigned long long)number(f, at));
	}
	return strlen(buf);
}
