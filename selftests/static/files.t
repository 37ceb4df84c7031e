#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every source file names its licence on line 1 (after "#!": line 2), the one
# of its folder, and no C file grows beyond 600 lines without a written reason.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/sources.sh"
limit=600
workdir /tmp

# path and the tag on its first line, or "none"
tags() {
	while read -r path; do
		tag=$(head -n 2 "$path" | sed -n '
			1 { /^#!/ n
			    s/.*SPDX-License-Identifier: *\(.*[^ *\/]\).*/\1/p
			    q
			}')
		echo "$path ${tag:-none}"
	done
}

code_names='\.([chSt]|py|sh|mk|inc|yaml|hv)$|(^|/)(Makefile|Kbuild)$'
code() {
	{
		sources . | grep -E "$code_names"
		scripts '^#!'
	} | sort -u
}

echo 'int x;' >"$work/bad.c"
control "a missing tag is seen" \
	test "$(echo "$work/bad.c" | tags)" = "$work/bad.c none"
code | tags >"$work/tags"
none "a licence on line 1" "$(grep ' none$' "$work/tags")"

# The folder decides (see LICENSE); what is used on both sides names both.
wrong() {
	grep "^$1/" "$work/tags" | grep -vE " none\$|[ (]$2"
}
none "kmod is GPL-2.0" "$(wrong kmod GPL-2.0)"
none "lib is LGPL-2.1" "$(wrong lib LGPL-2.1)"

long() {
	while read -r path; do
		lines=$(wc -l <"$path")
		[ "$lines" -le "$limit" ] ||
			grep -q "^$path " selftests/static/long-files ||
			echo "$path: $lines lines"
	done
}
seq 601 >"$work/long.c"
control "a long file is seen" test -n "$(echo "$work/long.c" | long)"
none "no C file over $limit lines" "$(sources . | grep '\.[ch]$' | long)"
done_testing
