#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A few seconds of random input for the compiler and for the engine.
# Of attacks/catalogue: ROB-05.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib/tap.sh"
. "$here/../lib/fuzz.sh"
fuzz_ready

control "a find is noticed" find_is_noticed
ok "10 s each without a find" fuzz 10
done_testing
