#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# hvctl why, policy diff and test, as far as they need no kernel module: lines that
# decide, lines that they override, the smallest rule that would allow, differences
# in words.
. "$(dirname "$0")/../lib/tap.sh"
bin=$(readlink -f "${KHV_BUILD:-$(dirname "$0")/../../build}")/user
hvctl=$bin/hvctl
KHV_INCLUDE=$(readlink -f "$(dirname "$0")/../../rules/include")
export KHV_INCLUDE
workdir /tmp
cd "$work" || exit 1

cat >w.hv <<'POLICY'
policy w
include <base>
file / read
file /etc none why="secrets"
file /etc/nginx read
file /etc/hosts none
process descendants signal
expect deny file /etc/shadow read
POLICY

why() {
	tap_try "$hvctl" why --policy w.hv "$@"
}
# An event as JSON: TYPE VERB OBJECT [MORE]
event() {
	printf '{"verdict":"deny","policy":"w","domain":"main","type":"%s","verb":"%s","object":"%s","generation":3,"uid":0%s}' \
		"$1" "$2" "$3" "${4-}"
}

# --- why -----------------------------------------------------------------------------

line='Nov 27 08:00:00 host hvauditd[9]: DENY policy=w domain=main client=wrap type=file verb=open object="/etc/shadow" rule="w.hv:4" hook=file_open errno=EACCES pid=4711 uid=33 comm=nginx exe="/usr/sbin/nginx" gen=3 cpu=0 seq=8812 lost=0'
why "$line"
is "a line of the log" "$tap_status" 0
like "the line that decides" "$tap_output" '^  by +w\.hv:4: file /etc none'
like "its reason" "$tap_output" '^  why +secrets'
like "what it overrode" "$tap_output" '^  over +w\.hv:3: file / read$'
like "what would allow it" "$tap_output" \
	'^  allow it +add to domain main: file /etc/shadow \+open$'
like "and which test forbids that" "$tap_output" \
	'but a test forbids it: w\.hv:8$'
like "a file is not what was in force" "$tap_output" \
	'this is what a file says; the event is of generation 3'
why '08:00:00.123 deny wrap w sh[12] file open-write /etc/nginx/a b EACCES  w.hv:5'
like "a line of event tail" "$tap_output" \
	'^deny: w//main file open-write /etc/nginx/a b$'
like "names are written so that they mean themselves" "$tap_output" \
	'file /etc/nginx/a\\x20b \+open-write$'
why "$(event file open /etc/hosts)"
like "a line for the same object is changed" "$tap_output" \
	'change w\.hv:6 to: file /etc/hosts open$'
why "$(event file list /etc)"
like "a folder alone" "$tap_output" 'file /etc \+list exact$'
why "$(event process signal '12 (sh)' ',"asked":"any"')"
like "a process as rules name it" "$tap_output" 'process any \+signal$'
why "$(event kernel use /boot/x ',"asked":"control:boot"')"
like "what was looked up, not the path" "$tap_output" \
	'kernel control:boot use$'
why "$(event file open /usr/x ',"rule":"w.hv:4"')"
like "another line decides now" "$tap_output" '^  then +w\.hv:4 decided$'
like "and now it is allowed" "$tap_output" '^  now +allowed$'
why 'nothing of the kind'
is "no event" "$tap_status" 2
why "$(event policy rollback w)"
is "no decision" "$tap_status" 1
like "it says so" "$tap_output" 'no decision by a policy'
{
	echo "$line"
	echo 'Nov 27 08:00:01 host cron[1]: nothing of ours'
	echo "$line" | sed 's/seq=8812/seq=8813/; s/shadow/gshadow/'
} >log
is "by number" "$("$hvctl" why --policy w.hv --log log 8813 | head -n 1)" \
	'deny: w//main file open /etc/gshadow'
is "by processor and number" \
	"$("$hvctl" why --policy w.hv --log log 0:8812 | head -n 1)" \
	'deny: w//main file open /etc/shadow'
tap_try "$hvctl" why --policy w.hv --log log 1:8812
is "no such event" "$tap_status" 1
is "all of a log" "$("$hvctl" why --policy w.hv <log | grep -c '^deny: ')" 2
is "why -j" "$("$hvctl" -j why --policy w.hv "$line" | python3 -c '
import json, sys
o = json.load(sys.stdin)
d = o["data"][0]
print(o["hvctl"]["schema"], d["now"], d["rule"]["line"], d["over"]["line"],
      d["proposal"]["how"], d["proposal"]["text"], d["proposal"]["contradicts"])')" \
	'1 deny 4 3 add file /etc/shadow +open w.hv:8'

# --- test ------------------------------------------------------------------------------

tap_try "$hvctl" test --policy w.hv file /etc/shadow open
is "test: denied" "$tap_status" 1
like "test names what was overridden" "$tap_output" \
	'^over: w\.hv:3: file / read$'

# --- policy diff -------------------------------------------------------------------------

cat >a.hv <<'POLICY'
version 1
policy d
attach /usr/bin/a
file / read
file /etc none
file /srv/www read
file /srv/*/x.txt read/append
socket any:80/tcp connect
socket 10.0.0.0/8 connect/send
[domain cgi]
file /tmp read
POLICY
cat >b.hv <<'POLICY'
version 1
policy d
mode complain
attach /usr/bin/b
set WWW = /srv/www
# The same as before, in other words.
file / open/list/stat/readlink/exec/mmap
file /etc none audit
file /etc/ssl read exact
file ${WWW} read/create
file /srv/www/private none
socket any:80-81/tcp connect
socket 10.0.0.0/8 connect/send
kernel io_uring use
[domain new]
file / read
POLICY
diff_says() {
	like "$1" "$differences" "$2"
}
tap_try "$hvctl" policy diff a.hv b.hv
differences=$tap_output
is "different is exit code 1" "$tap_status" 1
diff_says "the mode" '^mode complain, was enforce$'
diff_says "lines that stand for themselves" '^new line: attach /usr/bin/b$'
diff_says "and are gone" '^line gone: attach /usr/bin/a$'
diff_says "a domain is gone" '^domain cgi$'
diff_says "a domain is new" '^  the domain is new$'
diff_says "what is allowed now" \
	'^  now allowed +file /srv/www: create  \(a\.hv:6 -> b\.hv:10\)$'
diff_says "what is not any more" \
	'^  no longer allowed +file /srv/www/private: open/list'
diff_says "a rule that is left out" \
	'^  no longer allowed +file /srv/\*/x\.txt: append'
diff_says "one folder and not what is below" '^  now allowed +file /etc/ssl: open'
diff_says "options" '^  option +file /etc: now audited'
diff_says "a wider range of ports" '^  now allowed +socket port 81 of any:80-81/tcp: connect'
diff_says "a part of the kernel, once for all its members" \
	'^  now allowed +kernel io_uring: use'
unlike "once" "$differences" 'io_uring:cmd'
unlike "what only looks different is none" "$differences" ' file /: .*a\.hv'
unlike "nor what is the same" "$differences" '10\.0\.0\.0'
tap_try "$hvctl" policy diff a.hv a.hv
is "the same is exit code 0" "$tap_status" 0
is "and it says so" "$tap_output" 'they mean the same'
echo 'file / raed' >bad.hv
tap_try "$hvctl" policy diff a.hv bad.hv
is "a bad file" "$tap_status" 5
is "policy diff -j" "$("$hvctl" -j policy diff a.hv b.hv | python3 -c '
import json, sys
o = json.load(sys.stdin)
d = [x for x in o["data"] if x["object"] == "/srv/www"][0]
print(o["hvctl"]["schema"], d["kind"], d["domain"], d["type"], d["verbs"],
      d["from"]["line"], d["to"]["line"])')" '1 allowed main file create 6 10'
done_testing
