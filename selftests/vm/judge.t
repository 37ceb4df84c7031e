#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every way a guest can end badly must make vm/run fail, each with its status.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/crash.sh"

run=$(dirname "$0")/run

# Two guests at a time: there are two processors, and a person waiting.
guest() {
	name=$1
	shift
	(
		"$run" --kernel "$kernel" --quiet "$@" >"$work/$name" 2>&1
		echo "exit status $?" >>"$work/$name"
	) &
}

verdict() {
	like "$2: status" "$(tail -n 1 "$work/$1")" "^exit status $3\$"
	like "$2: the reason is shown" "$(cat "$work/$1")" "$4"
}

guest fails sh -c 'echo output of the script; exit 5'
guest leaves poweroff -f
wait
guest warns modprobe khv_crash how=warn
guest hangs --timeout 15 sleep 60
wait
guest oopses modprobe khv_crash how=oops
wait

verdict fails 'a script that fails' 5 '^output of the script$'
verdict leaves 'a guest that powers off' 126 'guest vanished'
verdict warns 'a kernel warning' 125 'WARNING: .*\[khv_crash\]'
verdict hangs 'a time-out' 124 'time-out after 15 s'
verdict oopses 'a panic' 125 'Kernel panic'
done_testing
