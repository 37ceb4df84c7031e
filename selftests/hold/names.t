#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What a name is, as Documentation/rules.rst has it under "Names": long ones, bytes,
# deleted files, bind mounts, chroots, mount namespaces, overlays, hard links, and
# folders that ignore case.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp
b=/srv/names
mkdir -p "$b"
mount -t tmpfs names "$b"
at_exit umount -lR "$b"
mount --make-private "$b"
mkdir -p "$b/A/bind" "$b/A/ns" "$b/A/over" "$b/D" "$b/R" "$b/N" "$b/up" \
	"$b/work" "$b/jail/bin" "$b/jail/old" "$b/jail/proc"
for one in A D R jail; do
	echo "content of $one" >"$b/$one/f"
done
cp /bin/busybox "$b/jail/bin/"
echo inside >"$b/jail/names-secret"
echo inside >"$b/jail/names-open"
ff=$(printf '\377\376') bc=$(printf 'b\303') umlaut=$(printf 'b\303\274')
for one in "$ff" "$bc" "$umlaut" "g (deleted)"; do
	echo bytes >"$b/A/$one"
done

cat >"$work/names.hv" <<END
version 1
policy  names
default socket all
default process all
file    /                       read
file    /dev/null               read/write
file    /tmp                    read/write      # what the test looks at
file    /names-secret           none
file    $b/A                    read/write
file    $b/A/\\xff\\xfe         none
file    $b/A/b?                 none
file    $b/D                    none
file    $b/N                    none
file    $b/jail/f               none
kernel  capability:sys_chroot   use
END
in_domain() {
	hvctl run names -- "$@"
}

# Descriptors 3 and above are the test's own.
shell() {
	in_domain /bin/busybox sh -c "$@"
}

load_khv khv_wrap
ok "the policy loads" hvctl policy load "$work/names.hv"
control "a file may be read" in_domain cat "$b/A/f"
refused "another may not" in_domain cat "$b/D/f"

# --- long ----------------------------------------------------------------------
# A shell wants to know where it is.
# shellcheck disable=SC2016 # perl's
down() {
	perl -e 'my ($top, $n, @command) = @ARGV;
		my $part = "0" x 200;
		chdir $top or die "$top: $!";
		for (1 .. $n) {
			mkdir $part;
			chdir $part or die "chdir: $!";
		}
		open my $f, ">", "f" or die "f: $!";
		print $f "deep\n";
		close $f;
		exec @command or die "exec: $!"' "$b/A" "$@"
}
ok "a name of 4,034 bytes is judged" down 20 hvctl run names -- cat ./f
control "one that is longer than a path can be can be read" down 21 cat ./f
hvctl event tail -n 1 -j --policy names >"$work/event" 2>&1 &
tail=$!
sleep 0.5
refused "and is refused to a confined task, whatever the rules" \
	down 21 hvctl run names -- cat ./f
wait_for 5 test -s "$work/event"
kill "$tail" 2>/dev/null
like "and is reported without a name" "$(cat "$work/event")" '"@nameless"'

# --- bytes -----------------------------------------------------------------------
control "a name that is not UTF-8" cat "$b/A/$ff"
refused "a rule names it byte by byte" in_domain cat "$b/A/$ff"
refused "? is one byte" in_domain cat "$b/A/$bc"
ok "and not one letter of two" in_domain cat "$b/A/$umlaut"

# --- deleted -----------------------------------------------------------------------
ok "a deleted file keeps its last name" \
	shell "echo x >$b/A/gone; exec 3<$b/A/gone; rm $b/A/gone; \
	cat /proc/self/fd/3"
echo x >"$b/D/gone"
exec 3<"$b/D/gone"
rm "$b/D/gone"
control "one that was deleted in D is read by its descriptor" cat /proc/self/fd/3
refused "its last name is judged when it comes along" in_domain cat /proc/self/fd/3
exec 3<&-
ok "(deleted) in a name means nothing" in_domain cat "$b/A/g (deleted)"

# --- bind mounts ---------------------------------------------------------------------
mount --bind "$b/D" "$b/A/bind"
mount --bind "$b/A" "$b/N"
ok "an administrator's bind mount is a name of its own" in_domain cat "$b/A/bind/f"
refused "its other name has its own rules" in_domain cat "$b/D/f"
refused "a bind mount may also take away" in_domain cat "$b/N/f"
control "a bind mount can be made" mount --bind "$b/R" "$b/R"
umount "$b/R"
refused "not by a confined task" in_domain mount --bind "$b/D" "$b/A/ns"
umount "$b/A/bind" "$b/N"

# --- chroot ------------------------------------------------------------------------------
ok "names are not those of a chroot: /names-secret of it may be read" \
	in_domain chroot "$b/jail" /bin/busybox cat /names-secret
refused "what a rule says of it counts inside" \
	in_domain chroot "$b/jail" /bin/busybox cat /f
control "which can be read" chroot "$b/jail" /bin/busybox cat /f

# --- mount namespaces --------------------------------------------------------------------
private="mount --bind $b/D $b/A/ns && exec hvctl run names -- cat"
ok "names are those of the task's mount namespace" \
	unshare -m sh -c "$private $b/A/ns/f"
refused "all of them" unshare -m sh -c "$private $b/D/f"
# A container: what it calls / is no one's folder outside.
mkfifo "$b/jail/go"
unshare -m sh -c "mount --bind $b/jail $b/jail && cd $b/jail && \
	pivot_root . old && exec /bin/busybox sh -c 'read go </go
	/bin/busybox cat /names-open >/said 2>&1
	/bin/busybox cat /names-secret >>/said 2>&1
	/bin/busybox cat /f >>/said 2>&1
	echo end >>/said'" &
container=$!
sleep 1
cat >"$work/names2.hv" <<END
version 1
policy  container
default socket all
default process all
file    /                       read/write
file    /names-secret           none
file    $b/jail                 none
END
ok "a container gets a policy" hvctl policy load "$work/names2.hv"
ok "and is in it" hvctl attach "$container" container
echo >"$b/jail/go"
wait_for 10 grep -qs end "$b/jail/said"
is "its names are those inside" "$(tr '\n' '|' <"$b/jail/said")" \
	"inside|cat: can't open '/names-secret': Permission denied|content of jail|end|"
wait "$container"
hvctl policy clear container >/dev/null

# --- overlays ----------------------------------------------------------------------------------
mount -t overlay names -o "lowerdir=$b/D,upperdir=$b/up,workdir=$b/work" "$b/A/over"
ok "an overlay's names are judged, not those of its layers" \
	in_domain cat "$b/A/over/f"
ok "also when a file is copied up" shell "echo more >>$b/A/over/f"
is "the layer below is what it was" "$(cat "$b/D/f")" "content of D"
refused "the layer itself has its own rules" in_domain cat "$b/D/f"
umount "$b/A/over"

# --- hard links ----------------------------------------------------------------------------------
ln "$b/D/f" "$b/A/hard"
ln "$b/D/f" "$b/R/hard"
control "a hard link can be read" cat "$b/A/hard"
refused "but not where the task can make names" in_domain cat "$b/A/hard"
ok "elsewhere somebody else has decided" in_domain cat "$b/R/hard"
refused "a confined task makes none that grants more" in_domain ln "$b/D/f" "$b/A/new"
ok "one that does not" in_domain ln "$b/A/f" "$b/A/new"

# --- folders that ignore case ---------------------------------------------------------------------
fold_policy() {
	sed '/^policy/,$d' "$work/names.hv" >"$work/names3.hv"
	{
		printf 'policy names\ndefault socket all\ndefault process all\n'
		printf 'file / read\nfile /tmp read/write\n'
		printf 'file %s/cf read/write\n' "$b"
		printf '%s\n' "$@"
	} >>"$work/names3.hv"
	ok "policy: $*" hvctl policy load "$work/names3.hv"
}

folded() {
	mkdir -p "$b/cf/dir"
	[ "$1" != ext4 ] || chattr +F "$b/cf/dir"
	mkdir -p "$b/cf/dir/Sub"
	for one in Secret Open Sub/f; do
		echo folded >"$b/cf/dir/$one"
	done
	# Spelled as on the disk, not as it was written.
	echo 2 >/proc/sys/vm/drop_caches
	control "$1: other spellings lead to a file" cat "$b/cf/dir/SECRET" \
		"$b/cf/dir/sECRET"
	echo 2 >/proc/sys/vm/drop_caches
	fold_policy "file $b/cf/dir/Secret none"
	for one in SECRET Secret secreT; do
		refused "$1: a rule holds for $one" in_domain cat "$b/cf/dir/$one"
	done
	refused "$1: and nothing beside it can be told apart" \
		in_domain cat "$b/cf/dir/Open"
	refused "$1: nor moved away" in_domain mv "$b/cf/dir/sECret" "$b/cf/x"
	[ "$1" != ext4 ] || refused "$1: nor linked" \
		in_domain ln "$b/cf/dir/seCRet" "$b/cf/x"
	refused "$1: nor made anew" shell "echo >$b/cf/dir/Other"
	like "$1: the event says why" \
		"$(hvctl test --policy names kernel casefold use)" "denied"
	fold_policy "file $b/cf/dir/Sub none"
	refused "$1: below a folder as well" in_domain cat "$b/cf/dir/SUB/f"
	fold_policy "file $b/cf/dir/Secret none" "kernel casefold use"
	refused "$1: granted, the rule holds by its name" \
		in_domain cat "$b/cf/dir/Secret"
	ok "$1: and others are free" in_domain cat "$b/cf/dir/Open"
	fold_policy
	for one in Secret SECRET sub/F; do
		ok "$1: without a rule inside, $one is a name as any" \
			in_domain cat "$b/cf/dir/$one"
	done
}

modprobe -q loop
mkdir -p "$b/cf"
truncate -s 16M "$work/ext4"
mke2fs -q -t ext4 -O casefold -E encoding=utf8 "$work/ext4"
mount -o loop "$work/ext4" "$b/cf"
folded ext4
# "dir" itself is in a folder that does not ignore case.
fold_policy "file $b/cf/dir none"
refused "ext4: the folder's own name is one" in_domain cat "$b/cf/dir/open"
umount "$b/cf"
truncate -s 16M "$work/vfat"
busybox mkdosfs "$work/vfat" >/dev/null
modprobe -q vfat
mount -t vfat -o loop "$work/vfat" "$b/cf"
folded vfat
umount "$b/cf"
done_testing
