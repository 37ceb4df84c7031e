# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
# For tests of the harness itself: a build folder of their own in which
# khv_crash, the module that misbehaves, is all that has been built.
kernel=${KERNEL:-6.1}
workdir /tmp
export KHV_BUILD="$work/build"

crash_module() {
	vm=$1/vm
	mkdir -p "$KHV_BUILD/$kernel"
	cp "$vm/crash"/* "$KHV_BUILD/$kernel/"
	make -s -C "$("$vm/kernel" kdir "$kernel")" M="$KHV_BUILD/$kernel" \
		modules >"$work/log" 2>&1 || bail_out "$(cat "$work/log")"
}
crash_module "$(dirname "$0")/.."

# A tree in $tree where selftests/run finds only made-up tests.
made_up_tree() {
	tree=$work/tree/selftests
	mkdir -p "$tree"
	cp -r "$1/run" "$1/lib" "$1/vm" "$tree"
	rm -f "$tree"/*/*.t
}

# One made-up test, by its shell code.
made_up() {
	mkdir -p "$tree/${1%/*}"
	printf '#!/bin/sh\n%s\n' "$2" >"$tree/$1.t"
	chmod +x "$tree/$1.t"
}

runner() {
	"$tree/run" --no-build --kernel "$kernel" "$@"
}

# says NAME WORD TEST: the progress line of TEST begins with WORD.
says() {
	like "$1" "$tap_output" "\\] $2 .*$3\\.t "
}
