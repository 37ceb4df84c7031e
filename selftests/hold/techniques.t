#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: every technique of the catalogue so far, by a 64-bit program
# that is confined by its name. One line each.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

scene
load_khv khv_wrap
policy "$hold/attack.hv"
for set in open path tree exec proc other net; do
	techniques '' "$attack" "$set"
done
policy "$hold/code.hv"
techniques "exec and mmap governed" "$attack" code
done_testing
