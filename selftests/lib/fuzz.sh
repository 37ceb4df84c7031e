# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A few seconds of a folder's fuzzers ("make fuzz" there). Sourced after lib/tap.sh, with
# the folder in $here.

# shellcheck disable=SC2154 # of tap.sh and of who sources this
fuzz() {	# SECONDS
	make -s -C "$here" fuzz SECONDS="$1" BUILD="$KHV_BUILD" FINDS="$work/"
}

# Ends with the find, which takes a busy machine longer than an idle one.
find_is_noticed() {
	! KHV_FUZZ_CONTROL=1 fuzz 60 && ls "$work"/crash-*
}

fuzz_ready() {
	command -v clang >/dev/null || skip_all "clang is not installed"
	workdir /tmp
}
