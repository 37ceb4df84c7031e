#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Process numbers come round again, and nobody inherits what the last one with the
# number had: not its domain, and not its freedom. Of attacks/catalogue: PROC-09.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp

# On the debug kernel each takes ten times as long.
case $(uname -r) in
*debug)	children=1500 ;;
*)	children=4000 ;;
esac
scene
mkdir -p /srv/hold/bin /srv/hold/D
cp "$KHV_PROGS/hold/reuse-static" /srv/hold/bin/reuse
cp /srv/hold/bin/reuse /srv/hold/bin/free
echo text >/srv/hold/D/f
cat >"$work/reuse.hv" <<-X
	version 1
	policy  reuse
	attach  /srv/hold/bin/reuse
	file    /srv/hold/bin   read
	process descendants     all
X

# The fewest that a kernel takes; below 300 none is given out twice.
was=$(cat /proc/sys/kernel/pid_max)
ok "few numbers" sysctl -qw kernel.pid_max=340
at_exit sysctl -qw "kernel.pid_max=$was"
is "control: without khv all can read" \
	"$(/srv/hold/bin/reuse 100 /srv/hold/D/f | cut -d' ' -f1)" 100

load_khv khv_wrap
policy "$work/reuse.hv"
# Both at once, so that numbers go from one to the other. A pipe has no place.
/srv/hold/bin/free $children /srv/hold/D/f >"$work/free" 2>&1 &
free=$!
/srv/hold/bin/reuse $children /srv/hold/D/f </dev/null 2>&1 | cat >"$work/bound"
ok "those outside come to their end" wait "$free"
is "those outside can all read" "$(cut -d' ' -f1 "$work/free")" $children
is "no child of a confined one can" "$(cut -d' ' -f1 "$work/bound")" 0
rounds=$(cut -d' ' -f2 "$work/bound")
diag "the numbers came round $rounds times"
ok "numbers were used again" test "${rounds:-0}" -ge 50
ok "no task is left in the table" \
	wait_for 10 sh -c '! hvctl --no-header task list | grep -q reuse'
done_testing
