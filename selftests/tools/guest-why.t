#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# hvctl why about real decisions: the text comes out of the policy in force, also
# when the files it was made from are gone, and another generation is said to be one.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
load_khv

mkdir "$work/include"
echo 'file /etc read' >"$work/include/some.hv"
cat >"$work/p.hv" <<'POLICY'
policy p
include <some>
file / read
file /etc/shadow none why="nobody's business"
process descendants signal
POLICY
ok "the policy" hvctl policy load "$work/p.hv"
g=$(hvctl -j policy list | grep -oE '"generation":[0-9]+,"mode"' | grep -oE '[0-9]+')
rm -r "$work/include" "$work/p.hv"

sleep 100 &
stranger=$!
hvctl -j event tail >"$work/events" 2>/dev/null &
tail_pid=$!
sleep 0.5
control "what is refused" cat /etc/shadow
refused "is refused" hvctl run p -- cat /etc/shadow
refused "a stranger is not signalled" hvctl run p -- sh -c "kill -0 $stranger"
seen() {
	grep -q "$1" "$work/events"
}
wait_for 5 seen '"object":"/etc/shadow"'
wait_for 5 seen '"type":"process"'
kill "$tail_pid" "$stranger"
wait 2>/dev/null

ok "why" sh -c "grep /etc/shadow $work/events | hvctl why"
like "the line, from the policy in force" "$tap_output" \
	'^  by +p\.hv:4: file /etc/shadow none'
like "its reason" "$tap_output" "^  why +nobody's business"
like "the line that it overrode, of an include" "$tap_output" \
	'^  over +some\.hv:1: file /etc read$'
like "the change that would allow it, tried with the include that is gone" \
	"$tap_output" 'change p\.hv:4 to: file /etc/shadow open why="nobody'
unlike "nothing has changed since" "$tap_output" 'note'
ok "of a process" sh -c "grep '\"type\":\"process\"' $work/events | hvctl why"
like "by what was looked up" "$tap_output" \
	'process signal [0-9]+ \(sleep\) \(as any\)$'
like "what would allow it" "$tap_output" 'process any \+signal$'

printf 'policy p\nfile / read\n' >"$work/p.hv"
hvctl -q policy load "$work/p.hv"
ok "after it was replaced" sh -c "grep /etc/shadow $work/events | hvctl why"
like "that is said" "$tap_output" \
	"the event is of generation $g, this text of $((g + 1))"
like "and what decided then" "$tap_output" '^  then +p\.hv:4 decided$'
like "and now" "$tap_output" '^  now +allowed$'
hvctl -q policy clear p
tap_try sh -c "grep /etc/shadow $work/events | hvctl why"
is "nothing is in force" "$tap_status" 1
like "and what to do" "$tap_output" 'name the text it was: --policy FILE'
done_testing
