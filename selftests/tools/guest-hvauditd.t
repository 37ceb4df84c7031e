#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# hvauditd and a syslog that comes, goes and sleeps: at every moment
# produced = before + logged + lost + pending, and syslog has what was logged.
# Of attacks/catalogue: ROB-07, ROB-08.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
rm -rf /run/khv
load_khv
printf 'policy p "x"\nfile / read\nfile /etc/shadow none\n' >"$work/p.hv"
hvctl -q policy load "$work/p.hv" || bail_out "no policy"

# A syslog of datagrams without an end; each begins with "<".
start_syslog() {
	socat -u UNIX-RECV:"$work/log",unlink-early \
		OPEN:"$work/datagrams",creat,append &
	syslog=$!
	wait_for 5 test -S "$work/log"
}

stop_syslog() {
	kill "$syslog" 2>/dev/null
	wait "$syslog" 2>/dev/null
}

# Syslog alone, and what does not fit is lost here: it is counted that way.
cat >"$work/base.conf" <<END
file = no
queue_full_action = drop
END

start_audit() {
	[ $# -gt 0 ] || set -- -c "$work/base.conf"
	hvauditd --syslog-socket "$work/log" "$@" 2>>"$work/err" &
	audit=$!
	wait_for 5 subscribed
}

# Those that match, a line each.
logged() {
	tr '<' '\n' <"$work/datagrams" | grep "$@"
}

# It has told that it is there.
subscribed() {
	[ "$(logged -c START)" -gt "$starts" ]
}

stop_audit() {
	kill "$audit"
	wait "$audit"
	audit_status=$?
	starts=$(logged -c START)
}

decisions() {
	logged -cE ': (DENY|ALLOW) '
}

# Everything adds up, in the books and in syslog.
adds_up() {
	wait_for 10 all_accounted
	is "$1: all events are accounted for" "$(book produced)" "$(produced)"
	sum_holds "$1"
	wait_for 5 in_syslog
	is "$1: syslog has what was logged" "$(decisions)" "$(book logged)"
}

in_syslog() {
	[ "$(decisions)" = "$(book logged)" ]
}

starts=0
: >"$work/datagrams"
start_syslog
at_exit stop_syslog
start_audit
deny 50
adds_up "fifty denials"
is "nothing is lost" "$(book lost)" 0
line=$(logged -m 1 ' DENY .*shadow')
like "the line" "$line" '^84>.* khv\[[0-9]+\]: DENY policy=p domain=main client=wrap type=file verb=open object="/etc/shadow" rule="p.hv:3" hook=file_open errno=EACCES pid=[0-9]+ uid=0 comm=sh exe="/usr/bin/[a-z]+" gen=[0-9]+ cpu=[0-9]+ seq=[0-9]+ lost=0 user="root" (.* )?task=(seen|gone|changed)'
stop_audit
is "it ends well" "$audit_status" 0
like "the last line" "$(logged '' | tail -n 1)" \
	"STOP produced=$(produced) logged=$(produced) lost=0 "

# A restart, with events in between that the kernel keeps.
deny 100
start_audit
deny 20
adds_up "a restart"
is "still nothing is lost" "$(book lost)" 0
stop_audit

# More than the kernel can keep.
deny 4000
start_audit
adds_up "too many while it was away"
like "LOST tells the hole" "$(logged LOST)" \
	"LOST $(book lost) events cpu=0 between seq [0-9]+ and [0-9]+ cause=kernel"
stop_audit

# A file name from an attacker stays on one line.
before=$(logged -c '')
start_audit
evil=$(printf '/etc/x" verdict=ALLOW\n84>Jan  1 khv[1]: ALLOW\033[2J\377')
# shellcheck disable=SC2016 # for the other shell
hvctl run p -- sh -c ': >"$1"' sh "$evil" >/dev/null 2>&1
stop_audit
is "a hostile name is one line, between START, the attach and STOP" \
	"$(($(logged -c '') - before))" 4
like "and is escaped" "$(logged 'verdict=ALLOW')" \
	'object="/etc/x\\" verdict=ALLOW\\x0a84>.*\\x1b\[2J\\xff"'

lost=$(book lost)

# The next daemon waits until this one has written its last line.
start_audit
stop_syslog
deny 100
sleep 1
kill "$audit"
old=$audit
hvauditd --syslog-socket "$work/log" -c "$work/base.conf" 2>>"$work/err" &
audit=$!
sleep 1
start_syslog
wait "$old"
new_one() {
	logged START | grep -q "khv\[$audit\]"
}
wait_for 10 new_one
stop_audit
adds_up "handed over"
is "handed over: nothing is lost" "$(book lost)" "$lost"

# Killed without a word, while events come: what it has not acknowledged comes
# again, to the next one.
numbers() {
	logged -E ': (DENY|ALLOW) ' | sed 's/.* cpu=\([0-9]*\) seq=\([0-9]*\) .*/\1:\2/' |
		sort -u | wc -l
}
start_audit
deny 2000 &
busy=$!
sleep 0.3
kill -9 "$audit"
wait "$audit" "$busy" 2>/dev/null
starts=$(logged -c START)
start_audit
wait_for 10 all_accounted
is "killed: all events are accounted for" "$(book produced)" "$(produced)"
sum_holds "killed"
is "killed: what is lost was lost in the kernel" "$(book lost)" \
	"$(book lost_kernel)"
is "killed: syslog has every one that was logged" "$(numbers)" \
	"$(book logged)"
diag "in syslog twice: $(($(decisions) - $(book logged)))"

# Killed, and more than the kernel can keep: the next one states the gap, and goes on
# with the number behind it. Everything up to the last is a line or in such a gap.
ranges() {
	logged -E ': (DENY|ALLOW) ' | sed 's/.* cpu=0 seq=\([0-9]*\) .*/\1 \1/'
	logged LOST | sed -n 's/.*LOST \([0-9]*\) events cpu=0 between seq \([0-9]*\) and \([0-9]*\) .*/\2 \3 gap/p'
}
# "between 5 and 9" are 6 to 8: prints the first number that is missing, or the last.
unbroken() {
	ranges | awk '{ first = $1 + ($3 != ""); last = $2 - ($3 != "");
			print first, last }' | sort -n | uniq | awk '
		$1 > end + 1 { exit }
		$2 > end { end = $2 }
		END { print end }'
}
deny 100 &
busy=$!
sleep 0.1
kill -9 "$audit"
wait "$audit" "$busy" 2>/dev/null
starts=$(logged -c START)
gaps=$(logged -c LOST)
deny 4000
start_audit
wait_for 10 all_accounted
is "killed, with too many: all events are accounted for" "$(book produced)" \
	"$(produced)"
ok "killed, with too many: the gap is stated" \
	test "$(logged -c LOST)" -gt "$gaps"
unbroken_to_the_end() {
	[ "$(unbroken)" = "$(produced)" ]
}
wait_for 5 unbroken_to_the_end
is "killed, with too many: every number is a line or in a gap" "$(unbroken)" \
	"$(produced)"
stop_audit

# One daemon at a time.
start_audit
stops=$(logged -c STOP)
hvauditd --syslog-socket "$work/log" -c "$work/base.conf" \
	2>"$work/second" &
second=$!
wait_for 10 grep -q 'another audit daemon' "$work/second"
like "a second daemon waits" "$(cat "$work/second")" 'another audit daemon'
kill "$second"
wait "$second"
is "and leaves the books alone" "$(logged -c STOP)" "$stops"
stop_audit

# Syslog goes and comes back: what happened meanwhile waits in the queue.
rm -f /run/khv/audit/hvauditd.state
: >"$work/datagrams"
starts=0
start_audit
wait_for 5 all_accounted
lost=$(book lost)
is "without books it starts where the kernel is" \
	$(($(book before) + lost)) "$(produced)"
deny 10
wait_for 5 all_accounted
stop_syslog
deny 200
sleep 1
start_syslog
wait_for 10 all_accounted
adds_up "syslog was away"
like "BACK says how long" "$(logged '')" 'BACK syslog was away for'
is "nothing is lost" "$(book lost)" "$lost"
stop_audit

# Syslog sleeps: the queue runs over, and that is counted.
{
	cat "$work/base.conf"
	printf 'queue = 256K\ndrain = 1\n'
} >"$work/audit.conf"
start_audit -c "$work/audit.conf"
stop_syslog
for _ in 1 2 3; do
	deny 1000
done
start_syslog
adds_up "the queue ran over"
ok "events were lost" test "$(book lost_queue)" -gt 0
like "LOST says why" "$(logged '')" 'LOST [0-9]+ .*cause=queue'

# It must end in time although syslog does not answer.
stop_syslog
deny 50
sleep 1
begin=$(date +%s)
stop_audit
ok "it ends in time without a syslog" test $(($(date +%s) - begin)) -le 15
is "what was not taken is not lost" "$(book lost_output)" 0
ok "it waits in the kernel" test "$(book produced)" -lt "$(produced)"
start_syslog
start_audit -c "$work/audit.conf"
adds_up "the next one takes it"
stop_audit

# SIGHUP: a mistake in the settings changes nothing.
starts=$(logged -c START)
start_audit -c "$work/audit.conf"
echo 'bogus = 1' >>"$work/audit.conf"
kill -HUP "$audit"
wait_for 5 logged -q 'CONFIG.*the old settings stay'
ok "SIGHUP with a mistake" logged -q 'CONFIG.*stay'
printf 'file = no\nident = other\nsocket = %s/log\n' "$work" \
	>"$work/audit.conf"
kill -HUP "$audit"
wait_for 5 logged -q 'other\['
deny 1
wait_for 5 logged -q 'other.*DENY'
ok "SIGHUP with new settings" logged -q 'other.*DENY'

# The module goes and comes back.
hvctl -q policy clear --all
ok "the module unloads under a listening daemon" sh -c \
	'hvctl -q module unload wrap && modprobe -r khv_policy && modprobe -r khv'
wait_for 5 logged -q 'GONE'
ok "it notices" logged -q GONE
starts=$(logged -c START)
modprobe khv_wrap
wait_for 5 subscribed
hvctl -q policy load "$work/p.hv"
deny 7
wait_for 5 all_accounted
is "new books for the new module" "$(book logged)" "$(produced)"
stop_audit
# The capabilities that it keeps.
start_audit
is "it keeps one capability" \
	"$(sed -n 's/^CapEff:\t//p' "/proc/$audit/status")" 0000002000000000
is "and its writer none" \
	"$(sed -n 's/^CapEff:\t//p' /proc/$audit/task/*/status | sort | head -n 1)" \
	0000000000000000
stop_audit
done_testing
