#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A call that no client asked for costs nothing: the code of its entry is what it was
# before khv was loaded, byte for byte. Also the code of every security function.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../hold/hold.sh"
workdir /tmp

code() {
	"$KHV_PROGS/bench/text" __x64_sys_ __ia32_sys_ __ia32_compat_sys_ \
		__x64_compat_sys_ __do_sys_ x64_sys_call security_ | sort
}

# Functions whose code is another than in "before".
changed() {
	comm -13 "$work/before" "$1" | cut -d' ' -f1 | sort -u
}

# What ftrace calls somebody for. Some calls have one body under several names, of
# which ftrace knows one.
traced() {
	cut -d' ' -f1 /sys/kernel/tracing/enabled_functions | sed '
		p
		s/^__do_sys_/__x64_sys_/p
		s/^__x64_sys_/__ia32_sys_/' | sort -u
}

code >"$work/before"
ok "code of all calls and checks can be read" \
	test "$(wc -l <"$work/before")" -gt 1000
is "nothing is traced before" "$(traced)" ""
require_module khv_stack n=1 idle=1 comm=nobody calls=getppid
code >"$work/with"
changed "$work/with" >"$work/changed"
ok "the code of the call that was asked for is another" \
	grep -q '^__\(x64\|do\)_sys_getppid$' "$work/changed"
traced >"$work/traced"
is "no other code is, but what khv itself hooks" \
	"$(comm -23 "$work/changed" "$work/traced")" ""
is "and of calls only that one" "$(grep -v getppid "$work/changed" |
	grep '_sys_' | tr '\n' ' ')" ""
tap_unload khv_stack
tap_unload khv
code >"$work/after"
is "without khv all is as before" "$(changed "$work/after")" ""
done_testing
