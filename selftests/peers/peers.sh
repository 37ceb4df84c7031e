# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# One system after the other, each as it is meant to be used: what puts it in
# force, and what takes it away again. Sourced after lib/tap.sh and hold/hold.sh.
#
# system_on SYSTEM          in force; fails, and says why, if this kernel or
#                           this guest does not have it
# system_off SYSTEM
# system_command SYSTEM     what goes before a program to confine it
# peer SYSTEM SETS HELD LEAKED   test that it is really in force
# try SYSTEM SET            its techniques, as the stage says it
# sets                      the sets of the attack program that can be compared: not
#                           those for which there is nothing to act upon here

peers=/khv/selftests/peers
# shellcheck disable=SC2034 # for measure
systems='khv apparmor landlock seccomp bpf'
selinuxfs=/sys/fs/selinux
# What khv refuses although the policy grants it, for what it is. The others have
# no such thing built in: it would be a comparison of policies.
without=control
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
		active apparmor && apparmor_parser -K -r -I "$peers" \
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
	# In one write; what is below the scenery gets its label when made.
	selinux)
		active selinux &&
			mount -t selinuxfs selinuxfs "$selinuxfs" &&
			dd if="$KHV_PROGS/peers/selinux.policy" \
				of="$selinuxfs/load" bs=4M status=none &&
			setfattr -n security.selinux -v u:object_r:hold_t \
				/srv/hold &&
			echo 1 >"$selinuxfs/enforce"
		;;
	esac
}

system_off() {
	case $1 in
	khv) unload_khv khv_wrap ;;
	apparmor) apparmor_parser -R -I "$peers" "$peers/apparmor.profile" ;;
	bpf) rm -rf "$pinned" ;;
	selinux) unset ATTACK_READY; echo 0 >"$selinuxfs/enforce" ;;
	esac
}

system_command() {
	case $1 in
	khv | selinux) ;; # by what the program is
	*) echo "$confine $variant $1" ;;
	esac
}

# shellcheck disable=SC2154
sets() {
	"$attack" list | awk -v without=" $without $(sets_of prepared) " '
		!seen[$1]++ && !index(without, " " $1 " ") { print $1 }'
}

# The policy of a set: hold/SET.hv, or hold/attack.hv. The others know of two.
# shellcheck disable=SC2154
prepare() {
	prepare_set=$2 variant=
	[ -e "$hold/$2.hv" ] || prepare_set=attack
	[ "$2" != append ] || variant=append
	case $1 in
	khv)
		if ! hvctl policy load "$hold/$prepare_set.hv" >/dev/null 2>&1; then
			echo "# $2: $prepare_set.hv was refused"
			return 1
		fi
		;;
	selinux)
		export ATTACK_READY="$confine labels"
		[ -z "$variant" ]
		echo $? >"$selinuxfs/booleans/append_only"
		echo 1 >"$selinuxfs/commit_pending_bools"
		;;
	esac
}

try() {
	prepare "$1" "$2" || return
	# What a peer refuses can make a technique wait for ever.
	# shellcheck disable=SC2046 # words
	timeout -k 5 600 "$attack" stage "$2" $(system_command "$1") 2>&1 </dev/null
}

# ID: how the confined run of a technique ended
# shellcheck disable=SC2154 # $work is the test's
ended() {
	awk -F'\t' -v id="$1" '$2 == id {
		sub(/.*confined: /, "", $5)
		print $5
	}' "$work/out"
}

# SYSTEM SETS HELD LEAKED: it is in force, and no more than it can be
# shellcheck disable=SC2154
peer() {
	ok "$1 is put in force" system_on "$1" || return
	for peer_set in $2; do
		try "$1" "$peer_set"
	done >"$work/out"
	unlike "$1 holds $3" "$(ended "$3")" '^(succeeded|not tried|)$'
	is "$1 cannot express $4" "$(ended "$4")" succeeded
	is "$1 keeps what is granted" "$(grep -c '^lost' "$work/out")" 0
	ok "$1 is taken away" system_off "$1"
	"$attack" stage code >"$work/out" 2>&1
	is "and nothing of $1 stays" "$(ended EXEC-02)" succeeded
}
