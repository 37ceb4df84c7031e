#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A rule with "-> NAME" moves a task to another domain of its policy when it
# executes the file, and nowhere else; a script is moved under its own name.
# Of attacks/catalogue: EXEC-13.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/gate.sh"
workdir /tmp

cp /bin/busybox "$work/busybox.plain"
cp /bin/busybox "$work/busybox.moved"
# shellcheck disable=SC2016 # for the script to expand
printf '#!%s sh\nread -r l <"%s/b"; echo "$l"\n' "$work/busybox.plain" "$work" >"$work/script"
chmod +x "$work/script"
echo for-main >"$work/a"
echo for-other >"$work/b"
cat >"$work/moves.hv" <<-X
	version 1
	policy moves
	file $work/busybox.plain   read/exec/mmap
	file $work/busybox.moved   read/exec/mmap   -> other
	file $work/script  read/exec        -> other
	file $work/a       read
	[domain other]
	file $work/busybox.plain   read/exec/mmap
	file $work/busybox.moved   read/exec/mmap
	file $work/script  read
	file $work/b       read
X
ok "loads" modprobe khv_wrap
ok "policy" hvctl policy load "$work/moves.hv"
run() {
	hvctl run moves -- "$work/busybox.plain" sh -c "$1"
}
is "main may read a" "$(run "read -r l <$work/a; echo \$l")" for-main
refused "main may not read b" run "read -r l <$work/b"
is "moved: other may read b" "$(run "$work/busybox.moved cat $work/b")" for-other
refused "moved: other may not read a" run "$work/busybox.moved cat $work/a"
is "a script moves, though its interpreter does not" "$(run "$work/script")" \
	for-other
is "the shell itself stays" \
	"$(run "$work/busybox.moved cat $work/b; read -r l <$work/a; echo \$l" |
		tr '\n' ' ')" "for-other for-main "
refused "no way back" run "$work/busybox.moved $work/busybox.plain cat $work/a"

# AT_SECURE, entry 23 of the auxiliary vector: is the environment not trusted?
cat >>"$work/moves.hv" <<-X
	file /proc read
X
sed -i "s,^file $work/a .*,&\nfile /proc read," "$work/moves.hv"
ok "policy with /proc" hvctl policy load "$work/moves.hv"
secure() {
	run "$1 cat /proc/self/auxv" | od -An -v -tx8 -w16 |
		sed -n 's/^ *0*17 *0*\([01]\)$/\1/p'
}
is "the loader trusts the environment in the same domain" \
	"$(secure "$work/busybox.plain")" 0
is "and does not where the domain has changed" \
	"$(secure "$work/busybox.moved")" 1
ok "unloads" remove khv_wrap
done_testing
