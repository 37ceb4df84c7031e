#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: a running process that is attached has nothing afterwards that its
# policy refuses, and hvctl says what became of it. Of attacks/catalogue: FD-05, FD-07,
# OWN-08, OWN-09, OWN-10, OWN-15.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp

scene
mkdir -p /srv/hold/bin /srv/hold/A /srv/hold/R /srv/hold/D /srv/hold/sock
cp "$KHV_PROGS/hold/brought-static" /srv/hold/bin/free
cp "$KHV_PROGS/hold/held-static" /srv/hold/bin/held
for dir in A R D; do echo text >"/srv/hold/$dir/f"; done
mkfifo /srv/hold/D/fifo /srv/hold/A/in
ip link set lo up 2>/dev/null
load_khv khv_wrap
policy "$hold/entry.hv"
cat >"$work/code.hv" <<-EOF
	version 1
	policy  code  "no code but that of files"
	file    /srv/hold  read
	kernel  exec-memory  none
EOF
policy "$work/code.hv"

# begin WHAT [ARG]: held.c with a pipe for input and one for output; $target is the
# process, $shown that which it speaks of
begin() {
	run_with held "$@"
	wait_for 20 grep -q ready "$work/out"
	shown=$(sed -n 's/^ready //p' "$work/out")
}
run_with() {
	run_name=$1
	shift
	: >"$work/out"
	"/srv/hold/bin/$run_name" "$@" </srv/hold/A/in 2>&1 | cat >"$work/out" &
	exec 9<>/srv/hold/A/in
	wait_for 20 pgrep -x "$run_name" >/dev/null
	target=$(pgrep -o -x "$run_name")
}

# said: what it says now
said() {
	said_before=$(wc -l <"$work/out")
	echo >&9
	wait_for 20 more_than $((said_before + ${1-0}))
	sed -n "$((said_before + 1)),\$p" "$work/out"
}
more_than() {
	[ "$(wc -l <"$work/out")" -gt "$1" ]
}

end() {
	exec 9>&-
	pkill -9 -x "$run_name"
	wait
	wait_for 5 gone
}
gone() {
	! pgrep -x "$run_name" >/dev/null
}

# attach [OPTION...]: $attached is the exit code, and a line of $work/found is
# "KIND STATE OBJECT"
attach() {
	hvctl -j attach "$@" >"$work/json" 2>"$work/err"
	attached=$?
	sed 's/},{/}\n{/g' "$work/json" | sed -n \
		's/.*"kind":"\([^"]*\)","state":"\([^"]*\)".*"object":"\([^"]*\)".*/\1 \2 \3/p' \
		>"$work/found"
}
lists() {
	like "$1" "$(cat "$work/found")" "$2"
}

# --- descriptors -------------------------------------------------------------------

brought_verdicts | grep -vE 'bound:|listen|server|unix-' >"$work/kinds"
kinds_of() {
	sed "s/ .*//" "$work/kinds" | tr '\n' ' '
}
# shellcheck disable=SC2046 # words
run_with free wait $(kinds_of)
many=$(wc -l <"$work/kinds")
is "control: all kinds are kept" "$(said $((many - 1)) | sed 's/.* //' |
	sort | uniq -c | sed 's/^ *//')" "$many kept"
attach -n --policy entry "$target"
is "a look changes nothing" "$attached $(said $((many - 1)) | grep -vc kept)" "0 0"
lists "it lists what would be revoked" '^descriptor revoked /srv/hold/D/f$'
lists "and what would be kept" '^descriptor kept /srv/hold/A/f$'
attach --policy entry "$target"
is "all kinds are judged" "$attached $(said $((many - 1)))" "0 $(cat "$work/kinds")"
lists "it lists what was revoked" '^descriptor revoked /srv/hold/D/f$'
lists "and what was kept" '^descriptor kept /srv/hold/A/f$'
lists "the ring" '^ring revoked descriptor:io_uring$'
lists "sockets by address" '^descriptor revoked 127.0.0.1:12000/tcp$'
end

# --- more than one user of a table -------------------------------------------------

# WHAT ARG BEFORE AFTER OPTION...: said before and after
tries() {
	tries_name="$1" tries_arg=$2 tries_before=$3 tries_after=$4
	shift 4
	begin "$tries_name" "$tries_arg"
	[ "$tries_before" = - ] ||
		is "control: $tries_name" "$(said)" "$tries_before"
	[ "$tries_before" != 4 ] || { end; begin "$tries_name" "$tries_arg"; }
	attach --policy "${with-entry}" "$@" "$target"
	is "$tries_name${*:+ }$*: attached" "$attached" "${code-0}" ||
		diag "$(cat "$work/err" "$work/found")"
	is "$tries_name${*:+ }$*: $tries_after" "$(said)" "$tries_after"
}
tries threads /srv/hold/D/f 4 0
end
tries apart /srv/hold/D/f - refused
end
tries forks /srv/hold/D/f - 0 --tree
end
tries asleep /srv/hold/D/fifo - EBADF
lists "asleep: the fifo is revoked" '^descriptor revoked /srv/hold/D/fifo$'
end

# --- rings -------------------------------------------------------------------------

tries ring '' read dead
lists "ring: its memory as well" '^mapping revoked .*io_uring'
end
tries poll '' read dead
end
tries fixed '' alive dead
end
begin pending /srv/hold/D/fifo
attach --policy entry "$target"
is "pending: attached" "$attached" 0
timeout 1 sh -c 'echo text >/srv/hold/D/fifo'
is "pending: nothing" "$(said)" nothing
end

begin heir
is "control: heir" "$(said)" alive
attach --policy entry "$shown"
is "heir: attached" "$attached" 0
lists "heir: its memory is replaced" '^mapping revoked .*io_uring'
is "heir: the thread outside does nothing for it" "$(said)" dead
end

# --- from outside -------------------------------------------------------------------

begin notify
is "control: notify" "$(said)" read
attach --policy entry "$shown"
is "notify: a supervisor can give it nothing" "$attached $(said)" "0 refused"
end

# --- mappings ----------------------------------------------------------------------

code=4
tries code /srv/hold/D/f there there
lists "code: it is in the way" '^mapping blocked /srv/hold/D/f$'
like "code: the kernel says why" "$(cat "$work/err")" '/srv/hold/D/f mapped'
is "code: it is not attached" "$(hvctl --no-header task list)" ""
code=0
attach --policy entry --force "$target"
is "code --force: it is unmapped" "$attached $(said)" "0 gone"
lists "code --force: it is listed" '^mapping revoked /srv/hold/D/f$'
end
tries code /srv/hold/R/f there there
end
# Where it cannot be unmapped its process does not go on.
if grep -q ' __x64_sys_mseal$' /proc/kallsyms; then
	begin sealed /srv/hold/D/f
	is "control: sealed" "$(said)" there
	attach --policy entry --force "$target"
	ok "sealed --force: its process has ended" wait_for 5 gone
	end
else
	skip "sealed --force" "this kernel has no mseal"
fi
code=4
tries shared /srv/hold/R/f there there
code=0
attach --policy entry --force "$target"
is "shared --force: it is unmapped" "$attached $(said)" "0 gone"
end
tries shared /srv/hold/A/f there there
end
with=entry
tries memory '' there there
end
with=code code=4
tries memory '' there there
code=0
attach --policy code --force "$target"
is "memory --force: it is unmapped" "$attached $(said)" "0 gone"
end
with=entry

# --- who shares --------------------------------------------------------------------

for what in vm files; do
	code=4
	tries "$what" '' - here
	lists "$what: it is in the way" '^shared blocked (memory|descriptors)$'
	code=0
	attach --policy entry --force "$target"
	is "$what --force: both" "$attached $(hvctl --no-header task list |
		wc -l)" "0 2"
	end
	begin "$what"
	attach --policy entry --tree "$target"
	is "$what --tree: both" "$attached $(hvctl --no-header task list |
		wc -l)" "0 2"
	end
done
begin vfork
attach --policy entry "$shown"
is "vfork: the parent shares" "$attached" 4
end

# --- tracing -----------------------------------------------------------------------

tries tracer '' traced refused
lists "tracer: it is listed" '^tracee judged held$'
end

# --- who cannot come by ------------------------------------------------------------

begin threads /srv/hold/D/f
kill -STOP "$target"
attach --policy entry "$target"
is "stopped: exit code" "$attached" 6
lists "stopped: listed" '^thread pending stopped$'
is "stopped: task list" "$(hvctl -j task list | grep -o 'not judged yet' |
	uniq)" "not judged yet"
kill -CONT "$target"
is "stopped: judged when it goes on" "$(said)" 0
end
begin threads /srv/hold/D/f
kill -STOP "$target"
attach --policy entry "$target"
ok "stopped: the client can be unloaded" hvctl module unload wrap
ok "stopped: and the master" modprobe -r khv_policy khv
kill -CONT "$target"
is "stopped: unconfined again" "$(said)" 4
end
done_testing
