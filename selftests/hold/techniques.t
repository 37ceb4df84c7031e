#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: every technique of the catalogue so far, by a 64-bit program
# that is confined by its name. One line each.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

scene
load_khv khv_wrap
policy "$hold/attack.hv"
# What a switch of the kernel is reached by.
mount -t tracefs hold /sys/kernel/tracing
mount -t debugfs hold /sys/kernel/debug
modprobe -q tcp_diag
at_exit umount /sys/kernel/tracing /sys/kernel/debug
for set in open path tree exec proc other net root; do
	techniques '' "$attack" "$set"
done
policy "$hold/code.hv"
techniques "exec and mmap governed" "$attack" code
policy "$hold/part.hv"
techniques "every capability granted" "$attack" part
mkdir -p /dev/mqueue
mount -t mqueue hold /dev/mqueue
at_exit umount /dev/mqueue
is "a refused mq_open leaves no queue behind" "$(ls /dev/mqueue)" ""
policy "$hold/memory.hv"
techniques "no exec-memory" "$attack" memory
done_testing
