#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Changes on trial: confirmed they stay; otherwise the kernel goes back by itself,
# also when nobody who made the change is alive any more.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
load_khv

# The policy p, which lets $1 be read and refuses the other one.
text() {
	other=$([ "$1" = a ] && echo b || echo a)
	printf 'policy p\nfile / read\nfile %s/%s none\n' "$work" "$other" \
		>"$work/p-$1.hv"
}
text a
text b
echo a >"$work/a"
echo b >"$work/b"
echo 'policy q
file / read' >"$work/q.hv"

generation() {
	hvctl -j status | grep -oE '"generation":[0-9]+' | head -n 1 |
		cut -d: -f2
}
# Which of the two does p let be read?
in_force() {
	for one in a b; do
		hvctl run p -- cat "$work/$one" 2>/dev/null
	done | tr -d '\n'
}
is_in_force() {
	[ "$(in_force)" = "$1" ]
}
state() {
	hvctl -j policy list | grep -oE '"name":"'"$1"'"[^}]*"state":"[a-z-]+"' |
		sed 's/.*:"//; s/"//'
}
events() {
	hvctl -j event tail >"$work/events" 2>/dev/null &
	tail_pid=$!
	sleep 0.5
}
event_seen() {
	grep -q "$1" "$work/events"
}

ok "the first text" hvctl policy load "$work/p-a.hv"
is "is in force" "$(in_force)" a
first=$(generation)

# --- it goes back --------------------------------------------------------------------

events
ok "another one on trial" hvctl policy load --confirm 9 "$work/p-b.hv"
like "says how long" "$tap_output" 'goes back in 9 s unless'
# hvctl has ended long ago: nobody but the kernel is left to go back.
ok "without a word it goes back" wait_for 60 is_in_force a
is "nothing is on trial" "$(state p)" in-force
ok "that is a new generation" test "$(generation)" -gt $((first + 1))
like "the text has the number it had" "$(hvctl -j policy list)" \
	"\"generation\":$first,\"mode\""
ok "and it is an event" wait_for 3 event_seen \
	'"policy":"p",.*"type":"policy","verb":"rollback","object":"p","hook":"timer"'
kill "$tail_pid"
wait "$tail_pid" 2>/dev/null
ok "the next change is not in its way" hvctl policy load "$work/p-a.hv"

# --- it is confirmed ------------------------------------------------------------------

ok "on trial again" hvctl policy load --confirm 600 "$work/p-b.hv"
is "it is in force at once" "$(in_force)" b
is "and said to be on trial" "$(state p)" trial
like "policy list says how long" "$(hvctl policy list)" ' trial +[1-6][0-9][0-9] '
tap_try hvctl policy load "$work/q.hv"
is "another change is refused" "$tap_status" 1
like "by whom and how long" "$tap_output" \
	'a change by uid 0 \(hvctl\[[0-9]+\]\) goes back in [1-6][0-9][0-9] s unless it is confirmed'
tap_try hvctl policy clear --force p
is "clearing as well" "$tap_status" 1
like "for the same reason" "$tap_output" 'unless it is confirmed'
tap_try hvctl lock policy
is "and a lock" "$tap_status" 1
like "the same here" "$tap_output" 'unless it is confirmed'
tap_try hvctl policy load --confirm 9 "$work/p-a.hv"
is "also another trial" "$tap_status" 1
tap_try hvctl policy confirm --if-generation "$first"
is "not the one that is meant" "$tap_status" 10
ok "a dry run" hvctl -n policy confirm
is "confirms nothing" "$(state p)" trial
ok "confirmed" hvctl policy confirm
is "it stays in force" "$(state p)" in-force
is "for good" "$(in_force)" b
tap_try hvctl policy confirm
is "nothing is left to confirm" "$tap_status" 1
like "and it says so" "$tap_output" 'nothing waits for confirmation'
ok "the next change" hvctl policy load "$work/q.hv"
ok "and its end" hvctl policy clear q

# --- rollback without waiting, several policies, a new one ------------------------------

ok "two at once, one of them new" hvctl policy load --confirm 600 \
	"$work/p-a.hv" "$work/q.hv"
hvctl run q -- sleep 100 &
sleeper=$!
in_q() {
	hvctl --no-header task list --policy q | grep -q "sleep"
}
ok "a task enters the new one" wait_for 5 in_q
ok "taken back" hvctl policy rollback
is "the old one is as before" "$(in_force)" b
is "the new one takes nobody any more" "$(state q)" withdrawn
tap_try hvctl run q -- true
is "not by name" "$tap_status" 1
ok "but it binds who is in it" in_q
kill "$sleeper"
wait "$sleeper" 2>/dev/null
is "and goes with the last of them" "$(state q)" ""

# --- with what else may happen ------------------------------------------------------------

ok "on trial" hvctl policy load --confirm 1 "$work/p-a.hv"
ok "the client is disabled meanwhile" hvctl module disable wrap
sleep 2
ok "and enabled" hvctl module enable wrap
is "it has gone back all the same" "$(in_force)" b
tap_try hvctl policy load --confirm 0 "$work/p-a.hv"
is "no time at all is no time" "$tap_status" 2
tap_try hvctl policy load --confirm 86401 "$work/p-a.hv"
is "more than a day neither" "$tap_status" 2
hvctl -n policy load --confirm 5 "$work/p-a.hv" >/dev/null
is "a dry run starts no trial" "$(state p)" in-force
ok "unloading while something is on trial" sh -c "
	hvctl policy load --confirm 1 $work/p-a.hv && hvctl module unload wrap"
modprobe -r khv_policy 2>/dev/null
ok "it can be loaded again" modprobe khv_wrap
sleep 2
is "and nothing comes back" "$(hvctl --no-header policy list)" ""
done_testing
