// SPDX-License-Identifier: GPL-2.0
/* The settings: key, where it is kept, how it is read and shown. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include "config.h"

struct word {
	const char *name;
	int value;
};

static const struct word facilities[] = {
	{ "authpriv", LOG_AUTHPRIV },
	{ "auth", LOG_AUTH },
	{ "daemon", LOG_DAEMON },
	{ "user", LOG_USER },
	{ "local0", LOG_LOCAL0 },
	{ "local1", LOG_LOCAL1 },
	{ "local2", LOG_LOCAL2 },
	{ "local3", LOG_LOCAL3 },
	{ "local4", LOG_LOCAL4 },
	{ "local5", LOG_LOCAL5 },
	{ "local6", LOG_LOCAL6 },
	{ "local7", LOG_LOCAL7 },
	{ NULL, 0 },
};

static const struct word syslogs[] = { { "rfc3164", SYSLOG_RFC3164 },
				       { "rfc5424", SYSLOG_RFC5424 },
				       { "no", SYSLOG_NONE },
				       { NULL, 0 } };

static const struct word formats[] = { { "json", FILE_JSON },
				       { "text", FILE_TEXT },
				       { NULL, 0 } };

static const struct word actions[] = { { "wait", ACTION_WAIT },
				       { "drop", ACTION_DROP },
				       { "suspend", ACTION_SUSPEND },
				       { "stop", ACTION_STOP },
				       { NULL, 0 } };

static const struct word enriched[] = { { "user", ENRICH_USER },
					{ "cgroup", ENRICH_CGROUP },
					{ "parents", ENRICH_PARENTS },
					{ NULL, 0 } };

static int word_value(const struct word *words, const char *name, int *value)
{
	for (; words->name; words++)
		if (!strcmp(words->name, name)) {
			*value = words->value;
			return 0;
		}
	return -EINVAL;
}

static void print_word(const struct word *words, int value, FILE *f)
{
	for (; words->name; words++)
		if (words->value == value)
			fputs(words->name, f);
}

#define WORDS(name, words)                                              \
	static int set_##name(void *to, size_t size, const char *value) \
	{                                                               \
		(void)size;                                             \
		return word_value(words, value, to);                    \
	}                                                               \
	static void print_##name(const void *from, FILE *f)             \
	{                                                               \
		print_word(words, *(const int *)from, f);               \
	}

WORDS(facility, facilities)
WORDS(syslog, syslogs)
WORDS(format, formats)

static int set_text(void *to, size_t size, const char *value)
{
	if (!value[0] || strlen(value) >= size)
		return -EINVAL;
	memset(to, 0, size);
	memcpy(to, value, strlen(value));
	return 0;
}

static void print_text(const void *from, FILE *f)
{
	fputs(*(const char *)from ? from : "no", f);
}

static int set_path(void *to, size_t size, const char *value)
{
	return value[0] == '/' ? set_text(to, size, value) : -EINVAL;
}

/* "no" is the empty one. */
static int set_path_or_no(void *to, size_t size, const char *value)
{
	if (strcmp(value, "no"))
		return set_path(to, size, value);
	memset(to, 0, size);
	return 0;
}

static int set_ident(void *to, size_t size, const char *value)
{
	/* It ends at the first ":" or "[" for those who read the log. */
	return strpbrk(value, ":[] \t") ? -EINVAL : set_text(to, size, value);
}

/* NAME@NUMBER: the number is that of an enterprise, given out by IANA. */
static int set_sd_id(void *to, size_t size, const char *value)
{
	const char *at = strchr(value, '@');

	for (const char *s = value; *s; s++)
		if (*s <= ' ' || *s > '~' || strchr("=]\"", *s))
			return -EINVAL;
	if (!at || at == value || !at[1] ||
	    at[1 + strspn(at + 1, "0123456789.")] || strlen(value) > 32)
		return -EINVAL;
	return set_text(to, size, value);
}

static int set_user(void *to, size_t size, const char *value)
{
	if (strcmp(value, "no"))
		return set_text(to, size, value);
	memset(to, 0, size);
	return 0;
}

static int set_bool(void *to, size_t size, const char *value)
{
	(void)size;
	if (strcmp(value, "yes") && strcmp(value, "no"))
		return -EINVAL;
	*(bool *)to = value[0] == 'y';
	return 0;
}

static void print_bool(const void *from, FILE *f)
{
	fputs(*(const bool *)from ? "yes" : "no", f);
}

static int set_number(void *to, const char *value, unsigned long min,
		      unsigned long max, const char *unit)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (end != value && !strcmp(end, unit))
		end += strlen(unit);
	if (end == value || *end || value[0] == '-' || n < min || n > max)
		return -EINVAL;
	*(unsigned int *)to = (unsigned int)n;
	return 0;
}

static int set_seconds(void *to, size_t size, const char *value)
{
	(void)size;
	return set_number(to, value, 0, 3600, "s");
}

static int set_interval(void *to, size_t size, const char *value)
{
	(void)size;
	return set_number(to, value, 1, 3600, "s");
}

static int set_keep(void *to, size_t size, const char *value)
{
	(void)size;
	return set_number(to, value, 1, 99, "");
}

static void print_number(const void *from, FILE *f)
{
	fprintf(f, "%u", *(const unsigned int *)from);
}

static int parse_size(const char *value, uint64_t *n)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;

	*n = strtoull(value, &end, 10);
	if (end == value || value[0] == '-' || *n > 1ull << 40)
		return -EINVAL;
	unit = *end ? strchr(units, *end) : NULL;
	if (unit) {
		*n <<= 10 * (unit - units + 1);
		end++;
	}
	return *end ? -EINVAL : 0;
}

static int set_queue(void *to, size_t size, const char *value)
{
	uint64_t n;

	(void)size;
	if (parse_size(value, &n) || n < 262144 || n > 1ull << 31 ||
	    (n & (n - 1)))
		return -EINVAL;
	*(size_t *)to = (size_t)n;
	return 0;
}

static void print_queue(const void *from, FILE *f)
{
	fprintf(f, "%zuK", *(const size_t *)from >> 10);
}

static int set_file_size(void *to, size_t size, const char *value)
{
	uint64_t n;

	(void)size;
	if (parse_size(value, &n) || (n && n < 65536))
		return -EINVAL;
	*(uint64_t *)to = n;
	return 0;
}

static void print_file_size(const void *from, FILE *f)
{
	uint64_t n = *(const uint64_t *)from;

	if (n & 1023)
		fprintf(f, "%llu", (unsigned long long)n);
	else
		fprintf(f, "%lluK", (unsigned long long)n >> 10);
}

static int set_reaction(void *to, size_t size, const char *value)
{
	struct reaction *r = to;

	(void)size;
	if (strncmp(value, "exec ", 5)) {
		memset(r->program, 0, sizeof(r->program));
		return word_value(actions, value, &r->action);
	}
	value += 5 + strspn(value + 5, " \t");
	if (set_path(r->program, sizeof(r->program), value))
		return -EINVAL;
	r->action = ACTION_EXEC;
	return 0;
}

static void print_reaction(const void *from, FILE *f)
{
	const struct reaction *r = from;

	if (r->action == ACTION_EXEC)
		fprintf(f, "exec %s", r->program);
	else
		print_word(actions, r->action, f);
}

/* A full queue has nothing that could be suspended. */
static int set_queue_reaction(void *to, size_t size, const char *value)
{
	return strcmp(value, "suspend") ? set_reaction(to, size, value) :
					  -EINVAL;
}

static int set_enrich(void *to, size_t size, const char *value)
{
	char copy[128], *word, *save = NULL;
	unsigned int all = 0;
	int one;

	(void)size;
	if (strlen(value) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, strcmp(value, "no") ? value : "");
	for (word = strtok_r(copy, " ,", &save); word;
	     word = strtok_r(NULL, " ,", &save)) {
		if (word_value(enriched, word, &one))
			return -EINVAL;
		all |= (unsigned int)one;
	}
	*(unsigned int *)to = all;
	return 0;
}

static void print_enrich(const void *from, FILE *f)
{
	unsigned int all = *(const unsigned int *)from;
	const char *before = "";

	for (const struct word *w = enriched; w->name; w++)
		if (all & (unsigned int)w->value) {
			fprintf(f, "%s%s", before, w->name);
			before = " ";
		}
	if (!all)
		fputs("no", f);
}

#define KEY(key, member, kind, wants)                                        \
	{                                                                    \
		key, offsetof(struct config, member),                        \
			sizeof(((struct config *)NULL)->member), set_##kind, \
			print_##kind, wants                                  \
	}
#define PRINT_AS(kind, like)                                \
	static void print_##kind(const void *from, FILE *f) \
	{                                                   \
		print_##like(from, f);                      \
	}

PRINT_AS(path, text)
PRINT_AS(path_or_no, text)
PRINT_AS(ident, text)
PRINT_AS(sd_id, text)
PRINT_AS(user, text)
PRINT_AS(seconds, number)
PRINT_AS(interval, number)
PRINT_AS(keep, number)
PRINT_AS(queue_reaction, reaction)

#define REACTIONS "wait, drop, suspend, stop or exec /PROGRAM"

const struct setting settings[] = {
	KEY("facility", facility, facility,
	    "authpriv, auth, daemon, user, local0 to local7"),
	KEY("ident", ident, ident,
	    "1 to 31 characters without blanks, \":\" and brackets"),
	KEY("sd_id", sd_id, sd_id,
	    "NAME@NUMBER of at most 32 characters, without =, ], \" and blanks"),
	KEY("syslog", syslog, syslog, "rfc3164, rfc5424 or no"),
	KEY("socket", socket, path, "an absolute path of at most 107 bytes"),
	KEY("journal", journal, bool, "yes or no"),
	KEY("file", file, path_or_no,
	    "an absolute path of at most 255 bytes, or no"),
	KEY("file_format", file_format, format, "json or text"),
	KEY("file_size", file_size, file_size, "0, or 64K and more"),
	KEY("file_keep", file_keep, keep, "1 to 99 old files"),
	KEY("state", state, path, "an absolute path of at most 255 bytes"),
	KEY("user", user, user, "a user's name, or no"),
	KEY("queue", queue, queue, "a power of two from 256K to 2G"),
	KEY("drain", drain, seconds, "0 to 3600 seconds"),
	KEY("wait", wait, bool, "yes or no"),
	KEY("disk_full_action", reaction[FAIL_DISK_FULL], reaction, REACTIONS),
	KEY("disk_error_action", reaction[FAIL_DISK_ERROR], reaction,
	    REACTIONS),
	KEY("syslog_away_action", reaction[FAIL_SYSLOG_AWAY], reaction,
	    REACTIONS),
	KEY("journal_away_action", reaction[FAIL_JOURNAL_AWAY], reaction,
	    REACTIONS),
	KEY("queue_full_action", reaction[FAIL_QUEUE_FULL], queue_reaction,
	    "wait, drop, stop or exec /PROGRAM"),
	KEY("enrich", enrich, enrich, "user, cgroup, parents, or no"),
	KEY("metrics", metrics, path_or_no,
	    "an absolute path of at most 255 bytes, or no"),
	KEY("metrics_interval", metrics_interval, interval,
	    "1 to 3600 seconds"),
};

const size_t nr_settings = ARRAY_SIZE(settings);
