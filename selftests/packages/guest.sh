#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In the guest, with systemd: install, upgrade, remove and purge the packages in
# /results/old and /results/new, as an administrator does.
# usage: guest.sh full|short
#   full   dkms builds the modules, of either version, and a client is built with khv-dev
#   short  modules come from /results/modules, there are no headers for dkms
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../tools/walk.sh"
mode=$1
workdir /tmp
LC_ALL=C DEBIAN_FRONTEND=noninteractive
export LC_ALL DEBIAN_FRONTEND
release=$(uname -r)
old=$(dpkg-deb -f /results/old/khv-tools_*.deb Version)
new=$(dpkg-deb -f /results/new/khv-tools_*.deb Version)
modules=/lib/modules/$release
packages="khv-tools khv-dkms khv-dev khv-policies libkhv-dev libkhv0"

# --- a machine on which khv has never been ---------------------------------------------

rm -rf /usr/local/share/khv /usr/local/lib/khv
rm -f "$modules"
mkdir -p "$modules"
cp "$KHV_KERNEL_DIR$modules"/modules.order "$KHV_KERNEL_DIR$modules"/modules.builtin* \
	"$modules"
if [ "$mode" = full ]; then
	ln -s "$KHV_KERNEL_DIR/usr/src/linux-headers-$release" "$modules/build"
	CCACHE_DIR=/results/ccache CCACHE_TEMPDIR=/tmp/ccache
	export CCACHE_DIR CCACHE_TEMPDIR
	. "$(dirname "$0")/ccache.sh"
fi
depmod

# Files of khv, by name. The policy of the administrator is not ours.
traces() {
	find / -xdev \( -path /khv -o -path /var/cache/khv -o -path /results -o -path /proc -o -path /tmp -o \
		-path /sys -o -path /var/log/journal -o -path /var/lib/systemd \) -prune -o \
		\( -name '*khv*' -o -name 'hvctl*' -o -name 'hvauditd*' \) -print |
		grep -v -e '^/etc/systemd/system/.*khv-job' -e 50-visitor.hv
}

state() {	# PACKAGE
	dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | tr -d ' '
}

active() {	# UNIT
	systemctl is-active "$1"
}

in_force() {
	/root/hvctl --no-header policy list | awk '{ print $1 }'
}

built() {
	dkms status khv | sed 's/,[^:]*:/:/; s/ (.*//' | sort | tr '\n' ' '
}

is "nothing of khv is there before" "$(traces)" ""

# --- install ----------------------------------------------------------------------------

tap_try dpkg -i /results/old/*.deb
is "the packages install" "$tap_status" 0 || tap_explain dpkg -i
cp /var/lib/dkms/khv/*/build/make.log /results/ 2>/dev/null
for package in $packages; do
	is "$package is installed" "$(state "$package")" ii
done
like "it says that nothing is armed" "$tap_output" 'no module is loaded, now or at boot'
is "and nothing is" "$(loaded)" ""
for unit in khv hvauditd; do
	is "$unit.service is not enabled" "$(systemctl is-enabled "$unit")" disabled
	is "nor started" "$(active "$unit")" inactive
done
is "no module at boot" "$(grep -v '^#' /etc/modules-load.d/khv.conf)" ""
is "a group for administrators" "$(getent group khv | cut -d: -f1,4)" khv:
is "a folder for logs" "$(stat -c '%a %U:%G' /var/log/khv)" "750 _hvauditd:_hvauditd"
ok "the rotation of logs parses" logrotate -d /etc/logrotate.d/khv
for file in /usr/share/bash-completion/completions/hvctl \
	/usr/share/zsh/vendor-completions/_hvctl \
	/usr/share/fish/vendor_completions.d/hvctl.fish /usr/share/khv/rules/nginx.hv; do
	ok "$file is there" test -s "$file"
done
ok "the units are right" systemd-analyze verify --man=no hvauditd.service khv.service
for unit in hvauditd khv; do
	exposure=$(systemd-analyze security --no-pager $unit.service |
		sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
	is "$unit.service is exposed at most 3.5 ($exposure)" "$(echo \
		"${exposure:-10} 3.5" | awk '{ print $1 <= $2 ? "yes" : "no" }')" yes
done
ok "shipped policies find their includes" hvctl -q policy check \
	/usr/share/khv/rules/nginx.hv

# --- modules ----------------------------------------------------------------------------

if [ "$mode" = full ]; then
	is "dkms has built and installed the modules" "$(built)" \
		"khv/$old: installed "
	ok "they are signed" khv-sign verify
	ok "the versions of their functions are kept" \
		test -s "/var/lib/khv/symvers/$release/Module.symvers"
else
	like "without headers there are no modules" "$(built)" "khv/$old: added"
	mkdir -p "$modules/extra"
	cp /results/modules/*.ko "$modules/extra/"
	depmod
fi

# --- who follows the pages gets what they say -------------------------------------------

walk_pages

# --- in force ---------------------------------------------------------------------------

cp /usr/sbin/hvctl /root/hvctl
mkdir -p /var/tmp/visitor
cat >/etc/khv/policy.d/50-visitor.hv <<-HV
	policy visitor
	file / read
	file /etc/shadow none
	file /dev/null read/write
	file /var/tmp/visitor read/write
HV
ok "the services are enabled and start" systemctl enable --now hvauditd khv
is "the modules are loaded" "$(loaded)" "khv khv_policy khv_wrap "
is "the policy is in force" "$(in_force)" visitor
refused "it refuses" hvctl run visitor -- cat /etc/shadow
# One that stays through all that follows, and tells what became of its last try.
talk=/var/tmp/visitor
mkfifo "$talk/ask"
cat >"$talk/stay" <<'SH'
while read -r _ </var/tmp/visitor/ask; do
	cat /etc/shadow >/dev/null 2>&1 && answer=read || answer=refused
	echo "$answer" >/var/tmp/visitor/answer
done
SH
hvctl run visitor -- sh "$talk/stay" >/dev/null 2>&1 </dev/null &
visitor=$!
at_exit kill "$visitor"
still_refused() {
	rm -f "$talk/answer"
	echo x | timeout 10 tee "$talk/ask" >/dev/null
	wait_for 5 test -s "$talk/answer"
	test "$(cat "$talk/answer")" = refused
}
ok "also a process that stays" still_refused
systemctl stop khv
is "stopping khv.service takes nothing out of force" "$(in_force)" visitor
systemctl stop hvauditd
ok "nor does stopping hvauditd" still_refused
systemctl start khv hvauditd

# --- for developers ---------------------------------------------------------------------

example=/usr/share/doc/libkhv-dev/examples/decisions.c
# The image leaves documentation out.
[ -e "$example" ] || example=/khv/lib/example/decisions.c
# shellcheck disable=SC2046 # words
ok "the example is compiled with libkhv-dev" gcc "$example" \
	$(pkg-config --cflags --libs libkhv) -o "$work/decisions"
tap_try "$work/decisions" /etc/khv/policy.d/50-visitor.hv file /etc/shadow read
like "and runs with libkhv0" "$tap_output" '^in force: visitor, 4 rules, [1-9]'
if [ "$mode" = full ]; then
	mkdir "$work/mine"
	cp /usr/share/khv/sdk/main.c "$work/mine/khv_mine.c"
	cp /usr/share/khv/sdk/Makefile.client "$work/mine/Makefile"
	ok "a client module is built with khv-dev" make -s -C "$work/mine"
	ok "it loads beside the others" insmod "$work/mine/khv_mine.ko"
	like "and is listed" "$(hvctl module list)" ' sample '
	ok "it is unloaded" hvctl -q module unload sample
fi

# --- upgrade ----------------------------------------------------------------------------

echo '# an administrator was here' >>/etc/khv/hvauditd.conf
auditd=$(systemctl show -p MainPID --value hvauditd)
# dkms says more than is kept of what a command says.
upgrade() {
	dpkg -i /results/new/*.deb >"$work/upgrade" 2>&1
}
tap_try upgrade
is "the packages are upgraded" "$tap_status" 0 || sed 's/^/# /' "$work/upgrade"
is "to the new version" "$(dpkg-query -W -f '${Version}' khv-tools)" "$new"
ok "it says that modules in memory stay" grep -q 'modules in memory stay' "$work/upgrade"
is "they do" "$(loaded)" "khv khv_policy khv_wrap "
is "the policy is in force" "$(in_force)" visitor
ok "who is confined stays so" still_refused
is "the audit daemon runs" "$(active hvauditd)" active
ok "the new one" test "$(systemctl show -p MainPID --value hvauditd)" != "$auditd"
is "what was enabled is" "$(systemctl is-enabled khv hvauditd | tr '\n' ' ')" \
	"enabled enabled "
like "settings that were changed are kept" "$(tail -n 1 /etc/khv/hvauditd.conf)" \
	'an administrator was here'
if [ "$mode" = full ]; then
	is "dkms has built the new modules, and dropped the old" "$(built)" \
		"khv/$new: installed "
	ok "they are signed" khv-sign verify
	ok "the versions of their functions are kept" \
		test -s "/var/lib/khv/symvers/$release/Module.symvers"
else
	like "dkms has the new source, and dropped the old" "$(built)" \
		"^khv/$new: added *$"
fi
is "one source" "$(ls -d /usr/src/khv-*)" "/usr/src/khv-$new"

# --- remove -----------------------------------------------------------------------------

# shellcheck disable=SC2086 # words
tap_try dpkg -r $packages
is "the packages are removed" "$tap_status" 0 || tap_explain dpkg -r
like "it says that the modules stay in force" "$tap_output" 'stay in force'
is "they do" "$(loaded)" "khv khv_policy khv_wrap "
ok "who is confined stays so" still_refused
is "the audit daemon is gone" "$(active hvauditd)" inactive ||
	journalctl --no-pager -u hvauditd -n 30 | sed 's/^/# /'
is "and its program" "$(command -v hvauditd)" ""
ok "the settings are kept" test -e /etc/khv/hvauditd.conf
is "of the modules nothing is left on the disk" \
	"$(find "$modules"/ /usr/src /var/lib/khv -name '*khv*' 2>/dev/null |
		grep -v "^$modules/extra" | grep -v '^/var/lib/khv$')" ""

# --- purge ------------------------------------------------------------------------------

kill "$visitor"
wait "$visitor" 2>/dev/null
ok "the policy can be cleared" /root/hvctl -q policy clear visitor
ok "the client unloaded" /root/hvctl -q module unload wrap
# Their files are gone: modprobe knows them no more.
ok "and the rest" rmmod khv_policy khv
rm -rf /root/hvctl "$modules/extra"
# shellcheck disable=SC2086 # words
tap_try dpkg -P $packages
is "the packages are purged" "$tap_status" 0 || tap_explain dpkg -P
ok "the policy of the administrator is his" test -e /etc/khv/policy.d/50-visitor.hv
rm -r /etc/khv
is "else nothing is left" "$(traces)" ""
is "and no service of khv" "$(systemctl list-unit-files --no-legend 'hvauditd*' 'khv*' |
	grep -v khv-job)" ""
done_testing
