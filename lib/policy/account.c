// SPDX-License-Identifier: LGPL-2.1
/* Users and groups: from this machine, or from files that a test gives. */
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pthread.h>
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

/* Going through all accounts of the machine has one position for the process. */
static pthread_mutex_t enumeration = PTHREAD_MUTEX_INITIALIZER;

/* What one entry of the databases is kept in; grows. */
struct room {
	char *at;
	size_t size;
};

static void more_room(struct hvp_compiler *c, struct room *room)
{
	room->size = room->size ? 2 * room->size : 4096;
	room->at = hvp_resize(&c->mem, room->at, room->size);
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

/* The next entry of @file, NULL: of the machine. */
static struct passwd *next_user(struct hvp_compiler *c, FILE *file,
				struct passwd *pw, struct room *room)
{
	struct passwd *found = NULL;
	int err;

	do {
		if (!room->size)
			more_room(c, room);
		err = file ? fgetpwent_r(file, pw, room->at, room->size,
					 &found) :
			     getpwent_r(pw, room->at, room->size, &found);
		/* Too long an entry is given again. */
		if (err == ERANGE)
			more_room(c, room);
	} while (err == ERANGE);
	return err ? NULL : found;
}

/* Memory that runs out jumps over us: let go of the lock first. */
static void load_machine(struct hvp_compiler *c)
{
	struct room room = { 0 };
	struct passwd pw;
	jmp_buf outer;

	memcpy(&outer, &c->mem.failed, sizeof(outer));
	pthread_mutex_lock(&enumeration);
	if (setjmp(c->mem.failed)) {
		endpwent();
		pthread_mutex_unlock(&enumeration);
		longjmp(outer, 1);
	}
	setpwent();
	while (next_user(c, NULL, &pw, &room))
		take(c, &pw);
	endpwent();
	pthread_mutex_unlock(&enumeration);
	memcpy(&c->mem.failed, &outer, sizeof(outer));
}

void hvp_load_accounts(struct hvp_compiler *c)
{
	struct room room = { 0 };
	struct passwd pw;
	FILE *file;

	if (c->have_accounts)
		return;
	c->have_accounts = true;
	if (!c->options.passwd) {
		load_machine(c);
		return;
	}
	file = fopen(c->options.passwd, "re");
	while (file && next_user(c, file, &pw, &room))
		take(c, &pw);
	if (file)
		fclose(file);
}

static struct passwd *find_user(struct hvp_compiler *c, const char *name,
				struct passwd *pw, struct room *room)
{
	struct passwd *found = NULL;
	FILE *file;
	int err = 0;

	if (c->options.passwd) {
		file = fopen(c->options.passwd, "re");
		if (!file)
			return NULL;
		while ((found = next_user(c, file, pw, room)) &&
		       strcmp(pw->pw_name, name))
			;
		fclose(file);
		return found;
	}
	do {
		more_room(c, room);
		err = getpwnam_r(name, pw, room->at, room->size, &found);
	} while (err == ERANGE);
	return err ? NULL : found;
}

const struct hvp_account *hvp_user(struct hvp_compiler *c, const char *name)
{
	struct hvp_account *a = hvp_alloc(&c->mem, sizeof(*a));
	struct room room = { 0 };
	struct passwd pw;
	u32 i;

	if (number(name, &a->uid)) {
		hvp_load_accounts(c);
		for (i = 0; i < c->accounts.nr; i++)
			if (c->accounts.at[i].uid == a->uid)
				return &c->accounts.at[i];
		return a;
	}
	if (!find_user(c, name, &pw, &room))
		return NULL;
	a->name = hvp_copy(&c->mem, pw.pw_name, strlen(pw.pw_name));
	a->home = hvp_copy(&c->mem, pw.pw_dir, strlen(pw.pw_dir));
	a->uid = pw.pw_uid;
	a->gid = pw.pw_gid;
	return a;
}

static struct group *find_group(struct hvp_compiler *c, const char *name,
				struct group *gr, struct room *room)
{
	FILE *file = c->options.group ? fopen(c->options.group, "re") : NULL;
	struct group *found = NULL;
	int err;

	if (c->options.group && !file)
		return NULL;
	more_room(c, room);
	do {
		err = file ? fgetgrent_r(file, gr, room->at, room->size,
					 &found) :
			     getgrnam_r(name, gr, room->at, room->size, &found);
		if (err == ERANGE)
			more_room(c, room);
		else if (err)
			found = NULL;
	} while (err == ERANGE || (file && found && strcmp(gr->gr_name, name)));
	if (file)
		fclose(file);
	return found;
}

bool hvp_group(struct hvp_compiler *c, const char *name, u32 *gid)
{
	struct room room = { 0 };
	struct group gr;

	if (number(name, gid))
		return true;
	if (!find_group(c, name, &gr, &room))
		return false;
	*gid = gr.gr_gid;
	return true;
}
