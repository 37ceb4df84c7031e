// SPDX-License-Identifier: GPL-2.0
/*
 * Files that decide what the kernel runs at the next boot or at the next load of a
 * module, and our own policies among them: who may write to them is not confined.
 * They take control:boot in every policy, however broad its rules for files are.
 */
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/string.h>
#include "mediate.h"

static const char * const khv_boot_paths[] = {
	"/boot",
	"/efi",
	"/etc/khv",
	"/etc/modprobe.d",
	"/etc/modules",
	"/etc/modules-load.d",
	"/lib/modprobe.d",
	"/lib/modules",
	"/lib/modules-load.d",
	"/run/modprobe.d",
	"/run/modules-load.d",
	"/usr/lib/modprobe.d",
	"/usr/lib/modules",
	"/usr/lib/modules-load.d",
	"/usr/local/lib/modprobe.d",
	"/usr/local/lib/modules-load.d",
};

static bool khv_is_below(const char *name, size_t len, const char *top,
			 size_t top_len)
{
	return len >= top_len && !memcmp(name, top, top_len) &&
	       (len == top_len || name[top_len] == '/');
}

/* The first letters of the above: nearly all names have another. */
static u32 khv_boot_letters __ro_after_init;

static u32 khv_letter(const char *name)
{
	u8 letter = name[1] - 'a';

	return letter < 26 ? BIT(letter) : 0;
}

void __init khv_boot_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(khv_boot_paths); i++)
		khv_boot_letters |= khv_letter(khv_boot_paths[i]);
}

/* Do @verbs on @p change one of them, or move the directory it is in? */
bool khv_is_boot_change(const struct khv_pathname *p, u32 verbs)
{
	bool above = verbs & (KHV_F_RENAME | KHV_F_DELETE | KHV_F_MOUNT);
	const char *top;
	unsigned int i;
	size_t len;

	if (!(verbs & KHV_BOOT_VERBS) || p->len < 2 ||
	    !(khv_letter(p->name) & khv_boot_letters))
		return false;
	for (i = 0; i < ARRAY_SIZE(khv_boot_paths); i++) {
		top = khv_boot_paths[i];
		/* Most names differ in the first folder: "/etc", "/usr". */
		if (p->len >= sizeof(u32) && memcmp(p->name, top, sizeof(u32)))
			continue;
		len = strlen(top);
		if (khv_is_below(p->name, p->len, top, len) ||
		    (above && khv_is_below(top, len, p->name, p->len)))
			return true;
	}
	return false;
}
