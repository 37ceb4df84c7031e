# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# For the tests of this folder: modules, the scenery, and attack programs whose
# every technique becomes one line of TAP. Sourced after lib/tap.sh.
#
# scene                          an empty tree for the attack programs, and modules
#                                of the kernel that some of them want
# sets_of TEST                   the sets of techniques that a test tries
# policy_for SET                 the policy for a set of techniques
# policy FILE                    in force from now on
# outcome COMMAND...             "allowed", "EACCES", "EPERM" or the error text;
#                                what it said is in $work/said
# techniques WHERE PROGRAM SET [COMMAND...]   see attacks/stage.c
# brought_verdicts               what becomes of what is brought along

# shellcheck disable=SC2034 # used by the tests
{
	hold=/khv/selftests/hold
	attack=$KHV_PROGS/attacks/attack-static
	attack32=$KHV_PROGS/attacks/attack-32
}

policy() {
	ok "policy $(basename "$1") loads" hvctl policy load "$1" ||
		bail_out "nothing is confined"
}

# Each set is tried by one test: this one says which are in which.
sets_of() {
	case $1 in
	techniques) echo open path tree exec code proc other net append ;;
	entries) echo uring queue abi ;;
	x32) echo x32 ;;
	# Of volumes.t and destinations.t, which also prepare what they are about.
	prepared) echo volume dest ;;
	breadth)
		others=" $(sets_of techniques) $(sets_of entries) x32 $(sets_of prepared) "
		for one in $("$attack" list | cut -d' ' -f1 | uniq); do
			case $others in
			*" $one "*) ;;
			*) echo "$one" ;;
			esac
		done
		;;
	esac
}

# The one of a set of techniques, if it needs one of its own.
policy_for() {
	[ -e "$hold/$1.hv" ] || set -- attack
	[ "${policy_now-}" = "$1" ] || policy "$hold/$1.hv"
	policy_now=$1
}

# Not the guest's own root: overlayfs has no file handles, and what a technique
# leaves behind goes away with the mount.
scene() {
	mkdir -p /srv/hold
	mount -t tmpfs hold /srv/hold
	mount --make-private /srv/hold
	at_exit umount -l /srv/hold
	echo core >/proc/sys/kernel/core_pattern
	for module in loop nbd sctp uinput overlay dm_mod binfmt_misc l2tp_ip sunrpc \
		tun fuse ext4 null_blk kcm vhost_vsock; do
		modprobe -q "$module"
	done
}

# How a command ended, in a word.
outcome() {
	out_text=$("$@" 2>&1 </dev/null) && echo allowed && return
	[ -z "${work-}" ] || printf '%s\n' "$out_text" >"$work/said"
	case $out_text in
	*'Permission denied'*) echo EACCES ;;
	*'Operation not permitted'*) echo EPERM ;;
	*) echo "other: $out_text" ;;
	esac
}

# Known not to be held, and the reason says who deals with it. Not a failure, and
# not silent: the runner counts it as skipped.
todo() {
	tap_result 'not ok' "$1" " # TODO $2"
}

# "ok 12 - OPEN-04a inherited O_PATH fd reopened: held". A technique that cannot
# be tried here at all says so, as does one that is known not to be held; every
# other verdict than "held" is a failure.
techniques() {
	tech_where=$1 tech_program=$2 tech_set=$3
	shift 3
	tech_out=$(mktemp)
	"$tech_program" stage "$tech_set" "$@" >"$tech_out" 2>&1 </dev/null
	ok "$tech_where: every technique of \"$tech_set\" was tried" \
		test "$(grep -vc '^#' "$tech_out")" -eq \
		"$("$tech_program" list | grep -c "^$tech_set ")"
	while IFS='	' read -r verdict id what why detail; do
		name="$id $what${tech_where:+ ($tech_where)}: $verdict"
		case $verdict in
		held) pass "$name" ;;
		skip) skip "$id $what${tech_where:+ ($tech_where)}" "$detail" ;;
		todo) todo "$id $what${tech_where:+ ($tech_where)}: not held" "$why" ;;
		'#'*) echo "$verdict" ;;
		*)
			fail "$name"
			diag "$detail"
			;;
		esac
	done <"$tech_out"
	rm -f "$tech_out"
}

# KIND WANTED of brought.c: unconfined all are kept, and this in the domain of entry.hv
brought_verdicts() {
	cat <<-EOF
		read:/srv/hold/A/f kept
		write:/srv/hold/A/f kept
		append:/srv/hold/A/f kept
		read:/srv/hold/R/f kept
		read:/srv/hold/R kept
		write:/srv/hold/R/f revoked
		append:/srv/hold/R/f revoked
		read:/srv/hold/D/f revoked
		write:/srv/hold/D/f revoked
		read:/srv/hold/D revoked
		path:/srv/hold/D/f kept
		path:/srv/hold/D kept
		write:/dev/null kept
		read:/dev/zero kept
		read:/dev/urandom revoked
		read:/etc/passwd revoked
		read:/proc/self/ns/net revoked
		pty kept
		pipe kept
		owned revoked
		eventfd kept
		epoll kept
		timerfd kept
		signalfd kept
		pidfd kept
		memfd kept
		socketpair kept
		netlink kept
		client:11000 kept
		client:12000 revoked
		server:11001 kept
		server:12001 revoked
		listen:11001 kept
		listen:12001 revoked
		bound:11001 kept
		bound:12001 revoked
		udp:11000 kept
		udp:12000 revoked
		udp-bound:11001 kept
		udp-bound:12001 revoked
		raw revoked
		packet revoked
		unix-listen:/srv/hold/sock/good kept
		unix-client:/srv/hold/sock/good kept
		unix-server:/srv/hold/sock/good kept
		unix-listen:/srv/hold/sock/bad revoked
		unix-client:/srv/hold/sock/bad revoked
		unix-server:/srv/hold/sock/bad revoked
		inotify revoked
		fanotify revoked
		ring revoked
		perf revoked
		bpf revoked
		userfaultfd revoked
		queue:/khv-entry revoked
	EOF
}
