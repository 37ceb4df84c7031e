#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: who may append may not change what was written before.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

scene
load_khv khv_wrap
policy "$hold/append.hv"
techniques '' "$attack" append
techniques '32-bit' "$attack32" append
done_testing
