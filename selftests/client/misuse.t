#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A client module that uses the interface wrongly gets an error, not a crash.
. "$(dirname "$0")/../lib/tap.sh"

at_exit modprobe -rq khv
at_exit rmmod khv_misuse 2>/dev/null
ok "the master loads" modprobe khv
# The module tries everything at its start and says on one line each what came of it.
dmesg -C
ok "it loads" modprobe khv_misuse
dmesg | sed -n 's/.*khv_misuse: try //p' >/tmp/misuse
while IFS=: read -r what got wanted; do
	is "$what" "$got" "$wanted"
done </tmp/misuse
is "all were tried" "$(wc -l </tmp/misuse)" 11
is "the first registration still stands" \
	"$(hvctl --no-header module list | awk '{ print $2, $5 }')" \
	"misuse enabled"
refused "a module with an enabled client is not unloaded" rmmod khv_misuse
ok "it is disabled and unloaded" hvctl -q module unload misuse
like "what never was registered is not unregistered" "$(dmesg)" \
	'client never is not registered and cannot be unregistered'
done_testing
