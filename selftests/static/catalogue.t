#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# attacks/catalogue and the attacks agree: each row points at techniques or at a
# test that names it, and each technique has a row.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/sources.sh"
workdir /tmp
catalogue=selftests/attacks/catalogue

# Numbers of all techniques, without the letter; the two programs differ in x32.
for program in attack-static attack-32; do
	"$KHV_PROGS/attacks/$program" list || bail_out "no $program"
done >"$work/list"
awk '{ print $2 }' "$work/list" | sed 's/[a-z]$//' | sort -u >"$work/tried"

# CATALOGUE: what is wrong with it
faults() {
	grep -v '^#' "$1" | while read -r id priority where what; do
		case $id-$priority in
		*-[0-9][0-9]-P[012]) ;;
		*) echo "$id $priority: no number and priority" ;;
		esac
		case $where in
		attack)
			grep -qx "$id" "$work/tried" ||
				echo "$id: no such technique"
			;;
		=*)
			grep -q " ${where#=} " "$work/list" ||
				grep -q "^${where#=} " "$1" ||
				echo "$id: $where is not there"
			;;
		todo | n/a)
			case $what in
			*' -- '?*) ;;
			*) echo "$id: no reason" ;;
			esac
			;;
		*)
			grep -q "$id" "selftests/$where" 2>/dev/null ||
				echo "$id: selftests/$where does not name it"
			;;
		esac
	done
	grep -v '^#' "$1" | awk '{ print $1 }' | sort | uniq -d |
		sed 's/$/: twice/'
}

cat >"$work/bad" <<-X
	OPEN-01   P0  attack        the calls that open
	OPEN-01   P0  attack        the calls that open
	OPEN-99   P0  attack        there is none
	OPEN-02   P7  attack        a priority that is none
	OPEN-03   P0  n/a           no reason
	OPEN-04   P0  hold/nosuch.t no file
	OPEN-05   P0  =OPEN-98      no other
X
is "control: faults of a list are seen" "$(faults "$work/bad" | sort)" \
	"$(printf '%s\n' "OPEN-01: twice" "OPEN-02 P7: no number and priority" \
		"OPEN-03: no reason" \
		"OPEN-04: selftests/hold/nosuch.t does not name it" \
		"OPEN-05: =OPEN-98 is not there" "OPEN-99: no such technique")"
none "every row points at a technique, a test or a reason" \
	"$(faults "$catalogue")"

# 00 is what the policy grants: the test of the test.
grep -v '^#' "$catalogue" | awk '{ print $1 }' | sort >"$work/rows"
none "every technique is in the list" \
	"$(grep -v -- '-00$' "$work/tried" | comm -23 - "$work/rows")"
none "no number is there twice" "$("$KHV_PROGS/attacks/attack-static" list |
	awk '{ print $2 }' | sort | uniq -d)"
diag "$(wc -l <"$work/tried") numbers with techniques, $(grep -c ' todo ' \
	"$catalogue") to do, $(grep -c ' n/a ' "$catalogue") not applicable"
done_testing
