/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The object checks a client can ask for: one line per security_*() function of
 * the kernel. From this table come the enum, the names, the hooks and the
 * coverage listing; a new check is one new line.
 *
 *	X(ID, name, flags)	the kernel function is security_<name>, or <name>
 *				if it is KHV_OBJ_PLAIN
 *
 * The comment gives the arguments as the handler finds them in khv_check.arg[].
 * They are the same on every supported kernel unless noted.
 */
#ifndef _KHV_OBJECTS_H
#define _KHV_OBJECTS_H

#define KHV_OBJ_OPTIONAL	0x1	/* not on every supported kernel */
#define KHV_OBJ_ATOMIC		0x2	/* may be called where sleeping is not allowed */
#define KHV_OBJ_PLAIN		0x4	/* not one of the security_*() functions */
#define KHV_OBJ_NOTICE		0x8	/* too late to refuse: verdicts are ignored */
#define KHV_OBJ_FIRST		0x10	/* clients are asked first; refused: not called */
#define KHV_OBJ_SLEEPS		0x20	/* asked afterwards; may have slept for days */

#define KHV_OBJECTS(X)							\
	/* file */							\
	X(FILE_OPEN, file_open, 0)					\
	/* file (since 6.2; path_truncate with &file->f_path before) */	\
	X(FILE_TRUNCATE, file_truncate, KHV_OBJ_OPTIONAL)		\
	/* file, cmd */							\
	X(FILE_LOCK, file_lock, 0)					\
	/* vma, reqprot, prot */					\
	X(FILE_MPROTECT, file_mprotect, 0)				\
	/* file */							\
	X(FILE_RECEIVE, file_receive, 0)				\
	/* file, cmd, arg (a user pointer for most) */			\
	X(FILE_IOCTL, file_ioctl, 0)					\
	/* the same for 32-bit callers (since 6.8; file_ioctl before) */ \
	X(FILE_IOCTL_COMPAT, file_ioctl_compat, KHV_OBJ_OPTIONAL)	\
	/* file, cmd, arg */						\
	X(FILE_FCNTL, file_fcntl, 0)					\
	/* file, mode, offset, length */					\
	X(FILE_FALLOCATE, vfs_fallocate, KHV_OBJ_PLAIN | KHV_OBJ_FIRST)	\
	/* file, struct pid or NULL, enum pid_type, force: who gets SIGIO */ \
	X(FILE_SETOWN, __f_setown,					\
	  KHV_OBJ_PLAIN | KHV_OBJ_FIRST | KHV_OBJ_ATOMIC)		\
	/* file or NULL, prot, flags */					\
	X(MMAP_FILE, mmap_file, 0)					\
	/* dir, dentry */						\
	X(PATH_UNLINK, path_unlink, 0)					\
	/* dir, dentry, mode */						\
	X(PATH_MKDIR, path_mkdir, 0)					\
	/* dir, dentry */						\
	X(PATH_RMDIR, path_rmdir, 0)					\
	/* dir, dentry, mode, dev */					\
	X(PATH_MKNOD, path_mknod, 0)					\
	/* dir, dentry, target */					\
	X(PATH_SYMLINK, path_symlink, 0)				\
	/* old dentry, new dir, new dentry */				\
	X(PATH_LINK, path_link, 0)					\
	/* old dir, old dentry, new dir, new dentry, flags */		\
	X(PATH_RENAME, path_rename, 0)					\
	/* path */							\
	X(PATH_TRUNCATE, path_truncate, 0)				\
	/* path, mode */						\
	X(PATH_CHMOD, path_chmod, 0)					\
	/* path, uid, gid */						\
	X(PATH_CHOWN, path_chown, 0)					\
	/* path */							\
	X(PATH_CHROOT, path_chroot, 0)					\
	/* path, mask, enum fsnotify_obj_type: inotify, fanotify, dnotify */ \
	X(PATH_NOTIFY, path_notify, 0)					\
	/* path */							\
	X(INODE_GETATTR, inode_getattr, 0)				\
	/* inode, name such as "[io_uring]", context inode or NULL */	\
	X(INODE_INIT_SECURITY_ANON, inode_init_security_anon, 0)	\
	/* dir inode, dentry, mode */					\
	X(INODE_CREATE, inode_create, 0)				\
	/* old dentry, dir inode, new dentry */				\
	X(INODE_LINK, inode_link, 0)					\
	/* dir inode, dentry */						\
	X(INODE_UNLINK, inode_unlink, 0)				\
	/* dir inode, dentry, target */					\
	X(INODE_SYMLINK, inode_symlink, 0)				\
	/* dir inode, dentry, mode */					\
	X(INODE_MKDIR, inode_mkdir, 0)					\
	/* dir inode, dentry */						\
	X(INODE_RMDIR, inode_rmdir, 0)					\
	/* dir inode, dentry, mode, dev */				\
	X(INODE_MKNOD, inode_mknod, 0)					\
	/* old dir inode, old dentry, new dir inode, new dentry, flags */ \
	X(INODE_RENAME, inode_rename, 0)				\
	/* id map or user namespace, dentry, iattr */			\
	X(INODE_SETATTR, inode_setattr, 0)				\
	/* id map or user namespace, dentry, name, value, size, flags */ \
	X(INODE_SETXATTR, inode_setxattr, 0)				\
	/* id map or user namespace, dentry, name */			\
	X(INODE_REMOVEXATTR, inode_removexattr, 0)			\
	/* id map, dentry, name, acl (since 6.2; inode_setxattr before) */ \
	X(INODE_SET_ACL, inode_set_acl, KHV_OBJ_OPTIONAL)		\
	/* id map, dentry, name (since 6.2) */				\
	X(INODE_REMOVE_ACL, inode_remove_acl, KHV_OBJ_OPTIONAL)		\
	/* vfsmount: write access has been taken for what comes next */	\
	X(MNT_WANT_WRITE, mnt_want_write, KHV_OBJ_PLAIN | KHV_OBJ_NOTICE) \
	/* file: the same */						\
	X(MNT_WANT_WRITE_FILE, mnt_want_write_file,			\
	  KHV_OBJ_PLAIN | KHV_OBJ_NOTICE)				\
	/* bprm, before the first handler of the format is tried */	\
	X(BPRM_CREDS_FOR_EXEC, bprm_creds_for_exec, 0)			\
	/* bprm, again for the interpreter of a script */		\
	X(BPRM_CHECK, bprm_check, 0)					\
	/* family, type, protocol, made by the kernel itself */		\
	X(SOCKET_CREATE, socket_create, 0)				\
	/* socket, kernel copy of the address, length */		\
	X(SOCKET_BIND, socket_bind, 0)					\
	X(SOCKET_CONNECT, socket_connect, 0)				\
	/* socket, backlog */						\
	X(SOCKET_LISTEN, socket_listen, 0)				\
	/* socket, new socket */					\
	X(SOCKET_ACCEPT, socket_accept, 0)				\
	/* listening socket, new socket with the connection */		\
	X(INET_ACCEPT, inet_accept, KHV_OBJ_PLAIN | KHV_OBJ_SLEEPS)	\
	/* socket, kernel copy of the msghdr, size */			\
	X(SOCKET_SENDMSG, socket_sendmsg, 0)				\
	/* socket, level, option */					\
	X(SOCKET_SETSOCKOPT, socket_setsockopt, 0)			\
	/* socket, msghdr, size, flags */				\
	X(SOCKET_RECVMSG, socket_recvmsg, 0)				\
	/* sock, other sock (resolved), new sock */			\
	X(UNIX_STREAM_CONNECT, unix_stream_connect, KHV_OBJ_ATOMIC)	\
	/* socket, other socket (resolved) */				\
	X(UNIX_MAY_SEND, unix_may_send, KHV_OBJ_ATOMIC)			\
	/* task, info, signal, cred or NULL for current's */		\
	X(TASK_KILL, task_kill, KHV_OBJ_ATOMIC)				\
	/* child, PTRACE_MODE_* */					\
	X(PTRACE_ACCESS_CHECK, ptrace_access_check, KHV_OBJ_ATOMIC)	\
	/* parent */							\
	X(PTRACE_TRACEME, ptrace_traceme, KHV_OBJ_ATOMIC)		\
	/* task, nice */						\
	X(TASK_SETNICE, task_setnice, KHV_OBJ_ATOMIC)			\
	/* task, io priority */						\
	X(TASK_SETIOPRIO, task_setioprio, KHV_OBJ_ATOMIC)		\
	/* task */							\
	X(TASK_SETSCHEDULER, task_setscheduler, KHV_OBJ_ATOMIC)		\
	/* task, resource, new limits */				\
	X(TASK_SETRLIMIT, task_setrlimit, KHV_OBJ_ATOMIC)		\
	/* device name, path, type, flags, data */			\
	X(SB_MOUNT, sb_mount, 0)					\
	/* vfsmount, flags */						\
	X(SB_UMOUNT, sb_umount, 0)					\
	/* old path, new path */					\
	X(SB_PIVOTROOT, sb_pivotroot, 0)				\
	/* from path, to path */					\
	X(MOVE_MOUNT, move_mount, 0)					\
	/* from path, to path: the same, and mount(MS_MOVE) */		\
	X(DO_MOVE_MOUNT, do_move_mount,					\
	  KHV_OBJ_PLAIN | KHV_OBJ_FIRST | KHV_OBJ_OPTIONAL)		\
	/* path, recursively: to get another name, bind mount or open_tree */ \
	X(DO_LOOPBACK, __do_loopback,					\
	  KHV_OBJ_PLAIN | KHV_OBJ_FIRST | KHV_OBJ_OPTIONAL)		\
	/* struct fs_context: a file system is to be mounted */		\
	X(VFS_GET_TREE, vfs_get_tree, KHV_OBJ_PLAIN | KHV_OBJ_FIRST)	\
	/* struct fs_context: options of a mounted one are changed */	\
	X(RECONFIGURE_SUPER, reconfigure_super,				\
	  KHV_OBJ_PLAIN | KHV_OBJ_FIRST)				\
	/* child, struct kernel_clone_args: clone3 with CLONE_INTO_CGROUP */ \
	X(CGROUP_CAN_FORK, cgroup_can_fork, KHV_OBJ_PLAIN | KHV_OBJ_FIRST) \
	/* cred, user namespace, capability, CAP_OPT_*; also in softirq */ \
	X(CAPABLE, capable, KHV_OBJ_ATOMIC)				\
	/* name: the kernel is about to have it loaded by its helper */	\
	X(KERNEL_MODULE_REQUEST, kernel_module_request, 0)		\
	/* enum kernel_load_data_id, contents follow */			\
	X(KERNEL_LOAD_DATA, kernel_load_data, 0)			\
	/* file, enum kernel_read_file_id, contents follow */		\
	X(KERNEL_READ_FILE, kernel_read_file, 0)			\
	/* enum lockdown_reason */					\
	X(LOCKED_DOWN, locked_down, KHV_OBJ_ATOMIC)			\
	/* cmd, kernel copy of the attributes, size */			\
	X(BPF, bpf, 0)							\
	/* kernel copy of the attributes, type */			\
	X(PERF_EVENT_OPEN, perf_event_open, 0)				\
	/* SYSLOG_ACTION_* */						\
	X(SYSLOG, syslog, 0)						\
	/* cred */							\
	X(CREATE_USER_NS, create_user_ns, 0)				\
	/* key, cred, flags */						\
	X(KEY_ALLOC, key_alloc, 0)					\
	/* key reference, cred, enum key_need_perm */			\
	X(KEY_PERMISSION, key_permission, KHV_OBJ_ATOMIC)		\
	/* System V object, flags */					\
	X(IPC_PERMISSION, ipc_permission, KHV_OBJ_ATOMIC)		\
	/* System V object that is being made */			\
	X(SHM_ALLOC, shm_alloc, 0)					\
	X(SEM_ALLOC, sem_alloc, 0)					\
	X(MSG_QUEUE_ALLOC, msg_queue_alloc, 0)				\
	/* System V object or NULL, IPC_*: its owner asks nobody else */ \
	X(SHM_SHMCTL, shm_shmctl, KHV_OBJ_ATOMIC)			\
	X(SEM_SEMCTL, sem_semctl, KHV_OBJ_ATOMIC)			\
	X(MSG_QUEUE_MSGCTL, msg_queue_msgctl, KHV_OBJ_ATOMIC)		\
	/* cred */							\
	X(URING_OVERRIDE_CREDS, uring_override_creds, 0)		\
	/* nothing */							\
	X(URING_SQPOLL, uring_sqpoll, 0)				\
	/* struct io_uring_cmd */					\
	X(URING_CMD, uring_cmd, 0)

#define KHV_OBJ_ENUM(id, name, flags)	KHV_OBJ_##id,

enum khv_object {
	KHV_OBJECTS(KHV_OBJ_ENUM)
	KHV_NR_OBJECTS
};

#undef KHV_OBJ_ENUM

#endif /* _KHV_OBJECTS_H */
