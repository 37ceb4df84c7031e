#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The modules that the guests load were compiled, for every known kernel, with
# W=1 and without a warning from the compiler or from sparse; what modpost finds
# (undefined names, sections) is an error by itself.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/sources.sh"
vm=selftests/vm
workdir /tmp

# What is there already was compiled in the same way, or make would not take it:
# a warning is an error then.
compile() {
	make -s -j2 -C "$1" KDIR="$2" OUT="$3" STRICT=1 >"$work/log" 2>&1
}

complaints() {
	grep -E 'warning:|error:|WARNING:|ERROR:' "$work/log" |
		grep -v '^Skipping BTF' | sort -u
}

# A fault of each kind in a module of four lines ends the build.
faulty() {
	mkdir -p "$work/kmod"
	cp kmod/Makefile "$work/kmod/"
	# shellcheck disable=SC2016 # for make
	printf 'obj-m := bad.o\nccflags-$(WERROR) += -Werror\n' \
		>"$work/kmod/Kbuild"
	printf '#include <linux/module.h>\n%s\nMODULE_LICENSE("GPL");\n' \
		"$1" >"$work/kmod/bad.c"
	rm -rf "$work/bad"
	! compile "$work/kmod" "$2" "$work/bad" && complaints | grep -q "$3"
}

for kernel in $("$vm/kernel" list); do
	kdir=$("$vm/kernel" kdir "$kernel")
	control "$kernel: a compiler warning is seen" faulty \
		'int f(void); int f(void) { int x; return 0; }' "$kdir" \
		'error: unused variable'
	control "$kernel: a sparse warning is seen" faulty \
		'int f(char __user *p); int f(char __user *p) { return *p; }' \
		"$kdir" 'error: dereference of noderef'
	out=$KHV_BUILD/$kernel
	status=0
	compile kmod "$kdir" "$out" || status=$?
	none "$kernel: no warnings" "$(complaints)"
	is "$kernel: the build succeeds" "$status" 0
done
done_testing
