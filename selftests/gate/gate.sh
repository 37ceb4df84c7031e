# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the tests of the gates have in common.

# shellcheck disable=SC2034
{
	nr_getpid=39 nr_mkdir=83 nr_getpriority=140
	nr32_getpid=20 nr32_mkdir=39 nr32_getpriority=96
}
call=$KHV_PROGS/gate/call
scan=$KHV_PROGS/gate/scan

# MODULE NAME: value of a parameter
parameter() {
	cat "/sys/module/$1/parameters/$2"
}

# Disable all clients of a module and remove it with what it brought.
remove() {
	hvctl --timeout 5 module unload "$1" || return
	modprobe -rq khv_policy
	modprobe -rq khv
	! grep -q '^khv' /proc/modules
}

# ADDRESS NAME of every entry point of a call, from the symbols of the kernel.
entry_prefix='__(x64_sys|x64_compat_sys|ia32_sys|ia32_compat_sys)_'
entries() {
	awk -v p="^$entry_prefix" 'NF == 3 && $3 ~ p && $3 !~ /[.]/ {
		sub(p, "", $3); print $1, $3 }' /proc/kallsyms
}

# PROGRAM: each call of each way into the kernel, one line each
scan_all() {
	"$1" 64 0 470
	"$1" 32 0 470
	"$1" x32 0 100
	"$1" x32 420 550
}
