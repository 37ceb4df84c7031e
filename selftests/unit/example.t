#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The example program for libkhv is compiled against an installed library, found by
# pkg-config, as C and its headers as C++; and answers as hvctl does.
. "$(dirname "$0")/../lib/tap.sh"
workdir /tmp
top=$(cd "$(dirname "$0")/../.." && pwd)
root=$work/root

ok "the library installs" make -s -C "$top/lib" O="$KHV_BUILD/user" PREFIX=/usr \
	DESTDIR="$root" install
PKG_CONFIG_PATH=$root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
LD_LIBRARY_PATH=$root/usr/lib
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH
is "pkg-config knows its version" "$(pkg-config --modversion libkhv)" \
	"$(sed -n 's/^#define KHV_VERSION "\(.*\)"/\1/p' \
		"$top/lib/include/khv/khv.h")"
example=$root/usr/share/doc/khv/examples/decisions.c
# shellcheck disable=SC2046 # words
ok "the example compiles" cc -Wall -Wextra -Werror "$example" \
	$(pkg-config --cflags --libs libkhv) -o "$work/decisions"
# shellcheck disable=SC2046 # words
ok "and with the static library" cc "$example" $(pkg-config --cflags libkhv) \
	"$root/usr/lib/libkhv.a" $(PKG_CONFIG_SYSROOT_DIR='' \
	pkg-config --libs json-c libnl-genl-3.0) -o "$work/decisions-static"
is "it asks for symbols of the version" \
	"$(objdump -T "$work/decisions" | grep 'khv_' | grep -vc LIBKHV_0)" 0
printf 'file / read\nfile /etc/shadow none\n' >"$work/p.hv"
for program in decisions decisions-static; do
	tap_try "$work/$program" "$work/p.hv" file /etc/shadow read
	is "$program: denied" "$tap_status" 1
	like "$program: and by what" "$tap_output" \
		'^denied by .*p.hv:2: file /etc/shadow none'
	like "$program: and what the kernel says" "$tap_output" '^kernel: .|^in force: '
	tap_try "$work/$program" "$work/p.hv" file /etc/hosts read
	is "$program: allowed" "$tap_status" 0
done
printf 'file / raed\n' >"$work/bad.hv"
tap_try "$work/decisions" "$work/bad.hv" file /etc/hosts read
is "a policy with a mistake" "$tap_status" 2
like "is explained" "$tap_output" 'bad.hv:1:8: error: .*raed'
cat >"$work/c++.cc" <<'CC'
#include <khv/khv.h>
#include <khv/policy.h>
int main() { khv_close(nullptr); khv_policy_free(nullptr); return 0; }
CC
if command -v c++ >/dev/null; then
	# shellcheck disable=SC2046 # words
	ok "the headers are C++ as well" c++ "$work/c++.cc" \
		$(pkg-config --cflags --libs libkhv) -o "$work/c++"
else
	skip "the headers are C++ as well" "no C++ compiler"
fi
done_testing
