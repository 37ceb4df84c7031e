# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154
# For the tests of this folder. Sourced after lib/tap.sh.
#
# remove ABI MODULE [force]   delete_module(): "removed" or the error
# policy_file                 $work/p.hv, a policy that denies /etc/shadow
# says NAME STATUS REGEX COMMAND...   exit status and what was said
# follow                      collect events from now on
# event NAME WORD...          one with all of these words has come
LC_ALL=C
export LC_ALL
remove=$KHV_PROGS/defence/remove

remove() {
	"$remove" "$@"
}

policy_file() {
	cat >"$work/p.hv" <<-'POLICY'
		policy p "test"
		file / all
		file /etc/shadow none
	POLICY
}

says() {
	says_name=$1 says_status=$2 says_regex=$3
	shift 3
	tap_try "$@"
	is "$says_name: status" "$tap_status" "$says_status"
	like "$says_name: text" "$tap_output" "$says_regex"
}

# It polls when it has subscribed.
follow() {
	hvctl -j event tail >"$work/events" 2>"$work/tail.err" &
	at_exit kill $!
	wait_for 10 grep -q poll "/proc/$!/wchan" || bail_out "no events"
}

# An event with all of these words in it.
event() {
	event_name=$1
	shift
	ok "$event_name: event" wait_for 5 has_event "$@"
}

has_event() {
	cp "$work/events" "$work/seen"
	for event_word; do
		grep -F -e "$event_word" "$work/seen" >"$work/fewer"
		mv "$work/fewer" "$work/seen"
	done
	[ -s "$work/seen" ]
}
