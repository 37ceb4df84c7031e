#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Conditions and effects of rules, in the kernel: until, role, !=, paths with
# several **, ~ in attach, limit, kill, log, signal(...), ioctl(...), exe:, mode
# learn, -> detach.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp
box=/opt/lang/busybox
do=/opt/lang/language

load_khv khv_wrap
mkdir -p /opt/lang/data /opt/lang/v
at_exit rm -rf /opt/lang
# The guest's root is an overlay, where a kernel may open a file twice.
mount -t tmpfs lang /opt/lang/data
at_exit umount /opt/lang/data
cp /bin/busybox $box
cp /bin/busybox /opt/lang/v/busybox
cp "$KHV_PROGS/hold/language-static" $do
for file in a b c trap staff; do
	echo x >/opt/lang/data/$file
done
chmod -R a+rX /opt/lang

# lang LINE...: the policy for the next tests
lang() {
	{
		printf '%s\n' 'version 1' 'policy lang' 'default kernel use' \
			'file /opt/lang read/exec'
		printf '%s\n' "$@"
	} >"$work/lang.hv"
	policy "$work/lang.hv"
}
in_lang() {
	hvctl run lang -- "$@"
}
words() {
	tr '\n' ' ' | sed 's/ $//'
}

# --- until --------------------------------------------------------------------------

# Two runs fit into it, also where a load takes seconds.
begin=$(date +%s)
lang 'file /opt/lang/data none'
slack=$((6 + 5 * ($(date +%s) - begin)))
end=$(date -u -d "@$(($(date +%s) + slack))" +%Y-%m-%dT%H:%M:%S)
lang 'file /opt/lang/data none' "file /opt/lang/data/a read until=$end" \
	"file /opt/lang/data/b read" "file /opt/lang/data/b none until=$end"
is "a line is in force until its time" \
	"$(outcome in_lang $box cat /opt/lang/data/a)" allowed
is "also one that takes away" \
	"$(outcome in_lang $box cat /opt/lang/data/b)" EACCES
expired() {
	[ "$(date +%s)" -ge "$(date -u -d "$end" +%s)" ]
}
wait_for $((slack + 30)) expired
is "and then as if it were not there" \
	"$(outcome in_lang $box cat /opt/lang/data/a)" EACCES
is "either of them" "$(outcome in_lang $box cat /opt/lang/data/b)" allowed
like "lint names an expired line" \
	"$(hvctl policy check "$work/lang.hv" 2>&1)" 'lang\.hv:6:[0-9]+: .*expired'

lang 'file /opt/lang/data none' 'file /opt/lang/data/a read until=boot'
is "until=boot: in the boot that the line was written in" \
	"$(outcome in_lang $box cat /opt/lang/data/a)" allowed
touch -d @1000000000 "$work/lang.hv"
policy "$work/lang.hv"
is "in no other one" "$(outcome in_lang $box cat /opt/lang/data/a)" EACCES
like "lint names it" "$(hvctl policy check "$work/lang.hv" 2>&1)" \
	'lang\.hv:6:[0-9]+: .*machine was started'

# --- roles and groups ------------------------------------------------------------------

lang 'role web user:daemon,group:staff' 'file /opt/lang/data none' \
	'file /opt/lang/data/a read role=web' \
	'file /opt/lang/data/b read group=staff'
# who USER GROUP GROUP,... FILE: daemon is 1, nobody 65534; staff 50, users 100
who() {
	in_lang "$do" as "$1" "$2" "$3" "$box" cat "/opt/lang/data/$4"
}
is "a role by user" "$(outcome who 1 65534 '' a)" allowed
is "nobody else has it" "$(outcome who 65534 65534 '' a)" EACCES
is "a role by a supplementary group" \
	"$(outcome who 65534 65534 60,50,100 a)" allowed
is "group= by a supplementary group" \
	"$(outcome who 65534 65534 60,50,100 b)" allowed
is "group= by the real one" "$(outcome who 65534 50 '' b)" allowed
is "not by another" "$(outcome who 65534 65534 60,100 b)" EACCES
lang 'role web user:daemon,group:staff' 'file /opt/lang/data none' \
	'file /opt/lang/data/a read role!=web' \
	'file /opt/lang/data/b read user!=daemon group!=staff'
is "role!=: not those who have it" "$(outcome who 1 65534 '' a)" EACCES
is "in no way" "$(outcome who 65534 65534 60,50,100 a)" EACCES
is "but all others" "$(outcome who 65534 65534 60,100 a)" allowed
is "user!= and group!=: one is enough to be out" "$(outcome who 65534 50 '' b)" EACCES
is "or the other" "$(outcome who 1 65534 '' b)" EACCES
is "who is neither has it" "$(outcome who 65534 65534 60,100 b)" allowed

# --- paths -----------------------------------------------------------------------------

mkdir -p /opt/lang/data/p/q/r/s
echo x >/opt/lang/data/p/q/r/s/key
lang 'file /opt/lang/data none' 'file /opt/**/data/**/q/**/key read'
is "** more than once in a path" \
	"$(outcome in_lang $box cat /opt/lang/data/p/q/r/s/key)" allowed
lang 'file /opt/**/data/**/q/**/key none'
is "takes away, too" \
	"$(outcome in_lang $box cat /opt/lang/data/p/q/r/s/key)" EACCES
is "and nothing else" "$(outcome in_lang $box cat /opt/lang/data/a)" allowed
mkdir -p /root/lang-bin
at_exit rm -rf /root/lang-bin
cp $box /root/lang-bin/busybox
lang 'attach ~/lang-bin/busybox' 'file ~/lang-bin read/exec' \
	'file /opt/lang/data none'
is "control: another copy is not attached" \
	"$(outcome $box cat /opt/lang/data/a)" allowed
is "~ in an attach line: the home of an account" \
	"$(outcome /root/lang-bin/busybox cat /opt/lang/data/a)" EACCES

# --- limit ----------------------------------------------------------------------------

lang 'file /opt/lang/data/a read limit=5/h' \
	'file /opt/lang/data/b read limit=4/h errno=EBUSY' \
	'file /opt/lang/data/c read limit=1000/s'
is "a budget is for so many uses" \
	"$(in_lang $do open /opt/lang/data/a 20)" 5
is "another process tree has its own" \
	"$(in_lang $do open /opt/lang/data/a 20)" 5
is "one tree shares it, whoever its parent is" \
	"$(in_lang $box sh -c "for i in 1 2 3; do
		$box setsid $do open /opt/lang/data/b 2
	done" | words)" "2 2 0"
is "a large one is not noticed" \
	"$(in_lang $do open /opt/lang/data/c 900)" 900
like "errno= is what is answered when it is used up" \
	"$(in_lang $box sh -c "$do open /opt/lang/data/b 4
		cat /opt/lang/data/b" 2>&1 | words)" '4 .*[Bb]usy'
lang 'file /opt/lang/data/a read limit=2/s'
is "what was used grows back" "$(in_lang $box sh -c "
	$do open /opt/lang/data/a 20; sleep 3
	$do open /opt/lang/data/a 2" | words)" "2 2"

# --- kill -----------------------------------------------------------------------------

lang 'file /dev read/write' 'file /opt/lang/data/trap none kill' \
	'file /opt/lang/data/c none'
sleepers() {
	pgrep -f "$box sleep 98[0-9]" | wc -l
}
in_lang $box sleep 984 &

wait_for 5 pgrep -f "$box sleep 984" >/dev/null
# sleepers and who is denied; to be run in the policy
trap_in() {
	in_lang $box sh -c "exec 3>&1 >/dev/null
		$box sleep 981 3>&- & $box setsid $box sleep 982 3>&- &
		($box sleep 983 3>&- & :)
		$box sleep 1
		$box cat /opt/lang/data/$1; echo here >&3" 2>/dev/null | words
}
all_four() {
	[ "$(sleepers)" -eq 4 ]
}
is "control: a denial ends nobody" "$(trap_in c)" here
ok "control: not the others either" all_four || diag "$(pgrep -af "$box sleep")"
pkill -f "$box sleep 98[123]"
hvctl event tail -n 1 --policy lang >"$work/tail" 2>"$work/err" &
listening() {
	grep -q listening "$work/err"
}
tail_pid=$!
wait_for 5 listening
is "a rule with kill ends who asked" "$(trap_in trap)" ''
only_other() {
	[ "$(sleepers)" -eq 1 ]
}
ok "and its whole tree, also those without a parent in it" \
	wait_for 5 only_other || diag "$(pgrep -af "$box sleep")"
ok "not another tree of the same policy" pgrep -f "$box sleep 984"
wait "$tail_pid"
like "the denial is an event" "$(cat "$work/tail")" \
	'deny wrap lang .*file open /opt/lang/data/trap EACCES'
pkill -f "$box sleep 984"

# --- log -----------------------------------------------------------------------------

lang 'file /dev read/write' 'file /opt/lang/data/a none log=off' 'file /opt/lang/data/b read log=allow' \
	'file /opt/lang/data/c none'
hvctl event tail -n 2 --policy lang >"$work/tail" 2>"$work/err" &
tail_pid=$!
wait_for 5 listening
for file in a b c; do
	in_lang $do open /opt/lang/data/$file 1 >/dev/null
done
wait "$tail_pid"
is "log= is the rule's own level" \
	"$(grep -o '\(allow\|deny\) wrap\|/opt/lang/data/.' "$work/tail" | words)" \
	"allow wrap /opt/lang/data/b deny wrap /opt/lang/data/c"

# --- signals and executables --------------------------------------------------------------

$box sleep 985 &
one=$!
/opt/lang/v/busybox sleep 986 &
two=$!
is "control: unconfined, every signal" "$($do kill $one 0 18 28 | words)" \
	"allowed allowed allowed"
lang 'process any signal(cont,28)'
is "only the signals that are named" "$(in_lang $do kill $one 18 28 1 17 | words)" \
	"allowed allowed EPERM EPERM"
is "and the question whether one could be sent" "$(in_lang $do kill $one 0)" \
	allowed
lang 'process any signal(cont)' 'process exe:/opt/lang/v/busybox none'
is "exe: is the program that runs" \
	"$(in_lang $do kill $one 18; in_lang $do kill $two 18)" \
	"$(printf 'allowed\nEPERM')"
lang 'process any none' 'process exe:/opt/lang/v/busybox signal(cont)'
is "exe: also grants" \
	"$(in_lang $do kill $one 18; in_lang $do kill $two 18)" \
	"$(printf 'EPERM\nallowed')"
lang 'process any none' 'process exe:/opt/**/v/b* signal(cont)' \
	'process exe:/opt/lang/bus* none'
is "exe: with wildcards" \
	"$(in_lang $do kill $one 18; in_lang $do kill $two 18)" \
	"$(printf 'EPERM\nallowed')"
kill $one $two

# --- ioctl -----------------------------------------------------------------------------

lang 'file /opt/lang/data/a read/ioctl(FIONREAD,0x5401-0x5403)' \
	'file /opt/lang/data/b read/ioctl'
is "only the ioctls that are named" \
	"$(in_lang $do ioctl /opt/lang/data/a 0x541b 0x5402 0x5421 0x80086601 | words)" \
	"allowed allowed EACCES EACCES"
is "all without ( )" \
	"$(in_lang $do ioctl /opt/lang/data/b 0x541b 0x80086601 | words)" \
	"allowed allowed"

# --- from ------------------------------------------------------------------------------

ip addr add 127.0.0.2/8 dev lo 2>/dev/null
serve() {
	in_lang $do accept 7001 2 2>&1 | cat >"$work/served" &
	wait_for 10 listens
}
listens() {
	ss -tln | grep -q :7001
}
# what two clients hear: one from 127.0.0.1, one from 127.0.0.2
clients() {
	for from in 127.0.0.1 127.0.0.2; do
		$do connect 7001 $from
	done
}
lang 'socket any:7001/tcp bind/listen/accept'
serve
is "control: both may connect" "$(clients | words)" "hello hello"
wait
lang 'socket any:7001/tcp bind/listen' \
	'socket any:7001/tcp bind/listen/accept from=127.0.0.2/32'
serve
is "from=: only the one that is named is accepted" "$(clients | words)" \
	"nothing hello"
wait
is "and the server sees it only" "$(words <"$work/served")" "EACCES 127.0.0.2"

# --- learn -----------------------------------------------------------------------------

lang 'mode learn' 'file /dev read/write' 'file /opt/lang/data none kill quiet' 'file /opt/lang/data/a read limit=1/h'
hvctl event tail -n 1 --policy lang --verdict would-deny >"$work/tail" \
	2>"$work/err" &
tail_pid=$!
wait_for 5 listening
is "who learns is not held up" "$(in_lang $do open /opt/lang/data/a 9)" 9
is "nor refused" "$(in_lang $do open /opt/lang/data/b 1)" 1
wait "$tail_pid"
like "what is missing is reported, quiet or not" "$(cat "$work/tail")" \
	'would-deny wrap lang .*file open /opt/lang/data/b'

# --- detach -----------------------------------------------------------------------------

lang 'file /opt/lang/data none' 'file /opt/lang/v/busybox read/exec -> detach'
is "control: what is started stays inside" \
	"$(outcome in_lang $box sh -c "exec $box cat /opt/lang/data/a")" EACCES
is "-> detach lets a program go" \
	"$(outcome in_lang $box sh -c "exec /opt/lang/v/busybox cat /opt/lang/data/a")" \
	allowed
is "with what it starts" "$(outcome in_lang $box sh -c \
	"exec /opt/lang/v/busybox sh -c '$box cat /opt/lang/data/a; true'")" allowed
printf '%s\n' 'version 1' 'policy other' 'default kernel use' \
	'attach /opt/lang/v/busybox' 'file /opt/lang read/exec' \
	'file /opt/lang/data/b none' >"$work/other.hv"
policy "$work/other.hv"
is "another policy that wants it has it" "$(outcome in_lang $box sh -c \
	"exec /opt/lang/v/busybox cat /opt/lang/data/b")" EACCES
ok "and is cleared" hvctl policy clear other
ok "nobody is left" hvctl policy clear lang || diag "$(hvctl task list)"

# --- a server that waits ---------------------------------------------------------------

lang 'socket any:7001/tcp bind/listen' \
	'socket any:7001/tcp bind/listen/accept from=127.0.0.2/32'
serve
waits() {
	grep -q accept "/proc/$(pgrep -nx language)/wchan"
}
wait_for 10 waits
ok "a server that waits for who connects does not stand in the way" \
	hvctl module unload khv_wrap
is "and goes on, as if nothing had been" "$(clients | words)" "hello hello"
wait
done_testing
