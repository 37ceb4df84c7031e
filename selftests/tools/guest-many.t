#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# 10,000 rules in 50 policies can be listed, and a list is of one moment: while all are
# replaced again and again, each listing has the rules of one generation only.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
load_khv

# POLICIES RULES WORD FOLDER
generate() {
	mkdir -p "$4"
	awk -v policies="$1" -v rules="$2" -v word="$3" -v to="$4" 'BEGIN {
		for (p = 1; p <= policies; p++) {
			file = sprintf("%s/p%02d.hv", to, p)
			printf "policy p%02d\n", p >file
			for (r = 1; r <= rules; r++)
				printf "file /srv/%s/%d read\n", word, r >file
			close(file)
		}
	}'
}

listed() {
	hvctl --no-header --timeout 60 rule list
}

generate 50 200 one "$work/one"
ok "50 policies with 200 rules each, at once" hvctl -q policy load "$work"/one/*.hv
listed >"$work/list"
is "10,000 rules are listed" "$(wc -l <"$work/list")" 10000
is "each once" "$(sort -u "$work/list" | wc -l)" 10000
is "for programs as well" "$(hvctl -j rule list | grep -o '"line":' | wc -l)" 10000

generate 10 20 one "$work/few-one"
generate 10 20 two "$work/few-two"
ok "policies are cleared" hvctl -q policy clear --all
hvctl -q policy load "$work"/few-one/*.hv
(
	while [ ! -e "$work/stop" ]; do
		hvctl -q policy load "$work"/few-two/*.hv
		hvctl -q policy load "$work"/few-one/*.hv
	done
) &
bad='' some=''
for i in 1 2 3 4; do
	listed >"$work/list" || bad="$bad [$i: exit status $?]"
	words=$(sed -n 's,.* /srv/\([a-z]*\)/.*,\1,p' "$work/list" | sort | uniq -c |
		tr -s '\n ' ' ')
	case $words in
	" 200 one " | " 200 two ") some="$some$words" ;;
	*) bad="$bad [$i:$words]" ;;
	esac
done
touch "$work/stop"
wait
is "each listing is of one generation" "$bad" ""
diag "$some"
ok "and they go" hvctl -q policy clear --all
done_testing
