#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A property: the decision of a stack of clients is the conjunction of its clients,
# whatever their order, while they come and go. See random.c. The seed is new at
# each run; KHV_SEED=N repeats one.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/gate.sh"
workdir /tmp
cd "$work" || bail_out "no $work"
at_exit modprobe -rq khv
ln -s "$KHV_PROGS/gate/random" worker
seed=${KHV_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}

# What a run with the fewest clients and a run that ends in the middle leave behind
# is the same: nothing.
random() {	# SEED ROUNDS
	diag "KHV_SEED=$1"
	ok "$2 rounds of random calls to random stacks" \
		"$KHV_PROGS/gate/random" "$1" "$2" "$work/worker" &&
		diag "$tap_output"
}

ok "an empty stack" modprobe khv_stack n=0 comm=worker \
	calls=mkdir,mkdirat,rmdir,getpriority
random 4711 16
random "$seed" 40
is "no client is left" "$(hvctl --no-header module list)" ""
is "no function is hooked any more" \
	"$(wc -l </sys/kernel/tracing/enabled_functions)" 0
ok "unload" remove khv_stack
done_testing
