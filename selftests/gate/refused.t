#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A client that asks for a function which somebody else owns is refused, and
# nothing of it stays: no hook, no task, though programs that it wants are
# executed all the time while ftrace makes up its mind.
# Of attacks/catalogue: HOOK-05, ABI-09.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/gate.sh"
workdir /tmp
# A client that fails to load leaves the master behind.
at_exit modprobe -rq khv
rounds=4

# Another client is live, so every exec of the system is looked at.
ok "a client, and an owner of mkdir" modprobe khv_stack n=1 comm=nobody \
	calls=getpriority own=__x64_sys_mkdir
hooks=$(wc -l </sys/kernel/tracing/enabled_functions)
like "the owner" "$(cat /sys/kernel/tracing/enabled_functions)" \
	"^__x64_sys_mkdir .* I"

# Programs that the refused client wants: some end at once, some stay.
cp /bin/busybox "$work/busybox.wanted"
touch "$work/run"
for i in 1 2 3; do
	while [ -e "$work/run" ]; do
		echo >>"$work/execs.$i"
		"$work/busybox.wanted" true
		"$work/busybox.wanted" sleep 1 &
	done &
done
tried=0 loaded=0
klog_mark
while [ "$tried" -lt "$rounds" ]; do
	modprobe khv_sample comm=busybox.wanted \
		calls=getpid,getuid,getgid,close,mkdir 2>/dev/null &&
		loaded=$((loaded + 1))
	tried=$((tried + 1))
done
rm "$work/run"
wait
diag "$(cat "$work"/execs.* | wc -l) rounds of two programs meanwhile"
is "refused every time" "$loaded" 0
like "the function is named" "$(klog_since)" "cannot hook __x64_sys_mkdir"
is "no task is watched" "$(hvctl task list | grep -c busybox)" 0
is "no hook has stayed" \
	"$(wc -l </sys/kernel/tracing/enabled_functions)" "$hooks"
is "one client" "$(hvctl module list | awk '$2 ~ /^(stack|sample)/' | wc -l)" 1
ok "the owner goes" remove khv_stack

ok "without the owner it loads" modprobe khv_sample comm=call calls=getpid,mkdir
"$call" $nr_getpid >/dev/null
is "and counts" "$(parameter khv_sample pre)" 1
ok "unloads" remove khv_sample

klog_mark
ok "a call that the vDSO answers" modprobe khv_sample comm=call calls=clock_gettime
like "is hooked, with a warning" "$(klog_since)" "clock_gettime .* vDSO"
ok "unloads" remove khv_sample

# The same call twice in one list: one hook, asked twice.
ok "a call named twice" modprobe khv_sample comm=call calls=getpid,getpid
"$call" $nr_getpid >/dev/null
is "is asked twice" "$(parameter khv_sample pre)" 2
is "and is one hook" "$(hvctl hook list | grep -c ' getpid ')" 1
ok "unloads" remove khv_sample
is "no function is hooked any more" \
	"$(wc -l </sys/kernel/tracing/enabled_functions)" 0
done_testing
