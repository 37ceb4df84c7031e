// SPDX-License-Identifier: GPL-2.0
/*
 * seccomp: a list of calls that a container has no business with, refused with
 * EPERM; calls of other entries (32-bit, x32) are refused altogether. A filter
 * sees numbers and registers: files, addresses and processes cannot be named.
 */
#include "confine.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/socket.h>

#define X32 0x40000000

/* Numbers that the headers may not have yet. */
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

static const short denied[] = {
	/* the kernel itself */
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_create_module,
	SYS_get_kernel_syms,
	SYS_query_module,
	SYS_kexec_load,
	SYS_kexec_file_load,
	SYS_reboot,
	SYS_bpf,
	SYS_perf_event_open,
	SYS_lookup_dcookie,
	SYS_syslog,
	SYS__sysctl,
	SYS_nfsservctl,
	SYS_uselib,
	SYS_ustat,
	SYS_sysfs,
	SYS_personality,
	SYS_userfaultfd,
	SYS_io_uring_setup,
	SYS_io_uring_enter,
	SYS_io_uring_register,
	/* devices and ports */
	SYS_iopl,
	SYS_ioperm,
	SYS_vhangup,
	/* mounts and namespaces */
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	SYS_open_tree,
	SYS_move_mount,
	SYS_fsopen,
	SYS_fsconfig,
	SYS_fsmount,
	SYS_fspick,
	SYS_mount_setattr,
	SYS_unshare,
	SYS_setns,
	SYS_open_by_handle_at,
	SYS_fanotify_init,
	/* the machine */
	SYS_swapon,
	SYS_swapoff,
	SYS_quotactl,
	SYS_quotactl_fd,
	SYS_acct,
	SYS_settimeofday,
	SYS_clock_settime,
	SYS_clock_adjtime,
	SYS_adjtimex,
	SYS_sethostname,
	SYS_setdomainname,
	/* keys are not in a namespace */
	SYS_add_key,
	SYS_request_key,
	SYS_keyctl,
	/* other processes */
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_process_madvise,
	SYS_pidfd_getfd,
	SYS_kcmp,
	/* memory of other nodes */
	SYS_mbind,
	SYS_set_mempolicy,
	SYS_get_mempolicy,
	SYS_migrate_pages,
	SYS_move_pages,
};

#define NAMESPACES                                                     \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
	 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
#define REFUSE	     RETURN(SECCOMP_RET_ERRNO | EPERM)
#define ABSENT	     RETURN(SECCOMP_RET_ERRNO | ENOSYS)
#define EQUAL(value, yes, no) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)

static const struct sock_filter head[] = {
	LOAD(arch),
	EQUAL(AUDIT_ARCH_X86_64, 1, 0),
	REFUSE,
	LOAD(nr),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1),
	REFUSE,
	/* Its flags are in memory: programs fall back to clone. */
	EQUAL(SYS_clone3, 0, 1),
	ABSENT,
};

static const struct sock_filter tail[] = {
	EQUAL(SYS_clone, 0, 4),
	LOAD(args[0]),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 0, 1),
	REFUSE,
	RETURN(SECCOMP_RET_ALLOW),
	EQUAL(SYS_socket, 0, 3),
	LOAD(args[0]),
	EQUAL(AF_VSOCK, 0, 1),
	REFUSE,
	RETURN(SECCOMP_RET_ALLOW),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int by_seccomp(void)
{
	struct sock_filter filter[COUNT(head) + 2 * COUNT(denied) + COUNT(tail)];
	struct sock_fprog prog = { COUNT(filter), filter };
	struct sock_filter *f = filter;
	size_t i;

	memcpy(f, head, sizeof(head));
	f += COUNT(head);
	for (i = 0; i < COUNT(denied); i++) {
		*f++ = (struct sock_filter)EQUAL((unsigned int)denied[i], 0, 1);
		*f++ = (struct sock_filter)REFUSE;
	}
	memcpy(f, tail, sizeof(tail));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}
