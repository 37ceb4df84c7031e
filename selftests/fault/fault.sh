# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # used and set by who sources it
# For the tests of this folder. Sourced after lib/tap.sh.
#
# fail_all              any allocation may be made to fail from now on
# scene                 a tree for calls.c, and who is outside
fault=/khv/selftests/fault
# After a fork the kernel writes there, and kills who has no memory for it.
export GLIBC_TUNABLES=glibc.pthread.rseq=0
calls=/srv/fault/bin

# No size and no flag is spared. Whose allocation fails, and which, calls.c says.
fail_all() {
	for attr in /sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc; do
		echo 0 >$attr/probability
		echo 0 >$attr/verbose
		echo N >$attr/ignore-gfp-wait
	done
	echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
}

scene() {
	mkdir -p /srv/fault
	mount -t tmpfs fault /srv/fault
	at_exit umount -l /srv/fault
	mkdir -p $calls /srv/fault/A/dir /srv/fault/R /srv/fault/D /srv/fault/sock
	for copy in $calls/free $calls/wanted $calls/prog $calls/next \
		/srv/fault/R/prog; do
		cp "$KHV_PROGS/fault/calls-static" "$copy"
	done
	for dir in A R D; do echo text >/srv/fault/$dir/f; done
	ip link set lo up
	$calls/free outside >"$work/outside" &
	outside=$!
	at_exit kill "$outside"
	wait_for 20 grep -q ready "$work/outside" || bail_out "nobody outside"
	export FAULT_WITNESS="$outside"
}

# --- below one function (khv_fault.ko) ---------------------------------------------
#
# below FUNCTION PROGRAM [SPARED [MODULE]]   allocations of PROGRAM below FUNCTION count
#                           from now on, but for those below SPARED and for kmemleak's;
#                           with MODULE it is a function of its init, and counts at each
#                           load
# fail_nth N                the N-th of them fails, once; 0: none
# struck                    it has failed
# numbers COUNT MOST        1 to COUNT; MOST of them if there are more
counter=/sys/module/khv_fault/parameters
watchers=kmemleak_alloc,kmemleak_vmalloc,kmemleak_alloc_percpu

below() {
	modprobe -rq khv_fault
	modprobe khv_fault symbol="$1" comm="$2" spared="$watchers${3:+,$3}" \
		${4:+of="$4"} ||
		bail_out "no probe on $1"
}

fail_nth() {
	echo 0 >$counter/met
	echo "$1" >$counter/nth
}

struck() {
	[ "$(cat $counter/nth)" = 0 ]
}

# Allocations of a command, in $count. It is run, with none failing.
many=1000000
counted() {
	fail_nth $many
	tap_try "$@"
	count=$((many - $(cat $counter/nth)))
	met=$(cat $counter/met)
	fail_nth 0
	[ "$tap_status" -eq 0 ] && [ "$met" -gt 0 ]
}

# The first three, and the others spread evenly.
numbers() {
	awk -v n="$1" -v most="$2" 'BEGIN {
		each = n > most ? 3 : n
		for (i = 1; i <= each; i++)
			print i
		for (i = 1; each < n && i <= most - each; i++)
			print each + int(i * (n - each) / (most - each))
	}'
}
