#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# rules/sshd.hv with the real sshd: a login over loopback with a key, a terminal,
# a file copied; then somebody in the place of a connection that nobody has logged
# in on yet, in a user's session and in root's.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/rules.sh"
workdir /tmp
people
system_log
mkdir -p /run/sshd /root/.ssh
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
install -m 600 "$work/key.pub" /root/.ssh/authorized_keys
at_exit rm -f /root/.ssh/authorized_keys /etc/cron.d/back
install -o ann -g ann -m 600 "$work/key.pub" /home/ann/.ssh/authorized_keys
chmod 755 /home/bob
echo "note of bob" >/home/bob/note
ip addr replace 198.51.100.7/32 dev lo
at_exit ip addr del 198.51.100.7/32 dev lo
socat TCP-LISTEN:443,bind=198.51.100.7,fork,reuseaddr SYSTEM:true 2>/dev/null &
at_exit kill $!
setpriv --reuid ann --regid ann --clear-groups sleep 1000 &
witness=$!
at_exit kill "$witness"
at_exit pkill -x sshd
at_exit real /usr/sbin/sshd
at_exit rm -f /usr/sbin/sshd.tries

serve() {
	pkill -x sshd
	wait_for 5 nobody_listens
	(cd / && /usr/sbin/sshd 2>&1 | cat)
	wait_for 10 listens
}

listens() {
	ss -ltnH sport = :22 | grep -q LISTEN
}

nobody_listens() {
	! listens
}

login() {
	who=$1
	shift
	ssh -q -o BatchMode=yes -o StrictHostKeyChecking=no -o ConnectTimeout=30 \
		-o "UserKnownHostsFile=$work/known" -i "$work/key" \
		"$@" "$who@127.0.0.1" "$command"
}

real_work() {
	command='echo hello >note; cat note; id -un'
	like "$1: a user logs in and works" "$(login ann)" "^ann$"
	command='test -t 0 && tty'
	like "$1: with a terminal" "$(login ann -tt)" "/dev/pts"
	echo "a file $1" >"$work/file"
	ok "$1: a file is copied" scp -q -o BatchMode=yes \
		-o "UserKnownHostsFile=$work/known" -i "$work/key" \
		"$work/file" ann@127.0.0.1:copied
	is "$1: and is there" "$(cat /home/ann/copied)" "a file $1"
	command='id -u'
	is "$1: root logs in" "$(login root)" 0
}

scene() {
	rm -f /etc/cron.d/back /home/ann/back /root/back /tmp/back
	for who in ann root; do
		install -o "$who" -m 755 "$intruder" "$(home "$who")/intruder"
		install -o "$who" -m 644 "$work/$who" \
			"$(home "$who")/intruder.tries"
	done
}

home() {
	eval echo "~$1"
}

# The listener executes its own program again for each connection.
instead_of_connection() {
	serve
	in_place_of /usr/sbin/sshd
	: >"$work/log"
	command=true
	login ann -o ConnectTimeout=60 &
	wait_for 30 answered "$work/log"
	kill $! 2>/dev/null
	pkill -x sshd
	real /usr/sbin/sshd
	serve
}

put_tries /usr/sbin/sshd.tries <<'END'
free | read /etc/ssh/ssh_host_ed25519_key | reads the key of the machine
held | read /home/ann/.ssh/id_ed25519 | reads a private key
held | append /root/.ssh/authorized_keys | lets itself in
held | append /etc/ssh/sshd_config | changes the configuration
held | create /etc/cron.d/back | leaves a job for cron
held | exec /usr/bin/cat | starts a program
held | drop /tmp/back | stores a program and runs it
held | memory | runs a program from memory
held | connect 198.51.100.7 443 | connects to the world
held | listen 0.0.0.0 2222 | opens a door
held | signal @WITNESS@ | signals another process
held | trace @WITNESS@ | traces another process
held | module | loads a kernel module
END
put_tries "$work/ann" <<'END'
free | append /home/ann/note | writes to its own home
free | drop /home/ann/back | runs a program of its own
free | connect 198.51.100.7 443 | connects to the world
held | read /home/bob/note | reads what is another's
held | append /home/ann/.ssh/authorized_keys | lets somebody else in
held | append /home/ann/.bashrc | changes what the next login runs
held | listen 0.0.0.0 2222 | opens a door
held | signal @WITNESS@ | signals the user's other processes
held | trace @WITNESS@ | traces them
held | read /proc/@WITNESS@/environ | reads their environment
held | hasten @WITNESS@ | changes their priority
held | namespace | makes a user namespace
held | ring | sets up an io_uring
END
put_tries "$work/root" <<'END'
free | drop /root/back | runs a program of its own
held | read /etc/shadow | reads the hashes of passwords
held | read /etc/ssh/ssh_host_ed25519_key | reads the key of the machine
held | read /home/ann/.ssh/id_ed25519 | reads a private key
held | append /root/.ssh/authorized_keys | lets somebody else in
held | append /etc/ssh/sshd_config | changes the configuration of sshd
held | create /etc/cron.d/back | leaves a job for cron
held | write /usr/bin/cat | changes a program of all
held | trace @WITNESS@ | traces another process
held | mount /mnt | mounts something
held | node /root/node | makes a block device
held | module | loads a kernel module
END

attack() {
	scene
	instead_of_connection
	"$1" "before the login" "$work/log"
	for who in ann root; do
		rm -f /etc/cron.d/back /tmp/back
		command="./intruder $(home "$who")/intruder.tries 2>&1"
		login "$who" >"$work/said" 2>&1
		"$1" "session of $who" "$work/said"
	done
	rm -f /root/node
}

serve
real_work unconfined
attack unconfined
pkill -x sshd
may_read_tries sshd /usr/sbin/sshd.tries
start_khv
confine sshd
fresh
serve
real_work confined
no_denials "real work"
attack confined
pkill -x sshd
wait_for 5 nobody_listens
done_testing
