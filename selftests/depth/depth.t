#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# How deep the kernel's stack gets: overlays over an overlay, io_uring, sockets and
# programs, without khv and in a domain with as many clients as there can be. The
# kernel's stack tracer measures at the entry of every function.
# Of attacks/catalogue: ROB-19.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../hold/hold.sh"
workdir /tmp
trace=/sys/kernel/tracing
[ -e $trace/trace ] || mount -t tracefs trace $trace
[ -e $trace/stack_max_size ] || bail_out "this kernel has no CONFIG_STACK_TRACER"
size=16384 spare=8192 ours=5120

scene
ip link set lo up
at_exit umount -l "$work/root"
mkdir "$work/root"
mount -t tmpfs depth "$work/root"
cd "$work/root" || bail_out "no place"
mkdir -p a b c d e one two
echo text >a/file
mount -t overlay -o lowerdir=a,upperdir=b,workdir=c one one || bail_out "no overlay"
mount -t overlay -o lowerdir=one,upperdir=d,workdir=e two two || bail_out "no other"
at_exit umount -l "$work/root/one" "$work/root/two"
cp /bin/busybox "$work/root/busybox"
cd /

# In a pipe: its output has a place in no policy.
deepest() {
	echo 0 >$trace/stack_max_size
	sysctl -q kernel.stack_tracer_enabled=1
	"$@" "$work/root/busybox" sh -c "cd $work/root/two && cat file && echo >>file &&
		mv file other && ln other file && rm other && mkdir dir && rmdir dir &&
		ls / >/dev/null && (ls /proc >/dev/null)" 2>&1 </dev/null | cat >"$work/said"
	# Unconfined and in the domain: each technique is tried in both.
	"$attack" stage uring >"$work/stage" 2>&1 </dev/null
	"$attack" stage net >>"$work/stage" 2>&1 </dev/null
	sysctl -q kernel.stack_tracer_enabled=0
	cat $trace/stack_max_size
}

without=$(deepest env)
cp $trace/stack_trace "$work/without"
control "without khv all of it works" grep -qx text "$work/said"
load_khv khv_wrap
policy "$hold/attack.hv"
cat >"$work/depth.hv" <<'EOF'
policy  depth  "everything is granted, and looked up"
file    /        read/write
file    /nowhere none
process any      read/write
EOF
policy "$work/depth.hv"
at_exit tap_unload khv_stack
ok "fifteen more clients" modprobe khv_stack n=15 comm=busybox calls=openat,renameat2,mkdir
with=$(deepest hvctl run depth --)
cp $trace/stack_trace "$work/with"
control "in the domain all of it works" grep -qx text "$work/said"
share=$(awk '/\[khv/ { n += $3 } END { print n + 0 }' "$work/with")
diag "deepest without khv: $without bytes, with: $with, of these khv's own: $share"
diag "$(cat "$work/with")"
ok "the stack is not exhausted: $spare bytes are left" \
	test $((size - with)) -ge $spare
ok "khv's own part where it is deepest is at most $ours bytes" test "$share" -le $ours
done_testing
