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
# As a package does when it is installed.
ok "the user of the daemon" systemd-sysusers khv-audit.conf
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
	$(($(book lost) - $(book lost_kernel))) 0
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
	"$(sed -n 's/^CapEff:\t//p' "/proc/$(pid)/status")" 0000002000000000
is "it is a user of its own" "$(ps -o user= -p "$(pid)")" _hvauditd

# RFC 5424 through an rsyslog input of its own, the journal, and a file at once.
cp /usr/local/share/khv/audit/rsyslog/10-khv.conf /etc/rsyslog.d/
at_exit rm -f /etc/rsyslog.d/10-khv.conf
cp /etc/khv/hvauditd.conf "$work/settings"
at_exit cp "$work/settings" /etc/khv/hvauditd.conf
sed -i -e 's,^syslog =.*,syslog = rfc5424,' -e 's,^journal =.*,journal = yes,' \
	-e 's,^socket =.*,socket = /run/khv/syslog.sock,' /etc/khv/hvauditd.conf
ok "rsyslog takes our configuration" systemctl restart rsyslog
before=$(book logged)
ok "reload with it" systemctl reload hvauditd
sleep 1
deny 10
evil=$(printf '/etc/x"] [a@1 b="c"]\n<34>1 - - - - - - forged\033[2J\nMESSAGE=forged\n\377')
# shellcheck disable=SC2016 # for the other shell
hvctl run p -- sh -c ': >"$1"' sh "$evil" >/dev/null 2>&1
wait_for 10 all_accounted
new=$(($(book logged) - before))
in_rfc5424() {
	[ "$(grep -cE ' (DENY|ALLOW) \[khv@' /var/log/khv.log)" = "$new" ]
}
wait_for 10 in_rfc5424
is "rsyslog has them as RFC 5424" \
	"$(grep -cE ' (DENY|ALLOW) \[khv@' /var/log/khv.log)" "$new"
like "with their structured data" "$(cat /var/log/khv.log)" \
	' DENY \[khv@32473 boot=.* object="/etc/shadow".*\] wrap deny sh'
is "and nothing else" "$(grep -vcE '^<[0-9]+>1 20[^ ]+ [^ ]+ khv [0-9]+ [A-Z-]+ ' \
	/var/log/khv.log)" 0
journal() {
	journalctl -q --no-pager SYSLOG_IDENTIFIER=khv KHV_CPU=0 "$@"
}
in_journal() {
	[ "$(journal -o cat --output-fields=KHV_SEQ | sort -u | grep -c .)" = "$new" ]
}
wait_for 10 in_journal
is "the journal has them" \
	"$(journal -o cat --output-fields=KHV_SEQ | sort -u | grep -c .)" "$new"
like "by field" "$(journal KHV_VERDICT=deny KHV_VERB=open -o cat)" \
	'^wrap deny sh\[[0-9]+\] file open /etc/shadow by 50-p\.hv:3$'
is "a hostile name is one field of one record" \
	"$(journalctl -q --no-pager MESSAGE=forged | wc -l)" 0
like "with every byte" "$(journal -o json KHV_VERB=create -n 1;
	journal -o json KHV_VERB=open-write -n 1)" '"KHV_OBJECT" ?: ?\[47,101,116,99'
journalctl --update-catalog
like "the catalogue explains" "$(journal -x -n 1 KHV_VERDICT=deny)" \
	'hvctl why 0:[0-9]+'
like "the file has them, with their parents" \
	"$(hvctl event search --tree verdict=deny 'unit=*' | head -n 1)" '^systemd\[1\]'
cp "$work/settings" /etc/khv/hvauditd.conf
ok "back to the old settings" systemctl reload hvauditd
wait_for 10 grep -q 'CONFIG' "$log"
ok "the hardening is kept" sh -c \
	'systemd-analyze security --no-pager --threshold=20 hvauditd >/dev/null'
ok "it stops" systemctl stop hvauditd
is "with success" "$(prop Result)" success
wait_for 5 grep -q "STOP produced=$(produced) " "$log"
like "the last line adds up" "$(grep STOP "$log" | tail -n 1)" \
	"STOP produced=$(produced) .* pending=0$"
done_testing
