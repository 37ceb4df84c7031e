#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: who sets the clock gains nothing by it. Budgets and trials count
# seconds that have passed; events are in the order of their numbers.
# Of attacks/catalogue: ROB-21.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp

echo text >"$work/few"
cat >"$work/clock.hv" <<EOF
policy  clock  "three times an hour"
file    /            read/write
file    $work/few    read limit=3/h
EOF
sed 's/three/still three/' "$work/clock.hv" >"$work/trial.hv"

# One tree of processes: COMMAND... run between its third and its fourth try.
# shellcheck disable=SC2016 # for the shell inside
tries() {
	mkfifo "$work/go" "$work/ready"
	hvctl run clock -- sh -c 'for i in 1 2 3; do read x <$1/few || echo no; done
		echo >$1/ready; read x <$1/go
		read x <$1/few && echo fourth || echo refused' sh "$work" 2>/dev/null \
		</dev/null | cat >"$work/said" &
	read -r _ <"$work/ready"
	"$@"
	echo >"$work/go"
	wait
	rm "$work/go" "$work/ready"
	cat "$work/said"
}
set_clock() {
	date -s "@$(($(date +%s) + $1))" >/dev/null
}
there_and_back() {
	set_clock 86400000
	set_clock -172800000
	set_clock 86400000
}
state() {
	hvctl -j policy list | grep -oE '"state":"[a-z-]+"'
}

load_khv khv_wrap
policy "$work/clock.hv"
hvctl -j event tail >"$work/events" 2>&1 &
at_exit kill $!
control "the fourth try in an hour is refused" test "$(tries true)" = refused
year=31536000
is "also a year later by the clock" "$(tries set_clock $year)" refused
is "and a year earlier" "$(tries set_clock -$year)" refused
is "and after both" "$(tries there_and_back)" refused

ok "a policy is loaded on trial" hvctl policy load --confirm 300 "$work/trial.hv"
on=$(state)
like "it is on trial" "$on" trial
set_clock $year
sleep 1
is "a year later by the clock it still is" "$(state)" "$on"
set_clock -$year
sleep 1
is "and back as well" "$(state)" "$on"
ok "it can be confirmed" hvctl policy confirm

four() {
	[ "$(grep -c '"seq"' "$work/events")" -ge 4 ]
}
ok "four refusals were reported" wait_for 10 four
is "they are in the order of their numbers" "$(grep -oE '"seq":[0-9]+' \
	"$work/events" | cut -d: -f2 | sort -n -c 2>&1)" ''
done_testing
