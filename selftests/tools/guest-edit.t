#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# hvctl changes lines of a policy in force: in one transaction, with what is in the
# kernel as the text it begins with, and not if somebody else was faster. And what an
# administrator looks at: rules found in all policies, clients and their pace.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
load_khv

mkdir "$work/include" "$work/data"
echo one >"$work/data/one"
printf 'file /usr/lib read\n' >"$work/include/part.hv"
cat >"$work/web.hv" <<POLICY
policy web "pages"
include <part>
file / read
file /dev/null read/write
file /tmp read/write
file $work/data none
expect deny file $work/data/secret read
POLICY
printf 'policy other\nfile /srv read tag=mine\n' >"$work/other.hv"
generation() {
	hvctl -j status | grep -oE '"generation":[0-9]+' | head -n 1 |
		cut -d: -f2
}
reads() {
	hvctl run web -- cat "$work/data/one"
}

ok "two policies load" hvctl -q policy load "$work/web.hv" "$work/other.hv"
# What is changed is the kernel's text, and nothing else is needed.
rm -r "$work/include" "$work/web.hv"

# --- one line more, one less -----------------------------------------------------------

control "the file can be read outside" cat "$work/data/one"
refused "not inside" reads
g=$(generation)
ok "a dry run" hvctl -n rule add web file "$work/data/one" read
like "says what would change" "$tap_output" \
	"now allowed +file $work/data/one: .*web\.hv:6 -> web\.hv:7"
is "and changes nothing" "$(generation)" "$g"
refused "nor lets anything in" reads
ok "a rule is added" hvctl rule add web file "$work/data/one" read
like "it says how to keep it" "$tap_output" 'policy show web >FILE'
is "one generation" "$(generation)" $((g + 1))
ok "now it can be read" reads
is "the text has it, and the comments it had" "$(hvctl policy show web)" \
	"policy web \"pages\"
include <part>
file / read
file /dev/null read/write
file /tmp read/write
file $work/data none
file $work/data/one read
expect deny file $work/data/secret read
# included: $work/include/part.hv"
is "events and tests name its line" \
	"$(hvctl test --policy web file "$work/data/one" read | sed -n '1s/: .*//p')" \
	"allowed  web.hv:7"
tap_try hvctl rule add web file "$work/data/secret" read
is "an expect line that breaks" "$tap_status" 9
is "changes nothing" "$(generation)" $((g + 1))
ok "it is deleted again" hvctl rule delete web "file $work/data/one read"
refused "and cannot be read" reads
ok "on trial" hvctl rule add --confirm 60 web file "$work/data/one" read
ok "in force meanwhile" reads
ok "and taken back" hvctl -q policy rollback
refused "it is as before" reads
ok "as a shadow" hvctl rule add --shadow web file "$work/data/one" read
refused "it only looks" reads
is "and has counted" "$(hvctl --no-header shadow list | awk '{ print $1 }')" web
tap_try hvctl rule add web@shadow file /x read
is "a shadow is not changed" "$tap_status" 2
hvctl -q shadow drop web
tap_try hvctl rule add nosuch file /x read
is "no such policy" "$tap_status" 1

# --- mode --------------------------------------------------------------------------------

ok "complain" hvctl policy mode web complain
is "is its mode" "$(hvctl policy mode web)" complain
ok "nothing is refused" reads
like "but counted" "$(hvctl --no-header shadow diff web)" 'open'
ok "enforce" hvctl policy mode web enforce
refused "it is refused again" reads

# --- who was faster ------------------------------------------------------------------------

g=$(generation)
tap_try hvctl rule add --if-generation $((g - 1)) web file /x read
is "another generation than expected" "$tap_status" 10
# Both read the same; only one of each two changes can be made of it.
race() {	# FROM TO
	i=$1
	while [ "$i" -lt "$2" ]; do
		hvctl -q --timeout 0 rule add web file "/srv/$i" read 2>>"$work/race-$1"
		echo $? >>"$work/codes-$1"
		i=$((i + 1))
	done
}
race 100 108 &
race 200 208
wait
cat "$work"/codes-* | sort | uniq -c | tr -s ' \n' ' ' >"$work/codes"
diag "exit codes: $(cat "$work/codes")"
is "all that were made are there, and no other" \
	"$(hvctl --no-header rule find policy=web 'ident=/srv/*' | wc -l)" \
	"$(cat "$work"/codes-* | grep -c '^0$')"
is "the others were refused as too late, or busy" \
	"$(cat "$work"/codes-* | grep -vcE '^(0|6|10)$')" 0
is "each with the winner's name" "$(cat "$work"/race-* | grep -c '^hvctl: ')" \
	"$(cat "$work"/race-* | grep -cE 'process [0-9]+ |generation [0-9]+')"

# --- find, stats ------------------------------------------------------------------------------

is "rules of all policies are found" "$(hvctl --no-header rule find tag=mine |
	awk '{ print $1, $3 }')" "other other.hv:2"
hvctl run web -- sh -c 'while :; do : </etc/hostname; done' &
busy=$!
hvctl --no-header module stats wrap >"$work/stats"
kill "$busy"
wait "$busy" 2>/dev/null
is "stats: the client" "$(awk '{ print $1, $2, $3 }' "$work/stats")" "wrap enabled 1"
is "stats: its pace" "$(awk '{ print ($6 > 10 ? "yes" : "no") }' "$work/stats")" yes
is "stats: its hooks" "$(awk '{ print $8 }' "$work/stats")" \
	"$(hvctl --no-header hook list | grep -c ' wrap')"
like "stats as JSON" "$(hvctl -j module stats)" \
	'"name":"wrap","state":"enabled","tasks":[0-9]+,"allowed":[0-9]+,"denied":[0-9]+,"allowed_per_second"'
tap_try hvctl module stats nosuch
is "stats of nothing" "$tap_status" 1
done_testing
