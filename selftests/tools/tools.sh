# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# For the guest tests of this folder; sourced after tap.sh.

# Opening the folders of another locale is denied in tests and counts as events.
LC_ALL=C
export LC_ALL

# Two steps, as an administrator does it: a client that is enabled is in use.
unload_khv() {
	hvctl -q policy clear --all --force 2>/dev/null
	hvctl -q module unload khv_wrap 2>/dev/null
	wait_for 5 modprobe -rq khv_policy
	wait_for 5 modprobe -rq khv
}

load_khv() {
	modprobe khv_wrap || bail_out "cannot load khv_wrap"
	at_exit unload_khv
}

# So many denials of policy p.
deny() {
	# shellcheck disable=SC2016 # for the other shell
	hvctl run p -- sh -c 'i=0; while [ $i -lt '"$1"' ]; do
		read x </etc/shadow; i=$((i + 1)); done' 2>/dev/null
}

# The books of hvauditd, and what the kernel says.
book() {
	sed -n "s/^$1=//p" /run/khv/audit/hvauditd.state 2>/dev/null
}

produced() {
	hvctl event stats | awk '/^sum:/ { print $2 }'
}

all_accounted() {
	[ "$(book produced)" = "$(produced)" ]
}

sum_holds() {
	is "$1: the sum holds" \
		$(($(book before) + $(book logged) + $(book lost))) \
		"$(produced)"
}
