#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# rules/checkout.hv with the real git, make and gcc: a status, a build, a commit;
# then a Makefile that somebody else has written.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/rules.sh"
workdir /tmp
people
install -m 755 "$rules/in-checkout" /usr/local/bin/in-checkout
at_exit rm -f /usr/local/bin/in-checkout
for at in 192.0.2.80 198.51.100.7 10.20.0.5; do
	ip addr replace "$at/32" dev lo
	at_exit ip addr del "$at/32" dev lo
	socat "TCP-LISTEN:443,bind=$at,fork,reuseaddr" SYSTEM:true 2>/dev/null &
	at_exit kill $!
done
socat UNIX-LISTEN:/tmp/agent.socket,mode=666,fork SYSTEM:true 2>/dev/null &
at_exit kill $!
at_exit rm -f /tmp/agent.socket /tmp/back
setpriv --reuid ann --regid ann --clear-groups sleep 1000 &
witness=$!
at_exit kill "$witness"
p=/home/ann/checkout/project

as_ann() {
	setpriv --reuid ann --regid ann --clear-groups \
		env HOME=/home/ann USER=ann "$@" 2>&1 | cat
}

in_project() {
	(cd "$p" && as_ann /usr/local/bin/in-checkout "$@")
}

lay_out() {
	rm -rf "$p" /tmp/back /home/ann/outside /home/ann/back
	mkdir -p "$p"
	cat >"$p/main.c" <<-'END'
		#include <stdio.h>
		int main(void) { return puts("it runs") < 0; }
	END
	cat >"$p/Makefile" <<-'END'
		run: main; ./main >output
		main: main.c; gcc -O2 -o main main.c
		intruder: .PHONY; ./intruder $(CURDIR)/intruder.tries
		.PHONY:
	END
	cp "$intruder" "$p/intruder"
	printf 'main\noutput\nintruder*\n' >"$p/.gitignore"
	cp "$work/tries" "$p/intruder.tries"
	printf '[user]\n\tname = Ann\n\temail = ann@example.org\n' \
		>/home/ann/.gitconfig
	cp /etc/skel/.bashrc /home/ann/.bashrc
	chown -R ann: /home/ann/checkout /home/ann/.gitconfig /home/ann/.bashrc
	(cd "$p" && as_ann git init -q && as_ann git add . &&
		as_ann git commit -qm first) >/dev/null
}

put_tries "$work/tries" <<END
free | create $p/new | writes in the checkout
free | drop $p/tool | runs what it has made
free | connect 192.0.2.80 443 | connects to the mirror
held | create /home/ann/outside | writes beside the checkout
held | drop /tmp/back | stores a program in /tmp
held | append /home/ann/.bashrc | changes what the next login runs
held | append /home/ann/.gitconfig | changes what git does elsewhere
held | read /home/ann/.ssh/id_ed25519 | reads a private key
held | read /home/ann/.gnupg/private | reads another one
held | read /home/ann/.aws/credentials | reads keys of a cloud
held | symlink /home/ann/.ssh/id_ed25519 $p/link | reads it through a link
held | link /home/ann/.aws/credentials $p/hard | gives it a name in the checkout
held | create $p/.git/hooks/pre-commit | leaves a hook
held | append $p/.git/config | changes the configuration of git
held | chmod $p/.git/config | changes the mode of it
held | rename $p/.git $p/git-old | puts another .git in its place
held | connect 198.51.100.7 443 | connects to the world
held | connect 10.20.0.5 443 | connects to the network inside
held | listen 0.0.0.0 8080 | opens a door
held | unix /tmp/agent.socket | asks the agent that has the keys
held | signal @WITNESS@ | signals the user's other processes
held | trace @WITNESS@ | traces them
held | read /proc/@WITNESS@/environ | reads their environment
held | namespace | makes a user namespace
END

real_work() {
	lay_out
	like "$1: git status" "$(in_project git status)" "working tree clean"
	in_project make >"$work/said"
	is "$1: make builds and runs a program" "$(cat "$p/output")" "it runs"
	echo '/* changed */' >>"$p/main.c"
	in_project git commit -qam "second $1" >>"$work/said"
	like "$1: git commit" "$(cd "$p" && as_ann git log --oneline)" "second $1"
	in_project git gc -q >>"$work/said"
	is "$1: nothing went wrong" "$(grep -i 'denied\|error\|cannot' "$work/said")" ""
}

attack() {
	lay_out
	in_project make intruder >"$work/answers-make"
	"$1" "a Makefile" "$work/answers-make"
}

real_work unconfined
attack unconfined
start_khv
confine checkout
fresh
real_work confined
no_denials "real work"
attack confined
ok "the checkout is still one" test -e "$p/.git/HEAD"
done_testing
