#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on_tamper=panic: the kernel stops when the watchdog finds damage. From the host: the
# guest must not live on.
. "$(dirname "$0")/../lib/tap.sh"
run=$(dirname "$0")/../vm/run
workdir /tmp
kernel=${KERNEL:-6.1}

damage() {
	"$run" --kernel "$kernel" --timeout 120 --results "$work/results" sh -c "
		modprobe khv watchdog=2 on_tamper=$1 && modprobe khv_wrap &&
		{ modprobe khv_tamper; sleep 8; }" >"$work/log" 2>&1
}

damage report
is "control: reported, the guest goes on" $? 0
like "control: it is in the log" "$(cat "$work/results/console")" \
	'integrity of security_file_open violated'
damage panic
is "panic: the guest is gone" $? 125
like "panic: it says why" "$(cat "$work/results/console")" \
	'Kernel panic - not syncing: khv: integrity of security_file_open violated'
done_testing
