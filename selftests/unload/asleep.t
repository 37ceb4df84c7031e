#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A task asleep inside a hooked call pins the hook: removal is refused and the
# task is named. Once it has woken up the module goes.
# Of attacks/catalogue: ROB-01, HOOK-15.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/unload.sh"
workdir /tmp

# CALL COUNT
asleep() {
	call=$1 count=$2
	ok "$call: khv_sample loads" sample "$call" sleeper || return
	sleepers "$call" "$count" || bail_out "no task fell asleep in $call"
	is "$call: $count asleep, each has entered" \
		"$([ "$(parameter pre)" -ge "$count" ] && echo yes)" yes
	refused "$call: rmmod is refused" rmmod khv_sample
	tap_try hvctl --timeout 1 module unload khv_sample
	is "$call: so is unload" "$tap_status" 6
	like "$call: and names task and call" "$tap_output" \
		"[0-9]+ \(sleeper\).*$call"
	# With read, the parent that waits for the word to end is asleep as well.
	[ "$count" -ne 1 ] || like "$call: by its pid" "$tap_output" \
		"\b($pid|$sleeper)\b"
	refused "$call: rmmod is refused still" rmmod khv_sample
	refused "$call: rmmod of khv as well" rmmod khv
	awake
	is "$call: the tasks wake up unharmed" "$said" awake
	ok "$call: unload succeeds then" unload
	ok "$call: nothing is left" gone
}

asleep openat 1
asleep clock_nanosleep 1
asleep read 1
asleep poll 1
asleep read 64
asleep openat 64

# Killed while the hook is on its way out.
ok "khv_sample loads" sample read sleeper
sleepers read 16
hvctl --timeout 0 module unload khv_sample >/dev/null 2>&1
pkill -KILL -x sleeper
exec 8>&-
wait "$sleeper" 2>/dev/null
ok "tasks killed in a hook that drains: unload succeeds" unload
ok "nothing is left" gone
done_testing
