#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: every technique of attacks/, by a 64-bit program that is confined
# by its name. One line each.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

scene
load_khv khv_wrap
# x32 has a test of its own.
for set in $("$attack" list | cut -d' ' -f1 | uniq | grep -vE '^(abi|x32|uring|queue)$'); do
	policy_for "$set"
	techniques '' "$attack" "$set"
done
done_testing
