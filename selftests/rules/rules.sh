# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154
# For the tests of shipped policies: real programs, first as they are and then
# confined, and somebody inside who tries things. Sourced after lib/tap.sh.
#
# people                         users ann and bob with something to hide
# system_log                     /dev/log, kept in $work/log
# start_khv                      load khv_wrap, follow its events
# confine NAME...                policies of rules/ in force
# no_denials WHAT                the real work was refused nothing since "fresh"
# only_denied COMM WHAT          since "fresh" nobody but COMM was refused anything
# fresh                          forget the events so far
# put FILE, put_tries FILE       standard input into a file; @WORD@ of a list of
#                                tries is replaced by $WORD in lower case
# unconfined WHERE ANSWERS       every try of the intruder was a success
# confined WHERE ANSWERS         what is "held" was refused, what is "free" was not
# may_read_tries POLICY FILE     add to the policy that it may read the list of tries
# in_place_of PROGRAM            the intruder, until "real PROGRAM"
# answered ANSWERS               has the intruder come to its end?

intruder=$KHV_PROGS/rules/intruder-static
rules=/khv/rules
# Where a daemon is started from is looked at by shells.
cd / || exit

people() {
	for who in ann bob; do
		id "$who" >/dev/null 2>&1 || useradd -m -s /bin/bash "$who"
		install -d -o "$who" -g "$who" -m 700 "/home/$who/.ssh" \
			"/home/$who/.gnupg" "/home/$who/.aws"
		for key in .ssh/id_ed25519 .gnupg/private .aws/credentials; do
			echo "key of $who" >"/home/$who/$key"
			chown "$who:" "/home/$who/$key"
		done
		chmod 711 "/home/$who"
		at_exit wipe "$who"
	done
}

wipe() {
	pkill -KILL -u "$1" || true
	wait_for 5 nobody_of "$1"
	userdel -r "$1" >/dev/null 2>&1
}

nobody_of() {
	! pgrep -u "$1" >/dev/null
}

system_log() {
	rm -f /dev/log
	: >"$work/log"
	socat -u UNIX-RECV:/dev/log,mode=666 "OPEN:$work/log,append" &
	at_exit rm -f /dev/log
	at_exit kill $!
	wait_for 10 test -S /dev/log
}

start_khv() {
	load_khv khv_wrap
	: >"$work/events"
	hvctl event tail -j >>"$work/events" 2>"$work/tail" &
	at_exit kill $!
	sleep 0.5
}

confine() {
	for name; do
		ok "policy $name loads" hvctl policy load "$rules/$name.hv" ||
			bail_out "nothing is confined"
	done
}

fresh() {
	sleep 0.3
	: >"$work/events"
}

# What the test itself has given as standard output does not count.
denials() {
	sleep 0.5
	grep -a '"verdict":"deny' "$work/events" |
		grep -v "\"$work.*\"hook\":\"entry\""
}

no_denials() {
	is "$1: the policy lacks nothing" "$(denials | head -n 5)" ""
}

only_denied() {
	ok "$2: there are denials" test -n "$(denials)"
	is "$2: each is the intruder's, none a program's own work" \
		"$(denials | grep -v "\"comm\":\"$1\"" | head -n 5)" ""
}

put() {
	mkdir -p "$(dirname "$1")"
	cat >"$1"
	chmod 644 "$1"
}

put_tries() {
	sed "s|@WITNESS@|${witness-}|g; s|@WORK@|$work|g" | put "$1"
}

may_read_tries() {
	echo "file $2 read" | put "/etc/khv/include/local/$1.hv"
	at_exit rm -f "/etc/khv/include/local/$1.hv"
}

# Mounted over it: who looks sees the same name.
in_place_of() {
	[ -e "$work/intruder" ] || cp "$intruder" "$work/intruder"
	mount --bind "$work/intruder" "$1"
}

real() {
	while umount -l "$1" 2>/dev/null; do
		:
	done
}

answered() {
	grep -q 'end | |' "$1" 2>/dev/null
}

# Each line of answers; TEST is given the error, what was wanted, the name.
each_answer() {
	answered "$2" || fail "$3: the intruder came to its end" ||
		diag "$(tail -n 5 "$2")"
	grep -a '|.*|' "$2" | grep -v 'end | |' |
		awk -F' *[|] *' '{ print $1 "\t" $2 "\t" $4 " (" $3 ")" }' \
			>"$work/answers"
	while IFS='	' read -r error wanted name; do
		"$1" "${error##* }" "$wanted" "$3: $name"
	done <"$work/answers"
	: >"$2"
}

succeeded() {
	is "control: $3" "$1" "done"
}

was_judged() {
	case $2,$1 in
	free,done | held,EACCES | held,EPERM) pass "$3: $2" ;;
	*) fail "$3: $2" || diag "got: $1" ;;
	esac
}

unconfined() {
	each_answer succeeded "$2" "$1"
}

confined() {
	each_answer was_judged "$2" "$1"
}
