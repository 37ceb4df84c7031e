#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The call gate: a call is found under its name at every entry point; pre-call and
# post-call, refusal, rewriting of a scalar, the result.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/gate.sh"
workdir /tmp
# A client that fails to load leaves the master behind.
at_exit modprobe -rq khv

# PRE POST: how many calls the sample has seen
counts() {
	is "$1: pre-calls" "$(parameter khv_sample pre)" "$2"
	is "$1: post-calls" "$(parameter khv_sample post)" "$3"
}

# What the calls do without us.
is "control: getpid works" "$("$call" $nr_getpid | grep -c '^[1-9]')" 1
is "control: nobody has process 999999" "$("$call" $nr_getpriority 0 999999)" -3
is "control: mkdir works" "$("$call" $nr_mkdir "$work/c" 493)" 0
is "control: int 0x80 mkdir works" "$("$call" -3 $nr32_mkdir "$work/d" 493)" 0

ok "counting: loads" modprobe khv_sample comm=call \
	calls=getpid,getpriority,mkdir
"$call" $nr_getpid >"$work/out"
counts "64-bit getpid" 1 1
"$call" -3 $nr32_getpid >"$work/out"
counts "32-bit getpid, the same address" 2 2
is "its result is seen in post-call" "$(parameter khv_sample last_ret)" \
	"$(cat "$work/out")"
"$call" -3 $nr32_getpriority 0 0 >"$work/out"
counts "32-bit getpriority, an entry of its own" 3 3
is "error seen in post-call" "$("$call" $nr_getpriority 0 999999)" \
	"$(parameter khv_sample last_ret)"
counts "64-bit getpriority" 4 4
cp "$call" "$work/other"
"$work/other" $nr_getpid >/dev/null
counts "a program that is not watched" 4 4
sh -c "$call $nr_getpid" >/dev/null
counts "started by a shell" 5 5
is "hooks of getpid: one, though it has three names" \
	"$(hvctl hook list | grep -c ' getpid ')" 1
ok "counting: unloads" remove khv_sample

ok "refusing: loads" modprobe khv_sample comm=call calls=mkdir deny=mkdir:13
is "64-bit mkdir is refused" "$("$call" $nr_mkdir "$work/x" 493)" -13
is "32-bit mkdir is refused" "$("$call" -3 $nr32_mkdir "$work/x" 493)" -13
ok "nothing was made" test ! -e "$work/x"
counts "refused" 2 2
is "post-call is told of the refusal" "$(parameter khv_sample last_ret)" -13
ok "refusing: unloads" remove khv_sample

ok "without post-call: loads" modprobe khv_sample comm=call calls=mkdir \
	post_call=0 deny=mkdir:1
is "refused without a frame" "$("$call" $nr_mkdir "$work/x" 493)" -1
counts "without post-call" 1 0
ok "without post-call: unloads" remove khv_sample

ok "rewriting: loads" modprobe khv_sample comm=call calls=getpriority \
	rewrite=getpriority:1:0
tap_try "$call" $nr_getpriority 0 999999
is "64-bit: the kernel saw process 0" "$tap_output" 20
is "64-bit: the caller's registers are as they were" "$tap_status" 0
tap_try "$call" -3 $nr32_getpriority 0 999999
is "32-bit: the kernel saw process 0" "$tap_output" 20
is "32-bit: the caller's registers are as they were" "$tap_status" 0
is "judged again after rewriting: two pre-calls each" \
	"$(parameter khv_sample pre)" 4
is "but told once" "$(parameter khv_sample post)" 2
ok "rewriting: unloads" remove khv_sample

# What cannot be hooked is named, and nothing stays behind.
klog_mark
refused "no such call" modprobe khv_sample comm=call calls=getpid,nosuchcall
like "it is named" "$(klog_since)" "no system call named nosuchcall"
refused "post-call of exit_group" modprobe khv_sample comm=call calls=exit_group
like "the reason is given" "$(klog_since)" "exit_group does not return"
ok "pre-call of exit_group" modprobe khv_sample comm=call calls=exit_group \
	post_call=0
"$call" $nr_getpid >/dev/null
counts "exit_group" 1 0
ok "exit_group: unloads, no frame was left behind" remove khv_sample
refused "malformed parameter" modprobe khv_sample rewrite=foo
is "no function is hooked any more" \
	"$(wc -l </sys/kernel/tracing/enabled_functions)" 0
done_testing
