#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: rules of the type kernel. Whose credentials count, what a rule
# grants, and what is out of reach in every policy.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp
app=$work/busybox
cp /bin/busybox "$app"

load_khv khv_wrap
grants() {
	cat >"$work/grants.hv" <<-X
		policy  grants  "changed between the tests"
		$1
	X
	hvctl policy load "$work/grants.hv" >"$work/said" 2>&1 || diag "$(cat "$work/said")"
}
confined() {
	outcome hvctl run grants -- "$app" "$@"
}

# An overlay copies a file up with the credentials of its mounter.
mkdir "$work/layers"
mount -t tmpfs layers "$work/layers"
at_exit umount -l "$work/layers"
(
	cd "$work/layers" || exit
	mkdir lower lower/d upper inner merged
	echo old >lower/d/f
	mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=inner o merged
)
at_exit umount -l "$work/layers/merged"
grants "file / read/write"
is "root is refused a capability" "$(confined hostname x)" EPERM
is "and has not got it by the overlay" "$(confined chroot "$work" /)" EPERM
is "but the overlay copies a file up for it" \
	"$(confined sh -c "echo new >>$work/layers/merged/d/f")" allowed
is "the new text is there" "$(tail -n 1 "$work/layers/upper/d/f")" new
is "root may still be another's" "$(confined chown 1 "$work/layers/merged/d/f")" \
	allowed
grants "kernel capability:sys_admin use"
is "a rule grants it" "$(confined hostname "$(hostname)")" allowed
is "and no other" "$(confined chroot "$work" /)" EPERM
grants "kernel capability:chown none"
is "a rule takes away what is granted by itself" \
	"$(confined chown 1 "$work/layers/merged/d/f")" EPERM

# Capabilities that the kernel only asks about, as for every mapping, are no news.
grants "file / read/write"
hvctl -j event tail -n 1 --client wrap >"$work/tail" 2>/dev/null &
sleep 0.5
confined hostname x >/dev/null
wait_for 5 test -s "$work/tail"
like "the first event is not of a mapping" "$(cat "$work/tail")" \
	'capability:sys_admin.*'
is "but of what was asked for" "$(grep -c '"hook":"capable"' "$work/tail")" 1

# Not even where processes are not governed.
sleep 60 &
other=$!
hvctl event tail >/dev/null 2>&1 &
reader=$!
sleep 0.5
grants "file / read/write"
is "processes are not governed: a signal" "$(confined kill -0 "$other")" allowed
is "a signal to a reader of events" "$(confined kill -0 "$reader")" EPERM
is "its priority" "$(confined renice 5 -p "$reader")" EPERM
is "another's priority" "$(confined renice 5 -p "$other")" allowed
grants "kernel audit use"
is "a rule grants it" "$(confined kill -0 "$reader")" allowed
kill "$other" "$reader"
wait
done_testing
