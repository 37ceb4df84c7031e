# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # set by who sources it
# Loads of a module in which an allocation fails. Sourced after fault.sh.
#
# every MODULE STEP...    the load with failures in each step of its init function; the
#                         kernel is as before each time

# What an allocation was for is read off its trace.
fail_all
echo 2 >/sys/kernel/debug/failslab/verbose
echo 2 >/sys/kernel/debug/fail_page_alloc/verbose
at_exit modprobe -rq khv_fault
at_exit modprobe -rq khv_policy khv
at_exit eval 'hvctl -q --timeout 20 module unload wrap 2>/dev/null'
# 6.1 forgets the name of a cache that it cannot show in /sys/kernel/slab.
forgetful=sysfs_slab_add
tries=${KHV_TRIES:-8}

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

# try STEP N: the load with the N-th allocation of this step failing
try() {
	klog_mark
	fail_nth "$2"
	if modprobe "$module" >"$work/said" 2>&1; then
		loads=$((loads + 1))
		! struck || missing >>"$work/kept"
		unload "$module" >"$work/said" 2>&1 || wrong="$wrong $1:$2:stays"
	else
		refusals=$((refusals + 1))
		{ struck && grep -q 'Cannot allocate memory' "$work/said"; } ||
			wrong="$wrong $1:$2:$(tail -n 1 "$work/said")"
	fi
	# How many a step makes depends on what the kernel has left over: the last may
	# not be made this time.
	! struck || hits=$((hits + 1))
	fail_nth 0
	traces >"$work/after"
	cmp -s "$work/before" "$work/after" || {
		wrong="$wrong $1:$2:left"
		diff "$work/before" "$work/after" | sed 's/^/# /'
	}
}

# fails STEP: a function of the kernel, of a module that is there, or of this one's own.
# The kernel has another way for many an allocation: some refuse the load, not each.
fails() {
	hits=0 own=$module before=$refusals
	! grep -q "[[:space:]]$1\([[:space:]]\|\$\)" /proc/kallsyms || own=''
	below "$1" modprobe "$forgetful" "$own"
	traces >"$work/before"
	control "$module: $1 allocates" counted modprobe "$module"
	unload "$module" >"$work/said" 2>&1 || wrong="$wrong $1:stays"
	for n in $(numbers "$count" "$tries"); do
		try "$1" "$n"
	done
	diag "$hits of $count allocations failed, $((refusals - before)) refused the load"
	ok "$module: a failure in $1 refuses it" [ "$refusals" -gt "$before" ]
}

# MODULE STEP...: its init function, and what it calls
every() {
	module=$1 refusals=0 loads=0 wrong=''
	shift
	modprobe -rq khv_fault
	traces >"$work/before"
	# The first time the kernel allocates what it keeps: not again.
	for time in "" " again"; do
		ok "$module loads$time" modprobe "$module"
		ok "$module goes$time" unload "$module"
	done
	traces >"$work/after"
	is "and leaves nothing" "$(diff "$work/before" "$work/after")" ""
	: >"$work/kept"
	for step in do_one_initcall "$@"; do
		fails "$step"
	done
	is "$module: each failure leaves nothing" "$wrong" ""
	diag "$module: $refusals refused, $loads loaded all the same"
	sort "$work/kept" | uniq -c |
		sed 's/^ *\([0-9]*\)  *$/\1 what the kernel does not say/
			s/^ */# loaded without: /'
}
