#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# hvctl coverage lists every verb of the language with what stands behind it on
# this kernel; a policy that names a verb with nothing behind it is not loaded,
# unless it says so. Of attacks/catalogue: HOOK-14.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/defence.sh"
workdir /tmp

unload_all() {
	hvctl -q policy clear --all --force 2>/dev/null
	hvctl -q module unload khv_wrap 2>/dev/null
	wait_for 5 modprobe -rq khv_policy
	wait_for 5 modprobe -rq khv
}
at_exit unload_all

# One field of one verb, from -j.
field() {
	hvctl -j coverage | tr '{' '\n' | grep "^\"type\":\"$1\",\"verb\":\"$2\"," |
		sed "s/.*\"$3\":\(\[[^]]*\]\|\"[^\"]*\"\).*/\1/"
}

verbs() {
	awk -v type="$1" '$1 == type { print $2 }' "$work/coverage" |
		tr '\n' ' '
}

# --- what is there ------------------------------------------------------------------

modprobe khv || bail_out "cannot load khv"
says "without a module that keeps policies" 8 'modprobe khv_policy' \
	hvctl coverage
modprobe khv_policy || bail_out "cannot load khv_policy"
like "before a client is there" "$(hvctl coverage)" 'nothing is hooked$'
modprobe khv_wrap || bail_out "cannot load khv_wrap"
hvctl coverage >"$work/coverage"
diag "$(cat "$work/coverage")"
is "every verb of files" "$(verbs file)" \
	"open list stat readlink open-write append truncate create delete rename link symlink mknod attr lock exec mmap ioctl mount "
is "every verb of sockets" "$(verbs socket)" \
	"bind listen accept recv connect send create option "
is "every verb of processes" "$(verbs process)" \
	"info peek signal ptrace sched memory "
is "every verb of parts of the kernel" "$(verbs kernel)" "use "
is "what is a gap on every kernel, and nothing else" \
	"$(awk '$3 == "gap" { print $2 }' "$work/coverage" | tr '\n' ' ')" \
	"readlink info memory "
like "every check is hooked" "$(tail -n 1 "$work/coverage")" \
	'every check is hooked$'

# Every check that the client asks for stands behind some verb.
hvctl -j module show wrap | sed 's/.*"objects":\[\([^]]*\)\].*/\1/' |
	tr -d '"' | tr ',' '\n' | sort -u >"$work/asked"
hvctl -j coverage | grep -oE '"(checks|absent)":\[[^]]*\]' | sed 's/.*\[\(.*\)\]/\1/' |
	tr -d '"' | tr ',' '\n' | sort -u >"$work/listed"
control "checks are listed" grep -qx file_open "$work/listed"
is "every check of the client is listed" \
	"$(comm -23 "$work/asked" "$work/listed" | tr '\n' ' ')" ""
is "their functions" "$(field file lock symbols)" \
	'["security_file_lock","security_file_fcntl"]'
is "hooked now" "$(field file lock live)" '["file_lock","file_fcntl"]'
like "a gap has a reason" "$(field process memory text)" 'ptrace'
like "another moment is named" "$(field socket send text)" 'at connect or accept'

# A function that came with a later kernel: another check is asked before that.
case $(uname -r) in
6.1.*)
	like "6.1 has no check for ACLs alone" "$(field file attr absent)" \
		'inode_set_acl'
	like "nor for truncation of a file" "$(field file truncate absent)" \
		'file_truncate'
	;;
*)
	is "nothing is absent" "$(field file attr absent)" '[]'
	like "ACLs have a check" "$(field file attr checks)" 'inode_set_acl'
	;;
esac
is "attr is covered" "$(field file attr state)" '"covered"'
is "truncate is covered" "$(field file truncate state)" '"covered"'
refused "not without privilege" as_user nobody hvctl coverage

# --- a gap --------------------------------------------------------------------------

lock_policy() {
	printf 'policy gap "test"\n%sfile / all\nfile /srv +lock\n' "$1" >"$work/gap.hv"
}

lock_policy ''
control "a policy that names lock" hvctl policy load "$work/gap.hv"
unload_all
modprobe khv_policy without=file_lock,inode_setxattr ||
	bail_out "cannot load khv_policy"
modprobe khv_wrap || bail_out "cannot load khv_wrap"
is "lock is a gap" "$(field file lock state)" '"gap"'
like "the check is named" "$(field file lock text)" 'no check file_lock"$'
is "a check that would stand in for another is missing" \
	"$(field file attr state)" '"gap"'
is "delete is none" "$(field file delete state)" '"covered"'
g=$(hvctl -j status | grep -o '"generation":[0-9]*' | head -n 1)
says "the policy is refused" 8 \
	'policy gap: file verb lock is not covered: this kernel has no check file_lock; accept that with "allow-gap lock", or do not name it' \
	hvctl policy load "$work/gap.hv"
says "in a dry run as well" 8 'not covered' hvctl -n policy load "$work/gap.hv"
is "nothing has changed" \
	"$(hvctl -j status | grep -o '"generation":[0-9]*' | head -n 1)" "$g"
lock_policy 'allow-gap delete
'
refused "another gap does not help" hvctl policy load "$work/gap.hv"
lock_policy 'allow-gap lock
'
ok "with the gap named it is accepted" hvctl policy load "$work/gap.hv"
printf 'policy other "test"\nfile / read\nfile /srv write\n' >"$work/other.hv"
ok "read and write name no verb" hvctl policy load "$work/other.hv"
done_testing
