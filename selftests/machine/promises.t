#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What selftests/vm/run promises to every test that it runs in a guest.
. "$(dirname "$0")/../lib/tap.sh"

mounted() {
	is "$1 is $2" "$(findmnt -no FSTYPE -M "$1" | tail -n 1)" "$2"
}

case $KHV_KERNEL in
debug)	wanted=-khv-debug\$ ;;
*)	wanted="^${KHV_KERNEL}[.]" ;;
esac
like "the kernel is the one asked for" "$(uname -r)" "$wanted"
is "the host is not the developer's" "$(uname -n)" khv-vm
is "tests are root" "$(id -u)" 0
mounted / overlay
mounted /khv 9p
mounted /results 9p
mounted /proc proc
mounted /sys sysfs
mounted /sys/fs/cgroup cgroup2
mounted /sys/kernel/debug debugfs
mounted /sys/kernel/tracing tracefs
mounted /sys/kernel/security securityfs
mounted /dev/pts devpts
mounted /dev/shm tmpfs
mounted /tmp tmpfs
mounted /mnt/disk ext4

refused "the developer's tree cannot be changed" touch /khv/Makefile
refused "nor the kernel's packages" touch "$KHV_KERNEL_DIR/release"
ok "results can be left" sh -c 'echo x >/results/promises'
ok "loopback is up" sh -c 'ip -o link show lo | grep -q "LOOPBACK,UP"'
ok "Debian's own modules load" modprobe dummy
at_exit modprobe -r dummy
ok "the kernel's headers are complete" \
	test -e "/lib/modules/$(uname -r)/build/Makefile"
is "as_user drops root" "$(as_user nobody id -un)" nobody
is "and its capabilities" \
	"$(as_user nobody sed -n 's/^CapEff:\t//p' /proc/self/status)" \
	0000000000000000
done_testing
