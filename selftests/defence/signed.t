#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# On a kernel that enforces signatures of modules, as with Secure Boot, those of khv that
# nobody has signed are refused, hvctl says what the kernel has said, and nothing of
# khv is there. Of the command line: module.sig_enforce=1.
. "$(dirname "$0")/../lib/tap.sh"
LC_ALL=C
export LC_ALL
enforced=/sys/module/module/parameters/sig_enforce

is "the kernel enforces signatures" "$(cat "$enforced")" Y
# Debian has signed its own; one that is not loaded yet.
control "a module that is signed is loaded" modprobe dummy
modprobe -r dummy
for module in khv khv_policy khv_wrap; do
	is "$module has no signature" "$(modinfo -F signer "$module")" ""
done
dmesg -C
refused "the master is not" modprobe khv
like "the kernel says why" "$(dmesg)" 'Loading of unsigned module is rejected'
tap_try hvctl module load wrap
is "hvctl module load: exit code" "$tap_status" 1
like "hvctl module load: what the kernel has said" "$tap_output" \
	'Loading of unsigned module is rejected'
is "no module of khv is loaded" "$(grep -c '^khv' /proc/modules)" 0
tap_try hvctl status
is "hvctl status: exit code" "$tap_status" 3
refused "nothing is run in a policy that is not there" \
	hvctl run /khv/rules/checkout.hv -- true
done_testing
