#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Calls that do not return the ordinary way: each frame entered is left.
# Of attacks/catalogue: ROB-15, ROB-16.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/unload.sh"
workdir /tmp
ways="exit_group exec_group exec_fails exec_succeeds vfork fork killed restart
	interrupt stopped"
calls=read,openat,clock_nanosleep,execve,execveat,vfork,fork,clone,clone3
calls=$calls,wait4,restart_syscall,futex,write,close

for way in $ways; do
	control "$way" "$progs/frames" "$way"
done
ok "khv_sample loads" sample "$calls" frames
for way in $ways; do
	before=$(parameter pre)
	ok "$way: it works" "$progs/frames" "$way"
	is "$way: the hooks have seen it" \
		"$([ "$(parameter pre)" -gt "$before" ] && echo yes)" yes
	ok "$way: every frame was left" wait_for 2 none_in_flight ||
		diag "$(in_flight)"
done
is "each post-call had its pre-call" \
	"$([ "$(parameter post)" -le "$(parameter pre)" ] && echo yes)" yes
ok "it unloads" unload
ok "nothing is left" gone
for way in $ways; do
	ok "$way: it works without hooks" "$progs/frames" "$way"
done
done_testing
