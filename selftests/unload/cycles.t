#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Cycles of load, use, unload leave nothing behind: no object, no mapping, no
# hook. Objects are counted after all caches have given back what they can, and one by
# one (slub_debug=F): else a slab that is a CPU's own counts as full, and the sum of a
# cache with 256 objects a slab goes up and down by as many.
# Of attacks/catalogue: ROB-02.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/unload.sh"
workdir /tmp
# On the kernel of the release 100, on others enough to see a leak of one a cycle.
case $(uname -r) in
*debug)	cycles=${KHV_CYCLES:-20} ;;
6.1.*)	cycles=${KHV_CYCLES:-100} ;;
*)	cycles=${KHV_CYCLES:-20} ;;
esac

cycle() {
	sample openat,read,execve frames &&
		"$progs/frames" exec_fails &&
		unload
}

# Caches of the kernel's own, less those that fill up with use of any kind.
objects() {
	shrink_caches
	awk 'NR > 2 && $1 !~ /inode|dentry|kernfs|radix_tree|^filp$|buffer_head|kmemleak/ {
		print $1, $2
	}' /proc/slabinfo | sort
}

# Caches that have grown by an object a cycle, or more: less is noise.
grown() {
	join "$1" "$2" | awk -v n="$cycles" '$3 - $2 >= n {
		print $1, $2, "->", $3
	}'
}

mapped() {
	awk '{ sum += $2; n++ } END { print sum, n }' /proc/vmallocinfo
}

# Pages on the lists of a CPU are neither free nor used; since 6.7 the kernel lets
# these lists grow by megabytes when it sees fit.
available() {
	awk '/^MemAvailable/ { kb += $2 } $1 == "count:" { kb += 4 * $2 }
		END { print kb }' /proc/meminfo /proc/zoneinfo
}

control "every object counts by itself" \
	grep -qx 1 /sys/kernel/slab/kmalloc-16/sanity_checks
# What is counted must be able to grow: that many tasks are as many objects.
objects >"$work/before"
sleepers read "$cycles"
objects >"$work/after"
awake
like "control: an object a cycle is seen" \
	"$(grown "$work/before" "$work/after")" "task_struct|kmalloc|pid"

for _ in 1 2 3 4 5; do
	cycle >/dev/null || bail_out "a cycle fails"
done
objects >"$work/before"
maps=$(mapped) memory=$(available) start=$(cut -d' ' -f1 /proc/uptime)
failed=0 i=0
while [ "$i" -lt "$cycles" ]; do
	i=$((i + 1))
	cycle >"$work/log" 2>&1 || failed=$((failed + 1))
	[ $((i % 20)) -ne 0 ] || diag "cycle $i of $cycles"
done
diag "$cycles cycles in $(cut -d' ' -f1 /proc/uptime |
	awk -v s="$start" '{ print $1 - s }') s"
is "cycles that failed" "$failed" 0 || diag "$(cat "$work/log")"
objects >"$work/after"
# What the kernel keeps for itself may have grown once. A leak grows again.
if [ -n "$(grown "$work/before" "$work/after")" ]; then
	diag "once more: $(grown "$work/before" "$work/after")"
	for _ in $(seq "$cycles"); do
		cycle >"$work/log" 2>&1
	done
	mv "$work/after" "$work/middle"
	objects >"$work/after"
	grown "$work/before" "$work/middle" | cut -d' ' -f1 >"$work/suspects"
	grown "$work/middle" "$work/after" | grep -wFf "$work/suspects" \
		>"$work/grown"
else
	: >"$work/grown"
fi
is "caches that have grown" "$(cat "$work/grown")" ""
is "caches of khv" "$(grep -i khv /proc/slabinfo)" ""
after=$(mapped)
diag "vmalloc: $maps -> $after; available: $memory -> $(available) kB"
is "mapped areas have not grown by one a cycle" \
	"$([ $((${after#* } - ${maps#* })) -lt $((cycles / 2)) ] && echo yes)" \
	yes
is "nor available memory shrunk by a page a cycle and slack" \
	"$([ $((memory - $(available))) -lt $((cycles * 4 + 4096)) ] &&
		echo yes)" yes
ok "no module is left" gone
is "no function is hooked" \
	"$(cat /sys/kernel/tracing/enabled_functions)" ""
done_testing
