// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: what can be done with a descriptor but reading and writing, if it
 * was open before confinement or is somebody else's.
 */
#include "common.h"
#include "ring.h"
#include <linux/if_tun.h>
#include <linux/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

/* Newer than the headers of Debian 12. */
#define OP_FTRUNCATE	    55	/* 6.9 */
#define OP_FIXED_FD_INSTALL 54	/* 6.8 */
#define SYS_CACHESTAT	    451 /* 6.5 */

static int one(struct io_uring_sqe sqe)
{
	struct ring ring;
	int result = ring_create(&ring, 0);

	if (result)
		return result == -ENOSYS ? SKIPPED : result;
	return ring_do(&ring, &sqe);
}

static int do_truncate(void)
{
	int result = one((struct io_uring_sqe){
		.opcode = OP_FTRUNCATE, .fd = FD_WRITABLE, .off = 1 });

	return result == -EINVAL ? SKIPPED : result;
}

/* FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE */
static int do_allocate(void)
{
	return one((struct io_uring_sqe){ .opcode = IORING_OP_FALLOCATE,
					  .fd = FD_WRITABLE,
					  .len = 3,
					  .addr = 4096 });
}

static int do_advise(void)
{
	return one(
		(struct io_uring_sqe){ .opcode = IORING_OP_FADVISE,
				       .fd = FD_WRITABLE,
				       .len = 4096,
				       .fadvise_advice = POSIX_FADV_DONTNEED });
}

static int do_sync(void)
{
	return one((struct io_uring_sqe){ .opcode = IORING_OP_FSYNC,
					  .fd = FD_WRITABLE });
}

static int do_sync_range(void)
{
	return one((struct io_uring_sqe){ .opcode = IORING_OP_SYNC_FILE_RANGE,
					  .fd = FD_WRITABLE });
}

/* The same, registered with a ring. */
static int registered(void)
{
	int fd = FD_WRITABLE, result;
	struct ring ring;
	struct io_uring_sqe sqe = { .opcode = IORING_OP_FALLOCATE,
				    .flags = IOSQE_FIXED_FILE,
				    .len = 3,
				    .addr = 4096 };

	result = ring_create(&ring, 0);
	if (result)
		return result == -ENOSYS ? SKIPPED : result;
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &fd,
		    1))
		return -errno;
	return ring_do(&ring, &sqe);
}

static int ring_of_witness(void)
{
	int pidfd = syscall(SYS_pidfd_open, witness(), 0);

	return drop(syscall(SYS_pidfd_getfd, pidfd, FD_RING, 0));
}

/* Out of a slot of a ring into the table of descriptors. */
static int installed(int fd)
{
	struct io_uring_sqe sqe = { .opcode = OP_FIXED_FD_INSTALL,
				    .flags = IOSQE_FIXED_FILE };
	struct io_uring_sqe opens = { .opcode = IORING_OP_OPENAT,
				      .fd = AT_FDCWD,
				      .addr = (unsigned long)(D "/f"),
				      .file_index = 1 };
	struct ring ring;
	int result = ring_create(&ring, 0);

	if (result)
		return result == -ENOSYS ? SKIPPED : result;
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &fd,
		    1))
		return -errno;
	result = fd < 0 ? ring_do(&ring, &opens) : 0;
	if (result < 0)
		return result;
	result = ring_do(&ring, &sqe);
	if (result == -EINVAL)
		return SKIPPED;
	return result < 0 ? result : marked(result);
}

static int installed_open(void)
{
	return installed(-1);
}

static int installed_inherited(void)
{
	return installed(FD_SECRET);
}

static int tunnel(void)
{
	struct ifreq request = { .ifr_name = "khvtun",
				 .ifr_flags = IFF_TUN | IFF_NO_PI };

	if (fcntl(FD_TUN, F_GETFD) && errno == EBADF && access(TUN, F_OK))
		return SKIPPED;
	return ret(ioctl(FD_TUN, TUNSETIFF, &request));
}

static int user_filesystem(void)
{
	__u32 clone = FD_FUSE;

	if (fcntl(FD_FUSE, F_GETFD) && access(FUSE, F_OK))
		return SKIPPED;
	/* FUSE_DEV_IOC_CLONE of one that is not mounted: EINVAL */
	return reached(ioctl(FD_FUSE, _IOR(229, 0, __u32), &clone), EINVAL);
}

static int typed(void)
{
	return ret(ioctl(FD_TERMINAL, TIOCSTI, "x"));
}

static int block_device(void)
{
	__u64 size;

	return ret(ioctl(FD_DISK, _IOR(0x12, 114, size_t), &size));
}

static int changed_directory(void)
{
	if (fchdir(FD_DIR_PATH))
		return -errno;
	return read_secret("f");
}

static int changed_and_up(void)
{
	if (fchdir(FD_DIR_PATH))
		return -errno;
	return read_secret("../D/f");
}

static int changed_root(void)
{
	if (fchdir(FD_DIR_PATH) || chroot("."))
		return -errno;
	return read_secret("/f");
}

static int cached(void)
{
	__u64 range[2] = { 0, 4096 }, stat[5];
	int result = ret(syscall(SYS_CACHESTAT, FD_SECRET, range, stat, 0));

	return result == -ENOSYS ? SKIPPED : result;
}

#define GONE .error = EBADF

const struct attack held_attacks[] = {
	{ "URING-14a", "FTRUNCATE of an inherited descriptor", do_truncate,
	  GONE },
	{ "URING-14b", "FALLOCATE of it", do_allocate, GONE },
	{ "URING-14c", "FADVISE of it", do_advise, GONE },
	{ "URING-14d", "FSYNC of it", do_sync, GONE },
	{ "URING-14e", "SYNC_FILE_RANGE of it", do_sync_range, GONE },
	{ "URING-14f", "FALLOCATE of it from a slot", registered, GONE },
	{ "URING-18", "ring of another by pidfd_getfd", ring_of_witness,
	  .error = EPERM },
	{ "OWN-01a", "FIXED_FD_INSTALL of what was opened into a slot",
	  installed_open },
	{ "OWN-01b", "FIXED_FD_INSTALL of an inherited descriptor",
	  installed_inherited, GONE },
	{ "OWN-02", "cachestat of an inherited descriptor", cached, GONE },
	{ "FD-09a", "TUNSETIFF on an inherited device", tunnel, GONE },
	{ "FD-09b", "ioctl on an inherited FUSE device", user_filesystem,
	  GONE },
	{ "FD-09c", "TIOCSTI on an inherited terminal", typed, GONE },
	{ "FD-09d", "ioctl on an inherited block device", block_device, GONE },
	{ "FD-11a", "fchdir to an inherited directory", changed_directory },
	{ "FD-11b", "fchdir, and up again", changed_and_up },
	{ "FD-11c", "fchdir and chroot", changed_root, .error = EPERM },
	{}
};
