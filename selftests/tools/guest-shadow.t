#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A candidate beside a policy in force: the answers stay those of the policy, the
# differences are counted and reported; and mode complain counts as well.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
load_khv

echo a >"$work/a"
echo b >"$work/b"
printf 'policy p\nfile / read\nfile %s/a none\n' "$work" >"$work/live.hv"
printf 'policy p\nfile / read\nfile %s/b none\n' "$work" >"$work/next.hv"
printf 'policy p\nmode complain\nfile / read\nfile %s/b none\n' "$work" \
	>"$work/complain.hv"
printf 'policy other\nfile / read\n' >"$work/other.hv"

generation() {
	hvctl -j status | grep -oE '"generation":[0-9]+' | head -n 1 |
		cut -d: -f2
}
# What the program gets for both files.
answers() {
	for one in a b; do
		hvctl run p -- cat "$work/$one" 2>/dev/null || echo -
	done | tr -d '\n'
}
# count TYPE VERB: "WOULD-DENY WOULD-ALLOW"
count() {
	hvctl --no-header shadow diff p |
		awk -v t="$1" -v v="$2" '$4 == t && $5 == v { print $6, $7 }'
}
event_seen() {
	grep -q "$1" "$work/events"
}

tap_try hvctl policy load --shadow "$work/live.hv"
is "no shadow without a policy" "$tap_status" 1
like "it says why" "$tap_output" 'no policy of that name is in force'
ok "the policy" hvctl policy load "$work/live.hv"
control "what it answers" test "$(answers)" = "-b"
ok "a shadow beside it" hvctl policy load --shadow "$work/next.hv"
is "the answers stay" "$(answers)" "-b"
is "its text can be read" "$(hvctl policy show p@shadow)" \
	"$(cat "$work/next.hv")"
like "and compared" "$(hvctl policy diff p p@shadow)" \
	'now allowed +file .*/a: open.* \(live\.hv:3 -> next\.hv:2\)'
is "the text in force stays" "$(hvctl policy show p)" "$(cat "$work/live.hv")"
is "and one is in force" "$(hvctl --no-header policy list | wc -l)" 1
like "the shadow is listed" "$(hvctl --no-header shadow list)" \
	'^p +enforce +2 .* 1 +1$'
is "one open would be denied, one allowed" "$(count file open)" "1 1"
tap_try hvctl shadow diff
is "differences are exit code 1" "$tap_status" 1
like "shadow diff -j" "$(hvctl -j shadow diff p)" \
	'"policy":"p","shadow":true,"generation":[0-9]+,"type":"file","verb":"open","would_deny":1,"would_allow":1'

hvctl -j event tail >"$work/events" 2>/dev/null &
tail_pid=$!
sleep 0.5
answers >/dev/null
ok "would-deny is an event, with the line of the shadow" wait_for 3 event_seen \
	'"verdict":"shadow-deny","errno":"EACCES",.*"rule":"next.hv:3",.*"object":"[^"]*/b"'
ok "would-allow too, with the line in force" wait_for 3 event_seen \
	'"verdict":"shadow-allow",.*"rule":"live.hv:3",.*"object":"[^"]*/a"'
# More of the same: counted all, reported few.
: >"$work/events"
# shellcheck disable=SC2016
hvctl run p -- sh -c 'i=0; while [ $i -lt 2000 ]; do
	read x <'"$work"'/b; i=$((i + 1)); done'
sleep 1
is "each difference is counted" "$(count file open)" "2002 2"
few=$(grep -c shadow-deny "$work/events")
ok "events are limited ($few)" test "$few" -gt 0 -a "$few" -lt 500
kill "$tail_pid"
wait "$tail_pid" 2>/dev/null

g=$(generation)
ok "a dry run" hvctl -n shadow promote p
is "promotes nothing" "$(answers)" "-b"
ok "promoted, on trial" hvctl shadow promote --confirm 600 p
is "it answers now" "$(answers)" "a-"
is "and is no shadow any more" "$(hvctl --no-header shadow list)" ""
ok "not confirmed" hvctl policy rollback
is "it does not" "$(answers)" "-b"
ok "that is a new generation" test "$(generation)" -gt $((g + 1))
hvctl -q policy load --shadow "$work/next.hv"
ok "promoted for good" hvctl shadow promote p
is "it answers" "$(answers)" "a-"
is "its text is in force" "$(hvctl policy show p)" "$(cat "$work/next.hv")"
tap_try hvctl shadow promote p
is "only once" "$tap_status" 1
hvctl -q policy load --shadow "$work/live.hv"
ok "dropped" hvctl shadow drop p
is "it is gone" "$(hvctl --no-header shadow list)" ""
tap_try hvctl shadow drop p
is "only once" "$tap_status" 1
tap_try hvctl policy load --shadow --confirm 5 "$work/live.hv"
is "a shadow cannot be on trial" "$tap_status" 2
hvctl -q policy load --shadow "$work/live.hv"
ok "the policy is replaced under its shadow" hvctl policy load "$work/next.hv"
is "and the count begins again" "$(count file open)" ""
ok "cleared with its shadow" hvctl policy clear p
is "nothing is left" "$(hvctl --no-header shadow list)" ""

# --- programs -----------------------------------------------------------------------

for one in one two three four; do
	cp "$KHV_PROGS/hold/language-static" "$work/$one"
done
chmod 755 "$work"
base="file / read/exec
file /dev/pts read/write
file /dev/null read/write"
cat >"$work/live.hv" <<POLICY
policy p
$base
attach $work/one
attach $work/three
attach $work/four -> aside
refuse user=1
file $work/two read/exec -> aside
file $work/three read/exec -> aside
[domain aside]
inherit main
POLICY
cat >"$work/next.hv" <<POLICY
policy p
$base
attach $work/two
attach $work/three
attach $work/four
refuse user=2
file $work/two read/exec -> aside
file $work/one read/exec -> detach
[domain aside]
inherit main
POLICY
# A program that is executed by one in the policy.
inside() {
	hvctl run p -- sh -c "$work/$1 open /dev/null 1; :" >/dev/null
}
hvctl -q policy load "$work/live.hv"
hvctl -q policy load --shadow "$work/next.hv"
hvctl -j event tail >"$work/events" 2>/dev/null &
tail_pid=$!
sleep 0.5
"$work/one" open /dev/null 1 >/dev/null
is "attached in force only" "$(count program attach)" "0 1"
"$work/two" open /dev/null 1 >/dev/null
"$work/two" open /dev/null 1 >/dev/null
is "attached in the shadow only" "$(count program attach)" "2 1"
ok "with its line" wait_for 3 event_seen \
	'"verdict":"shadow-deny",.*"rule":"next.hv:5",.*"object":"[^"]*/two"'
ok "and the one in force" wait_for 3 event_seen \
	'"verdict":"shadow-allow",.*"rule":"live.hv:5",.*"object":"[^"]*/one"'
ok "which say what they are about" event_seen '"hook":"attach"'
"$work/three" open /dev/null 1 >/dev/null
is "in both" "$(count program attach)/$(count program domain)" "2 1/"
"$work/four" open /dev/null 1 >/dev/null
is "in another domain" "$(count program domain)" "1 0"
setpriv --reuid 2 "$work/three" open /dev/null 1 >/dev/null
is "who would be refused" "$(count program refuse)" "1 0"
tap_try setpriv --reuid 1 "$work/three" open /dev/null 1
like "who is" "$tap_output" 'Permission denied'
is "who would not be" "$(count program refuse)" "1 1"
inside two
is "the same step in both is no difference" "$(count program domain)" "1 0"
inside three
is "another step is one" "$(count program domain)" "2 0"
inside one
is "and out of the policy" "$(count program domain)" "2 1"
kill "$tail_pid"
wait "$tail_pid" 2>/dev/null
hvctl -q policy clear p

# --- mode complain ------------------------------------------------------------------------

ok "a policy in mode complain" hvctl policy load "$work/complain.hv"
is "refuses nothing" "$(answers)" "ab"
like "policy list counts" "$(hvctl --no-header policy list)" ' in-force +- +1$'
is "by verb as well" "$(count file open)" "1 0"
like "as its own, not a shadow's" "$(hvctl shadow diff)" '^p +(no|false) '
hvctl run p -- sh -c "exec 3<>$work/b" >/dev/null 2>&1
is "each verb of an open for both" "$(count file open-write)" "1 0"
hvctl -q policy load "$work/other.hv"
unlike "no other policy counts" "$(hvctl --no-header policy list | grep other)" \
	' 0$'
done_testing
