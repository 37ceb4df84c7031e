#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: a task in a domain can make no decision allocate without bound or
# take without end, whatever it makes as large as the kernel lets it, and what cannot
# be judged is refused. See bounds.c. Of attacks/catalogue: ROB-03.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp

scene
mkdir -p /srv/hold/bin /srv/hold/A/links /srv/hold/D
cp "$KHV_PROGS/hold/bounds-static" /srv/hold/bin/bounds
cp /srv/hold/bin/bounds /srv/hold/bin/free
echo text >/srv/hold/A/f
echo text >/srv/hold/D/f
bounds=/srv/hold/bin/bounds
free=/srv/hold/bin/free

# Names: as long as a rule can say, and longer.
for dir in A D; do
	for length in 4095 4096 6000; do
		mkdir -p /srv/hold/$dir/$length
		$free make /srv/hold/$dir/$length $length >/dev/null
		is "control: a path of $length bytes in $dir" \
			"$($free open /srv/hold/$dir/$length $length)" 0
	done
done
$free links /srv/hold/A/links 40 /srv/hold/A/f >/dev/null
ln -s link39 /srv/hold/A/links/link40
mkdir /srv/hold/A/secret
$free links /srv/hold/A/secret 40 /srv/hold/D/f >/dev/null

load_khv khv_wrap
policy "$hold/bounds.hv"
for dir in A D; do
	for length in 4095 4096 6000; do
		[ $dir$length = A4095 ] && wanted=0 || wanted=EACCES
		is "a path of $length bytes in $dir" \
			"$($bounds open /srv/hold/$dir/$length $length)" "$wanted"
	done
done
# Opening is "make" in a folder that is there.
is "forty links to what is granted" \
	"$(hvctl run bounds -- $free fds 1 /srv/hold/A/links/link39 $free count)" 1
is "forty links to what is not" \
	"$(hvctl run bounds -- $free fds 1 /srv/hold/A/secret/link39 $free count)" \
	EACCES
is "one more" \
	"$(hvctl run bounds -- $free fds 1 /srv/hold/A/links/link40 $free count)" \
	ELOOP

# Descriptors, all judged at the entry.
for file in A D; do
	[ $file = A ] && wanted=10000 || wanted=0
	is "control: 10000 descriptors of $file are kept" \
		"$($free fds 10000 /srv/hold/$file/f $free count)" 10000
	start=$(cut -d' ' -f1 /proc/uptime)
	is "10000 descriptors of $file are judged" \
		"$($free fds 10000 /srv/hold/$file/f $bounds count)" "$wanted"
	diag "in $(cut -d' ' -f1 /proc/uptime |
		awk -v s="$start" '{ print $1 - s }') s"
done

# And as many as fit into messages: 5 with 253 each.
for file in A D; do
	[ $file = A ] && wanted=1265 || wanted=0
	is "control: 1265 descriptors of $file by SCM_RIGHTS" \
		"$($free receive 1265 /srv/hold/$file/f $free take)" 1265
	is "1265 descriptors of $file by SCM_RIGHTS" \
		"$($free receive 1265 /srv/hold/$file/f $bounds take)" "$wanted"
done

is "control: a long command" "$($free argv 1500000 $free count)" 0
is "a long command of what is granted" \
	"$(hvctl run bounds -- $free argv 1500000 $free count)" 0
is "a long command of what is not" \
	"$(hvctl run bounds -- $free argv 1500000 /srv/hold/D/f)" EACCES

# A bomb in a control group: what khv keeps of each task is on its account.
group=/sys/fs/cgroup/khv-bomb
grep -q memory /sys/fs/cgroup/cgroup.subtree_control ||
	echo +memory +pids >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p $group
at_exit rmdir $group
bomb() {
	echo 300 >$group/pids.max
	echo 64M >$group/memory.max
	(
		sh -c 'echo $PPID' >$group/cgroup.procs
		exec "$@"
	) </dev/null
}
like "control: a bomb" "$(bomb $free forks /srv/hold/D/f)" \
	"^2[0-9][0-9] of 2[0-9][0-9], then EAGAIN$"
like "a confined bomb goes as far, and gets at nothing" \
	"$(bomb $bounds forks /srv/hold/D/f)" "^0 of 2[0-9][0-9], then EAGAIN$"
ok "no task of it is left in the table" \
	wait_for 10 sh -c '! hvctl --no-header task list | grep -q bounds'
done_testing
