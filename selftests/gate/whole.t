#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A client can name every call of the running kernel, all of them at once; all
# entry points are hooked and live, calls through every way into the kernel answer
# as before, and nothing stays.
#
# What has no entry point of its own, and can be named by nobody:
# - ni_syscall, where numbers without a call lead. It is built without tracing; it
#   answers -ENOSYS and does nothing.
# - the vsyscall page: a page fault, on which the kernel does the work of
#   gettimeofday, time and getcpu, and writes the caller's memory only.
# Of attacks/catalogue: ABI-06, ABI-07.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/gate.sh"
workdir /tmp
# A client that fails to load leaves the master behind.
at_exit modprobe -rq khv

entries | grep -v ' ni_syscall$' >"$work/entries"
awk '{ print $2 }' "$work/entries" | sort -u >"$work/names"
names=$(wc -l <"$work/names")
points=$(awk '{ print $1 }' "$work/entries" | sort -u | wc -l)
diag "$names calls with $points entry points; ftrace lists $(grep -cE \
	"^($entry_prefix|__do_(compat_)?sys_)" \
	/sys/kernel/tracing/available_filter_functions) of their names"
ok "a kernel has more than 450 calls" test "$names" -gt 450

klog_mark
refused "the one that cannot be hooked" modprobe khv_sample calls=ni_syscall
like "the log says so" "$(klog_since)" "ni_syscall cannot be traced"

cp "$scan" "$work/watched"
scan_all "$scan" >"$work/before"
is "control: calls work by every way: getpid, umask" \
	"$(grep -cE '^(64 (39|95)|32 (20|60)|x32 (39|95)) ok' "$work/before")" 6
diag "$(cut -d ' ' -f 1,3 "$work/before" | sort | uniq -c | sort -rn | head -n 12)"

# POST CALLS: hook them, and have a watched program make each
whole() {
	points=$(sort "$work/names.$1" | awk 'NR == FNR { want[$1]; next }
		$2 in want { print $1 }' - "$work/entries" | sort -u | wc -l)
	ok "post_call=$1: $(wc -l <"$work/names.$1") calls" modprobe khv_sample \
		comm=watched post_call="$1" \
		calls="$(paste -sd, "$work/names.$1")" || return
	hvctl hook list >"$work/hooks"
	is "each of $points entry points has a hook" \
		"$(grep -cE "$entry_prefix" "$work/hooks")" "$points"
	is "and all of them are live" "$(grep -c 'no$' "$work/hooks")" 0
	scan_all "$work/watched" >"$work/during"
	ok "a watched program gets what it got" cmp "$work/before" "$work/during" ||
		diag "$(diff "$work/before" "$work/during" | head)"
	ok "which was seen" test "$(parameter khv_sample pre)" -gt 800
	ok "post_call=$1: unloads" remove khv_sample
}
cp "$work/names" "$work/names.0"
whole 0
# Calls that do not return can be watched before only.
grep -vxE 'exit|exit_group|reboot|(x32_)?(rt_)?sigreturn' "$work/names" \
	>"$work/names.1"
whole 1
is "no function is hooked any more" \
	"$(wc -l </sys/kernel/tracing/enabled_functions)" 0
done_testing
