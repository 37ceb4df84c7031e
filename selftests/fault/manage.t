#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Who manages khv while memory runs out: each allocation that the kernel makes for a
# request fails once. The request is refused with words and nothing has changed, or it
# is done; policies in force stay so.
# shellcheck disable=SC2016 # evaluated when it is needed
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/fault.sh"
workdir /tmp

fail_all
at_exit modprobe -rq khv_fault
at_exit modprobe -rq khv_policy khv
at_exit eval 'hvctl -q --timeout 20 module unload wrap 2>/dev/null'
at_exit hvctl -q policy clear --all --force
ok "khv_wrap loads" modprobe khv_wrap
below genl_rcv_msg hvctl

printf 'policy keep\nfile / read/write\nfile /etc/shadow none\n' >"$work/keep.hv"
ok "a policy that is to stay" hvctl policy load "$work/keep.hv"
mkdir "$work/1" "$work/2"
printf 'policy p\nfile / read\nfile /etc/shadow none\nprocess any all\n' \
	>"$work/1/p.hv"
printf 'policy p\nmode complain\nfile / read\n' >"$work/2/p.hv"
first=$work/1/p.hv second=$work/2/p.hv

# Times, counters and numbers that change by themselves.
settled() {
	sed -E 's/"(time|confirm|judged|would_deny|would_allow|uid|pid|tid|tasks)":("[^"]*"|[0-9]+),?//g
		s/"state":"trial[^"]*"/"state":"trial"/'
}
kind() {
	sed -E 's/"generation":[0-9]+,?//g; s/[0-9]+//g'
}

# one N COMMAND...: a try, after which $work/before is what there is
one() {
	n=$1
	shift
	fail_nth "$n"
	status=0
	"$@" >"$work/said" 2>&1 </dev/null || status=$?
	# The last ones may not be made each time.
	struck || [ "$n" -gt $((count * 3 / 4)) ] || wrong="$wrong $n:missed"
	fail_nth 0
	$seen | settled >"$work/after"
	kind <"$work/after" >"$work/now"
	if [ $status -eq 0 ]; then
		cmp -s "$work/now" "$work/done" || wrong="$wrong $n:not-done"
	else
		refusals=$((refusals + 1))
		[ -s "$work/said" ] || wrong="$wrong $n:silent"
		[ $status -lt 126 ] || wrong="$wrong $n:status-$status"
		tail -n 1 "$work/said" >>"$work/texts"
		cmp -s "$work/before" "$work/after" && return
		[ -n "$restricts" ] && cmp -s "$work/now" "$work/done" ||
			wrong="$wrong $n:changed"
	fi
	case $wrong in
	*" $n:"*) diff "$work/done" "$work/now" | sed 's/^/# /' ;;
	esac
	undone
}

undone() {
	eval "$back" >"$work/back" 2>&1 || wrong="$wrong back:$(cat "$work/back")"
	$seen | settled >"$work/before"
}

# tries NAME BACK COMMAND...: BACK undoes it; $seen prints what must not change
seen='hvctl -j policy list' most=8 restricts=''
tries() {
	name=$1 back=$2 wrong='' refusals=0
	shift 2
	: >"$work/texts"
	control "$name" counted "$@"
	$seen | settled | kind >"$work/done"
	undone
	for n in $(numbers "$count" $most); do
		one "$n" "$@"
	done
	is "$name: done or refused, and nothing between" "$wrong" ""
	diag "$name: $count allocations, refused at $refusals of them:" \
		"$(sort "$work/texts" | uniq -c | sort -rn | head -n 2 | tr '\n' ' ')"
}

tries "a policy is loaded" 'hvctl policy clear p' hvctl policy load "$first"
hvctl -q policy load "$first"
tries "it is replaced" 'hvctl policy load "$first"' hvctl policy load "$second"
tries "two at once" 'hvctl policy load "$first"' \
	hvctl policy load "$second" "$work/keep.hv"
tries "on trial" 'hvctl policy rollback' \
	hvctl policy load --confirm 3000 "$second"
tries "a shadow" 'hvctl shadow drop p' hvctl policy load --shadow "$second"
again='hvctl policy load "$first" && hvctl policy load --shadow "$second"'
eval "$again" >"$work/said" 2>&1
tries "its promotion" "$again" hvctl shadow promote p
tries "its promotion on trial" \
	"hvctl policy rollback && hvctl policy load --shadow \"\$second\"" \
	hvctl shadow promote --confirm 3000 p
tries "its end" 'hvctl policy load --shadow "$second"' hvctl shadow drop p
hvctl -q shadow drop p
again='hvctl policy load "$first" && hvctl policy load --confirm 3000 "$second"'
hvctl -q policy load --confirm 3000 "$second"
tries "a trial is confirmed" "$again" hvctl policy confirm
tries "it is taken back" 'hvctl policy load --confirm 3000 "$second"' \
	hvctl policy rollback
hvctl -q policy rollback
tries "a policy is cleared" 'hvctl policy load "$first"' hvctl policy clear p
seen='hvctl --no-header log level'
tries "a level is set" 'hvctl log level wrap deny' hvctl log level wrap audit
seen='hvctl --no-header client list'
tries "what becomes of events" 'hvctl client set wrap full=drop-count' \
	hvctl client set wrap full=deny
seen='hvctl -j admin list'
tries "a right is given" 'hvctl admin revoke wrap user=nobody' \
	hvctl admin grant wrap log user=nobody
seen=true
for list in "status" "module list" "policy list" "policy show p" "hook list" \
	"task list" "coverage" "event stats" "admin list" "shadow list"; do
	# shellcheck disable=SC2086 # words
	tries "hvctl $list" true hvctl $list
done
reads() {
	timeout -s INT 2 hvctl event tail
	reads_status=$?
	[ "$reads_status" = 124 ] || return "$reads_status"
}
tries "somebody reads events" true reads

# --- running processes ---------------------------------------------------------------

# Held by nobody but us, and told apart by its policy only.
victim() {
	[ -z "${victim-}" ] || kill "$victim"
	sleep 1000 3</etc/shadow &
	victim=$!
	wait_for 5 grep -q sleep "/proc/$victim/comm"
}
victim
at_exit eval 'kill "$victim"'
attach() {
	hvctl attach "$victim" p
}
# Who has been attached before an error stays so: it is only restricted.
seen='hvctl -j task list' restricts=yes
tries "a process is attached" victim attach
restricts=''

# Its own: the descriptor that is refused to it is gone, or it is.
below task_work_run sleep
keeps() {
	[ "$(readlink "/proc/$victim/fd/3")" = /etc/shadow ]
}
control "it holds what is refused" keeps
ok "it is attached" counted attach
refused "and does not hold it" keeps
# Paths are written into the buffers of the CPU: there is nothing that could fail.
is "allocations of its own for that" "$count" 0

# --- entry by exec -------------------------------------------------------------------

# inside FUNCTION PROGRAM MOST COMMAND CONTROL NAME: the command is confined, whichever of
# the program's allocations below the function fails; COUNT in the name is their number
inside() {
	below "$1" "$2"
	control "$5" counted "$4"
	wrong=''
	for n in $(numbers "$count" "$3"); do
		fail_nth "$n"
		"$4" || wrong="$wrong $n"
	done
	is "$(echo "$6" | sed "s/COUNT/$count/")" "$wrong" ""
}

# hvctl arms itself, and executes; what it becomes is confined or is not.
enter() {
	hvctl run p -- cat /etc/shadow >"$work/said" 2>&1
	! grep -q root: "$work/said"
}
inside genl_rcv_msg hvctl 12 enter "who enters is confined" \
	"each allocation of hvctl run (COUNT) fails: nobody runs outside"
inside bprm_execve hvctl 16 enter "who enters is confined" \
	"each allocation of its exec (COUNT) fails: nobody runs outside"

printf 'policy a\nattach /usr/bin/head\nfile / read/exec/mmap\nfile /etc/shadow none\n' \
	>"$work/a.hv"
fail_nth 0
ok "a policy that takes a program" hvctl policy load "$work/a.hv"
taken() {
	env head -n 1 /etc/shadow >"$work/said" 2>&1
	! grep -q root: "$work/said"
}
inside bprm_execve env 20 taken "it is confined" \
	"each allocation of its exec (COUNT) fails: it never runs outside"

# --- clients -------------------------------------------------------------------------

fail_nth 0
hvctl -q policy clear --all --force
below genl_rcv_msg hvctl
seen='hvctl --no-header module list' most=16
tries "a client is disabled" 'hvctl module enable wrap' hvctl module disable wrap
hvctl -q module disable wrap
tries "and enabled" 'hvctl module disable wrap' hvctl module enable wrap
ok "it can be enabled" hvctl module enable wrap
ok "and judges" hvctl policy load "$work/keep.hv"
refused "what is denied" hvctl run keep -- cat /etc/shadow
done_testing
