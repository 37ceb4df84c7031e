# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # set by who sources it
# Loads of a module in which an allocation fails. Sourced after fault.sh.
#
# every MODULE STEP...    the load with a failure in each step of its init function; the
#                         kernel is as before each time

# How far a load went is read off the traces of the failures.
fail_all
echo 2 >/sys/kernel/debug/failslab/verbose
echo 2 >/sys/kernel/debug/fail_page_alloc/verbose
at_exit modprobe -rq khv_fault
at_exit modprobe -rq khv_policy khv
at_exit eval 'hvctl -q --timeout 20 module unload wrap 2>/dev/null'
# 6.1 forgets the name of a cache that it cannot show in /sys/kernel/slab.
below do_one_initcall modprobe sysfs_slab_add

# Hooks, probes, slabs, modules: what the kernel has of us.
traces() {
	sed 's/ .*//' /sys/kernel/tracing/enabled_functions | sort
	sed 's/.* //; s/+.*//' /sys/kernel/debug/kprobes/list | sort
	sed -n 's/^\(khv[^ ]*\) .*/\1/p' /proc/slabinfo /proc/modules | sort
}

unload() {
	if [ "$1" = khv_wrap ]; then
		hvctl -q --timeout 20 module unload wrap
	else
		# modprobe -r would take away what it stands on as well.
		rmmod "$1"
	fi
}

# Who asked for the allocation that failed, from the inside. The kernel keeps silent of
# those who have another way (__GFP_NOWARN: kvmalloc and the like).
missing() {
	klog_since | sed -n 's/^\[[^]]*\]  \([a-z_0-9]*\)+0x.*/\1/p' |
		sed '/^dump_stack\|^should_fail\|^__*kmalloc\|^__*kmem_cache/d' |
		sed '/^khv_init$/q' | tr '\n' ' '
	echo
}

# try N: khv's module with its N-th allocation failing; $at is the step it was in, the
# place of its name in $steps, 0 if the kernel did not say
try() {
	klog_mark
	fail_nth "$1"
	if modprobe "$module" >"$work/said" 2>&1; then
		loads=$((loads + 1))
		! struck || missing >>"$work/kept"
		unload "$module" >"$work/said" 2>&1 || wrong="$wrong $1:stays"
	else
		refusals=$((refusals + 1))
		grep -q 'Cannot allocate memory' "$work/said" ||
			wrong="$wrong $1:$(tail -n 1 "$work/said")"
	fi
	# The last ones may not be made each time: then it is behind all steps.
	at=0 place=0
	struck || {
		at=$count
		[ "$1" -gt $((count * 3 / 4)) ] || wrong="$wrong $1:missed"
	}
	fail_nth 0
	traces >"$work/after"
	cmp -s "$work/before" "$work/after" || {
		wrong="$wrong $1:left"
		diff "$work/before" "$work/after" | sed 's/^/# /'
	}
	klog_since >"$work/log"
	for step in $steps; do
		place=$((place + 1))
		! grep -q " $step+0x" "$work/log" || at=$place
	done
	echo "$1 $at" >>"$work/tried"
}

# The tries say where each step begins and ends: look for one in it between those that
# were before and behind it.
look_for() {
	while ! grep -q " $1\$" "$work/tried"; do
		low=$(awk -v s="$1" '$2 && $2 < s && $1 > n { n = $1 } END { print n + 0 }' \
			"$work/tried")
		high=$(awk -v s="$1" -v n=$((count + 1)) '$2 > s && $1 < n { n = $1 }
			END { print n }' "$work/tried")
		next=$(awk -v low="$low" -v high="$high" '{ t[$1] } END {
			middle = int((low + high) / 2)
			for (n = middle; n < high && n in t; n++)
				;
			for (; n == high && middle > low && middle in t; middle--)
				;
			print (n < high ? n : (middle > low ? middle : 0))
		}' "$work/tried")
		[ "$next" -gt 0 ] || return 1
		try "$next"
	done
}

# MODULE STEP...: its init function, and what it calls in this order
every() {
	module=$1 refusals=0 loads=0 wrong=''
	shift
	steps=$*
	traces >"$work/before"
	# The first time the kernel allocates what it keeps: not again.
	ok "$module loads" modprobe "$module"
	ok "$module goes" unload "$module"
	control "$module loads again" counted modprobe "$module"
	ok "$module goes again" unload "$module"
	traces >"$work/after"
	is "and leaves nothing" "$(diff "$work/before" "$work/after")" ""
	: >"$work/tried"
	: >"$work/kept"
	try 1
	try "$count"
	number=0
	for name in $steps; do
		number=$((number + 1))
		ok "$module: a failure in $name" look_for $number
	done
	is "$module: each failure leaves nothing" "$wrong" ""
	diag "$module: $count allocations, $((refusals + loads)) failed:" \
		"$refusals refused, $loads loaded all the same"
	sed 's/^/# loaded without: /; s/: $/: what the kernel does not say/' "$work/kept"
}
