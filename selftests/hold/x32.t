#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: x32 calls are refused like 64-bit ones in a guest that was
# booted with syscall.x32=y, and are no calls at all in any other.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp

scene
"$attack" stage x32 >"$work/x32"
case " $(cat /proc/cmdline) " in
*" syscall.x32=y "*)
	unlike "control: x32 is there" "$(cat "$work/x32")" "^skip"
	load_khv khv_wrap
	policy "$hold/attack.hv"
	techniques '' "$attack" x32
	;;
*)
	is "x32 numbers are not there by default (ENOSYS)" \
		"$(cut -f 1 "$work/x32" | sort | uniq -c | tr -s ' ')" " 5 skip"
	;;
esac
done_testing
