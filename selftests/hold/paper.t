#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold, first part: the paper's own example, verbatim. The application
# is a static busybox: it needs no file but itself.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp
app=/opt/netscape/busybox
free=/opt/free/busybox

load_khv khv_wrap
mkdir -p /opt/netscape /opt/free /home/ann/.netscape/cache /home/ann/.ssh \
	/etc/below/sub
cp /bin/busybox "$app"
cp /bin/busybox "$free"
echo key >/home/ann/.ssh/id_rsa
echo page >/home/ann/.netscape/cache/page
echo deep >/etc/below/deep
ln -sf /etc/passwd /etc/below/link
ln -f /etc/passwd /home/ann/.netscape/hard
chmod -R go+rX /home/ann /etc/below
at_exit rm -rf /opt/netscape /opt/free /home/ann /etc/below
socat -u TCP-LISTEN:7777,fork,reuseaddr OPEN:/dev/null &
at_exit kill $!

# NAME WANTED ARGUMENTS...: of busybox, first unconfined and then by hvctl run
as_paper() {
	paper_name=$1 paper_wanted=$2
	shift 2
	rm -f /etc/new
	if is "control: $paper_name" "$(outcome "$free" "$@")" allowed; then
		rm -f /etc/new
		is "$paper_name" "$(outcome hvctl run paper -- "$app" "$@")" \
			"$paper_wanted" || diag "$(cat "$work/said")"
	fi
}

policy "$hold/paper.hv"
as_paper "/etc may be read" allowed cat /etc/hostname
as_paper "and what is below it" allowed cat /etc/below/deep
as_paper "and listed" allowed ls /etc/below/sub
as_paper "/etc/passwd may not: the override" EACCES cat /etc/passwd
as_paper "nor through a symbolic link" EACCES cat /etc/below/link
as_paper "nor through /proc/self/root" EACCES cat /proc/self/root/etc/passwd
as_paper "nor through dots" EACCES cat /etc/below/../../etc/./passwd
as_paper "nor through a hard link made before" EPERM \
	cat /home/ann/.netscape/hard
as_paper "/etc may not be written: no new file" EACCES mknod /etc/new p
rm -f /etc/new
is "nor an empty one left behind" "$(outcome hvctl run paper -- "$app" \
	dd if=/etc/hostname of=/etc/new; ls /etc/new 2>&1)" \
	"EACCES
ls: cannot access '/etc/new': No such file or directory"
as_paper "nor times set" EACCES touch /etc/below/deep
as_paper "nor changed" EACCES chmod 644 /etc/below/deep
as_paper "its own folder may be read" allowed cat /home/ann/.netscape/cache/page
as_paper "and written" allowed touch /home/ann/.netscape/cache/new
as_paper "and its tree grown" allowed mkdir -p /home/ann/.netscape/a/b/c
as_paper "a sibling of it may not be read" EACCES cat /home/ann/.ssh/id_rsa
as_paper "what has no rule may not be read" EACCES ls /root
as_paper "a helper is confined as well" EACCES \
	sh -c "$app cat /home/ann/.ssh/id_rsa"
as_paper "a helper without a rule is not started" EACCES \
	sh -c "exec $free true"
as_paper "types without a rule are not governed: a socket" allowed \
	nc -w 2 127.0.0.1 7777
done_testing
