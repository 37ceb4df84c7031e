// SPDX-License-Identifier: GPL-2.0
/* Room for a record. What does not fit is noticed, never written half. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "format.h"

void text_number(struct text *t, uint64_t n)
{
	char buf[20];
	size_t at = sizeof(buf);

	do {
		buf[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	text_put(t, buf + at, sizeof(buf) - at);
}

void text_signed(struct text *t, int64_t n)
{
	if (n < 0)
		text_char(t, '-');
	text_number(t, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

/* Most events are of the second of the one before. */
static const char *second(time_t seconds)
{
	static _Thread_local char buf[32];
	static _Thread_local time_t of = -1;
	struct tm tm;

	if (of != seconds) {
		gmtime_r(&seconds, &tm);
		strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%S.", &tm);
		of = seconds;
	}
	return buf;
}

void text_time(struct text *t, uint64_t ns, int digits)
{
	uint64_t part = ns % 1000000000;
	char buf[9];

	for (int i = 8; i >= 0; i--) {
		buf[i] = (char)('0' + part % 10);
		part /= 10;
	}
	text_string(t, second((time_t)(ns / 1000000000)));
	text_put(t, buf, (size_t)digits);
	text_char(t, 'Z');
}
