#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Names are those of the mount namespace: a chroot does not change them, a mount
# that has lost its place has none, and what an overlay opens in its own layers
# is not judged a second time.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/gate.sh"
workdir /tmp

cat >"$work/names.hv" <<-X
	version 1
	policy names
	default file read/exec/mmap
	file $work/root/etc   none
	file /etc/hostname    none
X
mkdir -p "$work/root/etc" "$work/m" "$work/root/bin"
echo secret >"$work/root/etc/f"
cp /bin/busybox "$work/root/bin/"
mount -t tmpfs detached "$work/m"
echo secret >"$work/m/f"

ok "loads" modprobe khv_wrap
ok "policy" hvctl policy load "$work/names.hv"

# Through a pipe: a file that may not be written is taken away at the entry.
like "a directory of the overlay can be listed" \
	"$(hvctl run names -- ls /usr/lib)" x86_64
refused "a refused name in the overlay" hvctl run names -- cat /etc/hostname

ok "control: in a chroot" chroot "$work/root" /bin/busybox cat /etc/f
refused "a file does not change its name in a chroot" \
	hvctl run names -- chroot "$work/root" /bin/busybox cat /etc/f

cd "$work/m" || bail_out "no $work/m"
umount -l "$work/m"
ok "control: a file on a detached mount" cat f
refused "a detached mount has no names to rule on" hvctl run names -- cat f
cd / || exit

ok "control: raw socket" "$KHV_PROGS/gate/call" 41 2 3 1
is "raw sockets need a rule" \
	"$(hvctl run names -- "$KHV_PROGS/gate/call" 41 2 3 1)" -13
is "SCTP needs a rule" \
	"$(hvctl run names -- "$KHV_PROGS/gate/call" 41 2 1 132)" -13
like "UDP sockets can be made" \
	"$(hvctl run names -- "$KHV_PROGS/gate/call" 41 2 2 0)" '^[0-9]'
ok "unloads" remove khv_wrap
done_testing
