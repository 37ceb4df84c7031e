#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: who is in a domain. Attached by executable, by hvctl run, by
# hvctl attach; users; a policy that is replaced while tasks are in it.
# Of attacks/catalogue: PROC-16.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp
app=/opt/netscape/busybox
free=/opt/free/busybox

load_khv khv_wrap
mkdir -p /opt/netscape /opt/free
cp /bin/busybox "$app"
cp /bin/busybox "$free"
ln -s "$app" /opt/free/busybox-link
at_exit rm -rf /opt/netscape /opt/free

is "control: unattached, root may run it" \
	"$(outcome "$app" cat /etc/passwd)" allowed
policy "$hold/browser.hv"
is "refuse user=root: root may not run it" \
	"$(outcome "$app" cat /etc/hostname)" EACCES
is "nor through a symbolic link" \
	"$(outcome /opt/free/busybox-link cat /etc/hostname)" EACCES
is "another user may" \
	"$(outcome as_user nobody "$app" cat /etc/hostname)" allowed
is "and is confined by the name of the program alone" \
	"$(outcome as_user nobody "$app" cat /etc/passwd)" EACCES
is "also when started by a symbolic link" \
	"$(outcome as_user nobody /opt/free/busybox-link cat /etc/passwd)" EACCES
is "the same bytes elsewhere are another program" \
	"$(outcome "$free" cat /etc/passwd)" allowed
ok "policy browser is cleared" hvctl policy clear browser
is "and root may run it again" "$(outcome "$app" cat /etc/passwd)" allowed

# A task that waits for names on its standard input and says what it could read.
# shellcheck disable=SC2016 # $f is the inner shell's
reader='while read f; do
	case $f in
	pid) echo "pid $$" ;;
	*) (read line <$f) 2>&1 && echo "allowed $f" || echo "refused $f" ;;
	esac
done'

# hvctl policy load, with tasks in it, between two questions.
sed 's,/etc  ,/etc/hostname,' "$hold/loose.hv" >"$work/loose.hv"
policy "$hold/loose.hv"
answers=$({
	echo /etc/passwd
	echo /etc/host.conf
	sleep 1
	hvctl policy load "$work/loose.hv" >&2
	echo /etc/host.conf
	echo /etc/hostname
	sleep 1
	hvctl policy load "$hold/loose.hv" >&2
	echo /etc/host.conf
} | hvctl run loose -- "$app" sh -c "$reader" 2>"$work/errors" |
	grep -v "can't open")
is "a policy is replaced while a task is in it, and back" "$answers" \
	"refused /etc/passwd
allowed /etc/host.conf
refused /etc/host.conf
allowed /etc/hostname
allowed /etc/host.conf" || diag "$(cat "$work/errors")"

# hvctl attach: a process that runs already, with its child.
answers=$({
	echo /etc/passwd
	echo pid
	sleep 1
	pid=$(pgrep -f "^$free sh" | head -n 1)
	hvctl attach "$pid" --tree --policy loose >&2
	hvctl task list >"$work/tasks"
	echo /etc/passwd
	echo /etc/host.conf
} | "$free" sh -c "$reader" 2>"$work/errors" | grep -v "can't open\|^pid")
is "a running process is attached" "$answers" \
	"allowed /etc/passwd
refused /etc/passwd
allowed /etc/host.conf" || diag "$(cat "$work/errors")"
like "and task list shows it" "$(cat "$work/tasks")" "busybox.*loose"

# Its descendants as well: the grandchild was there before.
# Through pipes: a file that is not granted would be taken away.
{
	wait_for 60 test -e "$work/attached"
	echo go
} | sh -c 'sh -c "read go; cat /etc/passwd >/dev/null; echo status \$?"; exit' 2>&1 |
	cat >"$work/child" &
wait_for 20 pgrep -f '^sh -c read go' >/dev/null
parent=$(pgrep -o -f '^sh -c sh -c "read')
ok "a tree is attached" hvctl attach "$parent" --tree --policy loose
touch "$work/attached"
wait
like "a grandchild that ran already is confined" "$(cat "$work/child")" \
	"status [1-9]|denied"

refused "a process that does not exist cannot be attached" \
	hvctl attach 4194303 --policy loose
refused "nor a policy that does not exist" hvctl run nosuch -- "$app" true
is "after all of this nobody is left in a domain" \
	"$(hvctl task list -j | grep -c '"pid"')" 0
done_testing
