#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: x32 calls, in a guest that was booted with syscall.x32=y.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

case " $(cat /proc/cmdline) " in
*" syscall.x32=y "*) ;;
*) skip_all "the kernel was not booted with syscall.x32=y" ;;
esac
scene
load_khv khv_wrap
policy "$hold/attack.hv"
"$attack" stage x32 >/tmp/x32
unlike "control: x32 is there" "$(cat /tmp/x32)" "^skip"
techniques '' "$attack" x32
done_testing
