#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The helpers of tap.sh say "not ok" when they should.
. "$(dirname "$0")/tap.sh"
workdir /tmp
lib=$(readlink -f "$(dirname "$0")")

# What a test made of these lines prints, without diagnostics.
said() {
	{ printf '. %s/tap.sh\n' "$lib"; cat; } >"$work/made-up"
	sh "$work/made-up" 2>/dev/null | grep -v '^#'
}

# judged NAME VERDICT CODE: the first result of a test with that code
judged() {
	like "$1" "$(echo "$3" | said | head -n 1)" "^$2 1 - x"
}

judged "ok: success" ok 'ok x true'
judged "ok: failure" 'not ok' 'ok x false'
judged "refused: status 1" ok 'refused x false'
judged "refused: success" 'not ok' 'refused x true'
judged "refused: no such command" 'not ok' 'refused x /no/such/command'
judged "refused: killed" 'not ok' "refused x sh -c 'kill -9 \$\$'"
judged "is: equal" ok 'is x a a'
judged "is: different" 'not ok' 'is x a b'
judged "like: matches" ok 'like x abc b.'
judged "like: does not" 'not ok' 'like x abc d'
judged "unlike: matches" 'not ok' 'unlike x abc b'
judged "a name cannot make a directive" 'not ok' 'fail "x # SKIP"'
unlike "nor by its sign" "$(echo 'fail "x # SKIP"' | said)" '#'

is "done_testing plans" "$(printf 'pass x\npass y\ndone_testing\n' | said |
	tail -n 1)" "1..2"
is "no done_testing, no plan" "$(echo 'pass x' | said | grep -c '^1')" 0
is "a failure is in the exit status" \
	"$(printf 'fail x\ndone_testing\n' | said >/dev/null
		sh "$work/made-up" >/dev/null 2>&1; echo $?)" 1
is "fewer results than planned too" \
	"$(printf 'plan 2\npass x\ndone_testing\n' | said >/dev/null
		sh "$work/made-up" >/dev/null 2>&1; echo $?)" 1
is "at_exit runs, the last first" \
	"$(printf 'at_exit echo "a  b"\nat_exit echo c\n' | said |
		tr '\n' '/')" "c/a  b/"
is "a daemon left behind does not hold a check up" \
	"$(timeout 5 sh -c ". $lib/tap.sh; d() { sleep 20 & }; ok x d" |
		head -n 1)" "ok 1 - x"
refused "wait_for gives up" wait_for 1 false
ok "wait_for ends at once" timeout 5 sh -c ". $lib/tap.sh; wait_for 60 true"

# The same of tap.h.
cat >"$work/c.c" <<'C'
#include <tap.h>
int main(void)
{
	ok(true, "a");
	is_int(1, 2, "b");
	is_str("x", "y", "c");
	return done_testing();
}
C
ok "tap.h compiles without a warning" \
	gcc -Wall -Wextra -Werror -I"$lib" -o "$work/c" "$work/c.c"
refused "its failures are in the exit status" "$work/c"
is "and its results are right" \
	"$("$work/c" | grep -v '^#' | cut -d' ' -f1 | tr '\n' ' ')" \
	"ok not not 1..3 "
done_testing
