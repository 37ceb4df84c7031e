// SPDX-License-Identifier: LGPL-2.1
/* Words of the language and of the system, and what was probably meant. */
#include <netinet/in.h>
#include <sys/socket.h>
#include "compiler.h"

const char *const hvp_type_names[] = { "file", "socket", "process", "kernel",
				       NULL };

static const char *const file_words[] = {
	"none",	  "all",      "read",	    "write",   "open",	   "list",
	"stat",	  "readlink", "open-write", "append",  "truncate", "create",
	"delete", "rename",   "link",	    "symlink", "mknod",	   "attr",
	"lock",	  "exec",     "mmap",	    "ioctl",   "mount",	   NULL
};

static const char *const socket_words[] = {
	"none", "all",	   "read", "write",  "bind",   "listen", "accept",
	"recv", "connect", "send", "create", "option", NULL
};

static const char *const process_words[] = { "none",   "all",	 "read",
					     "write",  "info",	 "peek",
					     "signal", "ptrace", "sched",
					     "memory", NULL };

static const char *const kernel_words[] = { "none", "all", "use", NULL };

static const struct {
	const char *name;
	int family;
} families[] = {
	{ "unix", AF_UNIX },
	{ "inet", AF_INET },
	{ "inet6", AF_INET6 },
	{ "netlink", AF_NETLINK },
	{ "packet", AF_PACKET },
	{ "bluetooth", AF_BLUETOOTH },
	{ "vsock", AF_VSOCK },
	{ "alg", AF_ALG },
	{ "can", AF_CAN },
	{ "tipc", AF_TIPC },
	{ "xdp", AF_XDP },
	{ "key", AF_KEY },
	{ "rds", AF_RDS },
	{ "qipcrtr", 42 },
	{ "kcm", AF_KCM },
	{ "smc", AF_SMC },
	{ "ax25", AF_AX25 },
	{ "x25", AF_X25 },
	{ "appletalk", AF_APPLETALK },
	{ "nfc", AF_NFC },
	{ "phonet", AF_PHONET },
	{ "ieee802154", AF_IEEE802154 },
	{ "pppox", AF_PPPOX },
	{ "llc", AF_LLC },
};

#define NR_FAMILIES (sizeof(families) / sizeof(families[0]))

const char *const hvp_family_names[] = {
	"unix",	     "inet",	   "inet6", "netlink",	 "packet",
	"bluetooth", "vsock",	   "alg",   "can",	 "tipc",
	"xdp",	     "key",	   "rds",   "qipcrtr",	 "kcm",
	"smc",	     "ax25",	   "x25",   "appletalk", "nfc",
	"phonet",    "ieee802154", "pppox", "llc",	 NULL
};

static const struct {
	const char *name;
	int protocol;
} protocols[] = {
	{ "tcp", IPPROTO_TCP },		{ "udp", IPPROTO_UDP },
	{ "sctp", IPPROTO_SCTP },	{ "dccp", IPPROTO_DCCP },
	{ "icmp", IPPROTO_ICMP },	{ "icmpv6", IPPROTO_ICMPV6 },
	{ "udplite", IPPROTO_UDPLITE },
};

#define NR_PROTOCOLS (sizeof(protocols) / sizeof(protocols[0]))

const char *const hvp_protocol_names[] = { "tcp",  "udp",    "sctp",	"dccp",
					   "icmp", "icmpv6", "udplite", NULL };

/* Edits to get from one word to the other; a swap of neighbours is one. */
static u32 distance(const char *a, const char *b)
{
	enum { MOST = 32 };
	u32 row[3][MOST + 1];
	u32 la = strlen(a), lb = strlen(b), i, j;

	if (la > MOST || lb > MOST)
		return ~0u;
	for (j = 0; j <= lb; j++)
		row[0][j] = j;
	for (i = 1; i <= la; i++) {
		u32 *now = row[i % 3], *last = row[(i + 2) % 3];
		u32 *before = row[(i + 1) % 3];

		now[0] = i;
		for (j = 1; j <= lb; j++) {
			u32 best = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[la % 3][lb];
}

const char *hvp_nearest(const char *word, const char *const *names)
{
	u32 limit = strlen(word) < 4 ? 1 : 2, least = limit + 1, d;
	const char *best = NULL;

	for (; *names; names++) {
		d = distance(word, *names);
		if (d < least) {
			least = d;
			best = *names;
		}
	}
	return best;
}

const char *hvp_suggest(struct hvp_mem *m, const char *word,
			const char *const *names)
{
	const char *best = hvp_nearest(word, names);

	return best ? hvp_print(m, "; did you mean \"%s\"?", best) : "";
}

bool hvp_is_one_of(const char *word, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(word, *names))
			return true;
	return false;
}

const char *const *hvp_verb_names(enum khv_type type)
{
	static const char *const *const words[KHV_NR_TYPES] = {
		[KHV_TYPE_FILE] = file_words,
		[KHV_TYPE_SOCKET] = socket_words,
		[KHV_TYPE_PROCESS] = process_words,
		[KHV_TYPE_KERNEL] = kernel_words,
	};

	return words[type];
}

static u32 nr_verbs(enum khv_type type)
{
	static const u32 nr[KHV_NR_TYPES] = {
		[KHV_TYPE_FILE] = KHV_F_NR_VERBS,
		[KHV_TYPE_SOCKET] = KHV_S_NR_VERBS,
		[KHV_TYPE_PROCESS] = KHV_P_NR_VERBS,
		[KHV_TYPE_KERNEL] = KHV_K_NR_VERBS,
	};

	return nr[type];
}

u32 hvp_verb(enum khv_type type, const char *name)
{
	u32 i;

	for (i = 0; i < nr_verbs(type); i++)
		if (!strcmp(khv_verb_name(type, 1u << i), name))
			return 1u << i;
	return 0;
}

u32 hvp_sum(enum khv_type type, const char *name)
{
	static const struct {
		u32 read, write;
	} sums[KHV_NR_TYPES] = {
		[KHV_TYPE_FILE] = { KHV_F_READ, KHV_F_WRITE },
		[KHV_TYPE_SOCKET] = { KHV_S_READ, KHV_S_WRITE },
		[KHV_TYPE_PROCESS] = { KHV_P_READ, KHV_P_WRITE },
	};

	if (!strcmp(name, "read"))
		return sums[type].read;
	if (!strcmp(name, "write"))
		return sums[type].write;
	if (!strcmp(name, "all"))
		return (1u << nr_verbs(type)) - 1;
	return 0;
}

u32 hvp_optional(enum khv_type type)
{
	static const u32 optional[KHV_NR_TYPES] = {
		[KHV_TYPE_FILE] = KHV_F_STAT | KHV_F_READLINK | KHV_F_IOCTL,
		[KHV_TYPE_SOCKET] = KHV_S_RECV | KHV_S_OPTION,
	};

	return optional[type];
}

int hvp_type(const char *name)
{
	int i;

	for (i = 0; hvp_type_names[i]; i++)
		if (!strcmp(name, hvp_type_names[i]))
			return i;
	return -1;
}

int hvp_errno(const char *name)
{
	int i;

	for (i = 1; i < 134; i++) {
		const char *other = strerrorname_np(i);

		if (other && !strcmp(other, name))
			return i;
	}
	return 0;
}

int hvp_family(const char *name)
{
	u32 i;

	for (i = 0; i < NR_FAMILIES; i++)
		if (!strcmp(families[i].name, name))
			return families[i].family;
	return -1;
}

int hvp_protocol(const char *name)
{
	u32 i;

	for (i = 0; i < NR_PROTOCOLS; i++)
		if (!strcmp(protocols[i].name, name))
			return protocols[i].protocol;
	return -1;
}

const char *hvp_verbs_text(struct hvp_mem *m, enum khv_type type, u32 verbs)
{
	const char *text = "";

	for (; verbs; verbs &= verbs - 1)
		text = hvp_print(m, "%s%s%s", text, *text ? "/" : "",
				 khv_verb_name(type, verbs));
	return *text ? text : "none";
}
