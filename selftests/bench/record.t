#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What khv adds to six calls has not grown by more than 3 % over selftests/bench/record.
# The guest counts instructions (--icount): the figures repeat exactly. If more has
# to be paid, "make bench-record WHY=..." in the same commit says what for.
# usage: record.t [record]      also leave a new record in /results
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../hold/hold.sh"
. "$(dirname "$0")/../peers/peers.sh"
. "$(dirname "$0")/bench.sh"
. "$(dirname "$0")/keys.sh"
workdir /tmp
bench_scene
dmesg -n 4

keys >"$work/now" 2>&1
if [ "${1-}" = record ]; then
	cp "$work/now" /results/record
	cat "$work/now"
	exit
fi
is "six cases were measured" "$(grep -c '^[a-z0-9-]* [a-z]* [a-z0-9]* [0-9]*$' \
	"$work/now")" 6 || sed 's/^/# /' "$work/now"
like "the record says why it is what it is" "$(cat "$bench/record")" '^# why: ..*'
while read -r config side case was; do
	now=$(sed -n "s/^$config $side $case //p" "$work/now")
	name="$config, $side, $case: $now (recorded $was)"
	# A single instruction is more than 3 % of little.
	if [ "${now:-999999}" -le $((was + was * 3 / 100 + 1)) ]; then
		pass "$name"
		[ "$now" -ge $((was - was * 3 / 100)) ] ||
			diag "better than recorded: make bench-record WHY=..."
	else
		fail "$name"
	fi
done <<LIST
$(grep -v '^#' "$bench/record")
LIST
done_testing
