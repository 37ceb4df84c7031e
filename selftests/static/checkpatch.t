#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Kernel code in kernel style: checkpatch --strict, less what checkpatch.conf
# lists with a reason.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/sources.sh"
workdir /tmp

checker=$(selftests/vm/kernel checkpatch 2>/dev/null) ||
	skip_all "linux-source cannot be downloaded, headers have no checkpatch"

# One line for each complaint that no line of the .conf file (TYPE, path
# pattern, reason) covers.
complaints() {
	perl "$checker" --no-tree --strict --terse --show-types -f "$@" |
		grep -E ': (ERROR|WARNING|CHECK):' |
		while IFS=: read -r path line level type text; do
			excused "$type" "$path" ||
				echo "$path:$line:$level:$type:$text"
		done
}

excused() {
	while read -r kind pattern _; do
		# shellcheck disable=SC2254 # a pattern is what it is
		case $1:$2 in
		$kind:$pattern) return 0 ;;
		esac
	done <selftests/static/checkpatch.conf
	return 1
}

printf '// SPDX-License-Identifier: GPL-2.0\nint f(int a){ return a ; }\n' \
	>"$work/bad.c"
control "bad style is seen" test -n "$(complaints "$work/bad.c")"

for folder in kmod selftests/vm/crash; do
	files=$(sources "$folder" | grep '\.[ch]$')
	if [ -z "$files" ]; then
		skip "$folder" "no C files yet"
		continue
	fi
	# shellcheck disable=SC2086 # a list of files
	none "$folder" "$(complaints $files)"
done
done_testing
