# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# TAP for tests in shell. A test sources this file:
#
#	#!/bin/sh
#	. "$(dirname "$0")/../lib/tap.sh"
#	require_module khv_wrap
#	ok "status is shown" hvctl status
#	done_testing
#
# ok NAME COMMAND...        passes if COMMAND succeeds
# refused NAME COMMAND...   passes if COMMAND runs and says no
# control NAME COMMAND...   what the test is about works while nothing forbids
#                           it; without this a refusal proves nothing
# is NAME GOT WANTED        equal text
# like NAME TEXT REGEX      text matches the extended regular expression
# unlike NAME TEXT REGEX
# pass NAME, fail NAME      decided by the test itself
# retell FILE               results of a program that printed TAP are the test's own;
#                           fails if there is no plan in it
# skip NAME WHY, skip_all WHY, diag TEXT, bail_out WHY
# plan N                    first, or done_testing at the end
# at_exit COMMAND...        run when the test ends, last one first
# require_module M [ARG...] load M, unload it (and what it brought) at the end
# load_khv MODULE [ARG...]  load it, unload it at the end of the test
# unload_khv MODULE         hooks out, which may have to wait for frames, then it and
#                           what it brought
# workdir [PARENT]          a new folder in $work, removed at the end; on
#                           /mnt/disk if the group has a disk
# wait_for SECONDS COMMAND...  until COMMAND succeeds
# as_user USER COMMAND...   without root's capabilities
# klog_mark, klog_since     the kernel log from here on
# shrink_caches             of the kernel: slabinfo counts what is free in a page that a
#                           processor takes objects from as used until then
#
# Commands run in the test's own shell; what they wrote is in $tap_output, and
# is shown if they did not do what was wanted. Do not use set -e: a check that
# fails returns 1 and the test goes on.

tap_count=0 tap_failed=0 tap_planned='' tap_exit=''
work=''

tap_result() {
	tap_count=$((tap_count + 1))
	# A "#" in a name would start a directive.
	echo "$1 $tap_count - $(printf %s "$2" | tr '#\n' '  ')${3-}"
}

pass() {
	tap_result ok "$1"
}

fail() {
	tap_failed=$((tap_failed + 1))
	tap_result 'not ok' "$1"
	return 1
}

# Not through a pipe: what is counted in a subshell is lost.
retell() {
	tap_told=0 tap_foretold=''
	while read -r tap_verdict tap_rest; do
		case $tap_verdict in
		ok) pass "${tap_rest#* - }" ;;
		not) fail "${tap_rest#* - }" ;;
		1..*) tap_foretold=${tap_verdict#1..} ;;
		*) diag "$tap_verdict $tap_rest" ;;
		esac
		case $tap_verdict in ok | not) tap_told=$((tap_told + 1)) ;; esac
	done <"$1"
	[ "$tap_told" = "$tap_foretold" ]
}

diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

skip() {
	tap_result ok "$1" " # SKIP $2"
}

skip_all() {
	echo "1..0 # SKIP $1"
	tap_planned=0
	exit 0
}

bail_out() {
	echo "Bail out! $1"
	exit 99
}

plan() {
	tap_planned=$1
	echo "1..$1"
}

done_testing() {
	[ -n "$tap_planned" ] || echo "1..$tap_count"
	tap_planned=${tap_planned:-$tap_count}
	[ "$tap_failed" -eq 0 ] && [ "$tap_count" -eq "$tap_planned" ]
	exit
}

# Sets tap_output and tap_status. Through a file and not a pipe: a daemon that
# the command leaves behind would keep a pipe open.
tap_file=$(mktemp)
tap_try() {
	tap_status=0
	"$@" >"$tap_file" 2>&1 </dev/null || tap_status=$?
	tap_output=$(head -c 4000 "$tap_file" | tr -d '\000')
}

tap_explain() {
	diag "command: $*"
	diag "exit status: $tap_status"
	[ -z "$tap_output" ] || diag "$tap_output"
}

ok() {
	tap_name=$1
	shift
	tap_try "$@"
	if [ "$tap_status" -eq 0 ]; then
		pass "$tap_name"
		return
	fi
	fail "$tap_name" || tap_explain "$@"
	return 1
}

# Not found, not executable and killed by a signal are no refusals.
refused() {
	tap_name=$1
	shift
	tap_try "$@"
	if [ "$tap_status" -gt 0 ] && [ "$tap_status" -lt 126 ]; then
		pass "$tap_name"
		return
	fi
	fail "$tap_name" || tap_explain "$@"
	return 1
}

control() {
	tap_name="control: $1"
	shift
	ok "$tap_name" "$@"
}

is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
		return
	fi
	fail "$1" || {
		diag "got:    $2"
		diag "wanted: $3"
	}
	return 1
}

like() {
	if printf '%s\n' "$2" | grep -qE -e "$3"; then
		pass "$1"
		return
	fi
	fail "$1" || {
		diag "got:    $2"
		diag "wanted: $3"
	}
	return 1
}

unlike() {
	if ! printf '%s\n' "$2" | grep -qE -e "$3"; then
		pass "$1"
		return
	fi
	fail "$1" || {
		diag "got:      $2"
		diag "unwanted: $3"
	}
	return 1
}

# The list holds one quoted command a line, newest first.
at_exit() {
	tap_command=''
	for tap_word; do
		tap_word=$(printf %s "$tap_word" | sed "s/'/'\\\\''/g")
		tap_command="$tap_command '$tap_word'"
	done
	tap_exit="$tap_command
$tap_exit"
}

tap_finish() {
	tap_status=$?
	trap - EXIT
	rm -f "$tap_file"
	eval "$tap_exit"
	exit "$tap_status"
}
trap tap_finish EXIT
trap 'exit 130' INT TERM

load_khv() {
	modprobe "$@" || bail_out "cannot load $1"
	at_exit unload_khv "$1"
}

unload_khv() {
	[ ! -d "/sys/module/$1" ] ||
		wait_for 10 hvctl module unload "$1" >/dev/null 2>&1 ||
		hvctl module unload "$1" 2>&1 | sed 's/^/# /'
	# The test may have unloaded it itself; what it brought is still there.
	modprobe -rq khv_policy khv || modprobe -rq khv || true
}

require_module() {
	tap_module=$1
	modprobe "$@" || bail_out "cannot load $1"
	at_exit tap_unload "$tap_module"
}

# Children that the test killed a moment ago may still hold a module, and a client
# of khv pins its own until it is disabled.
tap_unload() {
	! grep -q '^khv ' /proc/modules ||
		hvctl --timeout 5 module unload "$1" >/dev/null 2>&1
	grep -q "^$1 " /proc/modules || return 0
	wait_for 5 modprobe -rq "$1" || {
		diag "cannot unload $1"
		modprobe -r "$1" 2>&1 | sed 's/^/# /'
	}
}

workdir() {
	tap_parent=${1-}
	if [ -z "$tap_parent" ]; then
		tap_parent=/tmp
		[ ! -d /mnt/disk ] || tap_parent=/mnt/disk
	fi
	work=$(mktemp -d "$tap_parent/khv.XXXXXX")
	chmod 755 "$work"
	at_exit rm -rf "$work"
}

wait_for() {
	tap_rounds=$(($1 * 10))
	shift
	while ! "$@"; do
		tap_rounds=$((tap_rounds - 1))
		[ "$tap_rounds" -gt 0 ] || return 1
		sleep 0.1
	done
}

shrink_caches() {
	echo 3 >/proc/sys/vm/drop_caches
	for tap_cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$tap_cache" 2>/dev/null
	done
}

as_user() {
	tap_user=$1
	shift
	setpriv --reuid "$tap_user" --regid "$(id -g "$tap_user")" \
		--clear-groups --inh-caps=-all -- "$@"
}

klog_mark() {
	tap_mark=$(dmesg -k | tail -n 1)
}

klog_since() {
	dmesg -k | awk -v mark="$tap_mark" '
		seen { print }
		$0 == mark { seen = 1 }'
}
