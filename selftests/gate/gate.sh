# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the tests of the gates have in common.

# shellcheck disable=SC2034
{
	nr_getpid=39 nr_mkdir=83 nr_getpriority=140
	nr32_getpid=20 nr32_mkdir=39 nr32_getpriority=96
}
call=$KHV_PROGS/gate/call

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
