#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# khv_audit: calls with decoded arguments and results, objects with the verdict of the
# others, by rule; it changes nothing of what they decide.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../tools/tools.sh"
workdir /tmp
load_khv
unload_audit() {
	hvctl -q policy clear --all --force 2>/dev/null
	hvctl -q module unload khv_audit 2>/dev/null
}
modprobe khv_audit || bail_out "cannot load khv_audit"
at_exit unload_audit
cp "$KHV_PROGS/event/calls" /run/khv-calls
at_exit rm -f /run/khv-calls
host=$(cat /proc/sys/kernel/hostname)
at_exit hostname "$host"

# audited POLICY COMMAND...: what was reported of it is in $work/log.
audited() {
	"$KHV_PROGS/event/show" >"$work/log" &
	show=$!
	wait_for 5 grep -q ready "$work/log"
	policy=$1
	shift
	hvctl run --client audit "$policy" -- "$@" >"$work/out" 2>&1
	kill "$show"
	wait "$show"
}

# said WHAT PATTERN: one line like it.
said() {
	like "$1" "$(grep -m 1 -E "$2" "$work/log")" "$2"
}

silent() {
	is "$1" "$(grep -cE "$2" "$work/log")" 0
}

hooked() {
	hvctl hook list | grep -c "__x64_sys_$1 "
}

is "control: calls that no policy names are not hooked" "$(hooked close)" 0
cat >"$work/c.hv" <<'RULES'
policy c "calls"
mode audit
kernel syscall:open     use audit
kernel syscall:openat   use audit
kernel syscall:write    use audit tag=output
kernel syscall:close    use audit log=deny
kernel syscall:rename   use audit
kernel syscall:unlink   use audit
kernel syscall:socket   use audit
kernel syscall:connect  use audit
kernel syscall:sethostname use audit redact
kernel syscall:prctl    use audit
kernel syscall:getppid  use quiet
kernel syscall:lseek    use audit result=EBADF
kernel syscall:fchmod   use audit result=EPERM
kernel syscall:ftruncate use audit result=ok
kernel syscall:exit_group use audit
RULES
hvctl -q policy load "$work/c.hv" || bail_out "no policy"
is "calls that it names are hooked at once" "$(hooked close)" 1
is "others are not" "$(hooked mkdir)" 0

audited c /run/khv-calls files
said "open: name, flags, mode, result" \
	'^audit call openat - [0-9]+ 0 - dirfd=AT_FDCWD path=/run/khv-audited flags=O_RDWR\|O_CREAT\|O_CLOEXEC mode=0640$'
said "write: the descriptor as a path, bytes, the tag" \
	'^audit call write - 3 0 output fd=[0-9]+</run/khv-audited> buf=0x[0-9a-f]+ count=3$'
said "rename: both names" \
	'^audit call rename - 0 0 - oldpath=/run/khv-audited newpath=/run/khv-renamed$'
said "unlink" '^audit call unlink - 0 0 - path=/run/khv-renamed$'
said "what does not exist has no name, and its error" \
	'^audit call openat - -2 ENOENT - dirfd=AT_FDCWD path=0x[0-9a-f]+ flags=O_RDONLY'
said "log=deny: a call that failed" '^audit call close - -9 EBADF - fd=4711$'
is "log=deny: and none else" "$(grep -c ' call close ' "$work/log")" 1
said "result=: a call that ended with this error" \
	'^audit call lseek - -9 EBADF - fd=4711 offset=0 whence=SEEK_SET$'
is "result=: and none that ended with another, or well" \
	"$(grep -c ' call lseek ' "$work/log")" 1
silent "result=: another error" ' call fchmod '
said "result=ok: a call that succeeded" '^audit call ftruncate - 0 0 - '
is "result=ok: and none that failed" \
	"$(grep -c ' call ftruncate ' "$work/log")" 1
said "a call that does not come back" '^audit call exit_group - 0 0 - status=0$'

audited c /run/khv-calls sockets
said "socket: words" \
	'^audit call socket - [0-9]+ 0 - family=AF_INET type=SOCK_DGRAM\|SOCK_CLOEXEC protocol=IPPROTO_UDP$'
said "connect: the address as text" \
	'^audit call connect - 0 0 - fd=[0-9]+<socket:\[[0-9]+\]> addr=127\.0\.0\.1:9(/udp)? addrlen=16$'

audited c /run/khv-calls secret
said "redact: neither pointer nor length" \
	'^audit call sethostname - 0 0 - arg0=\(redacted\) '
silent "redact: nothing of it" 'sethostname.*(secret|=0x|=11)'
silent "quiet" getppid
said "numbers by name" '^audit call prctl - -22 EINVAL - option=PR_SET_NO_NEW_PRIVS arg2=0x0'

# Objects, with the verdict of others.
cat >"$work/o.hv" <<'RULES'
policy o "objects"
mode audit
file /etc               read        audit log=deny
file /etc/hostname      read        audit tag=name
file /etc/passwd        read        audit redact
file /etc/group         none
file /var               write       audit limit=3/h
file /root              read        audit result=EACCES
file /opt               read        audit result=EPERM
RULES
cat >"$work/w.hv" <<'RULES'
policy w "wrapped"
file / read/write
file /etc/shadow none
file /root/.none none
file /opt/none none
RULES
mkdir -p /root/.none /opt/none
at_exit rmdir /root/.none /opt/none
hvctl -q policy load "$work/o.hv" "$work/w.hv" || bail_out "no policy"
# shellcheck disable=SC2016 # for the other shell
audited o hvctl run w -- sh -c 'cat /etc/hostname /etc/passwd /etc/group
	ls /root /root/.none /opt/none
	cat /etc/shadow; for i in 1 2 3 4 5 6; do echo >/var/tmp/$i; done'
said "allowed" '^allow file open /etc/hostname 0 0 name'
said "refused by another client" '^deny file open /etc/shadow 0 EACCES -'
like "control: it was" "$(cat "$work/out")" 'shadow: Permission denied'
silent "a verb that the rule does not name" '/etc/group'
silent "log=deny: what was allowed" '^allow file open /etc/(ld|nss|locale)'
said "redact: without the object" '^allow file open \(redacted\)'
silent "redact: nothing of it" passwd
said "result=: refused in this way" '^deny file list /root/.none 0 EACCES -'
silent "result=: not what was allowed" '^allow file [a-z]+ /root'
silent "result=: nor what was refused in another" '/opt/none'
is "limit=" "$(grep -c ' /var/tmp' "$work/log")" 3

# It has no vote.
ok "what it does not grant goes on" hvctl run --client audit o -- \
	sh -c 'cat /etc/group >/dev/null && mkdir /var/tmp/x && rmdir /var/tmp/x'

# Other policies and this client keep to themselves.
# shellcheck disable=SC2016 # for the other shell
ok "wrap does not take a policy in mode audit" \
	sh -c '! hvctl run o -- true 2>"$0"' "$work/err"
like "and says why" "$(cat "$work/err")" 'mode audit'
# shellcheck disable=SC2016 # for the other shell
ok "audit takes no other" sh -c '! hvctl run --client audit w -- true 2>"$0"' \
	"$work/err"
like "and says why" "$(cat "$work/err")" 'mode audit'
echo 'kernel syscall:open none' >"$work/bad.hv"
# shellcheck disable=SC2016 # for the other shell
ok "a call cannot be refused" sh -c '! hvctl policy check "$0" 2>"$1"' \
	"$work/bad.hv" "$work/err"
like "and says why" "$(cat "$work/err")" 'only below a line "mode audit"'
printf 'mode audit\nkernel syscall:opnat use audit\n' >"$work/typo.hv"
like "a call that there is not" "$(hvctl policy check "$work/typo.hv" 2>&1)" \
	'no system call named "opnat" is known here'
like "hvctl test" "$(hvctl test --policy "$work/o.hv" file /etc/hostname open)" \
	allowed

# Programs that an attach line names.
cat >"$work/a.hv" <<'RULES'
policy a "attached"
mode audit
attach /run/khv-calls
kernel syscall:socket   use audit
RULES
hvctl -q policy load "$work/a.hv"
"$KHV_PROGS/event/show" >"$work/log" &
show=$!
wait_for 5 grep -q ready "$work/log"
/run/khv-calls sockets
kill "$show"
wait "$show"
said "attach" '^audit call socket'
done_testing
