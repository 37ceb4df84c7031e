#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A rule with "-> NAME" moves a task to another domain of its policy when it
# executes the file, and nowhere else; a script is moved under its own name.
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
ok "unloads" remove khv_wrap
done_testing
