#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# attacks/catalogue and the attacks agree: each row points at techniques or at a
# test that names it, and each technique has a row. What is not held or not tried is
# in Documentation/limits.rst.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/sources.sh"
workdir /tmp
catalogue=selftests/attacks/catalogue

# Numbers of all techniques, without the letter; the two programs differ in x32. Not
# every machine runs 32-bit programs, so of that one the numbers are only read.
"$KHV_PROGS/attacks/attack-static" list >"$work/list" || bail_out "no attack-static"
strings -n 4 "$KHV_PROGS/attacks/attack-32" | grep -xE '[A-Z]+-[0-9]{2}[a-z]?' |
	sed 's/.*/32-bit & -/' >>"$work/list"
ok "the 32-bit program has techniques of its own" \
	grep -q '^32-bit ABI-02' "$work/list"
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
# --- limits.rst ------------------------------------------------------------------------

limits=Documentation/limits.rst

# CATALOGUE LIST LIMITS: numbers that the page lacks; a technique may be there by that
# of its row.
unsaid() {
	grep -v '^#' "$1" | awk '$3 == "todo" || $3 == "n/a" { print $1 }' |
		while read -r id; do
			grep -qE "\b$id\b" "$3" || echo "$id"
		done
	grep '(not held)$' "$2" | awk '{ print $2 }' | while read -r id; do
		grep -qE "\b(${id%[a-z]}|$id)\b" "$3" || echo "$id"
	done
}

# CATALOGUE LIST LIMITS: numbers on the page that are nowhere else
unknown() {
	grep -oE '\b(RACE|URING|ABI|OPEN|MUT|PATH|FD|EXEC|PROC|X|DEP|NET|NS|ROOT|HOOK|ROB|APP|OWN)-[0-9]{2}[a-z]?\b' "$3" |
		sort -u | while read -r id; do
		grep -q "^$id " "$1" || grep -q " $id " "$2" || echo "$id"
	done
}

cat >"$work/bad" <<-X
	OPEN-01   P0  n/a           the calls that open -- because
	OPEN-02   P0  todo          others -- later
X
cat >"$work/badlist" <<-X
	open     OPEN-03a   one (not held)
	open     OPEN-04a   another (not held)
X
echo "* (OPEN-02) is not there, nor is OPEN-04, nor OPEN-77." >"$work/badlimits"
is "control: what a page lacks is seen" \
	"$(unsaid "$work/bad" "$work/badlist" "$work/badlimits" | tr '\n' ' ')" \
	"OPEN-01 OPEN-03a "
is "control: and what it has made up" \
	"$(unknown "$work/bad" "$work/badlist" "$work/badlimits" | tr '\n' ' ')" \
	"OPEN-04 OPEN-77 "
none "what is not held or not tried is in limits.rst" \
	"$(unsaid "$catalogue" "$work/list" "$limits")"
none "limits.rst names nothing else" \
	"$(unknown "$catalogue" "$work/list" "$limits")"
diag "$(wc -l <"$work/tried") numbers with techniques, $(grep -c ' todo ' \
	"$catalogue") to do, $(grep -c ' n/a ' "$catalogue") not applicable"
done_testing
