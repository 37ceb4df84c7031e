// SPDX-License-Identifier: LGPL-2.1
/*
 * Cut a line into words. Blanks separate, "#" at the start of a word begins a
 * comment, quotes hold blanks together, "\" takes the next byte literally:
 * \" \\ \* \{ ..., and \n, \t, \xHH stand for bytes that cannot be written.
 */
#include "compiler.h"

static int hex(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return -1;
}

/* The byte an escape stands for, or -1; @i is at the byte after "\". */
static int escaped(const char *line, size_t len, size_t *i, const char **error)
{
	int high, low;

	if (*i >= len) {
		*error = "\"\\\" at the end of the line escapes nothing";
		return -1;
	}
	switch (line[*i]) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'x':
		high = *i + 1 < len ? hex(line[*i + 1]) : -1;
		low = *i + 2 < len ? hex(line[*i + 2]) : -1;
		if (high < 0 || low < 0) {
			*error = "\"\\x\" needs two hexadecimal digits";
			return -1;
		}
		*i += 2;
		if (!(16 * high + low) || 16 * high + low == '/') {
			*error = "no name can have this byte in it";
			return -1;
		}
		return 16 * high + low;
	default:
		return (u8)line[*i];
	}
}

/* One word from @i on; returns the position after it, or 0 after an error. */
static size_t lex_word(const char *line, size_t len, size_t i,
		       struct hvp_word *w, hvp_lex_error *error, void *arg)
{
	const char *problem = NULL;
	size_t quote = 0;
	int byte;

	w->column = i + 1;
	for (; i < len; i++) {
		if (!quote && (line[i] == ' ' || line[i] == '\t'))
			break;
		if (line[i] == '"') {
			quote = quote ? 0 : i + 1;
			continue;
		}
		if (line[i] == '\\') {
			i++;
			byte = escaped(line, len, &i, &problem);
			if (byte < 0) {
				error(arg, i, problem);
				return 0;
			}
			w->text[w->len++] = '\\';
			w->text[w->len++] = byte;
			continue;
		}
		w->text[w->len++] = line[i];
	}
	if (quote) {
		error(arg, quote, "this quote is not closed");
		return 0;
	}
	w->text[w->len] = 0;
	w->raw_len = i + 1 - w->column;
	return i;
}

bool hvp_lex(struct hvp_mem *m, const char *line, size_t len,
	     struct hvp_words *words, hvp_lex_error *error, void *arg)
{
	char *room;
	size_t i;

	words->nr = 0;
	for (i = 0; i < len; i++) {
		if ((u8)line[i] >= ' ' || line[i] == '\t')
			continue;
		error(arg, i + 1,
		      line[i] == '\r' ?
			      "carriage return: save the file with Unix line ends" :
			      "control character in the text");
		return false;
	}
	/* Escapes make a word at most twice as long as written. */
	room = hvp_alloc(m, 2 * len + 1);
	for (i = 0; i < len;) {
		struct hvp_word *w;

		if (line[i] == ' ' || line[i] == '\t') {
			i++;
			continue;
		}
		if (line[i] == '#')
			break;
		w = hvp_push(m, words);
		w->text = room;
		i = lex_word(line, len, i, w, error, arg);
		if (!i)
			return false;
		room += w->len + 1;
	}
	return true;
}

char *hvp_unescape(struct hvp_mem *m, const char *text, size_t len,
		   u32 *len_out)
{
	char *plain = hvp_alloc(m, len + 1), *out = plain;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '\\' && i + 1 < len)
			i++;
		*out++ = text[i];
	}
	if (len_out)
		*len_out = out - plain;
	return plain;
}

bool hvp_has(const char *text, size_t len, const char *special)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] && strchr(special, text[i]))
			return true;
	}
	return false;
}
