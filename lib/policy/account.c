// SPDX-License-Identifier: LGPL-2.1
/* Users and groups: from this machine, or from files that a test gives. */
#include <ctype.h>
#include <grp.h>
#include <pwd.h>
#include "compiler.h"

static bool number(const char *name, u32 *value)
{
	unsigned long long n;
	char *end;

	if (!isdigit((unsigned char)name[0]))
		return false;
	n = strtoull(name, &end, 10);
	if (*end || n >= 0xffffffffull)
		return false;
	*value = n;
	return true;
}

static void take(struct hvp_compiler *c, const struct passwd *pw)
{
	struct hvp_account *a;

	/* People and root; daemons have no home that rules with "~" mean. */
	if (pw->pw_uid && (pw->pw_uid < 1000 || pw->pw_uid > 60000))
		return;
	if (pw->pw_dir[0] != '/' || !pw->pw_dir[1])
		return;
	a = hvp_push(&c->mem, &c->accounts);
	a->name = hvp_copy(&c->mem, pw->pw_name, strlen(pw->pw_name));
	a->home = hvp_copy(&c->mem, pw->pw_dir, strlen(pw->pw_dir));
	a->uid = pw->pw_uid;
	a->gid = pw->pw_gid;
}

void hvp_load_accounts(struct hvp_compiler *c)
{
	struct passwd *pw;
	FILE *file;

	if (c->have_accounts)
		return;
	c->have_accounts = true;
	if (c->options.passwd) {
		file = fopen(c->options.passwd, "re");
		while (file && (pw = fgetpwent(file)))
			take(c, pw);
		if (file)
			fclose(file);
		return;
	}
	setpwent();
	while ((pw = getpwent()))
		take(c, pw);
	endpwent();
}

static struct passwd *find_user(struct hvp_compiler *c, const char *name)
{
	struct passwd *pw;
	FILE *file;

	if (!c->options.passwd)
		return getpwnam(name);
	file = fopen(c->options.passwd, "re");
	if (!file)
		return NULL;
	while ((pw = fgetpwent(file)) && strcmp(pw->pw_name, name))
		;
	fclose(file);
	return pw;
}

const struct hvp_account *hvp_user(struct hvp_compiler *c, const char *name)
{
	struct hvp_account *a = hvp_alloc(&c->mem, sizeof(*a));
	struct passwd *pw;
	u32 i;

	if (number(name, &a->uid)) {
		hvp_load_accounts(c);
		for (i = 0; i < c->accounts.nr; i++)
			if (c->accounts.at[i].uid == a->uid)
				return &c->accounts.at[i];
		return a;
	}
	pw = find_user(c, name);
	if (!pw)
		return NULL;
	a->name = hvp_copy(&c->mem, pw->pw_name, strlen(pw->pw_name));
	a->home = hvp_copy(&c->mem, pw->pw_dir, strlen(pw->pw_dir));
	a->uid = pw->pw_uid;
	a->gid = pw->pw_gid;
	return a;
}

bool hvp_group(struct hvp_compiler *c, const char *name, u32 *gid)
{
	struct group *gr;
	FILE *file;

	if (number(name, gid))
		return true;
	if (c->options.group) {
		file = fopen(c->options.group, "re");
		if (!file)
			return false;
		while ((gr = fgetgrent(file)) && strcmp(gr->gr_name, name))
			;
		fclose(file);
	} else {
		gr = getgrnam(name);
	}
	if (!gr)
		return false;
	*gid = gr->gr_gid;
	return true;
}
