#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: checks that the kernel makes with spinlocks held, with interrupts off
# or under RCU are decided and reported there without waiting for anything; see
# context.c. What lockdep and the detector of sleep in atomic context say is judged by
# the harness. That names are not asked for with interrupts off is seen by a tracer: for
# lockdep to object, something must have taken tasklist_lock in an interrupt before.
# Of attacks/catalogue: ROB-18.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp
program=$KHV_PROGS/hold/context-static

mkdir "$work/root"
mount -t tmpfs context "$work/root"
at_exit umount -l "$work/root"
ip link set lo up
"$program" outside "$work/root" >"$work/outside" &
outside=$!
at_exit kill "$outside"
wait_for 20 grep -q . "$work/outside" || bail_out "nobody outside"

# A pipe has no place in the policy, as a file would.
tries() {
	"$@" 2>&1 </dev/null | cat >"$work/tries"
	retell "$work/tries" || fail "all were tried" ||
		diag "$(cat "$work/tries")"
}

cat >"$work/context.hv" <<'EOF'
policy  context  "refused where nothing may sleep"
file    /                read/write
socket  127.0.0.1        read/write
process descendants      read/write
kernel  capability:sys_resource  none
EOF
tries "$program" free "$work/root" "$outside"
load_khv khv_wrap
policy "$work/context.hv"
hvctl -j event tail >"$work/events" 2>&1 &
at_exit kill $!
wait_for 10 grep -q . "$work/events"
trace=/sys/kernel/tracing
[ -e $trace/trace ] || mount -t tracefs trace $trace
echo d_absolute_path >$trace/set_ftrace_filter
echo function >$trace/current_tracer
tries hvctl run context -- "$program" held "$work/root" "$outside"
asked=$(grep -v '^#' $trace/trace)
echo nop >$trace/current_tracer
echo >$trace/set_ftrace_filter
like "control: names were asked for meanwhile" "$asked" '\] ....+ .*d_absolute_path'
# "d": interrupts are off; "b": bottom halves; "D": both; "h", "s", "H": in one.
unlike "but never with interrupts or bottom halves off" "$asked" \
	'\] ([dDb]...|..[hsHzZ].)[^ ]* .*d_absolute_path'
for hook in ptrace_traceme ptrace_access_check task_kill task_setnice \
	task_setrlimit unix_stream_connect unix_may_send; do
	ok "$hook: reported" wait_for 10 grep -q "\"hook\":\"$hook\"" "$work/events"
done
done_testing
