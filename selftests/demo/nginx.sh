#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The demo, inside the guest: nginx and a CGI program as Debian ships them, first
# as they are, then wrapped, and the same requests to both. Ends with what the
# audit daemon wrote to syslog. Exit status 0: everything was as expected.
set -u
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
tries=$here/tries
rules=/khv/rules
wrong=0
. "$here/site.sh"

say() {
	printf '%s\n' "$*"
}

step() {
	number=$((${number:-0} + 1))
	say ""
	say "[$number] $*"
}

fault() {
	wrong=$((wrong + 1))
	say "    WRONG: $*"
}

# Each try with the verdict; the loop must not run in a subshell.
run_tries() {
	while IFS='	' read -r id wanted path what; do
		case $id in '#'*) continue ;; esac
		"$1" "$id" "$wanted" "$path" "$what"
	done <"$tries"
}

unconfined() {
	fetch "$3"
	say "    $(printf '%-9s' "$verdict") $4"
	[ "$verdict" = allowed ] ||
		fault "this should have succeeded without khv: $answer"
}

# The newest decision since $1 (a line number) that refused something.
rule_since() {
	sleep 0.3
	tail -n +$(($1 + 1)) "$work/events" | grep '"verdict":"deny' |
		tail -n 1
}

# value KEY JSON
value() {
	printf '%s\n' "$2" | sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"
}

confined() {
	seen=$(wc -l <"$work/events")
	fetch "$3"
	event=$(rule_since "$seen")
	rule=$(value rule "$event")
	if [ "$verdict" = denied ]; then
		rule="${rule:-no rule} ($(value type "$event") \
$(value verb "$event") $(value object "$event"))"
	else
		rule=''
	fi
	printf '    %-8s %-8s %s\n' "$2" "$verdict" "$4"
	[ -z "$rule" ] || printf '    %-17s by %s\n' '' "$rule"
	[ "$verdict" = "$2" ] || fault "$answer"
	if [ "$2" = denied ] && [ -z "$event" ]; then
		fault "no decision was reported"
	fi
}

finish() {
	stop_servers
	stop_khv
	rm -rf "$work"
}
trap finish EXIT

step "a web server as Debian ships it: $(nginx -v 2>&1), fcgiwrap, as root"
lay_out
start_servers || exit 1
step "without khv, everything a stranger tries works"
run_tries unconfined
stop_servers
lay_out

step "a syslog daemon: $(rsyslogd -v | head -n 1 | cut -d' ' -f1-3)"
start_syslog || exit 1
step "modprobe khv_wrap"
modprobe khv_wrap || exit 1
hvctl module list
step "hvauditd, which writes decisions to syslog"
start_audit || exit 1
step "hvctl policy load rules/nginx.hv rules/cgi.hv"
hvctl policy load "$rules/nginx.hv" "$rules/cgi.hv" || exit 1
hvctl policy list
step "the same web server again: attached by the name of its program"
start_servers || exit 1
hvctl task list
step "the same requests again: expected, result, what, deciding rule"
run_tries confined
[ "$(cat /srv/www/html/index.html)" = "$(cat "$here/site/index.html")" ] ||
	fault "the page is not what it was"
[ -s /var/log/nginx/access.log ] || fault "the access log is gone"
say "    the page and the access log are intact"

step "what hvauditd wrote to syslog, /var/log/khv.log:"
wait_for_log
cat /var/log/khv.log
denied=$(awk -F'\t' '$2 == "denied"' "$tries" | wc -l)
logged=$(grep -ciE 'den(y|ied)' /var/log/khv.log)
[ "${logged:-0}" -ge "$denied" ] ||
	fault "$denied tries were refused, $logged lines in the log say so"

say ""
say "$(grep -vc '^#' "$tries") requests, $denied of them attacks: \
$wrong not as expected"
[ "$wrong" -eq 0 ]
