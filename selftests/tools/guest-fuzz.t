#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Random and nearly right messages to the family for a while: no report of the
# kernel (the runner looks), and what was in force still is. "make fuzz-netlink"
# does it for ten minutes on the debug kernel. usage: guest-fuzz.t [SECONDS [SEED]]
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
load_khv

printf 'policy keep\nfile / read/write\nfile /etc/shadow none\nsocket any read/write\nprocess any read/write\n' \
	>"$work/keep.hv"
ok "a policy is loaded" hvctl policy load "$work/keep.hv"
keep() {
	hvctl --no-header policy list | awk '$1 == "keep" { print $1, $2, $3, $6 }'
}
was=$(keep)
seed=${2:-$(date +%s)}
diag "seed $seed"
# Ways to itself: a client that was disabled, a policy on trial, somebody's rights.
ok "messages for ${1:-10} seconds" "$KHV_PROGS/tools/fuzz" "${1:-10}" "$seed"
diag "$tap_output"
hvctl -q policy rollback 2>/dev/null
hvctl -q module enable wrap 2>/dev/null
is "the policy is what it was" "$(keep)" "$was"
is "it still judges" "$(hvctl run keep -- cat /etc/shadow 2>&1 |
	grep -c 'Permission denied')" 1
ok "it still takes changes" hvctl policy load "$work/keep.hv"
done_testing
