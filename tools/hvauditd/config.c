// SPDX-License-Identifier: GPL-2.0
/* hvauditd.conf(5): key = value. What is not understood is an error. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>
#include "config.h"

const char *const failure_names[NR_FAILURES] = {
	[FAIL_DISK_FULL] = "disk_full",
	[FAIL_DISK_ERROR] = "disk_error",
	[FAIL_SYSLOG_AWAY] = "syslog_away",
	[FAIL_JOURNAL_AWAY] = "journal_away",
	[FAIL_QUEUE_FULL] = "queue_full",
};

void config_defaults(struct config *c)
{
	*c = (struct config){
		.facility = LOG_AUTHPRIV,
		.ident = "khv",
		/* The number that RFC 5612 keeps for examples: it is nobody's. */
		.sd_id = "khv@32473",
		.syslog = SYSLOG_RFC3164,
		.socket = "/dev/log",
		.file = "/var/log/khv/events.json",
		.file_size = 64 << 20,
		.file_keep = 5,
		.state = "/run/khv/audit/hvauditd.state",
		.user = "_hvauditd",
		.queue = 8 << 20,
		.drain = 5,
		.wait = true,
		.reaction = {
			/* The other output has it. */
			[FAIL_DISK_FULL].action = ACTION_DROP,
			[FAIL_DISK_ERROR].action = ACTION_DROP,
		},
		.enrich = ENRICH_USER | ENRICH_CGROUP | ENRICH_PARENTS,
		.metrics_interval = 15,
	};
}

static int add_filter(struct config *c, const char *value, char *error,
		      size_t size)
{
	if (c->nr_filters == FILTERS_MAX) {
		snprintf(error, size, "more than %d filters", FILTERS_MAX);
		return -EINVAL;
	}
	if (filter_parse(&c->filter[c->nr_filters], value, error, size))
		return -EINVAL;
	c->nr_filters++;
	return 0;
}

int config_set(struct config *c, const char *key, const char *value,
	       char *error, size_t size)
{
	if (!strcmp(key, "filter"))
		return add_filter(c, value, error, size);
	for (size_t i = 0; i < nr_settings; i++) {
		const struct setting *s = &settings[i];

		if (strcmp(s->key, key))
			continue;
		if (!s->set((char *)c + s->offset, s->size, value))
			return 0;
		snprintf(error, size, "%s = \"%s\": expected %s", key, value,
			 s->wants);
		return -EINVAL;
	}
	snprintf(error, size, "unknown key \"%s\"", key);
	return -EINVAL;
}

void config_print(const struct config *c, FILE *f)
{
	for (size_t i = 0; i < nr_settings; i++) {
		const struct setting *s = &settings[i];

		fprintf(f, "%s = ", s->key);
		s->print((const char *)c + s->offset, f);
		fputc('\n', f);
	}
	for (unsigned int i = 0; i < c->nr_filters; i++) {
		fputs("filter = ", f);
		filter_print(&c->filter[i], f);
		fputc('\n', f);
	}
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
