#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# hvctl lock: what could be changed before cannot be changed afterwards, by any
# way into the kernel; the watch goes on, and the machine still shuts down.
# Of attacks/catalogue: HOOK-10.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/defence.sh"
workdir /tmp
policy_file

denied() {
	! hvctl run p -- cat /etc/shadow >/dev/null 2>&1
}

state() {
	hvctl -j status | sed 's/.*"locks":\[\([^]]*\)\].*/\1/'
}

# A module that is no client and that no kernel has built in.
other=khv_tamper
other_loads() {
	modprobe $other how=stay || bail_out "cannot load $other"
}

# --- before ------------------------------------------------------------------------

modprobe khv_wrap || bail_out "cannot load khv_wrap"
modprobe khv_sample || bail_out "cannot load khv_sample"
follow
is "nothing is locked" "$(state)" ""
like "and status says so" "$(hvctl status)" '^locks +none$'
control "a policy is loaded" hvctl policy load "$work/p.hv"
control "and cleared" hvctl policy clear p
control "and loaded" hvctl policy load "$work/p.hv"
control "a client is disabled" hvctl module disable wrap
control "and enabled" hvctl module enable wrap
control "a level is set" hvctl log level wrap audit
control "a module is unloaded" hvctl module unload khv_sample
modprobe khv_sample
for abi in 64 32; do
	other_loads
	control "force, $abi: an unused module goes" remove "$abi" $other force
done
other_loads
control "rmmod -f of it" rmmod -f $other
control "the policy confines" denied

# --- who may -----------------------------------------------------------------------

says "not without privilege" 4 'CAP_MAC_ADMIN' as_user nobody hvctl lock all
is "nothing is locked by that" "$(state)" ""
ok "a dry run" hvctl -n lock all
is "locks nothing" "$(state)" ""
refused "a confined root may not lock" hvctl run p -- hvctl lock all

# --- policy ------------------------------------------------------------------------

says "lock policy" 0 'policy: locked until reboot' hvctl lock policy
event "lock policy" '"type":"kernel"' '"verb":"lock"' '"object":"policy"' \
	'"client":"khv"' '"verdict":"allow"'
like "it is in the kernel log" "$(dmesg)" 'khv: policy locked until reboot, by hvctl'
ok "again is no error" hvctl lock policy
like "status says so" "$(hvctl status)" '^locks +policy$'
like "with user and time" "$(state)" \
	'^\{"lock":"policy","uid":0,"time":"20[^"]*Z"\}$'
text='locked until reboot \(hvctl lock policy, by uid 0 at 20..-..-..T..:..:..Z\) \(kernel, EPERM\)'
says "load" 7 "$text" hvctl policy load "$work/p.hv"
event "load" '"verb":"use"' '"object":"policy"' '"hook":"netlink"' \
	'"verdict":"deny"' '"errno":"EPERM"'
says "dry run of a load" 7 "$text" hvctl -n policy load "$work/p.hv"
says "clear" 7 "$text" hvctl policy clear p
says "clear by force" 7 "$text" hvctl policy clear --force p
says "log level" 7 "$text" hvctl log level wrap off
says "disable" 7 "$text" hvctl module disable wrap
says "enable" 7 "$text" hvctl module enable sample
is "as JSON" "$(hvctl -j policy clear p 2>/dev/null |
	sed 's/.*"exit":\([0-9]*\).*"errno":"\([A-Z]*\)".*/\1 \2/')" "7 EPERM"
ok "the policy is in force" hvctl policy show p
ok "a program is still put under it" denied
sleep 100 &
victim=$!
ok "and a running process" hvctl attach "$victim" p
kill "$victim"

# --- module ------------------------------------------------------------------------

says "lock module" 0 'module: locked' hvctl lock module
event "lock module" '"verb":"lock"' '"object":"module"'
like "both are shown" "$(hvctl status)" '^locks +policy, module$'
ok "all, again" hvctl lock all
other_loads
for module in khv khv_policy khv_wrap khv_sample; do
	refused "rmmod $module" rmmod "$module"
	for abi in 64 32; do
		like "delete_module, $abi: $module" "$(remove $abi $module)" \
			'^(EAGAIN|EBUSY)$'
		is "by force, $abi: $module" "$(remove $abi $module force)" \
			EPERM
	done
	refused "rmmod -f $module" rmmod -f "$module"
	refused "hvctl module unload $module" hvctl --timeout 1 module unload \
		"$module"
	is "it says that it is locked" "$tap_status" 7
done
is "by force, another module" "$(remove 64 $other force)" EPERM
is "by force, none of that name" "$(remove 32 nosuch force)" EPERM
event "by force" '"verb":"use"' '"object":"module"' '"hook":"delete_module"' \
	'"verdict":"deny"'
is "other modules go without force" "$(remove 64 $other)" removed
is "the kernel is not tainted by a forced unload" \
	$(($(cat /proc/sys/kernel/tainted) & 2)) 0

# A module of khv that comes later stays as well.
ok "another client comes" modprobe khv_stack
refused "and does not go" rmmod khv_stack
refused "hvctl cannot disable it" hvctl module disable khv_stack
like "because of the lock" "$tap_output" 'locked until reboot'

# --- the watch goes on --------------------------------------------------------------

ok "the policy confines as before" denied
event "its denial" '"policy":"p"' '"object":"/etc/shadow"'
is "every hook is live" "$(hvctl --no-header hook list |
	awk '$5 != "yes" && $5 != "true" && $5 != 1' | wc -l)" 0
done_testing
