// SPDX-License-Identifier: GPL-2.0
/*
 * Started as root by hand: make the folders, become the user of the settings,
 * and keep two capabilities. Under systemd the unit has done all this.
 *
 * CAP_AUDIT_READ is for the subscription. CAP_NET_ADMIN is for a receive buffer
 * beyond net.core.rmem_max; it is given up after the first subscription.
 */
#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "hvauditd.h"

/* The folder of @file, and the ones above; the last belongs to @owner. */
static void make_folder(const char *file, mode_t mode,
			const struct passwd *owner)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s", file);
	for (char *s = strchr(path + 1, '/'); s; s = strchr(s + 1, '/')) {
		bool last = !strchr(s + 1, '/');

		*s = 0;
		if (!mkdir(path, last ? mode : 0755) && last && owner &&
		    chown(path, owner->pw_uid, owner->pw_gid))
			fprintf(stderr, "hvauditd: %s: %s\n", path,
				strerror(errno));
		*s = '/';
	}
}

/* What an earlier start as another user has left would be in our way. */
static void hand_over(const char *file, const struct passwd *owner)
{
	struct stat st;

	if (!lstat(file, &st) && S_ISREG(st.st_mode) && !st.st_uid &&
	    lchown(file, owner->pw_uid, owner->pw_gid))
		fprintf(stderr, "hvauditd: %s: %s\n", file, strerror(errno));
}

static void hand_over_all(const struct config *c, const struct passwd *owner)
{
	char lock[PATH_SIZE + 8];

	snprintf(lock, sizeof(lock), "%s.lock", c->state);
	hand_over(c->state, owner);
	hand_over(lock, owner);
	if (c->file[0])
		hand_over(c->file, owner);
}

static int change_user(const struct passwd *pw)
{
	capng_clear(CAPNG_SELECT_BOTH);
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
		      CAP_AUDIT_READ, CAP_NET_ADMIN, -1);
	if (!pw)
		return capng_apply(CAPNG_SELECT_BOTH) &&
				       capng_apply(CAPNG_SELECT_CAPS) ?
			       -EPERM :
			       0;
	return capng_change_id((int)pw->pw_uid, (int)pw->pw_gid,
			       CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING) ?
		       -EPERM :
		       0;
}

int become_user(const struct config *c)
{
	const struct passwd *pw = NULL;
	bool root = !geteuid();

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (root && c->user[0]) {
		pw = getpwnam(c->user);
		if (!pw)
			fprintf(stderr,
				"hvauditd: there is no user \"%s\": runs as root, without its capabilities\n",
				c->user);
	}
	make_folder(c->state, 0755, pw);
	if (c->file[0])
		make_folder(c->file, 0750, pw);
	if (pw)
		hand_over_all(c, pw);
	capng_get_caps_process();
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN))
		return 0;
	return change_user(pw);
}

void keep_capability(int keep)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (keep >= 0)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
			     (unsigned int)keep);
	capng_apply(CAPNG_SELECT_CAPS);
}
