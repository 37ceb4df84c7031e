# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# One system after the other, each as it is meant to be used: what puts it in
# force, and what takes it away again. Sourced after lib/tap.sh and hold/hold.sh.
#
# system_on SYSTEM          in force; fails, and says why, if this kernel or
#                           this guest does not have it
# system_off SYSTEM
# system_command SYSTEM     what goes before a program to confine it
# policy_for SET            what khv has in force for a set of techniques
# sets                      the sets of the attack program

peers=/khv/selftests/peers
# shellcheck disable=SC2034 # for measure
systems='khv apparmor landlock seccomp bpf'
confine=$KHV_PROGS/peers/confine-static
pinned=/sys/fs/bpf/khv-peers

active() {
	case ,$(cat /sys/kernel/security/lsm), in
	*,"$1",*) ;;
	*)
		echo "no $1 among $(cat /sys/kernel/security/lsm)"
		return 1
		;;
	esac
}

system_on() {
	case $1 in
	khv) modprobe khv_wrap ;;
	apparmor)
		active apparmor && apparmor_parser -K -r \
			"$peers/apparmor.profile"
		;;
	landlock) active landlock ;;
	seccomp) grep -q errno /proc/sys/kernel/seccomp/actions_avail ;;
	bpf)
		active bpf || return 1
		grep -q ' /sys/fs/bpf ' /proc/mounts ||
			mount -t bpf bpf /sys/fs/bpf || return 1
		LIBBPF_LOG=warn "$KHV_PROGS/peers/load" \
			"$KHV_PROGS/peers/policy.bpf.o"
		;;
	esac
}

system_off() {
	case $1 in
	khv) unload_khv khv_wrap ;;
	apparmor) apparmor_parser -R "$peers/apparmor.profile" ;;
	bpf) rm -rf "$pinned" ;;
	esac
}

system_command() {
	[ "$1" = khv ] || echo "$confine $1"
}

# shellcheck disable=SC2154 # $hold and $attack are hold.sh's
policy_for() {
	if [ -e "$hold/$1.hv" ]; then
		echo "$hold/$1.hv"
	else
		echo "$hold/attack.hv"
	fi
}

# shellcheck disable=SC2154
sets() {
	"$attack" list | awk '!seen[$1]++ { print $1 }'
}

# SYSTEM SET: the stage's lines
try() {
	if [ "$1" = khv ] &&
		! hvctl policy load "$(policy_for "$2")" >/dev/null 2>&1; then
		echo "# $2: no policy"
		return 1
	fi
	# shellcheck disable=SC2046 # words
	"$attack" stage "$2" $(system_command "$1") 2>&1 </dev/null
}
