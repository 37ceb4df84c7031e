#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# khv_sample, in somebody else's folder, with a Makefile of two lines, is built against
# an installed khv: for both kernels. Without khv for that kernel it says what to do.
. "$(dirname "$0")/../lib/tap.sh"
workdir /tmp
top=$(cd "$(dirname "$0")/../.." && pwd)
sdk=$work/root/usr/share/khv/sdk

built() {	# VERSION
	[ -e "$KHV_BUILD/$1/Module.symvers" ] ||
		make -s -C "$top" "modules-$1" >/dev/null
}

client() {	# MAKE ARGUMENTS...
	make -C "$work/mine" KDIR="$kdir" "$@"
}

mkdir "$work/mine"
for version in 6.1 6.12; do
	kdir=$("$top/selftests/vm/kernel" kdir "$version")
	release=$(sed -n 's/^#define UTS_RELEASE "\(.*\)"/\1/p' \
		"$kdir/include/generated/utsrelease.h")
	built "$version"
	ok "$version: khv installs" make -s -C "$top" KERNEL="$version" PREFIX=/usr \
		DESTDIR="$work/root" install
	cp "$sdk/main.c" "$work/mine/khv_mine.c"
	sed "s,/usr/share,$work/root&," "$sdk/Makefile.client" >"$work/mine/Makefile"
	is "$version: five lines are enough" \
		"$(grep -vc '^#' "$work/mine/Makefile")" 2
	ok "$version: the client is built" client \
		KHV_SYMVERS="$work/root/var/lib/khv/symvers/$release/Module.symvers"
	is "$version: modprobe of it pulls the master in" \
		"$(modinfo -F depends "$work/mine/khv_mine.ko")" khv
	is "$version: for that kernel" \
		"$(modinfo -F vermagic "$work/mine/khv_mine.ko" | cut -d ' ' -f 1)" \
		"$release"
	# Another version of an exported function would be seen when it is loaded.
	is "$version: with the versions of khv's functions" \
		"$(modprobe --dump-modversions "$work/mine/khv_mine.ko" |
			awk '$2 == "khv_client_register" { print $1 }')" \
		"$(awk '$2 == "khv_client_register" { print $1 }' \
			"$work/root/var/lib/khv/symvers/$release/Module.symvers")"
	tap_try client KHV_SYMVERS="$work/nowhere"
	ok "$version: without khv for it, it is not" test "$tap_status" -ne 0
	is "$version: and says what to do" "$(client KHV_SYMVERS="$work/nowhere" 2>&1 |
		grep -cF "khv is not built for kernel $release. Install khv")" 1
	client clean >/dev/null 2>&1
done
done_testing
