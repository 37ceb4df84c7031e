#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Outputs of hvauditd that fail, each with the action that the settings name; its
# user; what it tells systemd; filters, numbers, and what hvctl reads from its file.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
chmod 711 "$work"
rm -rf /run/khv
load_khv
printf 'policy p "x"\nfile / read\nfile /etc/shadow none\n' >"$work/p.hv"
hvctl -q policy load "$work/p.hv" || bail_out "no policy"
sed -i /^_hvauditd/d /etc/passwd /etc/group
echo '_hvauditd:x:990:990::/:/usr/sbin/nologin' >>/etc/passwd
echo '_hvauditd:x:990:' >>/etc/group

small=$work/small
mkdir "$small"
mount -t tmpfs -o size=192k,mode=777 none "$small"
at_exit umount "$small"
fill() {
	dd if=/dev/zero of="$small/filler" bs=4k 2>/dev/null
	return 0
}
file=$small/events.json

# Settings on standard input.
start() {
	{
		cat
		printf 'drain = 2\n'
	} >"$work/conf"
	hvauditd -c "$work/conf" 2>"$work/err" &
	audit=$!
	wait_for 10 is_there
}
is_there() {
	[ -n "$(book boot_id)" ] && [ "$(book produced)" -ge 0 ] &&
		grep -q "^$audit " "/proc/$audit/stat" && [ -e "$file" ]
}
stop() {
	kill "$audit" 2>/dev/null
	wait "$audit"
	audit_status=$?
}
in_file() {
	cat "$file" "$file".[0-9] 2>/dev/null | grep -cE '"verdict":"(deny|allow)"'
}
whole() {
	# Every line is an object, and the last one ends.
	is "$1: whole records" "$(cat "$file" "$file".[0-9] 2>/dev/null |
		grep -vcE '^\{"schema":1,.*\}$')" 0
	is "$1: the last one ends" "$(tail -c 1 "$file" | od -An -c | tr -d ' ')" '\n'
}
all_in_file() {
	[ "$(in_file)" = "$(book logged)" ]
}

# --- in peace: its user, its file, enrichment, numbers, filters ------------------------

start <<END
syslog = no
file = $file
metrics = $small/khv.prom
metrics_interval = 1
filter = drop object=/etc/shadow comm=dropped
filter = limit 5/s object=/etc/shadow comm=limited
END
is "it is another user" "$(awk '/^Uid:/ { print $2, $3 }' "/proc/$audit/status")" \
	"990 990"
is "with one capability" \
	"$(sed -n 's/^CapEff:\t//p' "/proc/$audit/status")" 0000002000000000
is "its file is its own" "$(stat -c '%U %a' "$file")" "_hvauditd 640"
deny 20
wait_for 10 all_accounted
wait_for 10 all_in_file
is "all are in the file" "$(in_file)" "$(produced)"
whole "in peace"
like "user and group" "$(grep -m 1 shadow "$file")" '"user":"root"'
like "parents" "$(grep shadow "$file" | grep '"task":"seen"' | tail -n 1)" \
	'"group":"root".*"cgroup":"/.*"parents":\[\{"pid":[0-9]+,"comm":"[^"]+"'
is "hvctl finds them" "$(hvctl event search --file "$file" verdict=deny \
	object=/etc/shadow | grep -c ' deny wrap p ')" 20
like "hvctl counts them" \
	"$(hvctl event stats --file "$file" object policy verdict=deny)" \
	'^ +20  /etc/shadow +p$'
like "the tree leads to this test" \
	"$(hvctl event search --file "$file" --tree task=seen verdict=deny)" \
	'guest-outputs'

cp "$(command -v cat)" "$work/dropped"
cp "$(command -v cat)" "$work/limited"
before=$(in_file)
hvctl run p -- sh -c "for i in 1 2 3 4; do $work/dropped /etc/shadow; done" \
	2>/dev/null
wait_for 10 all_accounted
ok "a filter drops" test "$(book filtered)" -ge 4
before=$(book filtered)
hvctl run p -- sh -c "$work/limited /etc/shadow /etc/shadow /etc/shadow \
	/etc/shadow /etc/shadow /etc/shadow /etc/shadow /etc/shadow \
	/etc/shadow /etc/shadow /etc/shadow /etc/shadow" 2>/dev/null
wait_for 10 all_accounted
ok "a limit holds back" test "$(book filtered)" -gt "$before"
is "filters: the sum holds" \
	$(($(book before) + $(book logged) + $(book filtered) + $(book lost))) \
	"$(produced)"
wait_for 5 grep -q '"note":"LIMIT"' "$file"
like "and says so" "$(grep '"note":"LIMIT"' "$file")" \
	'events held back by limit 5/s object=/etc/shadow comm=limited'
counted() {
	grep -q "^khv_audit_events_filtered_total $(book filtered)\$" \
		"$small/khv.prom"
}
wait_for 10 counted
ok "the numbers are those of the books" counted
like "by verdict" "$(cat "$small/khv.prom")" \
	'^khv_audit_decisions_total\{verdict="deny"\} [0-9]+'
is "every number has its help" \
	"$(grep -c '^# HELP' "$small/khv.prom")" \
	"$(grep -v '^#' "$small/khv.prom" | sed 's/[{ ].*//' | sort -u | wc -l)"

# --- rotation -----------------------------------------------------------------------------

kill -USR1 "$audit"
deny 5
wait_for 5 test -e "$file.1"
ok "SIGUSR1 begins a new file" test -e "$file.1"
mv "$file" "$file.9"
kill -HUP "$audit"
deny 5
wait_for 5 test -e "$file"
wait_for 10 all_accounted
wait_for 10 all_in_file
is "another one may rotate, too" "$(in_file)" "$(book logged)"
whole "rotated"
stop
is "it ends well" "$audit_status" 0

# --- the disk is full ----------------------------------------------------------------------

rm -f "$file"* /run/khv/audit/*
start <<END
syslog = no
file = $file
disk_full_action = wait
END
deny 10
wait_for 10 all_accounted
fill
deny 300
sleep 2
ok "wait: nothing is written on a full disk" test "$(in_file)" -lt 250
rm "$small/filler"
mount -o remount,size=4m "$small"
wait_for 20 all_accounted
wait_for 10 all_in_file
is "wait: nothing is lost" "$(book lost)" 0
is "wait: all are in the file" "$(in_file)" "$(book logged)"
whole "wait"
like "wait: it says how long" "$(cat "$file")" '"note":"BACK","text":"file was away'
stop

rm -f "$file"* /run/khv/audit/*
mount -o remount,size=192k "$small"
socat -u UNIX-RECV:"$work/log",unlink-early,mode=666 \
	OPEN:"$work/datagrams",creat,append &
syslog=$!
at_exit kill "$syslog"
wait_for 5 test -S "$work/log"
start <<END
socket = $work/log
file = $file
END
deny 10
wait_for 10 all_accounted
fill
deny 400
wait_for 10 all_accounted
is "drop: the other output has all" "$(tr '<' '\n' <"$work/datagrams" |
	grep -cE ': (DENY|ALLOW) ')" "$(book logged)"
is "drop: nothing is lost" "$(book lost)" 0
rm "$small/filler"
mount -o remount,size=4m "$small"
sleep 1.5
deny 10
missed() {
	grep -q '"note":"MISSED"' "$file"
}
wait_for 10 missed
like "drop: it says what the file has missed" "$(cat "$file")" \
	'"note":"MISSED","text":"file was away for [0-9]+ ms, missed=[1-9]'
whole "drop"
stop

rm -f "$file"* /run/khv/audit/*
mount -o remount,size=192k "$small"
start <<END
syslog = no
file = $file
disk_full_action = suspend
END
fill
deny 300
wait_for 10 all_accounted
ok "suspend: what nobody has is lost, and counted" \
	test "$(book lost_output)" -gt 0
sum_holds "suspend"
rm "$small/filler"
mount -o remount,size=4m "$small"
before=$(in_file)
sleep 1.2
deny 5
wait_for 10 all_accounted
is "suspend: it stays so" "$(in_file)" "$before"
kill -USR2 "$audit"
deny 5
wait_for 10 all_accounted
ok "suspend: SIGUSR2 ends it" test "$(in_file)" -ge $((before + 5))
stop

rm -f "$file"* /run/khv/audit/*
mount -o remount,size=192k "$small"
start <<END
syslog = no
file = $file
disk_full_action = stop
END
fill
deny 300
wait_for 10 sh -c "! kill -0 $audit 2>/dev/null"
wait "$audit"
is "stop: its own exit code" "$?" 7
rm "$small/filler"
mount -o remount,size=4m "$small"
start <<END
syslog = no
file = $file
END
wait_for 10 all_accounted
sum_holds "stop, and the next one"
is "stop: nothing is lost" "$(book lost)" 0
stop

# --- what systemd is told -------------------------------------------------------------------

socat -u UNIX-RECV:"$work/notify",unlink-early,mode=666 \
	OPEN:"$work/told",creat,append &
notify=$!
at_exit kill "$notify"
wait_for 5 test -S "$work/notify"
NOTIFY_SOCKET=$work/notify WATCHDOG_USEC=1000000
export NOTIFY_SOCKET WATCHDOG_USEC
start <<END
syslog = no
file = $file
END
unset NOTIFY_SOCKET WATCHDOG_USEC
told() {
	grep -aq "$1" "$work/told"
}
wait_for 10 told 'READY=1'
ok "READY=1" told 'READY=1'
wait_for 10 told 'WATCHDOG=1'
ok "WATCHDOG=1" told 'WATCHDOG=1'
kill -HUP "$audit"
wait_for 10 told 'RELOADING=1'
ok "RELOADING=1" told 'RELOADING=1'
# The writer stands still: it must not say that it lives.
stop
ok "STOPPING=1" told 'STOPPING=1'
done_testing
