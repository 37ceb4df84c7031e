#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# hvauditd.service and khv.service under systemd, with Debian's rsyslog: the
# hardening of the units must not keep them from their work.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
log=/var/log/auth.log

pid() {
	systemctl show -p MainPID --value hvauditd
}

prop() {
	systemctl show -p "$1" --value hvauditd
}

in_syslog() {
	[ "$(grep -cE ': (DENY|ALLOW) ' "$log")" = "$(book logged)" ]
}

is_state() {
	[ "$(systemctl is-active hvauditd)" = "$1" ]
}

: >>"$log"
ok "rsyslog runs" systemctl start rsyslog
# Without the module it is up and waits.
ok "hvauditd starts without the module" systemctl start hvauditd
is "it is active" "$(systemctl is-active hvauditd)" active
like "and says what it waits for" "$(prop StatusText)" 'waiting: .*not loaded'

load_khv
at_exit systemctl stop hvauditd
subscribed() {
	prop StatusText | grep -q '^logged'
}
wait_for 10 subscribed
like "then it is subscribed" "$(prop StatusText)" '^logged 0, lost 0'

mkdir -p /etc/khv/policy.d
at_exit rm -f /etc/khv/policy.d/50-p.hv
printf 'policy p "x"\nfile / read\nfile /etc/shadow none\n' \
	>/etc/khv/policy.d/50-p.hv
ok "khv.service loads the policies" systemctl start khv
like "they are in force" "$(hvctl policy list)" '^p +enforce'
systemctl stop khv
like "stopping it changes nothing" "$(hvctl policy list)" '^p +enforce'

deny 30
wait_for 10 all_accounted
is "all events are accounted for" "$(book produced)" "$(produced)"
wait_for 10 in_syslog
is "rsyslog has them" "$(grep -cE ': (DENY|ALLOW) ' "$log")" "$(produced)"

old=$(pid)
deny 300 &
busy=$!
ok "restart while events come" systemctl restart hvauditd
wait "$busy"
ok "another process" test "$(pid)" != "$old"
wait_for 10 all_accounted
is "restart: all are accounted for" "$(book produced)" "$(produced)"
sum_holds "restart"
is "restart: what is lost was lost in the kernel" \
	$(($(book lost) - $(book lost_kernel) - $(book lost_restart))) 0
wait_for 10 in_syslog
is "restart: syslog has the rest" "$(grep -cE ': (DENY|ALLOW) ' "$log")" "$(book logged)"

old=$(pid)
kill -9 "$old"
restarted() {
	is_state active && [ "$(pid)" != "$old" ] && [ "$(pid)" != 0 ]
}
wait_for 10 restarted
ok "it is started again after a crash" restarted
deny 10
wait_for 10 all_accounted
is "crash: all are accounted for" "$(book produced)" "$(produced)"

ok "reload" systemctl reload hvauditd
wait_for 5 grep -q CONFIG "$log"
ok "is told" grep -q 'CONFIG .* was read again' "$log"

echo 'bogus = 1' >>/etc/khv/hvauditd.conf
at_exit sed -i /bogus/d /etc/khv/hvauditd.conf
refused "a mistake in the settings" systemctl restart hvauditd
is "is its own exit code" "$(prop ExecMainStatus)" 6
sleep 2
is "and no reason to try again" "$(prop NRestarts)" 0
sed -i /bogus/d /etc/khv/hvauditd.conf
ok "without it it starts" systemctl start hvauditd

is "it has no more rights than it needs" \
	"$(sed -n 's/^CapBnd:\t//p' "/proc/$(pid)/status")" 0000002000001000
ok "it stops" systemctl stop hvauditd
is "with success" "$(prop Result)" success
wait_for 5 grep -q "STOP produced=$(produced) " "$log"
like "the last line adds up" "$(grep STOP "$log" | tail -n 1)" \
	"STOP produced=$(produced) .* pending=0$"
done_testing
