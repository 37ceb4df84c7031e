#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make check-million: a policy of a million rules in a real kernel. It loads, decides,
# is replaced and cleared; the machine goes on meanwhile; and a load that is interrupted
# or killed at any point changes nothing and leaves nothing behind. Takes minutes and
# 3 GB, so it is no part of make check.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../hold/hold.sh"
workdir /tmp
do=/opt/scale/language
rules=${1:-1000000}
few=50000

load_khv khv_wrap
mkdir -p /opt/scale /srv/scale/d7/e700
at_exit rm -rf /opt/scale /srv/scale
cp "$KHV_PROGS/hold/language-static" $do
for i in 7000 7001; do
	echo x >/srv/scale/d7/e700/file$i
done

# policy NAME RULES FIRST: every third rule allows, beginning with FIRST
policy() {
	awk -v name="$1" -v n="$2" -v first="$3" 'BEGIN {
		print "version 1\npolicy " name "\ngovern exec/mmap"
		print "file /opt/scale read/exec/mmap\ndefault kernel use"
		for (i = 0; i < n; i++)
			printf "file /srv/scale/d%d/e%d/file%d %s\n", i / 1000,
				i / 10, i, i % 3 == first ? "read" : "none"
	}' >"$work/$1.hv"
}
now() {
	cut -d' ' -f1 /proc/uptime
}
since() {
	awk -v a="$1" '{ print $1 - a }' /proc/uptime
}
answers() {
	for i in 7000 7001; do
		hvctl run "$1" -- $do open /srv/scale/d7/e700/file$i 1
	done | tr -d '\n'
}
generation() {
	hvctl -j status | grep -oE '"generation":[0-9]+' | head -n 1
}
available() {
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo
}

policy million "$rules" 1
start=$(now)
ok "a policy of $rules rules is compiled" hvctl policy check "$work/million.hv"
diag "in $(since "$start") s under emulation"

# Somebody else, who looks at the clock; and how late that ever was. A guest that shares
# its machine is late by itself; what the kernel calls a lockup is 22 seconds.
awk 'BEGIN {
	while (1) {
		getline line <"/proc/uptime"
		close("/proc/uptime")
		split(line, w)
		if (last && w[1] - last > most) {
			most = w[1] - last
			print most >"'"$work"'/late"
			close("'"$work"'/late")
		}
		last = w[1]
		system("sleep 0.05")
	}
}' &
clock=$!
before=$(available)
start=$(now)
ok "and loaded" hvctl policy load "$work/million.hv"
diag "in $(since "$start") s under emulation"
kill $clock
wait $clock 2>/dev/null
late=$(cat "$work/late")
diag "another process waited for at most $late s"
ok "others run meanwhile" awk -v late="$late" 'BEGIN { exit late > 10 }'
size=$(hvctl -j policy list | grep -o '"size":[0-9]*' | cut -d: -f2)
diag "$((size >> 20)) MiB of kernel memory, $((size / rules)) bytes a rule and its text"
is "it decides" "$(answers million)" 10
policy second "$few" 2
sed 's/^policy second/policy million/' "$work/second.hv" >"$work/other.hv"
ok "a small one takes its place" hvctl policy load "$work/other.hv"
is "and decides" "$(answers million)" 01
ok "cleared" hvctl policy clear million

# --- interrupted ------------------------------------------------------------------------

ok "a policy in force" hvctl policy load "$work/other.hv"
sed "s/^policy .*/policy million/; s/read$/open/" "$work/second.hv" >"$work/next.hv"
start=$(now)
hvctl -n policy load "$work/next.hv" >/dev/null
took=$(since "$start")
g=$(generation)
done=0 stopped=0
for signal in INT TERM KILL; do
	for part in 1 2 3 4 5 6 7 8 9; do
		hvctl policy load "$work/next.hv" >/dev/null 2>&1 &
		pid=$!
		sleep "$(awk -v t="$took" -v p=$part 'BEGIN { print t * p / 10 }')"
		kill -$signal $pid 2>/dev/null
		wait $pid 2>/dev/null
		if [ "$(generation)" = "$g" ]; then
			stopped=$((stopped + 1))
		else
			done=$((done + 1))
			g=$(generation)
		fi
		[ "$(answers million)" = 01 ] || fail "after $signal at $part/10"
	done
done
diag "$stopped loads were stopped, $done had been done"
ok "loads are stopped at several points" test $stopped -gt 5
is "what is in force decides" "$(answers million)" 01
ok "and the next load finds no transaction open" hvctl policy load \
	"$work/next.hv"
ok "cleared" hvctl policy clear million
sleep 1
after=$(available)
ok "nothing is left of them ($before MiB free before, $after after)" \
	test $((before - after)) -lt 64
done_testing
