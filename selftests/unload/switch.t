#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Other users of the same functions: the master switch of ftrace cannot disarm
# us, a kprobe lives beside us, and clients run in the order of their priority.
# Of attacks/catalogue: HOOK-01, HOOK-02, HOOK-04.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/unload.sh"
workdir /tmp
switch=/proc/sys/kernel/ftrace_enabled
tracing=/sys/kernel/tracing

# Not by echo: the shell does not say which error it was.
turn() {
	sysctl -w "kernel.ftrace_enabled=$1"
}

# The hook counts a call of the program it is attached to.
hook_works() {
	before=$(parameter pre)
	"$progs/frames" fork
	[ "$(parameter pre)" -gt "$before" ]
}

control "the switch turns while nobody needs it" turn 0
refused "with it off no client loads: its hooks would be dead" \
	sample wait4 frames
clean_up
turn 1
ok "khv_sample loads" sample wait4 frames
ok "the hook works" hook_works
tap_try turn 0
like "the switch is refused with EBUSY" "$tap_output" "busy"
is "and stays on" "$(cat "$switch")" 1
ok "the hook works afterwards" hook_works
is "a hook is live" "$(hvctl --no-header hook list | awk '{ print $5 }' |
	sort -u)" yes

# A kprobe on the very function, set while the hook is there.
probe() {
	echo "p:khvtest __x64_sys_wait4" >"$tracing/kprobe_events" &&
		echo 1 >"$tracing/events/kprobes/khvtest/enable"
}

probe_hits() {
	awk '$1 == "khvtest" { print $2 }' "$tracing/kprobe_profile"
}

unprobe() {
	echo 0 >"$tracing/events/kprobes/khvtest/enable"
	echo >"$tracing/kprobe_events"
}

ok "a kprobe can be set on the hooked function" probe
ok "the hook works" hook_works
is "and so does the kprobe" \
	"$([ "$(probe_hits)" -gt 0 ] && echo yes)" yes
ok "khv_sample unloads beside it" unload
before=$(probe_hits)
"$progs/frames" fork
is "the kprobe is not harmed" \
	"$([ "$(probe_hits)" -gt "$before" ] && echo yes)" yes
ok "khv_sample loads where the kprobe is" sample wait4 frames
ok "the hook works" hook_works
ok "the kprobe goes" unprobe
ok "the hook still works" hook_works

# Two clients.
ok "khv_wrap loads beside it" modprobe khv_wrap
order=$(hvctl --no-header module list | awk '{ print $4 }')
is "both are listed" "$(echo "$order" | wc -l)" 2
is "in the order of their priority" "$order" "$(echo "$order" | sort -n)"
ok "khv_wrap unloads" hvctl module unload khv_wrap
modprobe -rq khv_policy
ok "khv_sample unloads" unload
ok "nothing is left" gone
ok "the switch turns again" turn 0
turn 1
done_testing
