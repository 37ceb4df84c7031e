#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: the same refusal at every entry of the kernel: io_uring, and the
# 32-bit table from a 64-bit program; and in a domain entered by hvctl run.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

scene
load_khv khv_wrap
for set in $(sets_of entries); do
	policy_for "$set"
	techniques '' "$attack" "$set"
done
techniques "by hvctl run" "$attack" open hvctl run attack --
done_testing
