#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: the whole suite by a 32-bit program (ABI-02), whose calls come by
# the compat table, also with int 0x80 and SYSENTER. On the debug kernel it would take
# an hour, and breadth.t reaches the same checks: there the sets of the other two.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

scene
load_khv khv_wrap
case $(uname -r) in
*debug)	sets="$(sets_of techniques) $(sets_of entries)" ;;
*)	sets=$("$attack32" list | cut -d' ' -f1 | uniq |
		grep -vxF "$(sets_of prepared | tr ' ' '\n')") ;;
esac
for set in $sets; do
	policy_for "$set"
	techniques "32-bit" "$attack32" "$set"
done
done_testing
