// SPDX-License-Identifier: LGPL-2.1
/* Roles, administrators, times and budgets. */
#include <ctype.h>
#include <endian.h>
#include <time.h>
#include "compiler.h"

/* --- users and groups ---------------------------------------------------------- */

static bool add_member(struct hvp_compiler *c, const char *name, bool group,
		       u32 column, struct khv_blob_member *m)
{
	const struct hvp_account *account = NULL;
	u32 id = 0;

	if (group ? hvp_group(c, name, &id) :
		    (account = hvp_user(c, name)) != NULL) {
		m->what = htole32(group ? KHV_COND_GROUP : KHV_COND_USER);
		m->id = htole32(group ? id : account->uid);
		return true;
	}
	hvp_error(c, column, "there is no %s \"%s\"", group ? "group" : "user",
		  hvp_show(c, name, strlen(name)));
	return false;
}

/* user:NAME or group:NAME, one or more, with commas between */
static bool role_members(struct hvp_compiler *c, const struct hvp_word *w,
			 struct hvp_role *role)
{
	char *part, *save = NULL, *copy = hvp_copy(&c->mem, w->text, w->len);

	for (part = strtok_r(copy, ",", &save); part;
	     part = strtok_r(NULL, ",", &save)) {
		bool group = !strncmp(part, "group:", 6);
		u32 column = w->column + (part - copy);
		struct khv_blob_member m = { 0 };

		if (!group && strncmp(part, "user:", 5)) {
			hvp_error(
				c, column,
				"expected user:NAME or group:NAME, not \"%s\"",
				hvp_show(c, part, strlen(part)));
			return false;
		}
		if (role->nr == KHV_MAX_MEMBERS) {
			hvp_error(c, column, "more than %u users and groups",
				  KHV_MAX_MEMBERS);
			return false;
		}
		if (!add_member(c, strchr(part, ':') + 1, group, column, &m))
			return false;
		*hvp_push(&c->mem, &c->members) = m;
		role->nr++;
	}
	return true;
}

void hvp_parse_role(struct hvp_compiler *c, const struct hvp_words *w)
{
	struct hvp_role role = { .first = c->members.nr };
	u32 i;

	if (w->nr < 3) {
		const struct hvp_word *last = &w->at[w->nr - 1];

		hvp_error(c, last->column + last->raw_len,
			  "expected \"role NAME user:NAME,group:NAME\"");
		return;
	}
	role.name = hvp_copy(&c->mem, w->at[1].text, w->at[1].len);
	for (i = 0; i < c->roles.nr; i++) {
		if (strcmp(c->roles.at[i].name, role.name))
			continue;
		hvp_error(c, w->at[1].column, "there is a role \"%s\" already",
			  hvp_show(c, role.name, strlen(role.name)));
		return;
	}
	for (i = 2; i < w->nr; i++)
		if (!role_members(c, &w->at[i], &role))
			return;
	*hvp_push(&c->mem, &c->roles) = role;
}

bool hvp_role(struct hvp_compiler *c, const char *name, u32 column, u32 *role)
{
	const char **names;
	u32 i;

	names = hvp_alloc(&c->mem, (c->roles.nr + 1) * sizeof(*names));
	for (i = 0; i < c->roles.nr; i++) {
		names[i] = c->roles.at[i].name;
		if (!strcmp(names[i], name)) {
			*role = i;
			return true;
		}
	}
	hvp_error(c, column,
		  "there is no role \"%s\" above: \"role %s user:NAME\"%s",
		  hvp_show(c, name, strlen(name)),
		  hvp_show(c, name, strlen(name)),
		  hvp_suggest(&c->mem, name, names));
	return false;
}

/* admin user=NAME{,NAME} or group=NAME{,NAME} */
void hvp_parse_admin(struct hvp_compiler *c, const struct hvp_words *w)
{
	static const char *const kinds[] = { "user", "group", NULL };
	u32 i;

	if (w->nr < 2) {
		hvp_error(
			c, w->at[0].column + w->at[0].raw_len,
			"expected \"admin user=NAME\" or \"admin group=NAME\"");
		return;
	}
	for (i = 1; i < w->nr; i++) {
		char *copy = hvp_copy(&c->mem, w->at[i].text, w->at[i].len);
		char *name, *save = NULL, *value = strchr(copy, '=');
		bool group = !strncmp(copy, "group=", 6);

		if ((!group && strncmp(copy, "user=", 5)) || !value[1]) {
			if (value)
				*value = 0;
			hvp_error(
				c, w->at[i].column,
				"expected user=NAME or group=NAME, not \"%s\"%s",
				hvp_show(c, w->at[i].text, w->at[i].len),
				hvp_is_one_of(copy, kinds) ?
					"" :
					hvp_suggest(&c->mem, copy, kinds));
			return;
		}
		for (name = strtok_r(value + 1, ",", &save); name;
		     name = strtok_r(NULL, ",", &save)) {
			struct khv_blob_member m = { 0 };
			u32 column = w->at[i].column + (name - copy);

			if (c->admins.nr == KHV_MAX_MEMBERS) {
				hvp_error(c, column,
					  "more than %u administrators",
					  KHV_MAX_MEMBERS);
				return;
			}
			if (!add_member(c, name, group, column, &m))
				return;
			*hvp_push(&c->mem, &c->admins) = m;
		}
	}
}

/* --- times --------------------------------------------------------------------- */

u64 hvp_now(struct hvp_compiler *c)
{
	return c->options.now ? c->options.now : (u64)time(NULL);
}

/* "Z", "+01:00" or nothing, which is UTC as well. Seconds east of Greenwich. */
static bool zone(const char *text, long *offset)
{
	unsigned int h, m;
	int n = 0;

	*offset = 0;
	if (!*text || !strcmp(text, "Z"))
		return true;
	if ((*text != '+' && *text != '-') ||
	    sscanf(text + 1, "%2u:%2u%n", &h, &m, &n) != 2 || n != 5 ||
	    text[6] || h > 14 || m > 59 || !isdigit((unsigned char)text[1]) ||
	    !isdigit((unsigned char)text[4]))
		return false;
	*offset = (h * 60L + m) * 60 * (*text == '-' ? -1 : 1);
	return true;
}

/* A day means all of it: until its end. */
static bool parse_time(const char *text, u64 *seconds)
{
	struct tm tm = { 0 }, day;
	const char *rest = strptime(text, "%Y-%m-%d", &tm);
	bool whole_day = rest && !*rest;
	long offset = 0;
	time_t t;

	if (!rest || rest - text != 10)
		return false;
	day = tm;
	t = timegm(&day);
	/* timegm() makes the 3rd of March of the 31st of February. */
	if (t < 0 || day.tm_mday != tm.tm_mday || day.tm_mon != tm.tm_mon)
		return false;
	if (whole_day) {
		*seconds = (u64)t + 24 * 60 * 60;
		return true;
	}
	if (*rest != 'T')
		return false;
	text = rest + 1;
	rest = strptime(text, "%H:%M", &tm);
	if (!rest || rest - text != 5)
		return false;
	if (*rest == ':') {
		text = rest + 1;
		rest = strptime(text, "%S", &tm);
		if (!rest || rest - text != 2)
			return false;
	}
	if (!zone(rest, &offset))
		return false;
	t = timegm(&tm) - offset;
	if (t < 0)
		return false;
	*seconds = (u64)t;
	return true;
}

/* Rounded up: what is as old as the boot may be older. */
static u64 boot_time(struct hvp_compiler *c)
{
	struct timespec now, up;

	if (c->options.boot)
		return c->options.boot;
	/* Fails on no kernel; then no file is new enough. */
	if (clock_gettime(CLOCK_REALTIME, &now) ||
	    clock_gettime(CLOCK_BOOTTIME, &up))
		return ~0ull;
	return (u64)(now.tv_sec - up.tv_sec + (now.tv_nsec > up.tv_nsec));
}

/*
 * The line is for the boot in which it was written. Nothing but the file says when that
 * was: one that the machine was started with is from before. A file from the future
 * tells nothing, so it is not believed.
 */
bool hvp_until_boot(struct hvp_compiler *c, u64 *until)
{
	u64 changed = c->sources.at[c->source].changed;

	if (changed > hvp_now(c))
		hvp_warning(
			c, 0,
			"until=boot: the file was changed in the future, so the line is as if it were not there: touch it");
	*until = changed > boot_time(c) && changed <= hvp_now(c) ?
			 HVP_UNTIL_BOOT :
			 HVP_UNTIL_BOOTED;
	return true;
}

bool hvp_until(struct hvp_compiler *c, const char *text, u32 column, u64 *until)
{
	if (parse_time(text, until))
		return true;
	hvp_error(
		c, column,
		"bad time \"%s\": expected such as 2027-01-31, 2027-01-31T18:00 or 2027-01-31T18:00+01:00",
		hvp_show(c, text, strlen(text)));
	return false;
}

/* --- budgets ------------------------------------------------------------------- */

#define MOST_COUNT 1000000

/* 200/s 30/min 500/h 1000/d */
bool hvp_limit(struct hvp_compiler *c, const char *text, u32 column, u8 *limit)
{
	static const struct {
		const char *unit;
		u32 seconds;
	} units[] = {
		{ "s", 1 },	  { "min", 60 },	 { "m", 60 },
		{ "h", 60 * 60 }, { "d", 24 * 60 * 60 },
	};
	unsigned long long count = 0;
	struct khv_blob_limit *l;
	char *end = (char *)text;
	u32 i;

	if (isdigit((unsigned char)*text))
		count = strtoull(text, &end, 10);
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (*end == '/' && !strcmp(end + 1, units[i].unit))
			break;
	if (!count || count > MOST_COUNT ||
	    i == sizeof(units) / sizeof(units[0])) {
		hvp_error(
			c, column,
			"bad limit \"%s\": expected 1 to %u in a time, such as 200/s, 30/min, 500/h or 10/d",
			hvp_show(c, text, strlen(text)), MOST_COUNT);
		return false;
	}
	/* Each line has a budget of its own. */
	if (c->limits.nr == KHV_MAX_LIMITS) {
		hvp_error(c, column,
			  "more than %u lines with limit=", KHV_MAX_LIMITS);
		return false;
	}
	l = hvp_push(&c->mem, &c->limits);
	l->count = htole32(count);
	l->period = htole32(units[i].seconds);
	*limit = c->limits.nr;
	return true;
}
