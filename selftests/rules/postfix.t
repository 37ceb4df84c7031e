#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# rules/postfix.hv with the real Postfix: mail from a session with a stranger into
# a mailbox, through a command, and from a user; then somebody in the place of the
# daemon that talks to strangers, of the one that sends, and of a user's command.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/rules.sh"
workdir /tmp
sbin=/usr/lib/postfix/sbin
people
system_log
echo "postmaster: root" >/etc/aliases
newaliases
postconf -e myhostname=mail.example.org mydestination=example.org \
	inet_interfaces=loopback-only inet_protocols=ipv4 \
	relayhost='[198.51.100.25]' compatibility_level=3.6 maillog_file= \
	smtp_connect_timeout=3
# One of each, and the intruder stays: it is not started a second time.
postconf -M "smtp/inet=smtp inet n - y - 1 smtpd" \
	"smtp/unix=smtp unix - - y - 1 smtp"
ip addr replace 198.51.100.25/32 dev lo
ip addr replace 192.168.1.20/32 dev lo
at_exit ip addr del 198.51.100.25/32 dev lo
at_exit ip addr del 192.168.1.20/32 dev lo
# Someone else's mail server, and a service of the network inside.
for at in 198.51.100.25:25 192.168.1.20:25; do
	socat "TCP-LISTEN:${at#*:},bind=${at%:*},fork,reuseaddr" \
		SYSTEM:'echo 421 later' 2>/dev/null &
	at_exit kill $!
done
sleep 1000 &
witness=$!
at_exit kill "$witness"
at_exit postfix stop
at_exit undo

undo() {
	for daemon in smtpd smtp; do
		real "$sbin/$daemon"
		rm -f "$sbin/$daemon.tries"
	done
	rm -f /usr/bin/intruder /usr/bin/intruder.tries
}

fresh_start() {
	postfix stop >/dev/null 2>&1
	wait_for 10 nobody_runs master
	# The write end is a pipe: its own output is nobody's business.
	postfix start 2>&1 | cat >"$work/start"
	wait_for 10 test -S /var/spool/postfix/public/qmgr
}

nobody_runs() {
	! pgrep -x "$1" >/dev/null
}

mail_to() {
	printf 'Subject: a letter\n\n%s\n' "$2" | curl -s -m 20 \
		--url smtp://127.0.0.1 --mail-from eve@example.com \
		--mail-rcpt "$1@example.org" -T -
}

arrived() {
	wait_for 20 grep -qs "$2" "$1"
}

# The real work, once each way.
real_work() {
	rm -f /var/mail/ann
	install -o bob -g bob -m 600 /dev/null /home/bob/mbox
	echo '"|/usr/bin/tee -a /home/bob/mbox"' >/home/bob/.forward
	ok "$1: a stranger's session is accepted" mail_to ann "letter $1"
	ok "$1: it is in the mailbox" arrived /var/mail/ann "letter $1"
	ok "$1: mail for a command" mail_to bob "command $1"
	ok "$1: the command has it" arrived /home/bob/mbox "command $1"
	echo "local $1" | as_user ann /usr/sbin/sendmail ann@example.org 2>&1 | cat
	ok "$1: what a user sends arrives" arrived /var/mail/ann "local $1"
	like "$1: the queue is shown" "$(mailq)" "Queue|empty"
}

# The intruder in the place of a daemon, and what makes the master start it.
instead_of() {
	in_place_of "$sbin/$1"
	scene
	pkill -x "$1"
	: >"$work/log"
	case $1 in
	smtpd) curl -s -m 30 smtp://127.0.0.1 >/dev/null & ;;
	smtp) echo hello | /usr/sbin/sendmail eve@example.com 2>&1 | cat ;;
	esac
	wait_for 30 answered "$work/log"
	real "$sbin/$1"
	pkill -x "$1"
	rm -f /var/spool/postfix/hold/4711
}

as_command() {
	cp "$intruder" /usr/bin/intruder
	echo '"|/usr/bin/intruder /usr/bin/intruder.tries 2>>/home/bob/mbox"' \
		>/home/bob/.forward
	scene
	mail_to bob "for the intruder"
	wait_for 30 answered /home/bob/mbox
}

scene() {
	echo "mail of ann" >/var/mail/ann
	chown ann:mail /var/mail/ann
	echo "somebody's letter" >/var/spool/postfix/hold/4711
	install -o bob -g bob -m 600 /dev/null /home/bob/mbox
	rm -f /etc/cron.d/back /var/spool/postfix/incoming/back /tmp/back \
		/home/bob/bin /tmp/link
	cp /etc/skel/.profile /home/bob/.profile
	chown bob: /home/bob/.profile
}

put_tries "$sbin/smtpd.tries" <<'END'
free | read /etc/postfix/main.cf | reads its configuration
held | read /var/mail/ann | reads a mailbox
held | read /var/spool/postfix/hold/4711 | reads the queue
held | read /etc/shadow | reads the hashes of passwords
held | read /home/ann/.ssh/id_ed25519 | reads a private key
held | append /etc/postfix/main.cf | changes the configuration
held | append /etc/aliases | gives mail to another
held | create /etc/cron.d/back | leaves a job for cron
held | exec /usr/bin/dash | starts a shell
held | exec /usr/lib/postfix/sbin/local | starts the delivery agent
held | drop /tmp/back | stores a program and runs it
held | memory | runs a program from memory
held | connect 192.168.1.20 25 | connects to the network inside
held | connect 198.51.100.25 25 | connects to the world
held | listen 0.0.0.0 2525 | opens a door
held | unix /var/spool/postfix/private/local | talks to the delivery agent
held | signal @WITNESS@ | signals another process
held | trace @WITNESS@ | traces another process
held | module | loads a kernel module
END
put_tries "$sbin/smtp.tries" <<'END'
free | connect 198.51.100.25 25 | connects to a mail server
held | connect 192.168.1.20 25 | connects to the network inside
held | listen 0.0.0.0 2525 | opens a door
held | read /var/mail/ann | reads a mailbox
held | read /etc/shadow | reads the hashes of passwords
held | create /var/spool/postfix/incoming/back | puts a letter into the queue
held | exec /usr/bin/dash | starts a shell
held | unix /var/spool/postfix/private/local | talks to the delivery agent
held | peek @WITNESS@ | reads another's memory
END
put_tries /usr/bin/intruder.tries <<'END'
free | append /home/bob/mbox | writes to the mailbox
free | exec /usr/bin/cat | starts a program
held | read /home/bob/.ssh/id_ed25519 | reads the user's own private key
held | append /home/bob/.profile | changes what the next login runs
held | drop /home/bob/bin | stores a program and runs it
held | symlink /home/bob/.ssh/id_ed25519 /tmp/link | reads it through a link
held | connect 198.51.100.25 25 | connects to a mail server
held | connect 127.0.0.1 25 | connects to its own
held | listen 0.0.0.0 2525 | opens a door
held | namespace | makes a user namespace
held | ring | sets up an io_uring
END

fresh_start
real_work unconfined
for daemon in smtpd smtp; do
	instead_of "$daemon"
	unconfined "in the place of $daemon" "$work/log"
done
as_command
unconfined "as a user's command" /home/bob/mbox
postfix stop >/dev/null 2>&1

start_khv
confine postfix
fresh_start
fresh
real_work confined
no_denials "real work"
like "each daemon is in its domain" "$(hvctl task list --no-header)" \
	"qmgr +wrap +postfix +qmgr"
for daemon in smtpd smtp; do
	instead_of "$daemon"
	confined "in the place of $daemon" "$work/log"
done
as_command
confined "as a user's command" /home/bob/mbox
postfix stop >/dev/null 2>&1
wait_for 10 nobody_runs master
done_testing
