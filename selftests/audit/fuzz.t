#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A few seconds of random events in every format, each record read back.
# Of attacks/catalogue: ROB-09.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../lib/tap.sh"
command -v clang >/dev/null || skip_all "clang is not installed"
workdir /tmp

fuzz() {
	make -s -C "$here" fuzz SECONDS="$1" BUILD="$KHV_BUILD" FINDS="$work/"
}

find_is_noticed() {
	! KHV_FUZZ_CONTROL=1 fuzz 10 && ls "$work"/crash-*
}

control "a find is noticed" find_is_noticed
ok "10 s without a find" fuzz 10
done_testing
