// SPDX-License-Identifier: GPL-2.0
/* Events as text: JSON, lines of hvauditd, lines of "hvctl event tail". */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include <khv/khv.h>
#include "hvctl.h"
#include "why.h"

static const struct place {
	const char *key;
	size_t offset, size; /* size 0: a number */
} places[] = {
#define TEXT(key, member)                                  \
	{                                                  \
		key, offsetof(struct told, member),        \
			sizeof(((struct told *)0)->member) \
	}
	TEXT("verdict", verdict), TEXT("client", client),
	TEXT("policy", policy),	  TEXT("domain", domain),
	TEXT("type", type),	  TEXT("verb", verb),
	TEXT("object", object),	  TEXT("asked", asked),
	TEXT("rule", rule),
};

static void set(struct told *t, const char *key, const char *value, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char *to = (char *)t + places[i].offset;

		if (strcmp(places[i].key, key))
			continue;
		if (len >= places[i].size)
			len = places[i].size - 1;
		memcpy(to, value, len);
		to[len] = 0;
		return;
	}
	if (!strcmp(key, "generation") || !strcmp(key, "gen"))
		t->generation = strtoull(value, NULL, 10);
	else if (!strcmp(key, "seq"))
		t->seq = strtoull(value, NULL, 10);
	else if (!strcmp(key, "cpu"))
		t->cpu = strtol(value, NULL, 10);
	else if (!strcmp(key, "uid"))
		t->uid = strtoul(value, NULL, 10);
}

static bool is_verdict(const char *word)
{
	return khv_verdict_value(word) >= 0;
}

/* --- JSON ----------------------------------------------------------------------------- */

static size_t from_hex(const char *hex, char *buf, size_t size)
{
	size_t n = 0;
	unsigned int byte;

	for (; n < size && sscanf(hex, "%2x", &byte) == 1 && hex[1]; hex += 2)
		buf[n++] = (char)byte;
	return n;
}

static bool from_json(const char *line, struct told *t)
{
	struct json_object *o = json_tokener_parse(line);
	char bytes[4096];

	if (!json_object_is_type(o, json_type_object)) {
		json_object_put(o);
		return false;
	}
	json_object_object_foreach(o, key, value) {
		const char *s = value ? json_object_get_string(value) : "";

		if (!strcmp(key, "object_hex"))
			set(t, "object", bytes,
			    from_hex(s, bytes, sizeof(bytes)));
		else
			set(t, key, s, strlen(s));
	}
	json_object_put(o);
	return true;
}

/* --- key=value ------------------------------------------------------------------------ */

/* Take the escapes of khv_escape() back, in place. */
static size_t unescape(char *s, size_t len)
{
	size_t to = 0;
	unsigned int byte;

	for (size_t i = 0; i < len; i++) {
		if (s[i] != '\\' || i + 1 == len) {
			s[to++] = s[i];
		} else if (s[i + 1] == 'x' && i + 3 < len &&
			   sscanf(s + i + 2, "%2x", &byte) == 1) {
			s[to++] = (char)byte;
			i += 3;
		} else {
			s[to++] = s[++i];
		}
	}
	return to;
}

/* One "key=value" from *@at on, which is moved behind it. */
static bool take_pair(char **at, char *key, size_t size, char **value,
		      size_t *len)
{
	char *p = *at, *equal, *end;

	while (*p == ' ')
		p++;
	equal = p + strcspn(p, "= \n");
	if (*equal != '=' || (size_t)(equal - p) >= size)
		return false;
	memcpy(key, p, (size_t)(equal - p));
	key[equal - p] = 0;
	*value = equal + 1;
	if (equal[1] == '"') {
		++*value;
		for (end = *value; *end && *end != '"'; end++)
			if (*end == '\\' && end[1])
				end++;
		*at = *end ? end + 1 : end;
	} else {
		end = *value + strcspn(*value, " \n");
		*at = end;
	}
	*len = (size_t)(end - *value);
	return true;
}

/* "... hvauditd[12]: DENY policy=nginx domain=main ..." */
static bool from_line(const char *line, struct told *t)
{
	const char *start = strstr(line, " policy=");
	char word[16], key[32], *copy, *at, *value;
	const char *before;
	size_t len;

	if (!start)
		return false;
	for (before = start; before > line && before[-1] != ' ';)
		before--;
	len = (size_t)(start - before);
	if (len >= sizeof(word))
		return false;
	for (size_t i = 0; i < len; i++)
		word[i] = (char)tolower((unsigned char)before[i]);
	word[len] = 0;
	if (!is_verdict(word))
		return false;
	set(t, "verdict", word, len);
	copy = strdup(start);
	at = copy;
	while (copy && take_pair(&at, key, sizeof(key), &value, &len)) {
		len = unescape(value, len);
		set(t, key, value, len);
	}
	free(copy);
	return true;
}

/* --- as people see it ------------------------------------------------------------------ */

static char *take_word(char **at)
{
	char *word = *at + strspn(*at, " ");

	*at = word + strcspn(word, " \n");
	if (**at)
		*(*at)++ = 0;
	return word;
}

/* "/etc/shadow EACCES  nginx.hv:12": from the end, an object may have blanks. */
static void from_rest(char *rest, struct told *t)
{
	char *rule = NULL, *p, *error;

	rest[strcspn(rest, "\n")] = 0;
	for (p = rest; (p = strstr(p, "  ")); p++)
		rule = p;
	if (rule) {
		*rule = 0;
		rule += 2;
		if (*rule != '(')
			set(t, "rule", rule, strlen(rule));
	}
	error = strrchr(rest, ' ');
	if (error && strcmp(t->verdict, "allow"))
		*error = 0;
	set(t, "object", rest, unescape(rest, strlen(rest)));
}

/* "12:00:00.123 deny wrap nginx//cgi sh[12] file open OBJECT EACCES  cgi.hv:3" */
static bool from_text(const char *line, struct told *t)
{
	char *copy = strdup(line), *at = copy, *word, *slash;
	bool good = false;

	if (!copy)
		return false;
	take_word(&at);
	word = take_word(&at);
	if (is_verdict(word)) {
		set(t, "verdict", word, strlen(word));
		word = take_word(&at);
		set(t, "client", word, strlen(word));
		word = take_word(&at);
		slash = strstr(word, "//");
		set(t, "domain", slash ? slash + 2 : "main",
		    strlen(slash ? slash + 2 : "main"));
		set(t, "policy", word,
		    slash ? (size_t)(slash - word) : strlen(word));
		/* A task chooses its own name, but it ends in its number. */
		word = strstr(at, "] ");
		if (word) {
			at = word + 2;
			word = take_word(&at);
			set(t, "type", word, strlen(word));
			word = take_word(&at);
			set(t, "verb", word, strlen(word));
			from_rest(at, t);
			good = true;
		}
	}
	free(copy);
	return good;
}

bool told_parse(const char *line, struct told *t)
{
	memset(t, 0, sizeof(*t));
	line += strspn(line, " \t");
	if (!(*line == '{' ? from_json(line, t) :
			     from_line(line, t) || from_text(line, t)))
		return false;
	return t->verdict[0] && t->type[0] && t->object[0];
}
