// SPDX-License-Identifier: LGPL-2.1
/* Arguments of calls as text: words for bits and numbers, by enum khv_arg_kind. */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "internal.h"
#include "render.h"

/* Not in the headers of every libc. */
#ifndef MSG_SPLICE_PAGES
#define MSG_SPLICE_PAGES 0x8000000
#endif
#ifndef AT_STATX_FORCE_SYNC
#define AT_STATX_FORCE_SYNC 0x2000
#define AT_STATX_DONT_SYNC  0x4000
#endif

/* Bits of @mask that have this value; a mask of 0 stands for the value itself. */
struct word {
	uint64_t mask;
	uint64_t value;
	const char *name;
};

#define BIT(name)                                         \
	{                                                 \
		(uint64_t)(name), (uint64_t)(name), #name \
	}
#define FIELD(mask, name)                                 \
	{                                                 \
		(uint64_t)(mask), (uint64_t)(name), #name \
	}
#define VALUE(name)                            \
	{                                      \
		~0ull, (uint64_t)(name), #name \
	}

static const struct word open_flags[] = {
	FIELD(O_ACCMODE, O_RDONLY),
	FIELD(O_ACCMODE, O_WRONLY),
	FIELD(O_ACCMODE, O_RDWR),
	BIT(O_CREAT),
	BIT(O_EXCL),
	BIT(O_NOCTTY),
	BIT(O_TRUNC),
	BIT(O_APPEND),
	BIT(O_NONBLOCK),
	BIT(O_SYNC),
	BIT(O_DSYNC),
	BIT(O_ASYNC),
	BIT(O_DIRECT),
	{ 0100000, 0100000, "O_LARGEFILE" },
	BIT(O_TMPFILE),
	BIT(O_DIRECTORY),
	BIT(O_NOFOLLOW),
	BIT(O_NOATIME),
	BIT(O_CLOEXEC),
	BIT(O_PATH),
};

static const struct word at_flags[] = {
	BIT(AT_SYMLINK_NOFOLLOW), BIT(AT_REMOVEDIR),  BIT(AT_SYMLINK_FOLLOW),
	BIT(AT_NO_AUTOMOUNT),	  BIT(AT_EMPTY_PATH), BIT(AT_STATX_FORCE_SYNC),
	BIT(AT_STATX_DONT_SYNC),  BIT(AT_RECURSIVE),
};

static const struct word prot[] = {
	VALUE(PROT_NONE), BIT(PROT_READ),      BIT(PROT_WRITE),
	BIT(PROT_EXEC),	  BIT(PROT_GROWSDOWN), BIT(PROT_GROWSUP),
};

static const struct word mmap_flags[] = {
	FIELD(0x0f, MAP_SHARED),
	FIELD(0x0f, MAP_PRIVATE),
	FIELD(0x0f, MAP_SHARED_VALIDATE),
	BIT(MAP_FIXED),
	BIT(MAP_ANONYMOUS),
	BIT(MAP_32BIT),
	BIT(MAP_GROWSDOWN),
	BIT(MAP_DENYWRITE),
	BIT(MAP_EXECUTABLE),
	BIT(MAP_LOCKED),
	BIT(MAP_NORESERVE),
	BIT(MAP_POPULATE),
	BIT(MAP_NONBLOCK),
	BIT(MAP_STACK),
	BIT(MAP_HUGETLB),
	BIT(MAP_SYNC),
	BIT(MAP_FIXED_NOREPLACE),
};

static const struct word clone_flags[] = {
	BIT(CLONE_VM),
	BIT(CLONE_FS),
	BIT(CLONE_FILES),
	BIT(CLONE_SIGHAND),
	BIT(CLONE_PIDFD),
	BIT(CLONE_PTRACE),
	BIT(CLONE_VFORK),
	BIT(CLONE_PARENT),
	BIT(CLONE_THREAD),
	BIT(CLONE_NEWNS),
	BIT(CLONE_SYSVSEM),
	BIT(CLONE_SETTLS),
	BIT(CLONE_PARENT_SETTID),
	BIT(CLONE_CHILD_CLEARTID),
	BIT(CLONE_DETACHED),
	BIT(CLONE_UNTRACED),
	BIT(CLONE_CHILD_SETTID),
	BIT(CLONE_NEWCGROUP),
	BIT(CLONE_NEWUTS),
	BIT(CLONE_NEWIPC),
	BIT(CLONE_NEWUSER),
	BIT(CLONE_NEWPID),
	BIT(CLONE_NEWNET),
	BIT(CLONE_IO),
};

static const struct word msg_flags[] = {
	BIT(MSG_OOB),	       BIT(MSG_PEEK),	  BIT(MSG_DONTROUTE),
	BIT(MSG_CTRUNC),       BIT(MSG_TRUNC),	  BIT(MSG_DONTWAIT),
	BIT(MSG_EOR),	       BIT(MSG_WAITALL),  BIT(MSG_CONFIRM),
	BIT(MSG_ERRQUEUE),     BIT(MSG_NOSIGNAL), BIT(MSG_MORE),
	BIT(MSG_WAITFORONE),   BIT(MSG_ZEROCOPY), BIT(MSG_FASTOPEN),
	BIT(MSG_CMSG_CLOEXEC),
};

static const struct word families[] = {
	VALUE(AF_UNSPEC),    VALUE(AF_UNIX),   VALUE(AF_INET),
	VALUE(AF_AX25),	     VALUE(AF_IPX),    VALUE(AF_APPLETALK),
	VALUE(AF_X25),	     VALUE(AF_INET6),  VALUE(AF_KEY),
	VALUE(AF_NETLINK),   VALUE(AF_PACKET), VALUE(AF_RDS),
	VALUE(AF_PPPOX),     VALUE(AF_CAN),    VALUE(AF_TIPC),
	VALUE(AF_BLUETOOTH), VALUE(AF_ALG),    VALUE(AF_NFC),
	VALUE(AF_VSOCK),     VALUE(AF_KCM),    VALUE(AF_QIPCRTR),
	VALUE(AF_SMC),	     VALUE(AF_XDP),
};

static const struct word socket_types[] = {
	FIELD(0x0f, SOCK_STREAM),    FIELD(0x0f, SOCK_DGRAM),
	FIELD(0x0f, SOCK_RAW),	     FIELD(0x0f, SOCK_RDM),
	FIELD(0x0f, SOCK_SEQPACKET), FIELD(0x0f, SOCK_DCCP),
	FIELD(0x0f, SOCK_PACKET),    BIT(SOCK_NONBLOCK),
	BIT(SOCK_CLOEXEC),
};

static const struct word protocols[] = {
	VALUE(IPPROTO_IP),     VALUE(IPPROTO_ICMP),  VALUE(IPPROTO_IGMP),
	VALUE(IPPROTO_TCP),    VALUE(IPPROTO_UDP),   VALUE(IPPROTO_IPV6),
	VALUE(IPPROTO_ICMPV6), VALUE(IPPROTO_SCTP),  VALUE(IPPROTO_UDPLITE),
	VALUE(IPPROTO_RAW),    VALUE(IPPROTO_MPTCP),
};

static const struct word levels[] = {
	VALUE(SOL_SOCKET),  VALUE(IPPROTO_IP),	 VALUE(IPPROTO_TCP),
	VALUE(IPPROTO_UDP), VALUE(IPPROTO_IPV6), VALUE(IPPROTO_ICMPV6),
	VALUE(IPPROTO_RAW), VALUE(SOL_PACKET),	 VALUE(SOL_NETLINK),
};

static const struct word whences[] = {
	VALUE(SEEK_SET),  VALUE(SEEK_CUR),  VALUE(SEEK_END),
	VALUE(SEEK_DATA), VALUE(SEEK_HOLE),
};

static const struct word accesses[] = {
	VALUE(F_OK),
	BIT(R_OK),
	BIT(W_OK),
	BIT(X_OK),
};

static const struct word fcntls[] = {
	VALUE(F_DUPFD),	     VALUE(F_GETFD),	   VALUE(F_SETFD),
	VALUE(F_GETFL),	     VALUE(F_SETFL),	   VALUE(F_GETLK),
	VALUE(F_SETLK),	     VALUE(F_SETLKW),	   VALUE(F_SETOWN),
	VALUE(F_GETOWN),     VALUE(F_SETSIG),	   VALUE(F_GETSIG),
	VALUE(F_SETOWN_EX),  VALUE(F_GETOWN_EX),   VALUE(F_OFD_GETLK),
	VALUE(F_OFD_SETLK),  VALUE(F_OFD_SETLKW),  VALUE(F_SETLEASE),
	VALUE(F_GETLEASE),   VALUE(F_NOTIFY),	   VALUE(F_DUPFD_CLOEXEC),
	VALUE(F_SETPIPE_SZ), VALUE(F_GETPIPE_SZ),  VALUE(F_ADD_SEALS),
	VALUE(F_GET_SEALS),  VALUE(F_GET_RW_HINT), VALUE(F_SET_RW_HINT),
};

static const struct word ptraces[] = {
	VALUE(PTRACE_TRACEME),
	VALUE(PTRACE_PEEKTEXT),
	VALUE(PTRACE_PEEKDATA),
	VALUE(PTRACE_PEEKUSR),
	VALUE(PTRACE_POKETEXT),
	VALUE(PTRACE_POKEDATA),
	VALUE(PTRACE_POKEUSR),
	VALUE(PTRACE_CONT),
	VALUE(PTRACE_KILL),
	VALUE(PTRACE_SINGLESTEP),
	VALUE(PTRACE_ATTACH),
	VALUE(PTRACE_DETACH),
	VALUE(PTRACE_SYSCALL),
	VALUE(PTRACE_SETOPTIONS),
	VALUE(PTRACE_GETEVENTMSG),
	VALUE(PTRACE_GETSIGINFO),
	VALUE(PTRACE_SETSIGINFO),
	VALUE(PTRACE_GETREGSET),
	VALUE(PTRACE_SETREGSET),
	VALUE(PTRACE_SEIZE),
	VALUE(PTRACE_INTERRUPT),
	VALUE(PTRACE_LISTEN),
	VALUE(PTRACE_PEEKSIGINFO),
	VALUE(PTRACE_GETSIGMASK),
	VALUE(PTRACE_SETSIGMASK),
	VALUE(PTRACE_SECCOMP_GET_FILTER),
	VALUE(PTRACE_GET_SYSCALL_INFO),
};

static const struct word mount_flags[] = {
	BIT(MS_RDONLY),	    BIT(MS_NOSUID),	 BIT(MS_NODEV),
	BIT(MS_NOEXEC),	    BIT(MS_SYNCHRONOUS), BIT(MS_REMOUNT),
	BIT(MS_MANDLOCK),   BIT(MS_DIRSYNC),	 BIT(MS_NOATIME),
	BIT(MS_NODIRATIME), BIT(MS_BIND),	 BIT(MS_MOVE),
	BIT(MS_REC),	    BIT(MS_SILENT),	 BIT(MS_POSIXACL),
	BIT(MS_UNBINDABLE), BIT(MS_PRIVATE),	 BIT(MS_SLAVE),
	BIT(MS_SHARED),	    BIT(MS_RELATIME),	 BIT(MS_STRICTATIME),
	BIT(MS_LAZYTIME),
};

static const struct word umount_flags[] = {
	BIT(MNT_FORCE),
	BIT(MNT_DETACH),
	BIT(MNT_EXPIRE),
	BIT(UMOUNT_NOFOLLOW),
};

static const struct word prctls[] = {
	VALUE(PR_SET_PDEATHSIG),    VALUE(PR_GET_PDEATHSIG),
	VALUE(PR_GET_DUMPABLE),	    VALUE(PR_SET_DUMPABLE),
	VALUE(PR_GET_KEEPCAPS),	    VALUE(PR_SET_KEEPCAPS),
	VALUE(PR_SET_NAME),	    VALUE(PR_GET_NAME),
	VALUE(PR_GET_SECCOMP),	    VALUE(PR_SET_SECCOMP),
	VALUE(PR_CAPBSET_READ),	    VALUE(PR_CAPBSET_DROP),
	VALUE(PR_GET_SECUREBITS),   VALUE(PR_SET_SECUREBITS),
	VALUE(PR_SET_MM),	    VALUE(PR_SET_CHILD_SUBREAPER),
	VALUE(PR_SET_NO_NEW_PRIVS), VALUE(PR_GET_NO_NEW_PRIVS),
	VALUE(PR_CAP_AMBIENT),	    VALUE(PR_SET_VMA),
	VALUE(PR_SET_PTRACER),
};

static const struct word resources[] = {
	VALUE(RLIMIT_CPU),	VALUE(RLIMIT_FSIZE),  VALUE(RLIMIT_DATA),
	VALUE(RLIMIT_STACK),	VALUE(RLIMIT_CORE),   VALUE(RLIMIT_RSS),
	VALUE(RLIMIT_NPROC),	VALUE(RLIMIT_NOFILE), VALUE(RLIMIT_MEMLOCK),
	VALUE(RLIMIT_AS),	VALUE(RLIMIT_LOCKS),  VALUE(RLIMIT_SIGPENDING),
	VALUE(RLIMIT_MSGQUEUE), VALUE(RLIMIT_NICE),   VALUE(RLIMIT_RTPRIO),
	VALUE(RLIMIT_RTTIME),
};

static const struct word madvises[] = {
	VALUE(MADV_NORMAL),	VALUE(MADV_RANDOM),	 VALUE(MADV_SEQUENTIAL),
	VALUE(MADV_WILLNEED),	VALUE(MADV_DONTNEED),	 VALUE(MADV_FREE),
	VALUE(MADV_REMOVE),	VALUE(MADV_DONTFORK),	 VALUE(MADV_DOFORK),
	VALUE(MADV_MERGEABLE),	VALUE(MADV_UNMERGEABLE), VALUE(MADV_HUGEPAGE),
	VALUE(MADV_NOHUGEPAGE), VALUE(MADV_DONTDUMP),	 VALUE(MADV_DODUMP),
	VALUE(MADV_WIPEONFORK), VALUE(MADV_KEEPONFORK),	 VALUE(MADV_COLD),
	VALUE(MADV_PAGEOUT),
};

static const struct word bpfs[] = {
	VALUE(BPF_MAP_CREATE),
	VALUE(BPF_MAP_LOOKUP_ELEM),
	VALUE(BPF_MAP_UPDATE_ELEM),
	VALUE(BPF_MAP_DELETE_ELEM),
	VALUE(BPF_MAP_GET_NEXT_KEY),
	VALUE(BPF_PROG_LOAD),
	VALUE(BPF_OBJ_PIN),
	VALUE(BPF_OBJ_GET),
	VALUE(BPF_PROG_ATTACH),
	VALUE(BPF_PROG_DETACH),
	VALUE(BPF_PROG_TEST_RUN),
	VALUE(BPF_LINK_CREATE),
	VALUE(BPF_RAW_TRACEPOINT_OPEN),
	VALUE(BPF_BTF_LOAD),
};

static const struct word rename_flags[] = {
	BIT(RENAME_NOREPLACE),
	BIT(RENAME_EXCHANGE),
	BIT(RENAME_WHITEOUT),
};

#define TABLE(kind, words) [KHV_ARG_##kind] = { words, ARRAY_SIZE(words) }
static const struct {
	const struct word *words;
	size_t count;
} tables[] = {
	TABLE(OPEN_FLAGS, open_flags),
	TABLE(AT_FLAGS, at_flags),
	TABLE(PROT, prot),
	TABLE(MMAP_FLAGS, mmap_flags),
	TABLE(CLONE_FLAGS, clone_flags),
	TABLE(MSG_FLAGS, msg_flags),
	TABLE(FAMILY, families),
	TABLE(SOCKET_TYPE, socket_types),
	TABLE(PROTOCOL, protocols),
	TABLE(SOL, levels),
	TABLE(WHENCE, whences),
	TABLE(ACCESS, accesses),
	TABLE(FCNTL, fcntls),
	TABLE(PTRACE, ptraces),
	TABLE(MOUNT_FLAGS, mount_flags),
	TABLE(UMOUNT_FLAGS, umount_flags),
	TABLE(PRCTL, prctls),
	TABLE(RESOURCE, resources),
	TABLE(MADVISE, madvises),
	TABLE(BPF, bpfs),
	TABLE(RENAME_FLAGS, rename_flags),
};

static void append(char *buf, size_t size, const char *word)
{
	size_t at = strlen(buf);

	snprintf(buf + at, size - at, "%s%s", at ? "|" : "", word);
}

/* What has no word stays a number. */
static void words_text(const struct word *w, size_t count, uint64_t value,
		       char *buf, size_t size)
{
	uint64_t rest = value;
	bool any = false;
	char number[24];

	for (size_t i = 0; i < count; i++) {
		if ((value & w[i].mask) != w[i].value ||
		    (w[i].mask != ~0ull && any && w[i].value &&
		     !(rest & w[i].value)))
			continue;
		append(buf, size, w[i].name);
		rest &= ~(w[i].mask == ~0ull ? value : w[i].value);
		any = true;
	}
	if (rest || !any) {
		snprintf(number, sizeof(number), rest ? "0x%llx" : "%llu",
			 (unsigned long long)rest);
		append(buf, size, number);
	}
}

static void signal_text(uint64_t n, char *buf, size_t size)
{
	const char *name = n < NSIG ? sigabbrev_np((int)n) : NULL;

	if (name)
		snprintf(buf, size, "SIG%s", name);
	else
		snprintf(buf, size, "%llu", (unsigned long long)n);
}

static void value_text(const struct khv_arg *a, char *buf, size_t size)
{
	unsigned long long n = a->value;
	/* Most are of 32 bits: the caller's upper half means nothing. */
	unsigned int low = (unsigned int)n;

	buf[0] = 0;
	if (a->kind < ARRAY_SIZE(tables) && tables[a->kind].words) {
		words_text(tables[a->kind].words, tables[a->kind].count,
			   a->kind == KHV_ARG_CLONE_FLAGS ? n & ~0xffull : low,
			   buf, size);
		return;
	}
	switch (a->kind) {
	case KHV_ARG_HEX:
		snprintf(buf, size, "0x%llx", n);
		break;
	case KHV_ARG_SIZE:
		snprintf(buf, size, "%llu", n);
		break;
	case KHV_ARG_MODE:
		snprintf(buf, size, "0%o", low & 07777);
		break;
	case KHV_ARG_IOCTL:
		snprintf(buf, size, "0x%x", low);
		break;
	case KHV_ARG_SIGNAL:
		signal_text(low, buf, size);
		break;
	case KHV_ARG_UID:
	case KHV_ARG_FD:
	case KHV_ARG_PID:
		if (a->kind == KHV_ARG_FD && (int)low == AT_FDCWD)
			snprintf(buf, size, "AT_FDCWD");
		else
			snprintf(buf, size, "%d", (int)low);
		break;
	default:
		snprintf(buf, size, "%lld", (long long)n);
	}
}

size_t khv_arg_text(const struct khv_arg *a, char *buf, size_t size)
{
	size_t at = 0;

	if (!size)
		return 0;
	buf[0] = 0;
	if (a->redacted) {
		snprintf(buf, size, "(redacted)");
		return strlen(buf);
	}
	if (a->has_value) {
		value_text(a, buf, size);
		at = strlen(buf);
	}
	if (!a->text.data)
		return at;
	/* A descriptor and what it is: 3</etc/passwd>. */
	if (at && at + 3 < size)
		buf[at++] = '<';
	khv_escape(buf + at, a->has_value ? size - at - 1 : size - at,
		   a->text.data, a->text.len, false);
	at = strlen(buf);
	if (a->has_value && at + 1 < size) {
		buf[at++] = '>';
		buf[at] = 0;
	}
	return at;
}
