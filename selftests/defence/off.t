#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# khv=off on the kernel command line: nothing of khv is loaded, by nobody.
. "$(dirname "$0")/../lib/tap.sh"

control "the word is there" grep -qw khv=off /proc/cmdline
for module in khv khv_policy khv_wrap khv_sample; do
	refused "modprobe $module" modprobe "$module"
done
like "it says why" "$(dmesg)" \
	'khv: khv=off is on the kernel command line: not loaded, nothing is judged'
is "nothing is loaded" "$(grep -c '^khv' /proc/modules)" 0
tap_try hvctl status
is "hvctl says that it is absent" "$tap_status" 3
done_testing
