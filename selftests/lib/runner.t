#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# selftests/run must turn red for every way a test can be wrong, on the host
# and in a guest. It runs here on a tree of made-up tests.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/crash.sh"

made_up_tree "$(readlink -f "$(dirname "$0")/..")"

last_line() {
	is "$1" "$(printf '%s\n' "$tap_output" | tail -n 1)" "$2"
}

echo 'host  host   -        3 a/*.t' >"$tree/groups"
{
	echo "guest guest  $kernel 10 b/*.t"
	echo 'slow  host   debug    3 d/*.t'
} >>"$tree/groups"

refused "no test at all is a failure" runner
last_line "and says so" "0 passed, 1 failed"

made_up a/good 'echo 1..2; echo ok 1 - x; echo "ok 2 - y # SKIP no device"'
ok "a good test passes" runner
last_line "skipped results are counted apart" "1 passed, 0 failed, 1 skipped"

made_up a/skip 'echo "1..0 # SKIP nothing here"'
made_up a/no 'echo 1..1; echo "not ok 1 - x"; exit 1'
made_up a/late 'echo 1..2; echo ok 1; echo "not ok 2"; exit 0'
made_up a/planless 'echo ok 1'
made_up a/short 'echo 1..2; echo ok 1'
made_up a/status 'echo 1..1; echo ok 1; exit 3'
made_up a/silent ':'
made_up a/empty 'echo 1..0'
made_up a/order 'echo 1..1; echo ok 2'
made_up a/slow 'echo 1..1; echo ok 1; sleep 30'
made_up a/bail 'echo 1..1; echo ok 1; echo "Bail out! no disk"'
refused "bad tests make the run fail" runner
says "a skipped file is said to be" skip a/skip
for bad in no late planless short status silent empty order slow bail; do
	says "fails: $bad" FAIL "a/$bad"
done
# good 1, late 1, planless, short, status, slow, bail 1 each; two skips
last_line "every one is counted" "7 passed, 10 failed, 2 skipped"
like "the reason is printed" "$tap_output" "bail out: no disk"
ok "the summary is JSON" python3 -m json.tool "$KHV_BUILD/results/summary.json"
like "with a schema number" "$tap_output" '"schema": 1'

refused "T= selects" runner --tests short
last_line "one test only" "1 passed, 1 failed"

made_up d/debug 'echo 1..1; echo not ok 1'
ok "what is for the debug kernel runs on no other" runner --tests '[da]/[dg]*'
last_line "as if it were not there" "1 passed, 0 failed, 1 skipped"
refused "on the debug kernel nothing else runs" \
	"$tree/run" --no-build --kernel debug --tests '[da]/[dg]*'
last_line "without the others" "0 passed, 1 failed"
refused "and nobody waits for its build unasked" \
	env KHV_CACHE="$tree/none" "$tree/vm/kernel" dir debug
like "but hears how to build it" "$tap_output" "make debug-kernel"

made_up c/lost 'echo 1..1; echo ok 1'
refused "a test of no group is a failure" runner --tests good
like "and is named" "$tap_output" "c/lost.t"
rm -r "$tree/c"

rm "$tree"/a/*.t
made_up b/1good 'modprobe khv_crash && rmmod khv_crash && echo 1..1 && echo ok 1'
made_up b/2leak 'echo 1..1; modprobe khv_crash && echo ok 1'
made_up b/3clean 'echo 1..1; [ ! -d /sys/module/khv_crash ] && echo ok 1'
made_up b/4warn 'echo 1..1; modprobe khv_crash how=warn
	rmmod khv_crash && echo ok 1'
made_up b/5quiet 'echo 1..1; sleep 100 & echo ok 1; printf "no newline"'
made_up b/6panic 'echo 1..1; echo ok 1; modprobe khv_crash how=panic'
made_up b/7never 'echo 1..1; echo ok 1'
refused "bad guests make the run fail" runner
says "a clean test passes" ok b/1good
says "a module left behind" FAIL b/2leak
like "is named" "$tap_output" "module left: khv_crash"
says "and taken away" ok b/3clean
says "a warning" FAIL b/4warn
says "is put down to its test only" ok b/5quiet
says "a panic" FAIL b/6panic
like "the test that did not run is named" "$tap_output" "not run: b/7never"
like "the run ends with the count" "$(printf '%s\n' "$tap_output" | tail -n 1)" \
	'^[0-9]+ passed, 4 failed$'
done_testing
