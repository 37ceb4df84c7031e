#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# C code that is not the kernel's is laid out as .clang-format says; mend with
#	clang-format -i FILE
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/sources.sh"
workdir /tmp

complaints() {
	clang-format --dry-run --Werror "$@" 2>&1 | grep ': error:'
}

cp .clang-format "$work/"
printf 'int f(void) {return 0;}\n' >"$work/bad.c"
control "bad layout is seen" test -n "$(complaints "$work/bad.c")"

for folder in lib tools selftests; do
	files=$(sources "$folder" | grep '\.[ch]$')
	if [ -z "$files" ]; then
		skip "$folder" "no C files yet"
		continue
	fi
	# shellcheck disable=SC2086 # a list of files
	none "$folder" "$(complaints $files)"
done
[ "$tap_failed" -eq 0 ] || diag "make format mends it"
done_testing
