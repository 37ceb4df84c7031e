#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# khv.lock= on the kernel command line: locked from the load of the module on.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/defence.sh"
workdir /tmp
policy_file

refused "a word that is no lock" modprobe khv lock=bogus
like "it says which there are" "$(dmesg)" 'lock=bogus: it is policy, module or all'
modprobe khv_wrap || bail_out "cannot load khv_wrap"
like "locked at load" "$(hvctl status)" '^locks +module$'
like "by nobody in particular" "$(hvctl -j status)" \
	'"locks":\[\{"lock":"module","uid":null,"time":"20[^"]*Z"\}\]'
ok "policies are not locked" hvctl policy load "$work/p.hv"
refused "the client cannot be disabled" hvctl module disable wrap
like "it says by what" "$tap_output" \
	'locked until reboot \(khv\.lock=module, at 20.*Z\)'
for module in khv khv_policy khv_wrap; do
	refused "rmmod $module" rmmod "$module"
	is "by force: $module" "$(remove 64 "$module" force)" EPERM
done
ok "it is watched" hvctl run p -- true
done_testing
