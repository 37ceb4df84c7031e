// SPDX-License-Identifier: LGPL-2.1
/*
 * What stands in ( ) behind a verb: signals of signal(...), commands of ioctl(...).
 */
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <ctype.h>
#include <endian.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/loop.h>
#include <linux/random.h>
#include <linux/serial.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include "compiler.h"

/*
 * Of terminals, files, block devices, /dev/random, loop and tun. (clang-format takes
 * the macro apart.)
 */
/* clang-format off */
#define NAME(name) { #name, name }
/* clang-format on */
static const struct {
	const char *name;
	unsigned long number;
} ioctls[] = {
	NAME(BLKALIGNOFF),
	NAME(BLKBSZGET),
	NAME(BLKBSZSET),
	NAME(BLKDISCARD),
	NAME(BLKDISCARDZEROES),
	NAME(BLKFLSBUF),
	NAME(BLKGETSIZE),
	NAME(BLKGETSIZE64),
	NAME(BLKIOMIN),
	NAME(BLKIOOPT),
	NAME(BLKPBSZGET),
	NAME(BLKRAGET),
	NAME(BLKRASET),
	NAME(BLKROGET),
	NAME(BLKROSET),
	NAME(BLKROTATIONAL),
	NAME(BLKRRPART),
	NAME(BLKSECDISCARD),
	NAME(BLKSSZGET),
	NAME(BLKZEROOUT),
	NAME(FIBMAP),
	NAME(FICLONE),
	NAME(FICLONERANGE),
	NAME(FIDEDUPERANGE),
	NAME(FIFREEZE),
	NAME(FIGETBSZ),
	NAME(FIOASYNC),
	NAME(FIOCLEX),
	NAME(FIONBIO),
	NAME(FIONCLEX),
	NAME(FIONREAD),
	NAME(FIOQSIZE),
	NAME(FITHAW),
	NAME(FITRIM),
	NAME(FS_IOC_FIEMAP),
	NAME(FS_IOC_FSGETXATTR),
	NAME(FS_IOC_FSSETXATTR),
	NAME(FS_IOC_GETFLAGS),
	NAME(FS_IOC_GETFSLABEL),
	NAME(FS_IOC_GETVERSION),
	NAME(FS_IOC_SETFLAGS),
	NAME(FS_IOC_SETFSLABEL),
	NAME(FS_IOC_SETVERSION),
	NAME(LOOP_CLR_FD),
	NAME(LOOP_CONFIGURE),
	NAME(LOOP_CTL_ADD),
	NAME(LOOP_CTL_GET_FREE),
	NAME(LOOP_CTL_REMOVE),
	NAME(LOOP_GET_STATUS),
	NAME(LOOP_GET_STATUS64),
	NAME(LOOP_SET_FD),
	NAME(LOOP_SET_STATUS),
	NAME(LOOP_SET_STATUS64),
	NAME(RNDADDENTROPY),
	NAME(RNDADDTOENTCNT),
	NAME(RNDCLEARPOOL),
	NAME(RNDGETENTCNT),
	NAME(RNDRESEEDCRNG),
	NAME(RNDZAPENTCNT),
	NAME(TCFLSH),
	NAME(TCGETA),
	NAME(TCGETS),
	NAME(TCGETS2),
	NAME(TCSBRK),
	NAME(TCSBRKP),
	NAME(TCSETA),
	NAME(TCSETAF),
	NAME(TCSETAW),
	NAME(TCSETS),
	NAME(TCSETS2),
	NAME(TCSETSF),
	NAME(TCSETSF2),
	NAME(TCSETSW),
	NAME(TCSETSW2),
	NAME(TCXONC),
	NAME(TIOCCBRK),
	NAME(TIOCCONS),
	NAME(TIOCEXCL),
	NAME(TIOCGDEV),
	NAME(TIOCGETD),
	NAME(TIOCGEXCL),
	NAME(TIOCGPGRP),
	NAME(TIOCGPKT),
	NAME(TIOCGPTLCK),
	NAME(TIOCGPTN),
	NAME(TIOCGPTPEER),
	NAME(TIOCGRS485),
	NAME(TIOCGSERIAL),
	NAME(TIOCGSID),
	NAME(TIOCGSOFTCAR),
	NAME(TIOCGWINSZ),
	NAME(TIOCINQ),
	NAME(TIOCLINUX),
	NAME(TIOCMBIC),
	NAME(TIOCMBIS),
	NAME(TIOCMGET),
	NAME(TIOCMSET),
	NAME(TIOCNOTTY),
	NAME(TIOCNXCL),
	NAME(TIOCOUTQ),
	NAME(TIOCPKT),
	NAME(TIOCSBRK),
	NAME(TIOCSCTTY),
	NAME(TIOCSETD),
	NAME(TIOCSIG),
	NAME(TIOCSPGRP),
	NAME(TIOCSPTLCK),
	NAME(TIOCSRS485),
	NAME(TIOCSSERIAL),
	NAME(TIOCSSOFTCAR),
	NAME(TIOCSTI),
	NAME(TIOCSWINSZ),
	NAME(TIOCVHANGUP),
	NAME(TUNGETFEATURES),
	NAME(TUNGETIFF),
	NAME(TUNSETIFF),
	NAME(TUNSETOFFLOAD),
	NAME(TUNSETOWNER),
	NAME(TUNSETPERSIST),
};
#undef NAME

#define NR_IOCTLS (sizeof(ioctls) / sizeof(ioctls[0]))

#define MOST_SIGNAL 64
/* As the C library counts them: the first two are its own. */
#define REALTIME_MIN 34

u32 hvp_ranged_verb(enum khv_type type)
{
	if (type == KHV_TYPE_FILE)
		return KHV_F_IOCTL;
	return type == KHV_TYPE_PROCESS ? KHV_P_SIGNAL : 0;
}

/* --- one word ------------------------------------------------------------------- */

static bool plain_number(const char *text, char **end, u32 most, u32 *number)
{
	unsigned long long n;

	if (!isdigit((unsigned char)*text))
		return false;
	n = strtoull(text, end, 0);
	*number = (u32)n;
	return n <= most;
}

/* "rtmin", "rtmax-2" */
static bool realtime(const char *name, u32 *number)
{
	bool low = !strncasecmp(name, "rtmin", 5);
	u32 step = 0;
	char *end;

	if (!low && strncasecmp(name, "rtmax", 5))
		return false;
	if (name[5]) {
		if (name[5] != (low ? '+' : '-') ||
		    !plain_number(name + 6, &end, MOST_SIGNAL - REALTIME_MIN,
				  &step) ||
		    *end)
			return false;
	}
	*number = low ? REALTIME_MIN + step : MOST_SIGNAL - step;
	return true;
}

static bool signal_name(const char *name, u32 *number)
{
	const char *other;
	u32 i;

	if (!strncasecmp(name, "sig", 3))
		name += 3;
	if (realtime(name, number))
		return true;
	for (i = 1; i < 32; i++) {
		other = sigabbrev_np((int)i);
		if (other && !strcasecmp(name, other)) {
			*number = i;
			return true;
		}
	}
	return false;
}

static bool ioctl_name(const char *name, u32 *number)
{
	u32 i;

	for (i = 0; i < NR_IOCTLS; i++) {
		if (strcmp(name, ioctls[i].name))
			continue;
		*number = (u32)ioctls[i].number;
		return true;
	}
	return false;
}

static const char *suggest(struct hvp_mem *m, enum khv_type type,
			   const char *name)
{
	const char **names = hvp_alloc(m, (NR_IOCTLS + 1) * sizeof(*names));
	u32 i, n = 0;

	if (type == KHV_TYPE_FILE) {
		for (i = 0; i < NR_IOCTLS; i++)
			names[n++] = ioctls[i].name;
	} else {
		for (i = 1; i < 32; i++) {
			const char *abbrev = sigabbrev_np((int)i);
			char *low, *p;

			if (!abbrev)
				continue;
			low = hvp_copy(m, abbrev, strlen(abbrev));
			for (p = low; *p; p++)
				*p = (char)tolower((unsigned char)*p);
			names[n++] = low;
		}
	}
	return hvp_suggest(m, name, names);
}

/* "hup", "TIOCGWINSZ", "0x5401", "0x5400-0x54ff"; NULL or what is wrong. */
static const char *parse_one(struct hvp_mem *m, enum khv_type type,
			     const char *text, u32 *low, u32 *high)
{
	u32 most = type == KHV_TYPE_FILE ? KHV_ANY_NUMBER - 1 : MOST_SIGNAL;
	char *end;

	if (isdigit((unsigned char)*text)) {
		bool ok = plain_number(text, &end, most, low);

		*high = *low;
		if (ok && *end == '-')
			ok = plain_number(end + 1, &end, most, high);
		if (ok && !*end && *low <= *high &&
		    (*low || type == KHV_TYPE_FILE))
			return NULL;
		return hvp_print(m,
				 "\"%s\" is no number %s, and no range of them",
				 text,
				 type == KHV_TYPE_FILE ? "below 0xffffffff" :
							 "from 1 to 64");
	}
	if (type == KHV_TYPE_FILE ? ioctl_name(text, low) :
				    signal_name(text, low)) {
		*high = *low;
		return NULL;
	}
	return hvp_print(m, "unknown %s \"%s\": expected a name or a number%s",
			 type == KHV_TYPE_FILE ? "ioctl" : "signal", text,
			 suggest(m, type, text));
}

/* --- the list --------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct khv_blob_range *x = a, *y = b;

	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	return 0;
}

/* The same set is the same number, so that equal rules are seen to be equal. */
static u32 intern(struct hvp_compiler *c, struct khv_blob_range *r, u32 nr)
{
	struct hvp_range_set *set;
	u32 i, n = 0;

	qsort(r, nr, sizeof(*r), compare);
	for (i = 0; i < nr; i++) {
		if (n && r[i].low <= r[n - 1].high + 1u) {
			if (r[n - 1].high < r[i].high)
				r[n - 1].high = r[i].high;
		} else {
			r[n++] = r[i];
		}
	}
	for (i = 0; i < n; i++) {
		r[i].low = htole32(r[i].low);
		r[i].high = htole32(r[i].high);
	}
	if (!c->range_sets.nr)
		hvp_push(&c->mem, &c->range_sets); /* 0 is none */
	for (i = 1; i < c->range_sets.nr; i++) {
		set = &c->range_sets.at[i];
		if (set->nr == n &&
		    !memcmp(c->ranges.at + set->first, r, n * sizeof(*r)))
			return i;
	}
	set = hvp_push(&c->mem, &c->range_sets);
	set->first = c->ranges.nr;
	set->nr = n;
	for (i = 0; i < n; i++)
		*hvp_push(&c->mem, &c->ranges) = r[i];
	return c->range_sets.nr - 1;
}

u32 hvp_parse_ranges(struct hvp_compiler *c, enum khv_type type,
		     const char *text, u32 len, u32 column)
{
	char *part, *save = NULL, *copy = hvp_copy(&c->mem, text, len);
	HVP_LIST(struct khv_blob_range) list = { 0 };

	for (part = strtok_r(copy, ",", &save); part;
	     part = strtok_r(NULL, ",", &save)) {
		u32 low, high;
		const char *error = parse_one(&c->mem, type, part, &low, &high);
		struct khv_blob_range *r;

		if (!error && list.nr >= KHV_MAX_RANGES - 1)
			error = hvp_print(&c->mem, "more than %u words in ( )",
					  KHV_MAX_RANGES - 1);
		if (error) {
			hvp_error(c, column + (part - copy), "%s", error);
			return 0;
		}
		r = hvp_push(&c->mem, &list);
		r->low = low;
		r->high = high;
	}
	if (!list.nr) {
		hvp_error(c, column, "nothing in ( )");
		return 0;
	}
	/* Signal 0 asks whether one could be sent. */
	if (type == KHV_TYPE_PROCESS)
		hvp_push(&c->mem, &list);
	return intern(c, list.at, list.nr);
}

const char *hvp_one_number(struct hvp_mem *m, enum khv_type type,
			   const char *text, u32 *number)
{
	u32 high;
	const char *error = parse_one(m, type, text, number, &high);

	if (!error && high != *number)
		error = "a question is about one number";
	return error;
}
