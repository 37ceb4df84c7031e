# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The six figures that may not grow unnoticed. Sourced after bench.sh.
#
# keys        instructions added, one line each: configuration, in or out of a
#             domain, case, figure

# configuration, side, case
key_cases='stack-1 out getppid
stack-1 in getppid
stack-8 in getppid
wrap-50 in open3
wrap-50 in open10
wrap-50 in create'

# SIDE CASE...: medians
# shellcheck disable=SC2154 # of bench.sh
key_medians() {
	key_program=$other
	[ "$1" = out ] || key_program=$wanted
	shift
	"$key_program" --rounds 40 "$@" </dev/null 2>&1 | cut -f1,2
}

# CONFIGURATION SIDE: its cases
key_names() {
	echo "$key_cases" | sed -n "s/^$1 $2 //p"
}

keys() {
	# shellcheck disable=SC2046 # words
	key_base=$(key_medians in $(echo "$key_cases" | cut -d' ' -f3 | sort -u))
	for key_config in $(echo "$key_cases" | cut -d' ' -f1 | uniq); do
		on "$key_config" || return
		for key_side in out in; do
			key_list=$(key_names "$key_config" $key_side)
			# shellcheck disable=SC2086 # words
			[ -z "$key_list" ] || key_medians $key_side $key_list |
				awk -v what="$key_config $key_side" \
					-v base="$key_base" '
					BEGIN {
						n = split(base, b)
						for (i = 1; i < n; i += 2)
							was[b[i]] = b[i + 1]
					}
					{ print what, $1, $2 - was[$1] }'
		done
		off "$key_config" || return
	done
}
