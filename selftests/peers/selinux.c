// SPDX-License-Identifier: GPL-2.0
/*
 * SELinux: labels as the policy has them for these names. The kernel gives them
 * when a file is made; the control run of a technique may have moved files about,
 * which no rule forbids to it. The kernel confines the program by its own label.
 */
#include "confine.h"
#include <dirent.h>
#include <sys/xattr.h>

#define LABEL "u:object_r:"

/* Denied last: it shall win where two names are one file. */
static const struct {
	const char *path;
	const char *type;
} labels[] = {
	{ ROOT "/A", LABEL "a_t" },
	{ ROOT "/R", LABEL "r_t" },
	{ ROOT "/R/none", LABEL "none_t" },
	{ ROOT "/R/none/again", LABEL "r_t" },
	{ ROOT "/Rx", LABEL "d_t" },
	{ ROOT "/D", LABEL "d_t" },
};

static int label(const char *path, const char *type)
{
	return lsetxattr(path, "security.selinux", type, strlen(type) + 1, 0);
}

int relabel(void)
{
	struct dirent *entry;
	char name[4096];
	size_t i;

	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		DIR *dir = opendir(labels[i].path);

		if (!dir || label(labels[i].path, labels[i].type))
			return -1;
		while ((entry = readdir(dir))) {
			snprintf(name, sizeof(name), "%s/%s", labels[i].path,
				 entry->d_name);
			/* What is in another file system has labels of its own. */
			if (strcmp(entry->d_name, ".") &&
			    strcmp(entry->d_name, "..") &&
			    label(name, labels[i].type) &&
			    errno != EOPNOTSUPP && errno != EROFS)
				return -1;
		}
		closedir(dir);
	}
	return 0;
}
