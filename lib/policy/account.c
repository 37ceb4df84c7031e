// SPDX-License-Identifier: LGPL-2.1
/* Users and groups: from this machine, or from files that a test gives. */
#include <ctype.h>
#include <grp.h>
#include <pwd.h>
#include "compiler.h"

/*
 * Variables of whoever asks. They come from the account database and from custom, not
 * from a file in the home: that one could be changed by whom the rules are for.
 */
static const struct {
	const char *name;
	const char *below; /* the home */
} account_vars[] = {
	{ "HOME", "" },
	{ "USER", NULL },
	{ "UID", NULL },
	{ "XDG_RUNTIME_DIR", NULL },
	{ "XDG_CACHE_HOME", "/.cache" },
	{ "XDG_CONFIG_HOME", "/.config" },
	{ "XDG_DATA_HOME", "/.local/share" },
	{ "XDG_STATE_HOME", "/.local/state" },
	{ "XDG_DESKTOP_DIR", "/Desktop" },
	{ "XDG_DOCUMENTS_DIR", "/Documents" },
	{ "XDG_DOWNLOAD_DIR", "/Downloads" },
	{ "XDG_MUSIC_DIR", "/Music" },
	{ "XDG_PICTURES_DIR", "/Pictures" },
	{ "XDG_PUBLICSHARE_DIR", "/Public" },
	{ "XDG_TEMPLATES_DIR", "/Templates" },
	{ "XDG_VIDEOS_DIR", "/Videos" },
};

#define NR_ACCOUNT_VARS (sizeof(account_vars) / sizeof(account_vars[0]))

static u32 find_var(const char *name, size_t len)
{
	u32 i;

	for (i = 0; i < NR_ACCOUNT_VARS; i++)
		if (strlen(account_vars[i].name) == len &&
		    !memcmp(account_vars[i].name, name, len))
			break;
	return i;
}

bool hvp_is_account_var(struct hvp_compiler *c, const char *name, size_t len)
{
	return find_var(name, len) < NR_ACCOUNT_VARS &&
	       !hvp_find_var(c, name, len);
}

const char *hvp_account_var_name(u32 i)
{
	return i < NR_ACCOUNT_VARS ? account_vars[i].name : NULL;
}

const char *hvp_account_var(struct hvp_compiler *c, const struct hvp_account *a,
			    const char *name)
{
	u32 i = find_var(name, strlen(name));

	if (!a->home && strcmp(name, "UID") && strcmp(name, "XDG_RUNTIME_DIR"))
		return NULL;
	if (i < NR_ACCOUNT_VARS && account_vars[i].below)
		return hvp_print(&c->mem, "%s%s", hvp_escape(c, a->home),
				 account_vars[i].below);
	if (!strcmp(name, "USER"))
		return hvp_escape(c, a->name);
	return hvp_print(&c->mem, "%s%u",
			 !strcmp(name, "UID") ? "" : "/run/user/", a->uid);
}

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
