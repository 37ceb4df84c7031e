#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: what a task brings into its domain is judged as if it came to it
# now. Descriptors across an exec, by attach line, hvctl run and a change of domain.
# Of attacks/catalogue: FD-03.
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

# KIND, WANTED: what it is unconfined (always kept) and in the domain
verdicts() {
	cat <<-EOF
		read:/srv/hold/A/f kept
		write:/srv/hold/A/f kept
		append:/srv/hold/A/f kept
		read:/srv/hold/R/f kept
		read:/srv/hold/R kept
		write:/srv/hold/R/f revoked
		append:/srv/hold/R/f revoked
		read:/srv/hold/D/f revoked
		write:/srv/hold/D/f revoked
		read:/srv/hold/D revoked
		path:/srv/hold/D/f kept
		path:/srv/hold/D kept
		write:/dev/null kept
		read:/dev/zero kept
		read:/dev/urandom revoked
		read:/etc/passwd revoked
		read:/proc/self/ns/net revoked
		pty kept
		pipe kept
		eventfd kept
		epoll kept
		timerfd kept
		signalfd kept
		pidfd kept
		memfd kept
		socketpair kept
		netlink kept
		client:11000 kept
		client:12000 revoked
		server:11001 kept
		server:12001 revoked
		listen:11001 kept
		listen:12001 revoked
		bound:11001 kept
		bound:12001 revoked
		udp:11000 kept
		udp:12000 revoked
		udp-bound:11001 kept
		udp-bound:12001 revoked
		raw revoked
		packet revoked
		unix-listen:/srv/hold/sock/good kept
		unix-client:/srv/hold/sock/good kept
		unix-server:/srv/hold/sock/good kept
		unix-listen:/srv/hold/sock/bad revoked
		unix-client:/srv/hold/sock/bad revoked
		unix-server:/srv/hold/sock/bad revoked
		inotify revoked
		fanotify revoked
		ring revoked
		perf revoked
		bpf revoked
		userfaultfd revoked
		queue:/khv-entry revoked
	EOF
}

# NAME COMMAND...: every kind of its own process; one process with all of them has
# sockets that are in each other's way.
each() {
	each_name=$1
	shift
	verdicts >"$work/verdicts"
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
