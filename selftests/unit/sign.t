#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# khv-sign: modules that it has signed verify, with the kernel's own sign-file; what was
# changed afterwards, is not signed, or with another key does not.
. "$(dirname "$0")/../lib/tap.sh"
workdir /tmp
top=$(cd "$(dirname "$0")/../.." && pwd)

khv_sign() {	# ARGUMENTS...
	"$top/tools/khv-sign/khv-sign" -s "$program" -d "$work/keys" "$@"
}

verdict() {
	khv_sign verify "$@" 2>&1
}

for version in 6.1 6.12; do
	program=$("$top/selftests/vm/kernel" kdir "$version")/scripts/sign-file
	[ -e "$KHV_BUILD/$version/khv_wrap.ko" ] ||
		make -s -C "$top" "modules-$version" >/dev/null
	rm -rf "$work/keys"
	cp "$KHV_BUILD/$version/khv_wrap.ko" "$work/khv_wrap.ko"
	xz -k --check=crc32 "$work/khv_wrap.ko"

	refused "$version: without a key nothing is signed" \
		khv_sign sign "$work/khv_wrap.ko"
	ok "$version: it makes a key" khv_sign key
	is "$version: for root alone" "$(stat -c %a "$work/keys/mok.key")" 600
	before=$(sha256sum <"$work/keys/mok.key")
	like "$version: and not another one" "$(khv_sign key)" 'is there'
	is "$version: it is as it was" "$(sha256sum <"$work/keys/mok.key")" "$before"
	like "$version: what is not signed does not verify" \
		"$(verdict "$work/khv_wrap.ko")" ': not signed'
	ok "$version: it signs" khv_sign sign "$work/khv_wrap.ko" \
		"$work/khv_wrap.ko.xz"
	ok "$version: what it has signed verifies" khv_sign verify \
		"$work/khv_wrap.ko" "$work/khv_wrap.ko.xz"
	is "$version: the module says with what" \
		"$(modinfo -F sig_hashalgo "$work/khv_wrap.ko")" sha256
	size=$(stat -c %s "$work/khv_wrap.ko")
	ok "$version: it signs again" khv_sign sign "$work/khv_wrap.ko"
	is "$version: with one signature" "$(stat -c %s "$work/khv_wrap.ko")" "$size"
	printf X | dd of="$work/khv_wrap.ko" bs=1 seek=4000 conv=notrunc 2>/dev/null
	like "$version: what was changed does not verify" \
		"$(verdict "$work/khv_wrap.ko")" 'changed after it was signed'
	ok "$version: it signs what was changed" khv_sign sign "$work/khv_wrap.ko"
	rm -rf "$work/keys"
	khv_sign key >/dev/null
	like "$version: another key is another key" \
		"$(verdict "$work/khv_wrap.ko")" 'with another key'
	rm -f "$work"/khv_wrap.ko*
done
done_testing
