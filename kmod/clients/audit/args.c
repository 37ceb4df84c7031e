// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments of calls, decoded as far as it takes the kernel: which is a flag, which a
 * descriptor, what that is open on. Words for the numbers are libkhv's business.
 *
 * User memory is not read. What a pointer pointed to when the call began need not be
 * what the kernel read from it: a name is what an object check was made of, during the
 * call. Where no check was made, as for a file that does not exist, there is only the
 * pointer.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "audit.h"

/* A pointer to a name; it is not sent as such. */
#define AUDIT_PATH	0xff
#define AUDIT_ADDR	0xfe

struct khv_audit_arg {
	const char *name;
	u8 kind;
};

#define A(name, kind)	{ name, KHV_ARG_##kind }
#define PATH(name)	{ name, AUDIT_PATH }
#define ADDR(name)	{ name, AUDIT_ADDR }
#define FD		A("fd", FD)
#define DIRFD		A("dirfd", FD)
#define BUF		A("buf", HEX)
#define COUNT		A("count", SIZE)
#define MODE		A("mode", MODE)
#define OPEN		A("flags", OPEN_FLAGS)
#define AT		A("flags", AT_FLAGS)

static const struct khv_audit_call {
	const char *name;
	struct khv_audit_arg arg[KHV_CALL_ARGS];
} khv_audit_calls[] = {
	{ "read", { FD, BUF, COUNT } },
	{ "write", { FD, BUF, COUNT } },
	{ "pread64", { FD, BUF, COUNT, A("offset", SIZE) } },
	{ "pwrite64", { FD, BUF, COUNT, A("offset", SIZE) } },
	{ "readv", { FD, A("iov", HEX), A("iovcnt", SIZE) } },
	{ "writev", { FD, A("iov", HEX), A("iovcnt", SIZE) } },
	{ "open", { PATH("path"), OPEN, MODE } },
	{ "openat", { DIRFD, PATH("path"), OPEN, MODE } },
	{ "openat2", { DIRFD, PATH("path"), A("how", HEX), A("size", SIZE) } },
	{ "creat", { PATH("path"), MODE } },
	{ "close", { FD } },
	{ "close_range", { A("first", NUMBER), A("last", NUMBER), A("flags", HEX) } },
	{ "stat", { PATH("path"), A("statbuf", HEX) } },
	{ "lstat", { PATH("path"), A("statbuf", HEX) } },
	{ "fstat", { FD, A("statbuf", HEX) } },
	{ "newstat", { PATH("path"), A("statbuf", HEX) } },
	{ "newlstat", { PATH("path"), A("statbuf", HEX) } },
	{ "newfstat", { FD, A("statbuf", HEX) } },
	{ "newfstatat", { DIRFD, PATH("path"), A("statbuf", HEX), AT } },
	{ "statx", { DIRFD, PATH("path"), AT, A("mask", HEX), A("statxbuf", HEX) } },
	{ "access", { PATH("path"), A("mode", ACCESS) } },
	{ "faccessat", { DIRFD, PATH("path"), A("mode", ACCESS) } },
	{ "faccessat2", { DIRFD, PATH("path"), A("mode", ACCESS), AT } },
	{ "lseek", { FD, A("offset", NUMBER), A("whence", WHENCE) } },
	{ "mmap", { A("addr", HEX), A("length", SIZE), A("prot", PROT),
		    A("flags", MMAP_FLAGS), FD, A("offset", SIZE) } },
	{ "mprotect", { A("addr", HEX), A("length", SIZE), A("prot", PROT) } },
	{ "munmap", { A("addr", HEX), A("length", SIZE) } },
	{ "madvise", { A("addr", HEX), A("length", SIZE), A("advice", MADVISE) } },
	{ "ioctl", { FD, A("request", IOCTL), A("argp", HEX) } },
	{ "fcntl", { FD, A("cmd", FCNTL), A("arg", HEX) } },
	{ "dup", { FD } },
	{ "dup2", { FD, A("newfd", NUMBER) } },
	{ "dup3", { FD, A("newfd", NUMBER), OPEN } },
	{ "pipe", { A("pipefd", HEX) } },
	{ "pipe2", { A("pipefd", HEX), OPEN } },
	{ "socket", { A("family", FAMILY), A("type", SOCKET_TYPE),
		      A("protocol", PROTOCOL) } },
	{ "socketpair", { A("family", FAMILY), A("type", SOCKET_TYPE),
			  A("protocol", NUMBER), A("sv", HEX) } },
	{ "connect", { FD, ADDR("addr"), A("addrlen", SIZE) } },
	{ "bind", { FD, ADDR("addr"), A("addrlen", SIZE) } },
	{ "listen", { FD, A("backlog", NUMBER) } },
	{ "accept", { FD, A("addr", HEX), A("addrlen", HEX) } },
	{ "accept4", { FD, A("addr", HEX), A("addrlen", HEX),
		       A("flags", SOCKET_TYPE) } },
	{ "sendto", { FD, BUF, A("len", SIZE), A("flags", MSG_FLAGS),
		      ADDR("addr"), A("addrlen", SIZE) } },
	{ "recvfrom", { FD, BUF, A("len", SIZE), A("flags", MSG_FLAGS),
			A("addr", HEX), A("addrlen", HEX) } },
	{ "sendmsg", { FD, A("msg", HEX), A("flags", MSG_FLAGS) } },
	{ "recvmsg", { FD, A("msg", HEX), A("flags", MSG_FLAGS) } },
	{ "shutdown", { FD, A("how", NUMBER) } },
	{ "setsockopt", { FD, A("level", SOL), A("optname", NUMBER),
			  A("optval", HEX), A("optlen", SIZE) } },
	{ "getsockopt", { FD, A("level", SOL), A("optname", NUMBER),
			  A("optval", HEX), A("optlen", HEX) } },
	{ "execve", { PATH("path"), A("argv", HEX), A("envp", HEX) } },
	{ "execveat", { DIRFD, PATH("path"), A("argv", HEX), A("envp", HEX), AT } },
	{ "clone", { A("flags", CLONE_FLAGS), A("stack", HEX),
		     A("parent_tid", HEX), A("child_tid", HEX), A("tls", HEX) } },
	{ "clone3", { A("args", HEX), A("size", SIZE) } },
	{ "exit", { A("status", NUMBER) } },
	{ "exit_group", { A("status", NUMBER) } },
	{ "wait4", { A("pid", PID), A("wstatus", HEX), A("options", HEX),
		     A("rusage", HEX) } },
	{ "kill", { A("pid", PID), A("sig", SIGNAL) } },
	{ "tkill", { A("tid", PID), A("sig", SIGNAL) } },
	{ "tgkill", { A("tgid", PID), A("tid", PID), A("sig", SIGNAL) } },
	{ "rt_sigaction", { A("sig", SIGNAL), A("act", HEX), A("oldact", HEX),
			    A("size", SIZE) } },
	{ "ptrace", { A("request", PTRACE), A("pid", PID), A("addr", HEX),
		      A("data", HEX) } },
	{ "process_vm_readv", { A("pid", PID), A("local_iov", HEX),
				A("liovcnt", SIZE), A("remote_iov", HEX),
				A("riovcnt", SIZE), A("flags", HEX) } },
	{ "process_vm_writev", { A("pid", PID), A("local_iov", HEX),
				 A("liovcnt", SIZE), A("remote_iov", HEX),
				 A("riovcnt", SIZE), A("flags", HEX) } },
	{ "prctl", { A("option", PRCTL), A("arg2", HEX), A("arg3", HEX),
		     A("arg4", HEX), A("arg5", HEX) } },
	{ "setuid", { A("uid", UID) } },
	{ "setgid", { A("gid", UID) } },
	{ "setreuid", { A("ruid", UID), A("euid", UID) } },
	{ "setregid", { A("rgid", UID), A("egid", UID) } },
	{ "setresuid", { A("ruid", UID), A("euid", UID), A("suid", UID) } },
	{ "setresgid", { A("rgid", UID), A("egid", UID), A("sgid", UID) } },
	{ "setgroups", { A("size", SIZE), A("list", HEX) } },
	{ "capset", { A("hdrp", HEX), A("datap", HEX) } },
	{ "truncate", { PATH("path"), A("length", SIZE) } },
	{ "ftruncate", { FD, A("length", SIZE) } },
	{ "mkdir", { PATH("path"), MODE } },
	{ "mkdirat", { DIRFD, PATH("path"), MODE } },
	{ "rmdir", { PATH("path") } },
	{ "unlink", { PATH("path") } },
	{ "unlinkat", { DIRFD, PATH("path"), AT } },
	{ "rename", { PATH("oldpath"), PATH("newpath") } },
	{ "renameat", { A("olddirfd", FD), PATH("oldpath"), A("newdirfd", FD),
			PATH("newpath") } },
	{ "renameat2", { A("olddirfd", FD), PATH("oldpath"), A("newdirfd", FD),
			 PATH("newpath"), A("flags", RENAME_FLAGS) } },
	{ "link", { PATH("oldpath"), PATH("newpath") } },
	{ "linkat", { A("olddirfd", FD), PATH("oldpath"), A("newdirfd", FD),
		      PATH("newpath"), AT } },
	{ "symlink", { A("target", HEX), PATH("path") } },
	{ "symlinkat", { A("target", HEX), DIRFD, PATH("path") } },
	{ "readlink", { PATH("path"), BUF, COUNT } },
	{ "readlinkat", { DIRFD, PATH("path"), BUF, COUNT } },
	{ "chmod", { PATH("path"), MODE } },
	{ "fchmod", { FD, MODE } },
	{ "fchmodat", { DIRFD, PATH("path"), MODE } },
	{ "chown", { PATH("path"), A("uid", UID), A("gid", UID) } },
	{ "lchown", { PATH("path"), A("uid", UID), A("gid", UID) } },
	{ "fchown", { FD, A("uid", UID), A("gid", UID) } },
	{ "fchownat", { DIRFD, PATH("path"), A("uid", UID), A("gid", UID), AT } },
	{ "mknod", { PATH("path"), A("mode", MODE), A("dev", HEX) } },
	{ "mknodat", { DIRFD, PATH("path"), A("mode", MODE), A("dev", HEX) } },
	{ "chdir", { PATH("path") } },
	{ "fchdir", { FD } },
	{ "chroot", { PATH("path") } },
	{ "mount", { A("source", HEX), PATH("target"), A("type", HEX),
		     A("flags", MOUNT_FLAGS), A("data", HEX) } },
	{ "umount", { PATH("target"), A("flags", UMOUNT_FLAGS) } },
	{ "pivot_root", { PATH("new_root"), A("put_old", HEX) } },
	{ "init_module", { A("image", HEX), A("len", SIZE), A("params", HEX) } },
	{ "finit_module", { FD, A("params", HEX), A("flags", HEX) } },
	{ "delete_module", { A("name", HEX), A("flags", OPEN_FLAGS) } },
	{ "bpf", { A("cmd", BPF), A("attr", HEX), A("size", SIZE) } },
	{ "setrlimit", { A("resource", RESOURCE), A("rlim", HEX) } },
	{ "prlimit64", { A("pid", PID), A("resource", RESOURCE),
			 A("new", HEX), A("old", HEX) } },
	{ "setns", { FD, A("nstype", CLONE_FLAGS) } },
	{ "unshare", { A("flags", CLONE_FLAGS) } },
	{ "pidfd_open", { A("pid", PID), A("flags", HEX) } },
	{ "pidfd_send_signal", { A("pidfd", FD), A("sig", SIGNAL),
				 A("info", HEX), A("flags", HEX) } },
	{ "getpid", { } },
	{ "getppid", { } },
	{ "fork", { } },
	{ "vfork", { } },
	{ "sync", { } },
};

static const struct khv_audit_call khv_audit_other = {
	"", { A("arg0", HEX), A("arg1", HEX), A("arg2", HEX), A("arg3", HEX),
	      A("arg4", HEX), A("arg5", HEX) },
};

static const struct khv_audit_call *khv_audit_call_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(khv_audit_calls); i++)
		if (!strcmp(khv_audit_calls[i].name, name))
			return &khv_audit_calls[i];
	return &khv_audit_other;
}

/* The end of a name says more than its beginning. */
void khv_audit_name_set(struct khv_audit_name *n, enum khv_type type,
			const char *text, size_t len)
{
	n->type = type;
	n->len = min_t(size_t, len, sizeof(n->text));
	memcpy(n->text, text + len - n->len, n->len);
}

static void khv_audit_look_fd(struct khv_audit_name *n, int fd)
{
	struct file *file = fd >= 0 ? fget_raw(fd) : NULL;
	char *buf, *name;

	n->len = 0;
	if (!file)
		return;
	buf = (char *)__get_free_page(GFP_KERNEL);
	if (buf) {
		name = khv_path_absolute(&file->f_path, buf, PAGE_SIZE);
		if (IS_ERR(name))
			name = file_path(file, buf, PAGE_SIZE);
		if (!IS_ERR(name))
			khv_audit_name_set(n, KHV_TYPE_FILE, name,
					   strlen(name));
		free_page((unsigned long)buf);
	}
	fput(file);
}

void khv_audit_look(const struct khv_call *call, struct khv_audit_scratch *s)
{
	const struct khv_audit_call *c = khv_audit_call_of(call->name);
	unsigned int i;

	for (i = 0; i < KHV_CALL_ARGS && c->arg[i].name; i++)
		if (c->arg[i].kind == KHV_ARG_FD &&
		    s->nr_fds < KHV_AUDIT_NAMES)
			khv_audit_look_fd(&s->fd[s->nr_fds++],
					  (int)call->arg[i]);
}

static size_t khv_audit_add(void *buf, size_t at, const char *name, u8 kind,
			    const u64 *value, const struct khv_audit_name *text)
{
	struct khv_arg arg = {
		.kind = kind | (value ? KHV_ARG_F_VALUE : 0),
		.name_len = strlen(name),
		.text_len = text ? text->len : 0,
		.value = value ? *value : 0,
	};
	size_t len = ALIGN(sizeof(arg) + arg.name_len + arg.text_len, 8);

	if (at + len > KHV_AUDIT_ARGS)
		return at;
	memset(buf + at, 0, len);
	memcpy(buf + at, &arg, sizeof(arg));
	memcpy(buf + at + sizeof(arg), name, arg.name_len);
	if (text)
		memcpy(buf + at + sizeof(arg) + arg.name_len, text->text,
		       text->len);
	return at + len;
}

/* The next name of this type that a check has looked at. */
static const struct khv_audit_name *
khv_audit_seen(const struct khv_audit_scratch *s, unsigned int *at,
	       enum khv_type type)
{
	while (*at < s->nr_seen) {
		const struct khv_audit_name *n = &s->seen[(*at)++];

		if (n->type == type)
			return n;
	}
	return NULL;
}

size_t khv_audit_args(const struct khv_call *call,
		      const struct khv_audit_scratch *s, void *buf)
{
	const struct khv_audit_call *c = khv_audit_call_of(call->name);
	unsigned int i, fds = 0, seen = 0;
	const struct khv_audit_name *n;
	size_t at = 0;
	u64 value;

	for (i = 0; i < KHV_CALL_ARGS && c->arg[i].name; i++) {
		u8 kind = c->arg[i].kind;

		n = NULL;
		value = call->arg[i];
		if (kind == AUDIT_PATH || kind == AUDIT_ADDR) {
			n = khv_audit_seen(s, &seen, kind == AUDIT_PATH ?
					   KHV_TYPE_FILE : KHV_TYPE_SOCKET);
			kind = !n ? KHV_ARG_HEX : kind == AUDIT_PATH ?
			       KHV_ARG_PATH : KHV_ARG_ADDRESS;
		} else if (kind == KHV_ARG_FD && fds < s->nr_fds) {
			n = s->fd[fds].len ? &s->fd[fds] : NULL;
			fds++;
		}
		at = khv_audit_add(buf, at, c->arg[i].name, kind,
				   n && kind != KHV_ARG_FD ? NULL : &value, n);
	}
	return at;
}

void khv_audit_redact(void *args, size_t len)
{
	struct khv_arg *arg = args;
	size_t size;

	for (; len; len -= size, arg = (void *)arg + size) {
		size = ALIGN(sizeof(*arg) + arg->name_len + arg->text_len, 8);
		memset((void *)(arg + 1) + arg->name_len, 0, arg->text_len);
		arg->value = 0;
		arg->kind = (arg->kind & 0xff) | KHV_ARG_F_REDACTED;
	}
}
