#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: the techniques of attacks/, by a 64-bit program that is confined
# by its name. One line each.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

scene
load_khv khv_wrap
for set in $(sets_of techniques); do
	policy_for "$set"
	techniques '' "$attack" "$set"
done
done_testing
