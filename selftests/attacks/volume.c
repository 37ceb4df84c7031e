// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class OPEN, ioctls that only some file systems have, through
 * descriptors that are open for reading. hold/volumes.t has mounted them, and
 * volume.hv grants reading but below "own".
 */
#include "common.h"
#include <linux/btrfs.h>
#include <linux/fscrypt.h>
#include <linux/f2fs.h>
#include <linux/fs.h>
#include <linux/msdos_fs.h>
#include <sys/ioctl.h>

#define EXT4  ROOT "/volume/ext4"
#define BTRFS ROOT "/volume/btrfs"
#define F2FS  ROOT "/volume/f2fs"
#define VFAT  ROOT "/volume/vfat"

/* fs/ext4/ext4.h */
#define EXT4_IOC_SETVERSION _IOW('f', 4, long)
#define EXT4_IOC_MIGRATE    _IO('f', 9)
#define EXT4_IOC_SWAP_BOOT  _IO('f', 17)

/* What is not mounted cannot be tried: the test says whether it should be. */
static int opened(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		return errno == ENOENT ? SKIPPED : -errno;
	inherit(fd, FD_END);
	return 0;
}

static int on_file(const char *path, int flags, unsigned long request,
		   void *arg)
{
	int result = opened(path, flags) ?: ret(ioctl(FD_END, request, arg));

	/* ext4 has not all of them for 32-bit programs. */
	return result == -ENOTTY && sizeof(long) == 4 ? SKIPPED : result;
}

static int generation(void)
{
	long number = 7;

	return on_file(EXT4 "/f", O_RDONLY, EXT4_IOC_SETVERSION, &number);
}

static int generation_old(void)
{
	int number = 7;

	return on_file(EXT4 "/f", O_RDONLY, FS_IOC_SETVERSION, &number);
}

/* Its blocks are written anew as extents. */
static int migrate(void)
{
	return on_file(EXT4 "/blocks", O_RDONLY, EXT4_IOC_MIGRATE, NULL);
}

static int swap_boot(void)
{
	return on_file(EXT4 "/own/f", O_RDWR, EXT4_IOC_SWAP_BOOT, NULL);
}

/* Read only for everybody, or not any more. */
static int dos_attributes(void)
{
	__u32 bits = ATTR_RO, none = 0;
	int result =
		on_file(VFAT "/f", O_RDONLY, FAT_IOCTL_SET_ATTRIBUTES, &bits);

	if (!result)
		ioctl(FD_END, FAT_IOCTL_SET_ATTRIBUTES, &none);
	return result;
}

static int pin(void)
{
	__u32 on = 1;

	return on_file(F2FS "/f", O_RDONLY, F2FS_IOC_SET_PIN_FILE, &on);
}

/* A kernel that cannot encrypt has no keys either. */
static int about_keys(unsigned long request, void *arg, int nothing)
{
	int result = opened(EXT4 "/f", O_RDONLY) ?:
			     reached(ioctl(FD_END, request, arg), nothing);

	return result == -EOPNOTSUPP || result == -ENOTTY ? SKIPPED : result;
}

static int add_key(void)
{
	struct {
		struct fscrypt_add_key_arg arg;
		char raw[64];
	} key = {};

	key.arg.key_spec.type = FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER;
	key.arg.raw_size = sizeof(key.raw);
	return about_keys(FS_IOC_ADD_ENCRYPTION_KEY, &key, 0);
}

/* Root gave it, and root is who asks: nobody reads the files then. */
static int remove_key(unsigned long request)
{
	struct fscrypt_remove_key_arg key = {};

	key.key_spec.type = FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER;
	return about_keys(request, &key, ENOKEY);
}

static int remove_own_key(void)
{
	return remove_key(FS_IOC_REMOVE_ENCRYPTION_KEY);
}

static int remove_all_keys(void)
{
	return remove_key(FS_IOC_REMOVE_ENCRYPTION_KEY_ALL_USERS);
}

static int by_name(const char *directory, unsigned long request,
		   const char *name)
{
	struct btrfs_ioctl_vol_args args = { .fd = -1 };

	strcpy(args.name, name);
	return on_file(directory, O_RDONLY | O_DIRECTORY, request, &args);
}

/* The denied folder has a second name then, where everything may be read. */
static int secret_in_snapshot(int fd, unsigned long request, void *args)
{
	int result = ret(ioctl(fd, request, args));

	if (result)
		return result;
	result = read_secret(BTRFS "/own/copy/shut/f");
	by_name(BTRFS "/own", BTRFS_IOC_SNAP_DESTROY, "copy");
	return result;
}

static int snapshot(void)
{
	struct btrfs_ioctl_vol_args args = { .name = "copy" };
	int own = open(BTRFS "/own", O_RDONLY | O_DIRECTORY);
	int result = opened(BTRFS, O_RDONLY | O_DIRECTORY);

	args.fd = FD_END;
	return result ?: secret_in_snapshot(own, BTRFS_IOC_SNAP_CREATE, &args);
}

static int snapshot_v2(void)
{
	struct btrfs_ioctl_vol_args_v2 args = { .name = "copy" };
	int own = open(BTRFS "/own", O_RDONLY | O_DIRECTORY);
	int result = opened(BTRFS, O_RDONLY | O_DIRECTORY);

	args.fd = FD_END;
	return result ?:
			secret_in_snapshot(own, BTRFS_IOC_SNAP_CREATE_V2, &args);
}

static int new_subvolume(void)
{
	int result = by_name(BTRFS "/read", BTRFS_IOC_SUBVOL_CREATE, "new");

	if (!result)
		by_name(BTRFS "/read", BTRFS_IOC_SNAP_DESTROY, "new");
	return result;
}

static int remove_subvolume(void)
{
	int result = by_name(BTRFS "/read", BTRFS_IOC_SNAP_DESTROY, "sub");

	if (!result)
		by_name(BTRFS "/read", BTRFS_IOC_SUBVOL_CREATE, "sub");
	return result;
}

static int flag_subvolume(void)
{
	__u64 flags = BTRFS_SUBVOL_RDONLY, none = 0;
	int result = on_file(BTRFS "/read/sub", O_RDONLY | O_DIRECTORY,
			     BTRFS_IOC_SUBVOL_SETFLAGS, &flags);

	if (!result)
		ioctl(FD_END, BTRFS_IOC_SUBVOL_SETFLAGS, &none);
	return result;
}

static int stamp_subvolume(void)
{
	struct btrfs_ioctl_received_subvol_args args = { .uuid = "khv" };

	return on_file(BTRFS "/read/sub", O_RDONLY | O_DIRECTORY,
		       BTRFS_IOC_SET_RECEIVED_SUBVOL, &args);
}

/* Where the policy lets it write, it still may do so. */
static int clone(void)
{
	int from = open(BTRFS "/read/f", O_RDONLY);
	int to = open(BTRFS "/own/f", O_RDWR | O_CREAT, 0600);

	if (from < 0)
		return errno == ENOENT ? SKIPPED : -errno;
	return to < 0 ? -errno : ret(ioctl(to, FICLONE, from));
}

const struct attack volume_attacks[] = {
	{ "OPEN-00g", "btrfs: a readable file cloned into an own one", clone,
	  ALLOWED },
	{ "OPEN-18a", "ext4: generation of what may be read", generation },
	{ "OPEN-18b", "ext4: the same by its older number", generation_old },
	{ "OPEN-18c", "ext4: blocks of what may be read become extents",
	  migrate },
	{ "OPEN-18d", "ext4: boot loader swapped with an own file", swap_boot,
	  .error = EPERM },
	{ "OPEN-18e", "btrfs: snapshot, with what is denied in it", snapshot,
	  .error = EPERM },
	{ "OPEN-18f", "btrfs: snapshot, second version", snapshot_v2,
	  .error = EPERM },
	{ "OPEN-18g", "btrfs: subvolume in a readable folder", new_subvolume,
	  .error = EPERM },
	{ "OPEN-18h", "btrfs: readable subvolume removed", remove_subvolume,
	  .error = EPERM },
	{ "OPEN-18i", "btrfs: flags of a readable subvolume", flag_subvolume,
	  .error = EPERM },
	{ "OPEN-18j", "btrfs: origin of a readable subvolume",
	  stamp_subvolume },
	{ "OPEN-18k", "vfat: attributes of what may be read", dos_attributes },
	{ "OPEN-18l", "f2fs: readable file pinned", pin },
	{ "OPEN-18m", "ext4: key for encrypted files given", add_key,
	  .error = EPERM },
	{ "OPEN-18n", "ext4: key for encrypted files taken away",
	  remove_own_key, .error = EPERM },
	{ "OPEN-18o", "ext4: the same for all users", remove_all_keys,
	  .error = EPERM },
	{}
};
