#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A policy of 100,000 rules in the kernel: how long it takes to load, what it needs,
# and that all of it is in force; and one that is too large.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp
do=/opt/scale/language
rules=100000

load_khv khv_wrap
mkdir -p /opt/scale /srv/scale/d7/e700 /srv/scale/d99/e9999
at_exit rm -rf /opt/scale /srv/scale
cp "$KHV_PROGS/hold/language-static" $do
for file in d7/e700/file7001 d99/e9999/file99999; do
	echo x >/srv/scale/$file
done
echo x >/srv/scale/d99/e9999/none

awk -v n=$rules 'BEGIN {
	print "version 1\npolicy scale\ngovern exec/mmap"
	print "file /opt/scale read/exec/mmap\ndefault kernel use"
	for (i = 0; i < n; i++)
		printf "file /srv/scale/d%d/e%d/file%d %s\n", i / 1000, i / 10, i,
			i % 3 == 0 ? "read" : "none"
}' >"$work/scale.hv"

seconds() {
	cut -d. -f1 /proc/uptime
}
start=$(seconds)
ok "a policy of $rules rules loads" hvctl policy load "$work/scale.hv"
diag "in $(($(seconds) - start)) s under emulation"
is "all of them" "$(hvctl -j policy list | grep -o '"rules":[0-9]*')" \
	'"rules":100001'
size=$(hvctl -j policy list | grep -o '"size":[0-9]*' | cut -d: -f2)
diag "$((size / rules)) bytes a rule, with its text"
ok "in less memory than text, names and 64 bytes each take" test "$size" -lt \
	$(((64 + 12) * rules + $(wc -c <"$work/scale.hv")))
open_in() {
	hvctl run scale -- $do open "/srv/scale/$1" 1
}
is "one of the last is in force" "$(open_in d99/e9999/file99999)" 1
is "one that takes away too" "$(open_in d7/e700/file7001)" 0
is "and what none of them covers" "$(open_in d99/e9999/none)" 0
ok "it is replaced while it is in use" hvctl policy load "$work/scale.hv"
is "and still in force" "$(open_in d99/e9999/file99999)" 1
truncate -s 300M "$work/large.hv"
like "a file that is too large is refused, and says so" \
	"$(hvctl policy load "$work/large.hv" 2>&1)" 'it has 64 MiB or more'
rm -f "$work/large.hv"
large=$KHV_PROGS/hold/large
like "so does the kernel, of what is compiled" "$("$large" scale 257)" \
	'starts at offset 0, has a name and 1 to 268435456 bytes'
# Policies are on the account of who loads them: no memory is what a group says.
group=/sys/fs/cgroup/khv-large
grep -q memory /sys/fs/cgroup/cgroup.subtree_control ||
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p $group
at_exit rmdir $group
poor() {
	echo 64M >$group/memory.max
	(
		sh -c 'echo $PPID' >$group/cgroup.procs
		exec "$@"
	) </dev/null
}
like "control: with memory, what has the size only is looked at" \
	"$(poor "$large" scale 16)" 'Invalid argument: .*not a policy blob'
like "without memory it is refused, and says so" "$(poor "$large" scale 200)" \
	'^Cannot allocate memory: .*scale: no memory for its 209715200 bytes; nothing has been changed'
is "what was in force still is" "$(open_in d99/e9999/file99999)" 1
is "all of it" "$(open_in d7/e700/file7001)" 0
ok "and the next load finds no transaction open" \
	hvctl policy load "$work/scale.hv"
ok "and is cleared" hvctl policy clear scale
done_testing
