#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: every allocation failure in a decision is a denial. A confined
# program makes calls that its policy denies, and others, while each allocation that
# the kernel makes for it fails once; see calls.c. Somebody listens to the events.
# Of a fork each fails, also those behind what khv does for the child.
# Of attacks/catalogue: ROB-04, PROC-17.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/fault.sh"
workdir /tmp

fail_all
scene
at_exit modprobe -rq khv_policy khv
at_exit hvctl --timeout 20 module unload wrap

# PROGRAM MODE: each line of it is one of ours. A pipe has no place in the policy.
tries() {
	"$1" "$2" 2>&1 </dev/null | cat >"$work/tries"
	retell "$work/tries" || fail "$2: all were tried"
}

tries $calls/free free
ok "khv_wrap loads" modprobe khv_wrap
ok "the policy loads" hvctl policy load "$fault/calls.hv"
tries $calls/wanted plain
hvctl -j event tail >"$work/events" 2>&1 &
at_exit kill $!
tries $calls/wanted every
ok "denials were reported meanwhile" grep -q '"verb":"signal"' "$work/events"
done_testing
