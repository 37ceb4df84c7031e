#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Who may not read events, nor make any up: users without rights, root of a user
# namespace, other network namespaces, confined tasks, and whoever gets the port of a
# reader that has died.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../tools/tools.sh"
. "$(dirname "$0")/event.sh"
workdir /tmp
load_khv
event_policy
cp "$reader" "$KHV_PROGS/event/stranger" /run/
at_exit rm -f /run/reader /run/stranger

start_reader root -p -a
like "control: root may" "$(cat "$work/root")" ready
stop_reader "$reader_pid"
start_reader capable
like "control: others read beside the daemon" "$(cat "$work/capable")" ready
stop_reader "$reader_pid"

# Whoever is refused says so within the second; who is not would wait.
try() {
	timeout 5 "$@" 2>&1 | head -n 1
}

is "a user without rights" \
	"$(try setpriv --reuid 1000 --regid 1000 --clear-groups /run/reader)" \
	error=EPERM
is "a user without rights, statistics" \
	"$(setpriv --reuid 1000 --regid 1000 --clear-groups \
		/run/reader -S >/dev/null; echo $?)" 1
is "a user with CAP_AUDIT_READ alone may" \
	"$(try setpriv --reuid 1000 --regid 1000 --clear-groups \
		--inh-caps +audit_read --ambient-caps +audit_read /run/reader)" \
	ready
is "root of a user namespace" "$(try unshare -Ur /run/reader)" error=EPERM
like "root of another network namespace" "$(try unshare -n /run/reader)" \
	'error=ENODEV'
like "root of both" "$(try unshare -Urn /run/reader)" \
	'error=(ENODEV|EPERM)'
is "root in a domain" "$(hvctl run p -- /run/reader 2>&1 | head -n 1)" \
	error=EPERM

# Only the daemon's own socket acknowledges.
start_reader daemon -p -a
port=$(made daemon port)
like "a second daemon" "$(try /run/reader -p)" error=EBUSY
like "acknowledging without being the daemon" "$(try /run/reader -a)" \
	error=EINVAL

# Forged events: the kernel lets nobody without rights send them, and a reader takes
# none that the kernel has not sent.
like "an unprivileged forger" "$(setpriv --reuid 1000 --regid 1000 \
	--clear-groups /run/stranger "$port" 0)" 'forged=(EPERM|ECONNREFUSED)'
is "a confined one" "$(hvctl run p -- /run/stranger "$port" 0 |
	cat | grep -c forged=0)" 0
is "root of another network namespace" "$(unshare -n /run/stranger "$port" 0 |
	grep -c forged=0)" 0
/run/stranger "$port" 0 >"$work/forged"
is "control: root's forgery arrives" "$(cat "$work/forged")" forged=0
make_events a /etc/shadow 10 1
stop_reader "$reader_pid"
is "it is no event" "$(made daemon broken)" 0
is "and is counted" "$(made daemon foreign)" 1

# The port of a daemon that was killed: taken at once by somebody else.
start_reader killed -p
port=$(made killed port)
make_events a /etc/shadow 3000 1 &
busy=$!
setpriv --reuid 1000 --regid 1000 --clear-groups \
	/run/stranger "$port" 4 >"$work/stranger" &
stranger=$!
sleep 1
kill -9 "$reader_pid"
wait "$busy" "$stranger" 2>/dev/null
like "control: the port was taken" "$(cat "$work/stranger")" bound
like "it gets nothing" "$(cat "$work/stranger")" 'got=0'
done_testing
