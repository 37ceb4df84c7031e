#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: ioctls of single file systems (OPEN-18), which make, change and
# remove names and attributes through descriptors that are open for reading.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

scene
workdir
volume=/srv/hold/volume

# TYPE SIZE OPTIONS MAKE...: an empty one below $volume
mounted() {
	image=$work/$1 type=$1 options=loop$3
	truncate -s "$2" "$image"
	mkdir -p "$volume/$type"
	shift 3
	"$@" "$image" >/dev/null && mount -o "$options" "$image" "$volume/$type" ||
		return
	at_exit umount "$volume/$type"
	mkdir "$volume/$type/own"
	echo harmless >"$volume/$type/f"
	echo harmless >"$volume/$type/own/f"
}

# With checksums, generations cannot be set.
ok "ext4 is there" mounted ext4 16M '' mke2fs -q -t ext4 \
	-O ^metadata_csum,encrypt
dd if=/dev/zero of="$volume/ext4/own/f" bs=4096 count=4 status=none
touch "$volume/ext4/blocks"
ok "with a file that has no extents" chattr -e "$volume/ext4/blocks"
dd if=/dev/zero of="$volume/ext4/blocks" bs=4096 count=4 status=none

modprobe -q vfat
ok "vfat is there" mounted vfat 16M '' busybox mkdosfs

# TYPE: whether this kernel has it; Debian's have all.
known() {
	modprobe -q "$1"
	grep -qw "$1" /proc/filesystems || case $(uname -r) in
	*debug) false ;;
	esac
}

if known f2fs; then
	ok "f2fs is there" mounted f2fs 64M '' mkfs.f2fs -q
else
	skip "f2fs is there" "not in this kernel"
fi
if known btrfs; then
	ok "btrfs is there" mounted btrfs 128M ,user_subvol_rm_allowed mkfs.btrfs -q
	mkdir "$volume/btrfs/shut" "$volume/btrfs/read"
	echo SECRET >"$volume/btrfs/shut/f"
	echo harmless >"$volume/btrfs/read/f"
	btrfs -q subvolume create "$volume/btrfs/read/sub" ||
		bail_out "no subvolume"
else
	skip "btrfs is there" "not in this kernel"
fi

load_khv khv_wrap
policy_for volume
techniques '' "$attack" volume
techniques "32-bit" "$attack32" volume
is "no snapshot is left" "$(ls "$volume/btrfs/own" 2>/dev/null)" \
	"$([ ! -d "$volume/btrfs/own" ] || echo f)"

# What the facility is for.
if [ -d "$volume/btrfs" ]; then
	{
		grep -v ^expect "$hold/volume.hv"
		echo "file /usr read"
		echo "file /etc/ld.so.cache read"
		echo "file /lib read"
		echo "file /lib64 read"
		echo "kernel control:btrfs use"
	} >"$work/granted.hv"
	policy "$work/granted.hv"
	is "granted, a subvolume is made" "$(outcome hvctl run attack -- \
		btrfs subvolume create "$volume/btrfs/own/sub")" allowed
fi
done_testing
