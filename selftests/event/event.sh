# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # $work is of tap.sh; $reader_pid for the tests
# For the tests of this folder; sourced after tap.sh. A policy with a file that is
# refused and one that is granted and reported, makers of events, and readers.

reader=$KHV_PROGS/event/reader
maker=$KHV_PROGS/event/maker

event_policy() {
	cp "$maker" /run/khv-maker
	at_exit rm -f /run/khv-maker
	printf '%s\n' 'policy p "x"' 'file / read' 'file /etc/shadow none' \
		'file /etc/hostname read audit' >"$work/p.hv"
	hvctl -q policy load "$work/p.hv" || bail_out "no policy"
}

# make NAME FILE COUNT WORKERS: in the policy. What came of it: made NAME KEY.
make_events() {
	hvctl run p -- /run/khv-maker "$2" "$3" "$4" 2>"$work/$1.err" |
		cat >"$work/$1"
}

made() {
	sed -n "s/^$2=//p" "$work/$1"
}

# start_reader NAME OPTIONS: in the background; its number is in $reader_pid.
start_reader() {
	name=$1
	shift
	: >"$work/$name"
	"$reader" "$@" >"$work/$name" 2>&1 &
	reader_pid=$!
	wait_for 10 grep -q '^ready\|^error' "$work/$name"
}

# Takes what is left, and prints its books. SIGCONT in case it was stopped.
stop_reader() {
	kill -CONT "$1" 2>/dev/null
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# Of the kernel, over all processors.
stat_sum() {
	"$reader" -S | sed -n "s/^$1=//p"
}
