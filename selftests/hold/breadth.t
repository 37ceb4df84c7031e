#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: the other techniques of attacks/, by a 64-bit program that is
# confined by its name. One line each.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

scene
load_khv khv_wrap
# What a switch of the kernel is reached by.
mount -t tracefs hold /sys/kernel/tracing
mount -t debugfs hold /sys/kernel/debug
modprobe -q tcp_diag
mkdir -p /dev/mqueue
mount -t mqueue hold /dev/mqueue
rm -f /dev/mqueue/*
at_exit umount /sys/kernel/tracing /sys/kernel/debug /dev/mqueue
for set in $(sets_of breadth); do
	policy_for "$set"
	techniques '' "$attack" "$set"
done
is "a refused mq_open leaves no queue behind" "$(ls /dev/mqueue)" ""
done_testing
