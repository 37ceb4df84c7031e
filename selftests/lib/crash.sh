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
