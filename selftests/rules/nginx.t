#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# rules/nginx.hv and rules/cgi.hv with the real nginx and fcgiwrap: pages, a program,
# a database; then somebody in the place of nginx and of the program.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/rules.sh"
workdir /tmp
here=$(dirname "$0")/../demo
. "$here/site.sh"
say() {
	diag "$*"
}
people
lay_out
at_exit rm -rf /srv/www /srv/private
at_exit rm -f /etc/cron.d/back
for at in 10.20.0.5 198.51.100.7; do
	ip addr replace "$at/32" dev lo
	at_exit ip addr del "$at/32" dev lo
done
for at in 10.20.0.5:5432 10.20.0.5:22 198.51.100.7:443; do
	socat "TCP-LISTEN:${at#*:},bind=${at%:*},fork,reuseaddr" \
		SYSTEM:'echo rows' 2>/dev/null &
	at_exit kill $!
done
sleep 1000 &
witness=$!
at_exit kill "$witness"
at_exit stop_servers
at_exit real /usr/sbin/nginx
at_exit rm -f /usr/sbin/nginx.tries
cat >/srv/www/cgi-bin/rows.cgi <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\n'
exec curl -s -m 10 telnet://10.20.0.5:5432 </dev/null
END
cat >/srv/www/cgi-bin/intruder.cgi <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\n\n'
exec /srv/www/cgi-bin/intruder /srv/www/cgi-bin/intruder.tries 2>&1
END
cp "$intruder" /srv/www/cgi-bin/intruder
chmod 755 /srv/www/cgi-bin/*

put_tries /srv/www/cgi-bin/intruder.tries <<'END'
free | connect 10.20.0.5 5432 | connects to the database
held | connect 10.20.0.5 22 | connects to another port of its machine
held | connect 127.0.0.1 5432 | connects to the same port of another
held | connect 198.51.100.7 443 | connects to the world
held | udp 198.51.100.7 53 | sends a packet to the world
held | listen 0.0.0.0 4444 | opens a door
held | truncate /srv/www/html/index.html | defaces the page
held | rename /srv/www/data/orders.txt /srv/www/html/new.html | adds a page
held | create /srv/www/cgi-bin/back.cgi | adds a program
held | drop /srv/www/data/miner | stores a program and runs it
held | memory | runs a program from memory
held | read /etc/shadow | reads the hashes of passwords
held | read /srv/private/customers.txt | reads what is not served
held | create /etc/cron.d/back | leaves a job for cron
held | delete /var/log/nginx/access.log | deletes the access log
held | signal @WITNESS@ | signals another process
held | peek @WITNESS@ | reads another's memory
held | mount /mnt | mounts something
held | module | loads a kernel module
END
put_tries /usr/sbin/nginx.tries <<'END'
free | read /srv/www/html/index.html | reads a page
held | write /srv/www/html/index.html | changes a page
held | create /srv/www/html/new.html | adds a page
held | read /srv/www/data/count | reads what programs store
held | read /srv/www/cgi-bin/hours.cgi | reads the text of a program
held | exec /srv/www/cgi-bin/rows.cgi | runs a program
held | exec /usr/bin/dash | starts a shell
held | read /etc/shadow | reads the hashes of passwords
held | read /home/ann/.ssh/id_ed25519 | reads a private key
held | connect 10.20.0.5 5432 | connects to the database
held | listen 0.0.0.0 2222 | opens a door
held | truncate /var/log/nginx/access.log | empties the access log
held | append /etc/nginx/nginx.conf | changes the configuration
held | trace @WITNESS@ | traces another process
END

scene() {
	rm -f /srv/www/html/new.html /srv/www/cgi-bin/back.cgi \
		/srv/www/data/miner /etc/cron.d/back
	echo "order 1" >/srv/www/data/orders.txt
	echo 1 >/srv/www/data/count
	: >/var/log/nginx/access.log
}

page() {
	curl -s -m 20 "http://127.0.0.1$1"
}

# The one that is taken over in the place of nginx is started as nginx is.
attack() {
	scene
	page /cgi-bin/intruder.cgi >"$work/said"
	"$1" "a CGI program" "$work/said"
	cp "$here/site/index.html" /srv/www/html/
	scene
	page /index.html >"$work/page"
	stop_servers
	[ "$1" = unconfined ] || only_denied intruder "a CGI program"
	in_place_of /usr/sbin/nginx
	timeout 20 /usr/sbin/nginx /usr/sbin/nginx.tries 2>&1 | cat >"$work/said"
	"$1" "in the place of nginx" "$work/said"
	real /usr/sbin/nginx
}

real_work() {
	start_servers || bail_out "nginx does not start"
	like "$1: a page" "$(page /index.html)" "<html"
	like "$1: a program" "$(page /cgi-bin/hours.cgi)" "[0-9]"
	like "$1: a program asks the database" "$(page /cgi-bin/rows.cgi)" rows
	kill -USR1 "$(cat /run/nginx.pid)"
	ok "$1: the access log is there" test -s /var/log/nginx/access.log
}

real_work unconfined
attack unconfined
may_read_tries nginx /usr/sbin/nginx.tries
start_khv
confine nginx cgi
lay_out
fresh
real_work confined
no_denials "real work"
fresh
attack confined
done_testing
