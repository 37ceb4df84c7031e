#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# rules/browser.hv with the real Chromium and its own sandbox: a page with a script
# is shown; then somebody in the place of the browser, and in that of a helper.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/rules.sh"
workdir /tmp
lib=/usr/lib/chromium
people
for at in 198.51.100.7 192.168.1.20; do
	ip addr replace "$at/32" dev lo
	at_exit ip addr del "$at/32" dev lo
done
put "$work/site/index.html" <<'END'
<html><body><p id=p>plain</p><script>
document.getElementById("p").textContent = "scripted " + 6 * 7
</script></body></html>
END
# One server for the world and for the network inside.
python3 -m http.server -d "$work/site" 80 >/dev/null 2>&1 &
at_exit kill $!
as_ann() {
	setpriv --reuid ann --regid ann --clear-groups env HOME=/home/ann "$@"
}
# Not by the function: that would be a process of root's.
setpriv --reuid ann --regid ann --clear-groups sleep 1000 &
witness=$!
at_exit kill "$witness"
as_ann mkdir -p /home/ann/Downloads /home/ann/Documents \
	/home/ann/.config/chromium/Default /home/ann/.config/autostart
chmod 755 /home/bob
echo "note of bob" >/home/bob/note
at_exit real "$lib/chromium"
at_exit real /usr/bin/xdg-open
at_exit rm -f "$lib/chromium.tries" /usr/bin/xdg-open.tries

browse() {
	as_ann timeout 300 /usr/bin/chromium --headless --no-first-run \
		--disable-gpu "$@" http://198.51.100.7/index.html
}

real_work() {
	# To a pipe: the browser may not write to this file.
	browse --dump-dom 2>&1 </dev/null | cat >"$work/page"
	like "$1: the page is loaded and its script has run" \
		"$(cat "$work/page")" "scripted 42" ||
		diag "$(grep -v dbus "$work/page")"
}

scene() {
	rm -rf /home/ann/Downloads/* /home/ann/.config/autostart/*
	for one in Downloads/a.pdf Documents/tax.ods \
		.config/chromium/Default/Cookies; do
		echo "of ann" >"/home/ann/$one"
	done
	cp /etc/skel/.bashrc /home/ann/.bashrc
	chown -R ann: /home/ann/Downloads /home/ann/Documents \
		/home/ann/.config /home/ann/.bashrc
}

put_tries "$lib/chromium.tries" <<'END'
free | append /home/ann/.config/chromium/Default/Cookies | writes to the profile
free | create /home/ann/Downloads/b.pdf | stores a download
free | connect 198.51.100.7 80 | connects to a web server
held | drop /home/ann/Downloads/tool | runs a download
held | map /home/ann/Downloads/a.pdf | loads it as a library
held | drop /home/ann/.config/chromium/tool | runs what it has put into the profile
held | memory | runs a program from memory
held | exec /usr/bin/dash | starts a shell
held | read /home/ann/.ssh/id_ed25519 | reads a private key
held | read /home/ann/.gnupg/private | reads another one
held | read /home/ann/Documents/tax.ods | reads documents
held | read /home/bob/note | reads what is another's
held | append /home/ann/.bashrc | changes what the next login runs
held | create /home/ann/.config/autostart/back | starts with the next session
held | connect 192.168.1.20 80 | connects to the network inside
held | connect 127.0.0.1 80 | connects to a service of the machine
held | listen 0.0.0.0 8080 | opens a door
held | signal @WITNESS@ | signals the user's other processes
held | trace @WITNESS@ | traces them
held | peek @WITNESS@ | reads their memory
held | read /proc/@WITNESS@/environ | reads their environment
held | read /proc/@WITNESS@/status | reads their state
held | ring | sets up an io_uring
END
put_tries /usr/bin/xdg-open.tries <<'END'
free | read /home/ann/Downloads/a.pdf | reads a document that was downloaded
held | create /home/ann/Downloads/c.pdf | changes what is there
held | read /home/ann/.config/chromium/Default/Cookies | reads the profile
held | read /home/ann/.ssh/id_ed25519 | reads a private key
held | append /home/ann/.bashrc | changes what the next login runs
held | drop /tmp/.org.chromium.tool | stores a program and runs it
held | connect 198.51.100.7 80 | tells the world
held | listen 0.0.0.0 8080 | opens a door
held | signal @WITNESS@ | signals the user's other processes
held | read /proc/@WITNESS@/environ | reads their environment
held | namespace | makes a user namespace
END

# As the launcher starts it; a helper in the domain that the policy gives to helpers.
attack() {
	scene
	in_place_of "$lib/chromium"
	as_ann /usr/bin/chromium "$lib/chromium.tries" 2>&1 </dev/null |
		grep -a '|' >"$work/said"
	real "$lib/chromium"
	"$1" "in the place of the browser" "$work/said"
	scene
	rm -f /tmp/.org.chromium.tool
	in_place_of /usr/bin/xdg-open
	"$2" >"$work/said" 2>&1
	real /usr/bin/xdg-open
	"$1" "a helper" "$work/said"
}

helper_alone() {
	as_ann /usr/bin/xdg-open /usr/bin/xdg-open.tries 2>&1 | cat
}

helper_alone_confined() {
	hvctl run --domain helper browser -- setpriv --reuid ann --regid ann \
		--clear-groups /usr/bin/xdg-open /usr/bin/xdg-open.tries 2>&1 | cat
}

real_work unconfined
attack unconfined helper_alone
start_khv
confine browser
scene
# As in a home where no browser has been.
as_ann rm -rf /home/ann/.config /home/ann/.cache /home/ann/.pki
fresh
real_work confined
ok "it has made its profile" test -d /home/ann/.config
as_ann mkdir -p /home/ann/.config/chromium/Default /home/ann/.config/autostart
# The real browser was the one that is confined, and went through the policy.
like "and it was in the policy" "$(cat "$work/events")" '"policy":"browser"'
attack confined helper_alone_confined
done_testing
