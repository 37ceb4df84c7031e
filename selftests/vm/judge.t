#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every way a guest can end badly must make vm/run fail, each with its status.
. "$(dirname "$0")/../lib/tap.sh"

run=$(dirname "$0")/run
workdir /tmp
kernel=${KERNEL:-6.1}
export KHV_BUILD="$work/build"

# verdict NAME STATUS REGEX [OPTION...] COMMAND: two guests at a time.
verdict() {
	name=$1 status=$2 regex=$3
	shift 3
	tap_try "$run" --kernel "$kernel" --quiet "$@"
	is "$name: exit status $status" "$tap_status" "$status" || diag "$tap_output"
	like "$name: the reason is shown" "$tap_output" "$regex"
}
crash='modprobe lkdtm && echo $0 >/sys/kernel/debug/provoke-crash/DIRECT'

part1() {
	plan=0
	verdict "script succeeds" 0 '^$' true
	verdict "script fails" 5 'exit status 5' sh -c 'exit 5'
	verdict "guest powers off" 126 'vanished' sh -c 'poweroff -f; sleep 60'
}
part1
verdict "kernel warns" 125 'WARNING: ' sh -c "$crash" WARNING
verdict "kernel panics" 125 'Kernel panic' sh -c "$crash" PANIC
verdict "time-out" 124 'time-out after 12 s' --timeout 12 sleep 60
done_testing
