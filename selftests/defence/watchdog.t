#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The watchdog finds within its period what happens behind khv's back: code of a
# hooked function that no longer calls, bytes of a policy that have changed, an ftrace
# that has shut itself down. khv_tamper does the damage and never stays loaded.
# Of attacks/catalogue: HOOK-07, HOOK-08, HOOK-09.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/defence.sh"
workdir /tmp
policy_file
period=2

integrity() {
	hvctl status | sed -n 's/^integrity *//p'
}

violated() {
	integrity | grep -q "VIOLATED.*$1"
}

tamper() {
	! modprobe khv_tamper "$@" 2>/dev/null && dmesg | tail -n 3 |
		grep -q 'khv_tamper: .*: 0$'
}

refused "a period that is too long" modprobe khv watchdog=100000
refused "an action that is none" modprobe khv on_tamper=ignore
modprobe khv watchdog=0 || bail_out "cannot load khv"
modprobe khv_policy || bail_out "cannot load khv_policy"
is "switched off" "$(integrity)" "not watched"
modprobe -r khv_policy
! grep -q '^khv ' /proc/modules || modprobe -r khv
modprobe khv watchdog=$period || bail_out "cannot load khv"
modprobe khv_wrap || bail_out "cannot load khv_wrap"
hvctl -q policy load "$work/p.hv"
follow
like "all is well" "$(integrity)" \
	"^good, looked at every $period s, [0-9]+ times, else report\$"
ok "control: damage that touches nothing" tamper how=control
# Others may come to our functions and go: that is no damage.
echo 'p:khv_test security_file_open' >/sys/kernel/tracing/kprobe_events
echo 1 >/sys/kernel/tracing/events/kprobes/khv_test/enable
sleep $((period * 2))
like "well, with a kprobe on one of the functions" "$(integrity)" '^good'
echo 0 >/sys/kernel/tracing/events/kprobes/khv_test/enable
: >/sys/kernel/tracing/kprobe_events
sleep $((period + 1))
like "well, without it again" "$(integrity)" '^good'
like "it has looked" "$(integrity)" ', [1-9][0-9]* times,'
refused "control: the policy holds" hvctl run p -- cat /etc/shadow

# --- code ---------------------------------------------------------------------------

ok "the call of a hooked function is emptied" tamper symbol=security_file_open
control "the policy does not hold any more" hvctl run p -- cat /etc/shadow
ok "it is found within the period" wait_for $((period + 1)) violated \
	security_file_open
event "it" '"type":"kernel"' '"verb":"integrity"' \
	'"object":"integrity:security_file_open"' '"client":"khv"'
like "it is in the kernel log" "$(dmesg)" \
	'khv: integrity of security_file_open violated: its code does not call ftrace'
sleep $((period * 2))
is "it is said once" "$(dmesg | grep -c 'integrity of security_file_open')" 1
like "as JSON" "$(hvctl -j status)" \
	'"violations":1,"objects":\["security_file_open"\]'

# --- rules --------------------------------------------------------------------------

ok "a bit of the policy is changed" tamper how=blob
ok "that is found as well" wait_for $((period + 1)) violated 'security_file_open,p$'
event "it" '"object":"integrity:p"'
ok "the policy is loaded again" hvctl policy load "$work/p.hv"
sleep $((period * 2))
is "the new one is good" "$(dmesg | grep -c 'integrity of p violated')" 1

# --- ftrace -------------------------------------------------------------------------

ok "ftrace shuts itself down" tamper how=ftrace
ok "the clients can be disabled" hvctl module disable wrap
ok "that is found" wait_for $((period + 1)) violated 'ftrace'
modprobe -rq khv_wrap khv_policy
refused "khv itself is never unloaded" rmmod khv
like "status says so" "$(dmesg)" 'khv stays loaded until reboot'
done_testing
