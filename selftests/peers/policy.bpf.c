// SPDX-License-Identifier: GPL-2.0
/*
 * BPF-LSM: hold/attack.hv as programs on the hooks of the kernel, for tasks that
 * are marked and their children. Files are judged by the nearest directory above
 * them that has a grant, found by walking the tree within one file system.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>
#include "bpf.h"

char allowed_by[] SEC("license") = "GPL";
extern int LINUX_KERNEL_VERSION __kconfig;

/* Of confine.h. */
enum { READ = 1, WRITE = 2, EXEC = 4, APPEND = 8 };

/* The kernel's own structures, as far as they are looked at. */
#pragma clang attribute push(__attribute__((preserve_access_index)), \
			     apply_to = record)
struct task_struct {
	int pid;
};

struct super_block {
	unsigned int s_dev;
};

struct inode {
	unsigned short i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
};

struct dentry {
	struct dentry *d_parent;
	struct inode *d_inode;
};

struct path {
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	unsigned int f_mode;
	unsigned int f_flags;
};

struct vm_area_struct {
	unsigned long vm_flags;
	struct file *vm_file;
};

struct sock_common {
	unsigned int skc_rcv_saddr;
	unsigned short skc_num;
};

struct sock {
	struct sock_common __sk_common;
};

struct socket {
	struct sock *sk;
};

struct msghdr {
	void *msg_name;
	int msg_namelen;
};
#pragma clang attribute pop

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, unsigned int);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct place);
	__type(value, unsigned int);
} grants SEC(".maps");

static __always_inline bool marked(struct task_struct *task)
{
	return bpf_task_storage_get(&tasks, task, 0, 0);
}

static __always_inline bool confined(void)
{
	return marked(bpf_get_current_task_btf());
}

SEC("lsm/task_alloc")
int BPF_PROG(inherit, struct task_struct *task, unsigned long flags)
{
	unsigned int yes = 1;

	if (!confined())
		return 0;
	return bpf_task_storage_get(&tasks, task, &yes,
				    BPF_LOCAL_STORAGE_GET_F_CREATE) ?
		       0 :
		       -ENOMEM;
}

/*
 * Files.
 */

#define DEEPEST	    4096
#define KIND	    0170000
#define DIRECTORY   0040000
#define REGULAR	    0100000
#define LINK	    0120000
#define CHAR_DEVICE 0020000
#define BLOCK	    0060000

struct walk {
	struct dentry *at;
	unsigned int rights;
};

static long step(unsigned int i, struct walk *walk)
{
	struct dentry *at = walk->at;
	struct dentry *parent = BPF_CORE_READ(at, d_parent);
	struct inode *inode = BPF_CORE_READ(at, d_inode);
	struct place place = {};
	unsigned int *rights;

	if (inode) {
		place.inode = BPF_CORE_READ(inode, i_ino);
		place.device = BPF_CORE_READ(inode, i_sb, s_dev);
		rights = bpf_map_lookup_elem(&grants, &place);
		if (rights) {
			walk->rights = *rights;
			return 1;
		}
	}
	if (parent == at)
		return 1;
	walk->at = parent;
	return 0;
}

/* May the confined task do this? What has no grant above it may not be touched. */
static __always_inline int judge(struct dentry *dentry, unsigned int want)
{
	struct walk walk = { .at = dentry };

	bpf_loop(DEEPEST, step, &walk, 0);
	return (walk.rights & want) == want ? 0 : -EACCES;
}

static __always_inline unsigned int kind_of(struct file *file)
{
	return BPF_CORE_READ(file, f_path.dentry, d_inode, i_mode) & KIND;
}

static __always_inline bool has_place(unsigned int kind)
{
	return kind == REGULAR || kind == DIRECTORY || kind == LINK;
}

static __always_inline unsigned int wanted(struct file *file)
{
	unsigned int mode = BPF_CORE_READ(file, f_mode);
	unsigned int flags = BPF_CORE_READ(file, f_flags);
	unsigned int want = 0;

	if (flags & 00000040) /* __FMODE_EXEC */
		want |= EXEC;
	if (mode & 1 || !(mode & 3))
		want |= READ;
	if (mode & 2)
		want |= flags & 02000 ? APPEND : WRITE; /* O_APPEND */
	if (flags & 01000)				/* O_TRUNC */
		want |= WRITE;
	return want;
}

#define IF_CONFINED(decision) (confined() ? (decision) : 0)
#define AT(dentry, want)      IF_CONFINED(judge(dentry, want))

static __always_inline int judge_open(struct file *file)
{
	unsigned int kind = kind_of(file);

	if (kind == CHAR_DEVICE || kind == BLOCK)
		return -EACCES;
	return judge(BPF_CORE_READ(file, f_path.dentry), wanted(file));
}

SEC("lsm/file_open")
int BPF_PROG(on_open, struct file *file)
{
	return IF_CONFINED(judge_open(file));
}

/* Descriptors that were there before, or came from another task. */
static __always_inline int judge_use(struct file *file, unsigned int want)
{
	if (!has_place(kind_of(file)))
		return 0;
	return judge(BPF_CORE_READ(file, f_path.dentry), want);
}

SEC("lsm/file_permission")
int BPF_PROG(on_use, struct file *file, int mask)
{
	/* MAY_WRITE, MAY_READ */
	return IF_CONFINED(judge_use(file, (mask & 2 ? APPEND : 0) |
						   (mask & 4 ? READ : 0)));
}

SEC("lsm/file_receive")
int BPF_PROG(on_receive, struct file *file)
{
	return IF_CONFINED(judge_use(file, wanted(file)));
}

SEC("lsm/file_lock")
int BPF_PROG(on_lock, struct file *file, unsigned int how)
{
	return IF_CONFINED(judge_use(file, how == 1 ? WRITE : READ));
}

SEC("lsm/file_ioctl")
int BPF_PROG(on_ioctl, struct file *file)
{
	unsigned int kind;

	if (!confined())
		return 0;
	kind = kind_of(file);
	return kind == CHAR_DEVICE || kind == BLOCK ? -EACCES : 0;
}

SEC("lsm/mmap_file")
int BPF_PROG(on_map, struct file *file, unsigned long reqprot,
	     unsigned long prot, unsigned long flags)
{
	unsigned int want = READ;

	if (!file || !confined())
		return 0;
	if (prot & 4)
		want |= EXEC;
	if (prot & 2 && (flags & 0xf) != 2) /* not MAP_PRIVATE */
		want |= WRITE;
	return judge(BPF_CORE_READ(file, f_path.dentry), want);
}

SEC("lsm/file_mprotect")
int BPF_PROG(on_protect, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot)
{
	unsigned int want = prot & 4 ? EXEC : 0;
	struct file *file;

	if (!confined())
		return 0;
	if (prot & 2 && BPF_CORE_READ(vma, vm_flags) & 8) /* VM_SHARED */
		want |= WRITE;
	file = BPF_CORE_READ(vma, vm_file);
	return file && want ? judge(BPF_CORE_READ(file, f_path.dentry), want) :
			      0;
}

/* F_SETFL without O_APPEND */
SEC("lsm/file_fcntl")
int BPF_PROG(on_fcntl, struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd != 4 || arg & 02000 || !confined() ||
	    !(BPF_CORE_READ(file, f_flags) & 02000))
		return 0;
	return judge_use(file, WRITE);
}

#define CHANGE(hook)                                                     \
	SEC("lsm/" #hook)                                                \
	int BPF_PROG(on_##hook, struct path *dir, struct dentry *dentry) \
	{                                                                \
		return AT(dentry, WRITE);                                \
	}

CHANGE(path_unlink)
CHANGE(path_rmdir)
CHANGE(path_mkdir)
CHANGE(path_symlink)

SEC("lsm/path_mknod")
int BPF_PROG(on_mknod, struct path *dir, struct dentry *dentry,
	     unsigned short mode)
{
	unsigned int kind = mode & KIND;

	if (!confined())
		return 0;
	if (kind == CHAR_DEVICE || kind == BLOCK)
		return -EACCES;
	return judge(dentry, WRITE);
}

SEC("lsm/path_link")
int BPF_PROG(on_link, struct dentry *old, struct path *dir, struct dentry *new)
{
	if (!confined())
		return 0;
	return judge(old, READ | WRITE) ?: judge(new, WRITE);
}

SEC("lsm/path_rename")
int BPF_PROG(on_rename, struct path *old_dir, struct dentry *old,
	     struct path *new_dir, struct dentry *new)
{
	if (!confined())
		return 0;
	return judge(old, READ | WRITE) ?: judge(new, WRITE);
}

/* Modes, owners, times, sizes: the argument has moved with 6.9. */
SEC("lsm/inode_setattr")
int on_setattr(unsigned long long *ctx)
{
	unsigned long long first = ctx[0], second = ctx[1];

	/* The verifier wants both read at a fixed place. */
	barrier_var(first);
	barrier_var(second);
	if (LINUX_KERNEL_VERSION >= (6 << 16 | 9 << 8))
		first = second;
	return AT((struct dentry *)first, WRITE);
}

#define ATTRIBUTE(hook, want)                                     \
	SEC("lsm/" #hook)                                         \
	int BPF_PROG(on_##hook, void *map, struct dentry *dentry) \
	{                                                         \
		return AT(dentry, want);                          \
	}

ATTRIBUTE(inode_setxattr, WRITE)
ATTRIBUTE(inode_removexattr, WRITE)
ATTRIBUTE(inode_set_acl, WRITE)
ATTRIBUTE(inode_remove_acl, WRITE)
ATTRIBUTE(inode_get_acl, READ)

#define LOOK(hook)                                     \
	SEC("lsm/" #hook)                              \
	int BPF_PROG(on_##hook, struct dentry *dentry) \
	{                                              \
		return AT(dentry, READ);               \
	}

LOOK(inode_getxattr)
LOOK(inode_listxattr)
LOOK(inode_readlink)
LOOK(sb_statfs)

static __always_inline int judge_look(struct path *path)
{
	struct dentry *dentry = BPF_CORE_READ(path, dentry);
	unsigned int kind = BPF_CORE_READ(dentry, d_inode) ?
				    BPF_CORE_READ(dentry, d_inode, i_mode) &
					    KIND :
				    0;

	return has_place(kind) ? judge(dentry, READ) : 0;
}

SEC("lsm/inode_getattr")
int BPF_PROG(on_getattr, struct path *path)
{
	return IF_CONFINED(judge_look(path));
}

SEC("lsm/path_notify")
int BPF_PROG(on_notify, struct path *path)
{
	return IF_CONFINED(judge_look(path));
}

/*
 * Sockets: TCP and UDP, to and from 127.0.0.1:11000 and 11001.
 */

struct address {
	unsigned short family;
	unsigned short port;
	unsigned int word[6];
};

static __always_inline bool granted(unsigned int ip, unsigned short port)
{
	return ip == bpf_htonl(0x7f000001) &&
	       (port == bpf_htons(11000) || port == bpf_htons(11001));
}

/* Family 0 is the old one, for calls that take it. */
static __always_inline int judge_address(const void *address, int length)
{
	struct address a = {};

	if (length >= 28)
		bpf_probe_read_kernel(&a, 28, address);
	else if (length >= 16)
		bpf_probe_read_kernel(&a, 16, address);
	else
		return -EACCES;
	if (a.family == 10) /* behind the flow label: ::ffff:127.0.0.1 */
		return !a.word[1] && !a.word[2] &&
				       a.word[3] == bpf_htonl(0xffff) &&
				       granted(a.word[4], a.port) ?
			       0 :
			       -EACCES;
	return (a.family == 2 || !a.family) && granted(a.word[0], a.port) ?
		       0 :
		       -EACCES;
}

SEC("lsm/socket_create")
int BPF_PROG(on_socket, int family, int type, int protocol, int kern)
{
	bool known = (family == 2 || family == 10) &&
		     (type == 1 || type == 2) &&
		     (!protocol || protocol == 6 || protocol == 17 ||
		      protocol == 262);

	if (kern || known)
		return 0;
	return IF_CONFINED(-EACCES);
}

SEC("lsm/socket_bind")
int BPF_PROG(on_bind, struct socket *sock, void *address, int length)
{
	return IF_CONFINED(judge_address(address, length));
}

SEC("lsm/socket_connect")
int BPF_PROG(on_connect, struct socket *sock, void *address, int length)
{
	unsigned short family = 0;

	if (!confined())
		return 0;
	/* Dissolving a connection reaches nobody. */
	bpf_probe_read_kernel(&family, sizeof(family), address);
	return family ? judge_address(address, length) : 0;
}

SEC("lsm/socket_sendmsg")
int BPF_PROG(on_send, struct socket *sock, struct msghdr *msg)
{
	void *name = BPF_CORE_READ(msg, msg_name);

	if (!name || !confined())
		return 0;
	return judge_address(name, BPF_CORE_READ(msg, msg_namelen));
}

/* A server's own place: bound to it before, or not at all. */
static __always_inline int judge_server(struct socket *sock)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);

	return granted(BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr),
		       bpf_htons(BPF_CORE_READ(sk, __sk_common.skc_num))) ?
		       0 :
		       -EACCES;
}

SEC("lsm/socket_listen")
int BPF_PROG(on_listen, struct socket *sock)
{
	return IF_CONFINED(judge_server(sock));
}

SEC("lsm/socket_accept")
int BPF_PROG(on_accept, struct socket *sock)
{
	return IF_CONFINED(judge_server(sock));
}

/*
 * Processes: its own kind only.
 */

#define TARGET(hook)                                               \
	SEC("lsm/" #hook)                                          \
	int BPF_PROG(on_##hook, struct task_struct *target)        \
	{                                                          \
		return confined() && !marked(target) ? -EPERM : 0; \
	}

TARGET(task_kill)
TARGET(ptrace_access_check)
TARGET(ptrace_traceme)
TARGET(task_setnice)
TARGET(task_setscheduler)
TARGET(task_setioprio)
TARGET(task_movememory)
TARGET(task_setpgid)

/* What a service that starts as root and becomes somebody else needs. */
#define KEPT (1ULL << 0 | 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7)

SEC("lsm/capable")
int BPF_PROG(on_capable, void *cred, void *ns, int cap)
{
	if (cap >= 0 && cap < 64 && KEPT >> cap & 1)
		return 0;
	return IF_CONFINED(-EPERM);
}

/*
 * What the policy grants nothing of.
 */

#define NEVER(hook)                         \
	SEC("lsm/" #hook)                   \
	int never_##hook(void *ctx)         \
	{                                   \
		return IF_CONFINED(-EPERM); \
	}

NEVER(task_prlimit)
NEVER(path_chroot)
NEVER(sb_mount)
NEVER(sb_umount)
NEVER(sb_pivotroot)
NEVER(sb_remount)
NEVER(move_mount)
NEVER(userns_create)
NEVER(unix_stream_connect)
NEVER(unix_may_send)
NEVER(netlink_send)
NEVER(uring_override_creds)
NEVER(uring_sqpoll)
NEVER(uring_cmd)
NEVER(bpf)
NEVER(perf_event_open)
NEVER(kernel_module_request)
NEVER(kernel_load_data)
NEVER(kernel_read_file)
NEVER(key_alloc)
NEVER(key_permission)
NEVER(ipc_permission)
NEVER(msg_queue_alloc_security)
NEVER(shm_alloc_security)
NEVER(sem_alloc_security)
NEVER(syslog)
NEVER(settime)
NEVER(quotactl)
NEVER(quota_on)
