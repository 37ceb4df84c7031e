#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The modules compile for every known kernel with W=1, without a warning from
# the compiler, from modpost or from sparse.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/sources.sh"
vm=selftests/vm
workdir /tmp

# Fresh each time: what is not compiled again cannot warn again.
compile() {
	make -s -j2 -C "$1" KDIR="$2" OUT="$3" W=1 C=2 WERROR=y >"$work/log" 2>&1
}

complaints() {
	grep -E 'warning:|error:|WARNING:|ERROR:' "$work/log" |
		grep -v '^Skipping BTF' | sort -u
}

# The checks must see a fault of each kind in a module of four lines.
faulty() {
	mkdir -p "$work/kmod"
	cp kmod/Makefile "$work/kmod/"
	# shellcheck disable=SC2016 # for make
	printf 'obj-m := bad.o\nccflags-$(WERROR) += -Werror\n' \
		>"$work/kmod/Kbuild"
	printf '#include <linux/module.h>\n%s\nMODULE_LICENSE("GPL");\n' \
		"$1" >"$work/kmod/bad.c"
	rm -rf "$work/bad"
	compile "$work/kmod" "$2" "$work/bad"
	complaints | grep -q "$3"
}

for kernel in $("$vm/kernel" list); do
	kdir=$("$vm/kernel" kdir "$kernel")
	control "$kernel: a compiler warning is seen" faulty \
		'int f(void); int f(void) { int x; return 0; }' "$kdir" \
		'error: unused variable'
	control "$kernel: a sparse warning is seen" faulty \
		'int f(char __user *p); int f(char __user *p) { return *p; }' \
		"$kdir" 'warning: dereference of noderef'
	out=$KHV_BUILD/static/$kernel
	rm -rf "$out"
	status=0
	compile kmod "$kdir" "$out" || status=$?
	none "$kernel: no warnings" "$(complaints)"
	is "$kernel: the build succeeds" "$status" 0
done
done_testing
