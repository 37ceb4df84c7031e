/* SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1) */
/*
 * What the rule type "kernel" is about: parts of the kernel that reach beyond the
 * files, sockets and processes which the other types judge. One verb, "use".
 *
 *	kernel  any                      none	the root of the names
 *	kernel  capability               none	all of a group
 *	kernel  capability:net_admin     use	one member
 *
 * The type is judged in every policy, also in one without "version", because a
 * confined root that may load a module is not confined. Where no rule of the policy
 * says anything, what is marked KHV_FAC_COMMON is granted and the rest refused:
 * common is what acts only on things that other rules judge.
 *
 *	X(group, member or "", flags, description)
 */
#ifndef _KHV_FACILITIES_H
#define _KHV_FACILITIES_H

#define KHV_FAC_COMMON	0x1	/* granted unless a rule says otherwise */
#define KHV_FAC_OPEN	0x2	/* a group with members not listed here */

#define KHV_CAPABILITIES(X)						\
	X(0, "chown", KHV_FAC_COMMON)					\
	X(1, "dac_override", KHV_FAC_COMMON)				\
	X(2, "dac_read_search", KHV_FAC_COMMON)				\
	X(3, "fowner", KHV_FAC_COMMON)					\
	X(4, "fsetid", KHV_FAC_COMMON)					\
	X(5, "kill", KHV_FAC_COMMON)					\
	X(6, "setgid", KHV_FAC_COMMON)					\
	X(7, "setuid", KHV_FAC_COMMON)					\
	X(8, "setpcap", KHV_FAC_COMMON)					\
	X(9, "linux_immutable", 0)					\
	X(10, "net_bind_service", KHV_FAC_COMMON)			\
	X(11, "net_broadcast", KHV_FAC_COMMON)				\
	X(12, "net_admin", 0)						\
	X(13, "net_raw", 0)						\
	X(14, "ipc_lock", KHV_FAC_COMMON)				\
	X(15, "ipc_owner", 0)						\
	X(16, "sys_module", 0)						\
	X(17, "sys_rawio", 0)						\
	X(18, "sys_chroot", 0)						\
	X(19, "sys_ptrace", 0)						\
	X(20, "sys_pacct", 0)						\
	X(21, "sys_admin", 0)						\
	X(22, "sys_boot", 0)						\
	X(23, "sys_nice", KHV_FAC_COMMON)				\
	X(24, "sys_resource", KHV_FAC_COMMON)				\
	X(25, "sys_time", 0)						\
	X(26, "sys_tty_config", 0)					\
	X(27, "mknod", 0)						\
	X(28, "lease", KHV_FAC_COMMON)					\
	X(29, "audit_write", 0)						\
	X(30, "audit_control", 0)					\
	X(31, "setfcap", 0)						\
	X(32, "mac_override", 0)					\
	X(33, "mac_admin", 0)						\
	X(34, "syslog", 0)						\
	X(35, "wake_alarm", 0)						\
	X(36, "block_suspend", 0)					\
	X(37, "audit_read", 0)						\
	X(38, "perfmon", 0)						\
	X(39, "bpf", 0)							\
	X(40, "checkpoint_restore", 0)

/*
 * "capability" and "namespace-capability" have the members above; the latter is a
 * capability in a user namespace other than the initial one, where none is common.
 */
#define KHV_FACILITIES(X)						\
	X("capability", "", 0, "capabilities of the initial user namespace") \
	X("namespace-capability", "", 0, "capabilities of other user namespaces") \
	X("namespace", "user", 0, "making a user namespace")		\
	X("namespace", "enter", 0, "entering a namespace by setns")	\
	X("filesystem", "", KHV_FAC_OPEN, "mounting and reconfiguring file systems, by type") \
	X("mount", "setattr", 0, "the call mount_setattr, which changes any mount") \
	X("source-route", "", 0, "packets that go by way of other hosts") \
	X("module", "", 0, "kernel modules")				\
	X("module", "autoload", 0, "those that the kernel loads when needed") \
	X("kexec", "", 0, "images of another kernel")			\
	X("firmware", "", 0, "firmware and other files the kernel reads") \
	X("bpf", "", 0, "the bpf() call, BPF programs and maps")	\
	X("perf", "", 0, "performance events")				\
	X("lockdown", "", 0, "what the lockdown mode of the kernel refuses") \
	X("syslog", "", 0, "the kernel's log")				\
	X("keyring", "", 0, "keys and keyrings")			\
	X("ipc", "", 0, "System V shared memory, semaphores, messages")	\
	X("mqueue", "", 0, "POSIX message queues")			\
	X("userfaultfd", "", 0, "page faults in user space")		\
	X("io_uring", "", 0, "io_uring instances")			\
	X("io_uring", "sqpoll", 0, "with a kernel thread")		\
	X("io_uring", "override-creds", 0, "with other credentials")	\
	X("io_uring", "cmd", 0, "commands of drivers")			\
	X("descriptor", "", KHV_FAC_OPEN, "special descriptors from outside, by kind") \
	X("syscall", "unknown", 0, "calls newer than khv")		\
	X("syscall", "", KHV_FAC_OPEN, "calls by name, in mode audit")	\
	X("exec-memory", "", KHV_FAC_COMMON, "executable memory that no file backs") \
	X("hardlinks", "", 0, "files with other names, where the domain may make names") \
	X("casefold", "", 0, "folders that ignore case, where rules tell names in them apart") \
	X("device", "block", 0, "block devices")			\
	X("device", "char", 0, "character devices outside of the system's /dev") \
	X("control", "", KHV_FAC_OPEN, "writing to control files of the kernel, by file system") \
	X("ptrace", "", 0, "tracing outside, where process rules do not judge it") \
	X("audit", "", 0, "signals to and tracing of readers of khv's events") \
	X("khv", "", 0, "configuring khv itself, with the rights for it")

#endif /* _KHV_FACILITIES_H */
