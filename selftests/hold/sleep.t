#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: a check that the interface calls one in which a client may sleep is
# never called where it may not. khv_context asks for every check of this kernel, sleeps
# where it may, and says where it was called; the programs are those of the attacks,
# without a policy. See kmod/clients/context; Documentation/hooks.rst has the result.
# Of attacks/catalogue: ROB-18.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp
seen=/sys/module/khv_context/parameters/seen

scene
mkdir "$work/root"
ip link set lo up
"$KHV_PROGS/hold/context-static" outside "$work/root" >"$work/outside" &
outside=$!
at_exit kill "$outside"
at_exit umount -l "$work/root/place"
wait_for 20 grep -q . "$work/outside" || bail_out "nobody outside"

klog_mark
at_exit modprobe -rq khv
at_exit tap_unload khv_context
at_exit hvctl -q --timeout 20 module unload context
ok "khv_context loads" modprobe khv_context comm=control,context-static
"$KHV_PROGS/hold/context-static" free "$work/root" "$outside" \
	>"$work/tries" 2>&1 </dev/null
retell "$work/tries" || fail "all were tried"
for set in path exec net uring attr; do
	"$attack" stage "$set" >"$work/set" 2>&1 </dev/null
	ok "$set: was tried" test "$(grep -vc '^#' "$work/set")" -gt 5
done
cat "$seen" >"$work/seen"
diag "$(cat "$work/seen")"
ok "many kinds of checks were met" test "$(wc -l <"$work/seen")" -gt 50
is "none that may sleep was called where it may not" \
	"$(awk '$2 == "sleep" && $4 != "-"' "$work/seen")" ''
like "control: one was called with interrupts off" "$(cat "$work/seen")" \
	'^ptrace_traceme atomic [0-9]+ i'
like "control: one was called under a spinlock" "$(cat "$work/seen")" \
	'^unix_stream_connect atomic [0-9]+ p'
done_testing
