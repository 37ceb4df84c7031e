#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Other users of the functions that khv has hooked, or of khv's own: they come and
# go, and the policy holds all the time. Who wants the function for itself, as a live
# patch does, is refused.
# Of attacks/catalogue: HOOK-03, HOOK-06, HOOK-16, HOOK-17, HOOK-20.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/defence.sh"
workdir /tmp
tracing=/sys/kernel/tracing
checked=security_file_open

policy_file
at_exit modprobe -rq khv_policy khv
at_exit hvctl --timeout 10 module unload wrap
ok "khv_wrap loads" modprobe khv_wrap
ok "the policy loads" hvctl policy load "$work/p.hv"

# What is granted works, what is not does not, whoever is there.
holds() {
	ok "$1: what is granted works" hvctl run p -- cat /etc/hostname
	refused "$1: what is not does not" hvctl run p -- cat /etc/shadow
}

write() {	# FILE TEXT
	echo "$2" >"$tracing/$1"
}

traced() {	# TRACER
	ok "$1 is switched on" write current_tracer "$1"
	holds "with the tracer $1"
	like "it has seen the function" "$(cat $tracing/trace)" "$2"
	ok "$1 is switched off" write current_tracer nop
	holds "after it"
	: >$tracing/trace
}

holds "by itself"
ok "a filter for the tracer" write set_ftrace_filter "$checked"
traced function "$checked"
write set_ftrace_notrace "$checked"
ok "a tracer that leaves it out" write current_tracer function
holds "with a tracer that leaves it out"
write current_tracer nop
write set_ftrace_notrace ''
if grep -q function_graph $tracing/available_tracers; then
	write set_graph_function "$checked"
	write set_ftrace_filter "$checked"
	traced function_graph "$checked"
	write set_graph_function ''
else
	skip "the graph tracer" "this kernel has none"
fi
write set_ftrace_filter ''

# A filter on functions of our own: those that may be traced at all.
ok "functions of khv in a filter" write set_ftrace_filter ':mod:khv*'
ok "are traced" write current_tracer function
holds "with a tracer on khv itself"
write current_tracer nop
write set_ftrace_filter ''

# PROBE NAME: a kprobe
probed() {
	tap_try write kprobe_events "p:khvtest $1"
	if [ "$tap_status" -ne 0 ]; then
		pass "a kprobe on $1 is refused by the kernel"
		return
	fi
	ok "a kprobe on $1" write events/kprobes/khvtest/enable 1
	holds "with a kprobe on $1"
	like "which is hit" "$(cat $tracing/kprobe_profile)" 'khvtest +[1-9]'
	write events/kprobes/khvtest/enable 0
	write kprobe_events ''
	holds "and after it"
}
probed "$checked"
probed "$checked+5"
probed khv_object_gate_enter
probed khv_mediate

# Everything at once, with a stack of every check: callbacks inside of callbacks, and
# functions that khv calls while it decides.
each=10
tries() {	# COMMAND...: of so many, how many were refused?
	try=0 no=0
	while [ "$try" -lt "$each" ]; do
		"$@" >/dev/null 2>&1 || no=$((no + 1))
		try=$((try + 1))
	done
	echo "$no"
}
echo 'p:khvtest khv_judge_file_open' >$tracing/kprobe_events 2>/dev/null &&
	write events/kprobes/enable 1
write set_ftrace_filter 'security_*'
write options/func_stack_trace 1
ok "a tracer with the stack of every check" write current_tracer function
is "of $each tries, refused" "$(tries hvctl run p -- cat /etc/shadow)" "$each"
is "of $each that are granted, refused" \
	"$(tries hvctl run p -- cat /etc/hostname)" 0
write current_tracer nop
write options/func_stack_trace 0
write set_ftrace_filter '*path*'
ok "a tracer of all that has to do with paths" write current_tracer function
holds "with a tracer of all that has to do with paths"
write current_tracer nop
write set_ftrace_filter ''
: >$tracing/trace
write events/kprobes/enable 0 2>/dev/null
write kprobe_events ''

# A BPF program that answers before us can refuse, and no more.
modify=$KHV_PROGS/defence/modify
tap_try "$modify" "$checked" 0 true
if [ ! -e /sys/kernel/btf/vmlinux ]; then
	skip "a BPF program can answer for the function" "no BTF in this kernel"
elif [ "$tap_status" -eq 0 ]; then
	control "a BPF program can answer for the function" \
		sh -c '! "$@"' - "$modify" "$checked" -1 cat /etc/hostname
	ok "one that lets everything pass" "$modify" "$checked" 0 \
		hvctl run p -- cat /etc/hostname
	refused "does not let pass what the policy refuses" "$modify" \
		"$checked" 0 hvctl run p -- cat /etc/shadow
	refused "one that refuses is heard" "$modify" "$checked" -1 \
		hvctl run p -- cat /etc/hostname
else
	like "the kernel lets no BPF program beside us" "$tap_output" \
		'busy|not supported'
fi
holds "after it"

# In plain sight, with what we have asked for: I, we change where it goes.
like "our hooks are listed" "$(cat $tracing/enabled_functions)" \
	"^$checked .* I"
is "and our modules" "$(grep -c '^khv' /proc/modules)" 3
is "what ftrace calls, and where it goes then, cannot be traced" \
	"$(grep -cE '^khv_(callback|object_(after|around)_|call_(pre|full|go)_)' \
		$tracing/available_filter_functions)" 0

klog_mark
refused "who wants the function for itself, as a live patch, is refused" \
	modprobe khv_stack n=0 own="$checked"
holds "then"
refused "the switch of ftrace is refused" sysctl -w kernel.ftrace_enabled=0
for module in khv_wrap khv_policy khv; do
	refused "rmmod $module is refused" rmmod "$module"
done
holds "at the end"
ok "every hook is live" test "$(hvctl --no-header hook list |
	awk '{ print $5 }' | sort -u)" = yes
like "and the watchdog has nothing to say" "$(hvctl status | grep -i integrity)" \
	"good"
done_testing
