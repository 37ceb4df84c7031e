// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Patterns of one path component: * ? [set] and \ before a special character.
 * Everything is bytes; a name has no "/" in it, and no encoding is assumed.
 */
#include "engine_internal.h"

/* Length of the set at @pattern[0] == '[', or 0 if it is not closed. */
static size_t set_length(const char *pattern, size_t len)
{
	size_t i = 1;

	if (i < len && (pattern[i] == '!' || pattern[i] == '^'))
		i++;
	if (i < len && pattern[i] == ']')	/* a ] that comes first is meant */
		i++;
	for (; i < len; i++)
		if (pattern[i] == ']')
			return i + 1;
	return 0;
}

static bool set_match(const char *set, size_t len, u8 byte)
{
	bool negate = set[1] == '!' || set[1] == '^';
	size_t i = negate ? 2 : 1;
	bool found = false;

	len--;					/* the closing ] */
	while (i < len) {
		u8 low = set[i], high = low;

		if (i + 2 < len && set[i + 1] == '-') {
			high = set[i + 2];
			i += 2;
		}
		if (byte >= low && byte <= high)
			found = true;
		i++;
	}
	return found != negate;
}

bool khv_glob_valid(const char *pattern, size_t len, u32 *literals)
{
	u32 count = 0;
	size_t i, n;

	for (i = 0; i < len; i++) {
		switch (pattern[i]) {
		case '*':
		case '?':
			break;
		case '[':
			n = set_length(pattern + i, len - i);
			if (!n)
				return false;
			i += n - 1;
			break;
		case '\\':
			i++;
			if (i == len)
				return false;
			count++;
			break;
		default:
			count++;
		}
	}
	if (literals)
		*literals = count;
	return len > 0;
}

/*
 * When a match fails after a star, only the latest star needs to be tried
 * further on: what an earlier one could take, the latest can take as well. So
 * the cost is at most pattern_len * name_len.
 */
bool khv_glob_match(const char *pattern, size_t pattern_len, const char *name,
		    size_t name_len)
{
	size_t p = 0, n = 0, star = 0, star_name = 0;
	bool have_star = false;

	if (pattern_len == 1 && *pattern == '*')
		return true;
	for (;;) {
		size_t step = 1;
		bool hit = false;

		if (p < pattern_len && pattern[p] == '*') {
			have_star = true;
			star = ++p;
			star_name = n;
			continue;
		}
		if (n == name_len) {
			if (p == pattern_len)
				return true;
		} else if (p < pattern_len) {
			switch (pattern[p]) {
			case '?':
				hit = true;
				break;
			case '[':
				step = set_length(pattern + p, pattern_len - p);
				hit = step && set_match(pattern + p, step,
							name[n]);
				break;
			case '\\':
				step = 2;
				hit = p + 1 < pattern_len &&
				      pattern[p + 1] == name[n];
				break;
			default:
				hit = pattern[p] == name[n];
			}
		}
		if (hit) {
			p += step;
			n++;
			continue;
		}
		if (!have_star || star_name >= name_len)
			return false;
		khv_count();
		n = ++star_name;
		p = star;
	}
}
