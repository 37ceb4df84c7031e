# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154
# For the tests of this folder. Sourced after lib/tap.sh.
#
# sample CALLS COMM        khv_sample hooks CALLS of programs named COMM
# unload                   disable it and remove it and khv, or fail
# gone                     no module of ours is left
# parameter NAME           of khv_sample
# in_flight                hooks with more frames entered than left, else nothing
# sleepers CALL COUNT      start a sleeper; sets $pid, the first of its tasks
# awake                    let them go on; sets $said, what the sleeper told
progs=$KHV_PROGS/unload

sample() {
	modprobe khv_sample calls="$1" comm="$2"
}

unload() {
	hvctl module unload khv_sample && modprobe -r khv
}

gone() {
	! grep '^khv' /proc/modules
}

# Whatever state a failed test has left behind.
clean_up() {
	hvctl module unload khv_sample >/dev/null 2>&1
	modprobe -rq khv
}
at_exit clean_up

parameter() {
	cat "/sys/module/khv_sample/parameters/$1"
}

in_flight() {
	hvctl --no-header hook list | awk '$6 != $7'
}

none_in_flight() {
	[ -z "$(in_flight)" ]
}

# The order matters: the shell's open of a FIFO waits for the other side.
# shellcheck disable=SC2034 # $pid is for the test
sleepers() {
	rm -f "$work/in" "$work/out"
	mkfifo "$work/in"
	"$progs/sleeper" "$1" "$2" <"$work/in" >"$work/out" &
	sleeper=$!
	exec 8>"$work/in"
	wait_for 20 grep -q asleep "$work/out" || return
	pid=$(sed -n 's/^asleep //p' "$work/out")
}

# shellcheck disable=SC2034 # $said is for the test
awake() {
	exec 8>&-
	wait "$sleeper"
	said=$(grep -v asleep "$work/out")
}
