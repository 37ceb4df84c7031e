#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A stack of clients: order, where a refusal ends the walk, who is told, and that
# the decision is the conjunction of all, whatever the order of registration. The
# tries and the model are in stack.c; stacks that change are in random.t.
# Of attacks/catalogue: ROB-12, ROB-13.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/gate.sh"
workdir /tmp
# A client that fails to load leaves the master behind.
at_exit modprobe -rq khv
cd "$work" || bail_out "no $work"
stack=$KHV_PROGS/gate/stack

stack() {	# N REVERSE
	ok "$1 clients, reverse=$2: load" modprobe khv_stack n="$1" comm=stack \
		reverse="$2" || return
	ok "500 random decisions: each the conjunction, in order" "$stack" "$1" 500
	is "listed in order of priority" "$(hvctl module list |
		awk '$2 ~ /^stack/ { print $2 }' | tr '\n' ' ')" \
		"$(seq -f 'stack%g' -s ' ' 0 $(($1 - 1))) "
	ok "unload" remove khv_stack
}

stack 1 0
stack 2 0
stack 2 1
stack 8 0
stack 8 1

# --- a client is moved while it is at work ---------------------------------------------

order() {
	hvctl --no-header module order | awk '$2 ~ /^stack/ { print $2 }' | tr '\n' ' '
}
ok "four clients" modprobe khv_stack n=4 comm=stack
ok "one is moved behind the others" hvctl -q module order stack0 300
is "listed there" "$(order)" "stack1 stack2 stack3 stack0 "
like "called there" "$(hvctl hook list | grep path_mkdir)" \
	'stack1,stack2,stack3,stack0$'
refused "so the model of the old order does not hold" "$stack" 4 20
for i in 1 2 3; do
	hvctl -q module order "stack$i" "30$i"
done
is "the others are moved behind it" "$(order)" "stack0 stack1 stack2 stack3 "
ok "and it holds again" "$stack" 4 200
(
	while [ ! -e "$work/stop" ]; do
		hvctl -q module order stack0 400
		hvctl -q module order -- stack0 -20
	done
) &
"$stack" 4 500 >/dev/null 2>&1
touch "$work/stop"
wait
is "moved to and fro under load" "$(order)" "stack0 stack1 stack2 stack3 "
ok "it holds at the end" "$stack" 4 200
tap_try hvctl module order stack0
is "no priority" "$tap_status" 2
tap_try hvctl module order stack0 much
is "no number" "$tap_status" 2
tap_try hvctl module order nosuch 1
is "no such client" "$tap_status" 1
ok "unload" remove khv_stack

# What is no error number is a refusal all the same.
cp /bin/busybox "$work/busybox.odd"
ok "a client that answers nonsense" modprobe khv_stack n=2 comm=busybox.odd
for gate in calls checks; do
	echo 1 >/sys/module/khv_stack/parameters/deny_$gate
	for odd in 1 2147483647 -512 -516 -4095 -5000 -2147483648; do
		echo "$odd" >/sys/module/khv_stack/parameters/verdict
		like "$gate: verdict $odd" "$(timeout 10 "$work/busybox.odd" \
			mkdir "$work/odd" 2>&1)" "Operation not permitted"
	done
	echo 0 >/sys/module/khv_stack/parameters/deny_$gate
done
control "without it" "$work/busybox.odd" mkdir "$work/odd"
ok "unload" remove khv_stack

refused "more than a module may have" modprobe khv_stack n=17
# As many clients as there may be: client/crowd.t.
ok "clients that name a call five times" modprobe khv_stack n=13 comm=stack \
	calls=mkdir,mkdir,mkdir,mkdir,mkdir
is "take five places each of the 64 in a frame" \
	"$(hvctl --no-header module list | wc -l)" 12
ok "unload" remove khv_stack
is "no function is hooked any more" \
	"$(wc -l </sys/kernel/tracing/enabled_functions)" 0
done_testing
