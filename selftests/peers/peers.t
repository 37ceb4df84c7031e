#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The comparison does not rot: every peer can be put in force in this guest, holds
# a technique that it is known to hold, lets one through that it cannot express,
# keeps what the policy grants, and can be taken away again.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../hold/hold.sh"
. "$(dirname "$0")/peers.sh"
workdir /tmp
scene

# VERDICT-OF: the word in front of a technique
ended() {
	awk -F'\t' -v id="$1" '$2 == id {
		sub(/.*confined: /, "", $5)
		print $5
	}' "$work/out"
}

# SYSTEM SETS HELD LEAKED
peer() {
	ok "$1 is put in force" system_on "$1" || return
	for peer_set in $2; do
		try "$1" "$peer_set"
	done >"$work/out"
	unlike "$1 holds $3" "$(ended "$3")" '^(succeeded|not tried|)$'
	is "$1 cannot express $4" "$(ended "$4")" succeeded
	is "$1 keeps what is granted" "$(grep -c '^lost' "$work/out")" 0
	ok "$1 is taken away" system_off "$1"
	"$attack" stage code >"$work/out" 2>&1
	is "and nothing of $1 stays" "$(ended EXEC-02)" succeeded
}

peer apparmor path PATH-01a PATH-10
peer landlock code EXEC-02 EXEC-04
peer seccomp 'code x32' ABI-03a EXEC-02
peer bpf path PATH-10 PATH-14a
done_testing
