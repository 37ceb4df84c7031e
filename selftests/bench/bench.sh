# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the measurements share: the scenery, and the configurations, one after the
# other: what puts each in force and what takes it away again. Sourced after
# lib/tap.sh, hold/hold.sh and peers/peers.sh.
#
# CONFIGURATION   a name of $configs
# on C            in force; fails, and says why, if this guest cannot have it
# inside C        what goes before a program to put it under C
# program C       the measured program: some are chosen by what it is
# off C

bench=/khv/selftests/bench
# Two names of one program: the first is what policies and peers want, the other
# is in no domain.
wanted=/srv/hold/bin/attack
other=/srv/hold/bin/other

# shellcheck disable=SC2034 # for measure
configs='nothing
wrap-50 wrap-1000 wrap-100000
stack-1 stack-2 stack-8 audit
apparmor landlock seccomp bpf auditd strace'

# What khv_stack watches of what is measured; one module takes eight calls.
stack_calls=getppid,openat,newfstatat,pread64,pwrite64,connect,sendto,kill

bench_scene() {
	mkdir -p /srv/hold
	mount -t tmpfs hold /srv/hold
	at_exit umount -l /srv/hold
	mkdir -p /srv/hold/bin /srv/hold/A/b/c/d/e/f/g /srv/hold/R/none/again \
		/srv/hold/D
	echo x >/srv/hold/file
	echo x >/srv/hold/A/b/c/d/e/f/g/file
	cp "$KHV_PROGS/bench/bench-static" "$wanted"
	cp "$KHV_PROGS/bench/bench-static" "$other"
}

# One call of one program, as auditd below; nobody reads what it reports.
audit_on() {
	cat >/tmp/audit.hv <<-POLICY
		version 1
		policy  bench-audit  "for make bench"
		mode    audit
		attach  $wanted
		kernel  syscall:openat  use  audit
	POLICY
	modprobe khv_audit && hvctl policy load /tmp/audit.hv
}

audit_off() {
	wait_for 10 hvctl policy clear bench-audit >/dev/null 2>&1
	unload_khv khv_audit
}

on() {
	case $1 in
	nothing) ;;
	wrap-*)
		"$bench/policy" "${1#wrap-}" >/tmp/bench.hv &&
			modprobe khv_wrap &&
			hvctl policy load /tmp/bench.hv >/tmp/loaded 2>&1
		;;
	stack-*)
		modprobe khv_stack n="${1#stack-}" idle=1 comm=attack \
			calls="$stack_calls"
		;;
	audit)
		modinfo khv_audit >/dev/null 2>&1 || {
			echo "no module khv_audit"
			return 1
		}
		audit_on
		;;
	auditd)
		command -v auditctl >/dev/null || {
			echo "no auditctl: vm/run --packages apps"
			return 1
		}
		sed -i 's/^log_format.*/log_format = RAW/; s/^flush.*/flush = NONE/' \
			/etc/audit/auditd.conf
		mkdir -p /var/log/audit
		auditd && auditctl -D >/dev/null && auditctl -b 8192 >/dev/null &&
			auditctl -a always,exit -F arch=b64 -S openat \
				-F exe="$wanted" >/dev/null
		;;
	strace) command -v strace ;;
	*) system_on "$1" ;;
	esac
}

# shellcheck disable=SC2154 # of peers.sh
inside() {
	case $1 in
	landlock | seccomp | apparmor | bpf) echo "$confine $1" ;;
	strace) echo "strace -f -qq -e trace=openat -o /dev/null" ;;
	esac
}

off() {
	case $1 in
	nothing | strace) ;;
	wrap-*)
		wait_for 10 hvctl policy clear bench >/dev/null 2>&1
		unload_khv khv_wrap
		;;
	stack-*) unload_khv khv_stack ;;
	audit) audit_off ;;
	auditd)
		auditctl -D >/dev/null
		auditctl -e 0 >/dev/null
		kill "$(cat /run/auditd.pid)"
		wait_for 10 test ! -e /run/auditd.pid
		;;
	*) system_off "$1" ;;
	esac
}
