// SPDX-License-Identifier: GPL-2.0
/* hvauditd.conf(5): key = value. What is not understood is an error. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>
#include "hvauditd.h"

static const struct {
	const char *name;
	int value;
} facilities[] = {
	{ "authpriv", LOG_AUTHPRIV }, { "auth", LOG_AUTH },
	{ "daemon", LOG_DAEMON },     { "user", LOG_USER },
	{ "local0", LOG_LOCAL0 },     { "local1", LOG_LOCAL1 },
	{ "local2", LOG_LOCAL2 },     { "local3", LOG_LOCAL3 },
	{ "local4", LOG_LOCAL4 },     { "local5", LOG_LOCAL5 },
	{ "local6", LOG_LOCAL6 },     { "local7", LOG_LOCAL7 },
};

static int set_facility(void *to, size_t size, const char *value)
{
	(void)size;
	for (size_t i = 0; i < ARRAY_SIZE(facilities); i++)
		if (!strcmp(facilities[i].name, value)) {
			*(int *)to = facilities[i].value;
			return 0;
		}
	return -EINVAL;
}

static int set_text(void *to, size_t size, const char *value)
{
	if (!value[0] || strlen(value) >= size)
		return -EINVAL;
	memcpy(to, value, strlen(value) + 1);
	return 0;
}

static int set_path(void *to, size_t size, const char *value)
{
	return value[0] == '/' ? set_text(to, size, value) : -EINVAL;
}

static int set_ident(void *to, size_t size, const char *value)
{
	/* It ends at the first ":" or "[" for those who read the log. */
	return strpbrk(value, ":[] \t") ? -EINVAL : set_text(to, size, value);
}

static int set_bool(void *to, size_t size, const char *value)
{
	(void)size;
	if (strcmp(value, "yes") && strcmp(value, "no"))
		return -EINVAL;
	*(bool *)to = value[0] == 'y';
	return 0;
}

static int set_seconds(void *to, size_t size, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	(void)size;
	if (end != value && !strcmp(end, "s"))
		end++;
	if (end == value || *end || value[0] == '-' || n > 3600)
		return -EINVAL;
	*(unsigned int *)to = (unsigned int)n;
	return 0;
}

static int set_size(void *to, size_t size, const char *value)
{
	static const char units[] = "KMG";
	char *end, *unit;
	unsigned long long n = strtoull(value, &end, 10);

	(void)size;
	if (end == value || value[0] == '-' || n > 1ull << 31)
		return -EINVAL;
	unit = *end ? strchr(units, *end) : NULL;
	if (unit) {
		n <<= 10 * (unit - units + 1);
		end++;
	}
	if (*end || n < 262144 || n > 1ull << 31 || (n & (n - 1)))
		return -EINVAL;
	*(size_t *)to = (size_t)n;
	return 0;
}

#define KEY(key, member, set, wants)                                        \
	{                                                                   \
		key, offsetof(struct config, member),                       \
			sizeof(((struct config *)NULL)->member), set, wants \
	}

static const struct {
	const char *key;
	size_t offset, size;
	int (*set)(void *to, size_t size, const char *value);
	const char *wants;
} keys[] = {
	KEY("facility", facility, set_facility,
	    "authpriv, auth, daemon, user, local0 to local7"),
	KEY("ident", ident, set_ident,
	    "1 to 31 characters without blanks, \":\" and brackets"),
	KEY("socket", socket, set_path,
	    "an absolute path of at most 107 bytes"),
	KEY("state", state, set_path, "an absolute path of at most 255 bytes"),
	KEY("queue", queue, set_size, "a power of two from 256K to 2G"),
	KEY("drain", drain, set_seconds, "0 to 3600 seconds"),
	KEY("wait", wait, set_bool, "yes or no"),
};

void config_defaults(struct config *c)
{
	*c = (struct config){
		.facility = LOG_AUTHPRIV,
		.ident = "khv",
		.socket = "/dev/log",
		.state = "/run/khv/hvauditd.state",
		.queue = 8 << 20,
		.drain = 5,
		.wait = true,
	};
}

int config_set(struct config *c, const char *key, const char *value,
	       char *error, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].key, key))
			continue;
		if (!keys[i].set((char *)c + keys[i].offset, keys[i].size,
				 value))
			return 0;
		snprintf(error, size, "%s = \"%s\": expected %s", key, value,
			 keys[i].wants);
		return -EINVAL;
	}
	snprintf(error, size, "unknown key \"%s\"", key);
	return -EINVAL;
}

static const char *facility_name(int value)
{
	for (size_t i = 0; i < ARRAY_SIZE(facilities); i++)
		if (facilities[i].value == value)
			return facilities[i].name;
	return "?";
}

void config_print(const struct config *c, FILE *f)
{
	fprintf(f, "facility = %s\nident = %s\nsocket = %s\nstate = %s\n",
		facility_name(c->facility), c->ident, c->socket, c->state);
	fprintf(f, "queue = %zuK\ndrain = %u\nwait = %s\n", c->queue >> 10,
		c->drain, c->wait ? "yes" : "no");
}

static char *trim(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = strlen(s);
	while (n && strchr(" \t\r\n", s[n - 1]))
		s[--n] = 0;
	return s;
}

static int parse_line(struct config *c, char *line, char *error, size_t size)
{
	char *equal;

	line = trim(line);
	if (!*line || *line == '#')
		return 0;
	equal = strchr(line, '=');
	if (!equal) {
		snprintf(error, size, "expected key = value");
		return -EINVAL;
	}
	*equal = 0;
	return config_set(c, trim(line), trim(equal + 1), error, size);
}

/* Whoever may write this file decides what becomes of the log. */
static const char *distrust(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (st.st_uid && st.st_uid != geteuid())
		return "belongs to another user";
	if (st.st_mode & 022)
		return "others may write it";
	return NULL;
}

int config_read(struct config *c, const char *path, char *error, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct config new = *c;
	char *line = NULL, text[512] = "";
	size_t room = 0;
	unsigned int number = 0;
	const char *why;
	int err = 0;
	FILE *f;

	if (fd < 0) {
		err = errno;
		snprintf(error, size, "%s: %s", path, strerror(err));
		return err == ENOENT ? -ENOENT : -EINVAL;
	}
	why = distrust(fd);
	f = why ? NULL : fdopen(fd, "r");
	if (!f) {
		snprintf(error, size, "%s: %s", path,
			 why ? why : strerror(errno));
		close(fd);
		return -EINVAL;
	}
	while (!err && getline(&line, &room, f) >= 0) {
		number++;
		err = parse_line(&new, line, text, sizeof(text));
	}
	if (!err && ferror(f)) {
		err = -EINVAL;
		snprintf(text, sizeof(text), "cannot be read");
	}
	if (err)
		snprintf(error, size, "%s:%u: %s", path, number, text);
	free(line);
	fclose(f);
	if (!err)
		*c = new;
	return err;
}
