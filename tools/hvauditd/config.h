/* SPDX-License-Identifier: GPL-2.0 */
/* hvauditd.conf(5). The whole of it is plain memory: it goes through the ring. */
#ifndef _HVAUDITD_CONFIG_H
#define _HVAUDITD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <khv/khv.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PATH_SIZE     256

enum syslog_format { SYSLOG_NONE, SYSLOG_RFC3164, SYSLOG_RFC5424 };
enum file_format { FILE_JSON, FILE_TEXT };

/* What can fail, and what is done then. */
enum failure {
	FAIL_DISK_FULL,
	FAIL_DISK_ERROR,
	FAIL_SYSLOG_AWAY,
	FAIL_JOURNAL_AWAY,
	FAIL_QUEUE_FULL,
	NR_FAILURES
};

enum action {
	ACTION_WAIT,	/* nothing is lost; what comes next waits behind it */
	ACTION_DROP,	/* go on without, count it */
	ACTION_SUSPEND, /* no more attempts until SIGUSR2 or SIGHUP */
	ACTION_STOP,	/* end, exit code 7 */
	ACTION_EXEC,	/* run a program once, then wait */
};

struct reaction {
	int action; /* enum action */
	char program[PATH_SIZE];
};

enum enrich {
	ENRICH_USER = 1 << 0,
	ENRICH_CGROUP = 1 << 1,
	ENRICH_PARENTS = 1 << 2,
};

#define FILTERS_MAX    32
#define CONDITIONS_MAX 6

enum filter_action { FILTER_KEEP, FILTER_DROP, FILTER_LIMIT };

/* The first that fits an event decides about it. */
struct filter {
	int action;	   /* enum filter_action */
	unsigned int rate; /* FILTER_LIMIT: events a second */
	unsigned int nr_conditions;
	struct khv_match conditions[CONDITIONS_MAX];
};

struct config {
	int facility; /* LOG_* of syslog.h */
	char ident[32];
	char sd_id[64];
	int syslog;	  /* enum syslog_format */
	char socket[108]; /* of syslog; as long as sun_path */
	bool journal;
	char file[PATH_SIZE]; /* "": none */
	int file_format;      /* enum file_format */
	uint64_t file_size;   /* 0: somebody else rotates */
	unsigned int file_keep;
	char state[PATH_SIZE];
	char user[32];	    /* "": stays who it is */
	size_t queue;	    /* bytes, power of two */
	unsigned int drain; /* seconds at the end */
	bool wait;	    /* for the module */
	struct reaction reaction[NR_FAILURES];
	unsigned int enrich; /* enum enrich */
	char metrics[PATH_SIZE];
	unsigned int metrics_interval; /* seconds */
	struct filter filter[FILTERS_MAX];
	unsigned int nr_filters;
};

extern const char *const failure_names[NR_FAILURES];

void config_defaults(struct config *c);
/**
 * config_read() - read a file over @c
 * @error: receives "file:line: text"
 * Return: 0; -ENOENT: no such file; -EINVAL. @c is changed only by success.
 */
int config_read(struct config *c, const char *path, char *error, size_t size);
/* In the form of the file. */
void config_print(const struct config *c, FILE *f);
/* One setting, as of a line of the file. */
int config_set(struct config *c, const char *key, const char *value,
	       char *error, size_t size);

/* --- setting.c: from a word to a value, and back --------------------------------- */

/**
 * struct setting - one key
 * @set: 0, or -EINVAL if @value makes no sense
 * @print: in a form that @set takes
 * @wants: what makes sense
 */
struct setting {
	const char *key;
	size_t offset, size;
	int (*set)(void *to, size_t size, const char *value);
	void (*print)(const void *from, FILE *f);
	const char *wants;
};

extern const struct setting settings[];
extern const size_t nr_settings;

/* --- filter.c ----------------------------------------------------------------------- */

/* "drop verdict=allow type=file"; -EINVAL with @error. */
int filter_parse(struct filter *f, const char *text, char *error, size_t size);
void filter_print(const struct filter *f, FILE *out);

#endif /* _HVAUDITD_CONFIG_H */
