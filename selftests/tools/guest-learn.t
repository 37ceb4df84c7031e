#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A policy from what a program does: nginx serves real requests and hands one to a
# CGI program while it is watched; the policy that is made of it fits on a screen,
# lets the same work go on, and stops who comes through a hole.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
here=$(readlink -f "$(dirname "$0")/../demo")
. "$here/site.sh"
say() {
	diag "$*"
}
load_khv
at_exit stop_servers
KHV_INCLUDE=/khv/rules/include
export KHV_INCLUDE

# shellcheck disable=SC2154 # fetch() sets them
gets() {
	fetch "$1"
	[ "$verdict" = allowed ]
}
# What visitors do, and what they get.
work_of_the_site() {
	for page in index.html about.html prices.html contact.html; do
		gets "/$page" || return
	done
	gets /cgi-bin/hours.cgi
}
restart() {
	stop_servers
	lay_out
	for page in about prices contact; do
		echo "<p>$page" >"/srv/www/html/$page.html"
	done
	start_servers
}

restart || bail_out "the web server does not start"
control "the site works" work_of_the_site
control "a hole in the configuration leads out of it" \
	gets /files../data/orders.txt
control "a hole in the CGI program too" gets '/cgi-bin/stolen.cgi?shadow'
stop_servers

hvctl -q log level off
tap_try hvctl learn start web /usr/sbin/nginx
is "without events nothing can be learnt" "$tap_status" 1
hvctl -q log level deny
tap_try hvctl learn start web /nosuch
is "no such program" "$tap_status" 2
tap_try hvctl learn suggest web
is "nothing has been learnt yet" "$tap_status" 1
hvctl -n learn start web /usr/sbin/nginx >/dev/null
is "a dry run starts nothing" "$(hvctl --no-header policy list)" ""
ok "nginx is learnt" hvctl learn start web /usr/sbin/nginx
ok "and what runs CGI programs" hvctl learn start cgi /usr/sbin/fcgiwrap
tap_try hvctl learn start web /usr/sbin/nginx
is "only once at a time" "$tap_status" 1
like "in mode learn" "$(hvctl --no-header policy list)" '^web +learn '
restart || bail_out "the web server does not start while it is learnt"
ok "the site works while it is learnt" work_of_the_site
like "the web server is in the policy" \
	"$(hvctl --no-header task list --policy web)" nginx

for name in web cgi; do
	hvctl learn suggest "$name" >"$work/$name.hv" 2>"$work/$name.err"
	diag "$(cat "$work/$name.hv" "$work/$name.err")"
	ok "$name: the suggestion compiles, and its tests hold" \
		hvctl policy check "$work/$name.hv"
	like "$name: nothing was lost" "$(head -n 1 "$work/$name.hv")" \
		'^# Learnt since .* events about [0-9]+ objects; none lost$'
	lines=$(wc -l <"$work/$name.hv")
	ok "$name: it has tests" grep -q '^expect allow' "$work/$name.hv"
	ok "$name: and the other way round" \
		grep -q '^expect deny .*/etc/shadow' "$work/$name.hv"
	is "$name: each rule says what it was learnt from" \
		"$(grep -cE '^(file|socket|process) .*# [0-9]+x' "$work/$name.hv")" \
		"$(grep -cE '^(file|socket|process) ' "$work/$name.hv")"
	is "$name: parts of the kernel are granted to nobody" \
		"$(grep -c '^kernel' "$work/$name.hv")" 0
	is "$name: what is executed is marked" \
		"$(grep -cE '^file .*exec' "$work/$name.hv")" \
		"$(grep -cE '^file .*exec.* audit.*REVIEW' "$work/$name.hv")"
done
lines=$(wc -l <"$work/web.hv")
ok "nginx on one screen ($lines lines)" test "$lines" -le 24
like "pages are one line" "$(cat "$work/web.hv")" \
	'^file +/srv/www/html +read.*, [0-9]+ objects, e\.g\. /srv/www/html/'
like "ports are" "$(cat "$work/web.hv")" \
	'^socket +127\.0\.0\.1:80/tcp +bind/listen/accept'
like "suggest -j" "$(hvctl -j learn suggest web)" \
	'"policy":"web","text":"# Learnt.*"events":[0-9]+,"objects":[0-9]+,"lost":0'
like "review: what was seen" "$(hvctl learn review web)" \
	'^main +file +/srv/www/html/about\.html +[a-z/-]*open[a-z/-]* +[0-9]+$'
is "review: as many as were" "$(hvctl --no-header learn review web | wc -l)" \
	"$(hvctl -j learn suggest web | sed 's/.*"objects":\([0-9]*\).*/\1/')"
ok "compare: what was learnt allows it" hvctl learn compare web "$work/web.hv"
printf 'policy less\ninclude <base>\nfile / read\nfile /srv/www/html/about.html none\nsocket 192.0.2.1:80/tcp connect\n' \
	>"$work/less.hv"
tap_try hvctl learn compare web "$work/less.hv"
is "compare: another refuses some of it" "$tap_status" 1
like "compare: says what, and by which line" "$tap_output" \
	'^main +file +/srv/www/html/about\.html +[a-z/-]*open[a-z/-]* +[0-9]+ +less\.hv:4$'
like "compare: or that there is none" "$tap_output" \
	'^main +socket +127\.0\.0\.1:80/tcp .* no rule$'
like "compare -j" "$(hvctl -j learn compare web "$work/less.hv")" \
	'"object":"/srv/www/html/about.html",.*"rule":"less.hv:4"'
ok "learning is stopped" hvctl learn stop web
like "it says what came of it" "$tap_output" 'events about [0-9]+ objects, 0 lost'
like "and what stays" "$tap_output" 'stays in force, in mode learn'
hvctl -q learn stop cgi
tap_try hvctl learn stop web
is "only once" "$tap_status" 1
stop_servers

ok "what was learnt is put in force" hvctl policy load "$work/web.hv" \
	"$work/cgi.hv"
ok "the web server starts" restart
like "confined" "$(hvctl --no-header task list --policy web)" nginx
ok "the same work still succeeds" work_of_the_site
# shellcheck disable=SC2154 # the same
fetch /files../data/orders.txt
is "the way out of the site is closed" "$verdict" denied
fetch '/cgi-bin/stolen.cgi?shadow'
is "nobody reads /etc/shadow through a CGI program" \
	"$([ "$verdict" = allowed ] && echo read || echo no)" no
# shellcheck disable=SC2154 # the same
unlike "not by another way either" "$answer" 'done: root:'
done_testing
