#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: what a task brings into its domain is judged as if it came to it
# now. Descriptors across an exec, by attach line, hvctl run and a change of domain.
# Of attacks/catalogue: FD-03, FD-07, OWN-11.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp

scene
mkdir -p /srv/hold/bin /srv/hold/A /srv/hold/R /srv/hold/D /srv/hold/sock
cp "$KHV_PROGS/hold/brought-static" /srv/hold/bin/brought
cp /srv/hold/bin/brought /srv/hold/bin/next
cp /srv/hold/bin/brought /srv/hold/bin/free
for dir in A R D; do echo text >"/srv/hold/$dir/f"; done
ip link set lo up 2>/dev/null
load_khv khv_wrap
policy "$hold/entry.hv"

# NAME COMMAND...: every kind of its own process; one process with all of them has
# sockets that are in each other's way.
each() {
	each_name=$1
	shift
	brought_verdicts >"$work/verdicts"
	while read -r kind wanted; do
		is "control: $kind" "$(/srv/hold/bin/free open "$kind" -- \
			/srv/hold/bin/free 2>&1)" "$kind kept" || continue
		is "$each_name: $kind" "$(/srv/hold/bin/free open "$kind" -- \
			"$@" 2>&1)" "$kind $wanted"
	done <"$work/verdicts"
}

each "by its name" /srv/hold/bin/brought
is "by hvctl run" "$(/srv/hold/bin/free open read:/srv/hold/R/f \
	read:/srv/hold/D/f pipe -- hvctl run entry -- /srv/hold/bin/free)" \
	"read:/srv/hold/R/f kept
read:/srv/hold/D/f revoked
pipe kept"

# The domain it leaves grants /srv/hold/A, the one it enters does not.
is "a change of domain" "$(/srv/hold/bin/brought open read:/srv/hold/A/f \
	read:/srv/hold/R/f pipe -- /srv/hold/bin/next)" \
	"read:/srv/hold/A/f revoked
read:/srv/hold/R/f kept
pipe kept"
is "an exec within the domain changes nothing" "$(/srv/hold/bin/brought open \
	read:/srv/hold/A/f -- /srv/hold/bin/free)" "read:/srv/hold/A/f kept"

# More than are taken away at once.
many=$(seq 100 | sed 's,.*,read:/srv/hold/D/f,')
# shellcheck disable=SC2086 # words
is "many at once" "$(/srv/hold/bin/free open $many -- /srv/hold/bin/brought |
	sort | uniq -c | sed 's/^ *//')" "100 read:/srv/hold/D/f revoked"

# Standard output in a file that the policy does not grant.
/srv/hold/bin/brought show pipe >/srv/hold/D/out 2>/dev/null </dev/null
is "output to a file that is not granted is not written" \
	"$(cat /srv/hold/D/out)" ""
/srv/hold/bin/brought show pipe >/srv/hold/A/out </dev/null
like "output to a file that is granted is" "$(cat /srv/hold/A/out)" "pipe"
done_testing
