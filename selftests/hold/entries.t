#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: the same refusal at every entry of the kernel. io_uring, the
# 32-bit table from both kinds of program, and the whole suite by a 32-bit one.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

scene
load_khv khv_wrap
policy "$hold/attack.hv"
techniques '' "$attack" uring
techniques '' "$attack" abi
techniques "by hvctl run" "$attack" open hvctl run attack --
for set in abi x32 open path tree exec proc net uring; do
	techniques "32-bit" "$attack32" "$set"
done
done_testing
