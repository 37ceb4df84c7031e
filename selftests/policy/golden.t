#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The compiler against files: every policy in good/ holds its own expect lines
# and says nothing, every one in bad/ is refused with exactly the messages of
# the .txt file beside it. "golden.t --update" writes them anew; read the diff.
here=$(cd "$(dirname "$0")" && pwd)
rules=$here/../../rules
. "$here/../lib/tap.sh"
. "$here/../static/sources.sh"
workdir /tmp
check="$KHV_PROGS/policy/hvcheck -p $here/passwd -g $here/group"
cd "$here" || exit 1
unset KHV_INCLUDE

# arguments that one bad policy needs
args() {
	case $1 in
	*/many.hv) ;;
	*/lint.hv) echo -l ;;
	*) printf '%s\n' '-e 1000' ;;
	esac
}

messages() {
	# shellcheck disable=SC2046,SC2086 # lists of arguments
	$check $(args "$1") "$1" 2>&1
}

if [ "${1-}" = --update ]; then
	for policy in bad/*.hv; do
		messages "$policy" >"${policy%.hv}.txt"
	done
	exit
fi

for policy in good/*.hv "$rules"/*.hv; do
	# shellcheck disable=SC2086 # a list of arguments
	$check "$policy" >"$work/out" 2>&1
	status=$?
	none "$(basename "$policy") holds what it expects" \
		"$(cat "$work/out"; [ $status = 0 ] || echo "status $status")"
done
for policy in bad/*.hv; do
	messages "$policy" >"$work/out"
	none "$(basename "$policy") is refused with its messages" \
		"$(diff "${policy%.hv}.txt" "$work/out" 2>&1)"
done
done_testing
