#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Administrators without CAP_MAC_ADMIN: whom a policy names may change that policy
# and nothing else; the log level can be given away alone; all of it is heard of.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
chmod 755 "$work"

echo 'ann:x:1001:1001::/:/bin/sh
bob:x:1002:1002::/:/bin/sh
eve:x:1003:1003::/:/bin/sh' >>/etc/passwd
echo 'ann:x:1001:
www:x:1100:
bob:x:1002:
eve:x:1003:' >>/etc/group

ann() {
	setpriv --reuid 1001 --regid 1001 --clear-groups "$@"
}
bob() {
	setpriv --reuid 1002 --regid 1002 --groups 1100 "$@"
}
eve() {
	setpriv --reuid 1003 --regid 1003 --clear-groups "$@"
}

# FILE NAME LINE...
rules() {
	rules_to=$1
	printf 'policy %s\n' "$2" >"$rules_to"
	shift 2
	printf '%s\n' "$@" 'file / read/write' 'socket any read/write' \
		'process any read/write' >>"$rules_to"
}

refused_with() {
	name=$1 text=$2
	shift 2
	tap_try "$@"
	is "$name: refused" "$tap_status" 4
	like "$name: the kernel says why" "$tap_output" "$text"
}

load_khv
rules "$work/web.hv" web 'admin user=ann' 'admin group=www' \
	'attach /usr/bin/factor'
rules "$work/mail.hv" mail 'admin user=eve'
ok "root loads two policies" hvctl policy load "$work/web.hv" "$work/mail.hv"
hvctl event tail -j >"$work/events" 2>/dev/null &
tail_pid=$!
at_exit kill "$tail_pid"
sleep 1

# --- one's own policy ---------------------------------------------------------

rules "$work/web2.hv" web 'admin user=ann' 'admin group=www' \
	'attach /usr/bin/factor' 'file /etc/shadow none'
ok "a user who is named loads it" ann hvctl policy load "$work/web2.hv"
ok "a member of a group that is named loads it" \
	bob hvctl policy load "$work/web.hv"
is "she sees it, and no other" \
	"$(ann hvctl --no-header policy list | cut -d ' ' -f 1)" web
is "and reads it" "$(ann hvctl policy show web)" "$(cat "$work/web.hv")"
refused_with "another's policy cannot be read" 'policy "mail"' \
	ann hvctl policy show mail
refused_with "nor replaced" 'policy "mail"' ann hvctl policy load "$work/mail.hv"
refused_with "not even with her own in one transaction" 'policy "mail"' \
	ann hvctl policy load "$work/web.hv" "$work/mail.hv"
rules "$work/new.hv" new 'admin user=ann'
refused_with "nor a new one loaded" 'policy "new"' \
	ann hvctl policy load "$work/new.hv"
refused_with "nor her own cleared" 'CAP_MAC_ADMIN' \
	ann hvctl policy clear web
refused_with "who is named by none" 'policy "web"' \
	eve hvctl policy load "$work/web.hv"
refused_with "who is named nowhere sees nothing" 'CAP_MAC_ADMIN is needed' \
	setpriv --reuid 1009 --regid 1009 --clear-groups hvctl policy list

# --- who administers, and what enters, stays ------------------------------------

rules "$work/more.hv" web 'admin user=ann' 'admin user=eve' \
	'attach /usr/bin/factor'
refused_with "she names nobody else" 'admin lines differ' \
	ann hvctl policy load "$work/more.hv"
rules "$work/cat.hv" web 'admin user=ann' 'admin group=www' \
	'attach /usr/bin/factor' 'attach /usr/bin/nproc'
refused_with "she attaches no other program" 'attach lines differ' \
	ann hvctl policy load "$work/cat.hv"
ok "control: root attaches another" hvctl policy load "$work/cat.hv"
ok "root puts it back" hvctl policy load "$work/web.hv"
ok "she loads it again" ann hvctl policy load "$work/web2.hv"
# shellcheck disable=SC2016 # for the other shell
is "its attach line still holds" "$(printf '' >"$work/out"
	mkfifo "$work/pipe"
	factor <"$work/pipe" &
	exec 3>"$work/pipe"
	sleep 0.5
	hvctl --no-header task list --policy web | awk '{ print $3 }'
	exec 3>&-
	wait)" factor

# --- running in it ---------------------------------------------------------------

is "she runs a program in it" \
	"$(ann hvctl run web -- cat /etc/hostname)" "$(cat /etc/hostname)"
tap_try ann hvctl run web -- cat /proc/self/status
like "without privileges to gain" "$tap_output" 'NoNewPrivs:.*1'
refused_with "not in another's" 'policy "mail"' ann hvctl run mail -- true
sleep 60 &
victim=$!
refused_with "no process of others" 'another process' \
	ann hvctl attach "$victim" web
kill "$victim"

# --- the log level alone ------------------------------------------------------------

refused_with "the log level is not hers" 'CLIENT|client' \
	ann hvctl log level wrap audit
ok "root gives it to eve" hvctl admin grant wrap log user=eve
ok "she sets it" eve hvctl log level wrap audit
is "it is set" "$(hvctl log level wrap)" audit
refused_with "but not the state" 'client "wrap"' eve hvctl module enable wrap
refused_with "nor hands it on" 'CAP_MAC_ADMIN' \
	eve hvctl admin grant wrap log user=bob
is "who may do what" "$(hvctl --no-header admin list | tr -s ' ' | sort)" \
	"$(printf '%s\n' '- wrap user=eve log' 'mail - user=eve policy' \
		'web - group=www policy' 'web - user=ann policy')"
is "she sees her own" "$(ann hvctl --no-header admin list | tr -s ' ')" \
	"web - user=ann policy"
ok "it is taken back" hvctl admin revoke wrap user=eve
refused_with "then she cannot" 'client "wrap"|CAP_MAC_ADMIN' \
	eve hvctl log level wrap deny
tap_try hvctl admin revoke wrap user=eve
is "there is nothing to take back" "$tap_status" 1

# --- a confined task --------------------------------------------------------------------

rules "$work/inner.hv" inner 'kernel capability:mac_admin use'
hvctl -q policy load "$work/inner.hv"
refused_with "a confined task configures nothing" 'confined' \
	hvctl run inner -- hvctl policy load "$work/web.hv"
rules "$work/inner.hv" inner 'kernel capability:mac_admin use' 'kernel khv use'
hvctl -q policy load "$work/inner.hv"
ok "unless its policy says so" \
	hvctl run inner -- hvctl policy load "$work/web.hv"
rules "$work/inner.hv" inner 'kernel khv use'
hvctl -q policy load "$work/inner.hv"
refused_with "which gives no rights" 'CAP_MAC_ADMIN' \
	hvctl run inner -- hvctl policy load "$work/web.hv"
rules "$work/inner.hv" inner 'mode complain' 'kernel capability:mac_admin use'
hvctl -q policy load "$work/inner.hv"
refused_with "a policy that complains does not say so" 'confined' \
	hvctl run inner -- hvctl policy load "$work/web.hv"

# --- events ---------------------------------------------------------------------------------

heard() {
	grep '"type":"admin"' "$work/events" | grep "\"verb\":\"$1\"" |
		grep "\"object\":\"$2\"" | grep "\"uid\":$3," |
		grep -c "\"verdict\":\"$4\""
}
sleep 1
ok "a change is heard of" test "$(heard load web 1001 allow)" -ge 2
ok "one that was refused" test "$(heard load mail 1001 deny)" -ge 1
ok "whatever the reason" test "$(heard load web 1001 deny)" -ge 2
is "the log level" "$(heard client wrap 1003 allow)" 1
ok "a log level that was refused" test "$(heard client wrap 1001 deny)" -ge 1
is "what was given" "$(heard grant wrap 0 allow)" 2
ok "a clear that was refused" test "$(heard clear web 1001 deny)" -ge 1

# --- two at once ---------------------------------------------------------------------------------

rules "$work/a.hv" one 'admin user=ann'
rules "$work/b.hv" two 'admin user=ann'
hvctl -q policy load "$work/a.hv" "$work/b.hv"
race() {
	race_n=0
	while [ "$race_n" -lt 6 ]; do
		"$@" policy load "$work/a.hv" "$work/b.hv" 2>&1
		echo "exit $?"
		race_n=$((race_n + 1))
	done
}
race ann hvctl --timeout 0 >"$work/race1" &
one=$!
race hvctl --timeout 0 >"$work/race2" &
two=$!
mixed=0 looks=0
while kill -0 "$one" 2>/dev/null || kill -0 "$two" 2>/dev/null; do
	seen=$(hvctl --no-header policy list | awk '$1 == "one" || $1 == "two" {
		print $6 }' | sort -u | wc -l)
	[ "$seen" = 1 ] || mixed=$((mixed + 1))
	looks=$((looks + 1))
done
wait "$one" "$two"
diag "$(grep -c 'exit 0' "$work/race1") and $(grep -c 'exit 0' "$work/race2")" \
	"of 6 loaded, $looks looks"
is "no look saw two generations in one transaction" "$mixed" 0
ok "looked at least once" test "$looks" -ge 1
is "every loser hears who was first" "$(cat "$work/race1" "$work/race2" |
	grep 'nothing loaded' |
	grep -vE 'process [0-9]+ \(hvctl, uid (0|1001)\)')" ""
tap_try ann hvctl policy load --if-generation 1 "$work/a.hv"
is "who comes too late is told so" "$tap_status" 10
like "and who has been there" "$tap_output" \
	'process [0-9]+ \(hvctl, uid (0|1001)\) has changed it'
diag "$(cat "$work/race1" "$work/race2" | grep -v "exit 0")"
is "every attempt ended with a load or with busy" \
	"$(cat "$work/race1" "$work/race2" | grep -cE 'exit (0|6|10)')" 12
done_testing
