# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154
# The programs of the demo: web server, CGI, syslog, audit daemon.

# A fresh site; a stranger may have changed it.
lay_out() {
	mkdir -p /srv/www/html /srv/www/cgi-bin /srv/www/data /srv/www/files \
		/srv/private /var/log/nginx /var/spool/rsyslog /etc/cron.d
	cp "$here/site/index.html" /srv/www/html/
	cp "$here"/site/*.cgi /srv/www/cgi-bin/
	rm -f /srv/www/data/* /srv/www/cgi-bin/back.cgi /etc/cron.d/back
	echo "Ann Example, 4711, owes 12.50" >/srv/private/customers.txt
	echo "order 1: a bell" >/srv/www/data/orders.txt
	ln -sf /srv/private/customers.txt /srv/www/html/customers.html
	cp "$here/site/nginx.conf" /etc/nginx/nginx.conf
	: >/var/log/nginx/access.log
}

until_ready() {
	for _ in $(seq 100); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	say "gave up waiting for: $*"
	return 1
}

start_servers() {
	rm -f /run/fcgiwrap.socket
	fcgiwrap -s unix:/run/fcgiwrap.socket >"$work/fcgiwrap" 2>&1 &
	cgi=$!
	nginx >"$work/nginx" 2>&1 || {
		say "nginx does not start: $(cat "$work/nginx")"
		tail -n 3 /var/log/nginx/error.log
		return 1
	}
	until_ready test -S /run/fcgiwrap.socket || return
	socat TCP-LISTEN:5432,fork,reuseaddr,bind=127.0.0.1 \
		SYSTEM:'echo "HTTP/1.0 200 OK"; echo; echo rows' &
	database=$!
	until_ready curl -s -m 2 -o /dev/null http://127.0.0.1/index.html ||
		return
	# What a stranger would find out by guessing.
	cp /run/nginx.pid /srv/www/data/victim
}

stop_servers() {
	[ -z "${cgi-}" ] || kill "$cgi" "$database" 2>/dev/null
	[ ! -s /run/nginx.pid ] || kill "$(cat /run/nginx.pid)" 2>/dev/null
	cgi=''
	wait_gone nginx
	wait_gone fcgiwrap
}

wait_gone() {
	for _ in $(seq 50); do
		pgrep -x "$1" >/dev/null || return 0
		sleep 0.1
	done
}

# Sets $verdict to allowed, denied or failed, and $answer.
fetch() {
	code=$(curl -s -m 20 --path-as-is -o "$work/body" -w '%{http_code}' \
		"http://127.0.0.1$1")
	answer="$code $(head -n 1 "$work/body" 2>/dev/null)"
	case $answer in
	'200 refused:'*[Dd]enied* | '200 refused:'*permitted*) verdict=denied ;;
	'200 refused:'*connect*) verdict=denied ;;
	'200 refused:'*) verdict=failed ;;
	200*) verdict=allowed ;;
	403*) verdict=denied ;;
	*) verdict=failed ;;
	esac
	rm -f "$work/body"
}

start_syslog() {
	rm -f /var/log/khv.log
	rsyslogd -n -f "$here/site/rsyslog.conf" -i "$work/rsyslog.pid" \
		>"$work/rsyslog" 2>&1 &
	syslog=$!
	until_ready test -S /dev/log || {
		cat "$work/rsyslog"
		return 1
	}
}

start_audit() {
	hvauditd >"$work/hvauditd" 2>&1 &
	audit=$!
	sleep 0.5
	: >"$work/events"
	hvctl event tail -j >"$work/events" 2>"$work/tail" &
	tail=$!
	sleep 0.5
	kill -0 "$audit" 2>/dev/null || {
		say "hvauditd has ended: $(cat "$work/hvauditd")"
		return 1
	}
}

# The daemon writes behind; the last decision is enough.
wait_for_log() {
	until_ready grep -q 'cron\.d' /var/log/khv.log
	sleep 1
}

stop_khv() {
	[ -z "${tail-}" ] || kill "$tail" 2>/dev/null
	[ -z "${audit-}" ] || kill "$audit" 2>/dev/null
	[ -z "${syslog-}" ] || kill "$syslog" 2>/dev/null
	hvctl module unload khv_wrap >/dev/null 2>&1 || return 0
	modprobe -rq khv_policy
}
