#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The table of make attacks-peers: what counts as held, and what does not.
. "$(dirname "$0")/../lib/tap.sh"
report=$(dirname "$0")/report.py
workdir /tmp

# SYSTEM VERDICT ID CONTROL CONFINED
add() {
	printf 'set\t%s\t%s\twhat\t-\tunconfined: %s; confined: %s\n' \
		"$2" "$3" "$4" "$5" >>"$work/$1.tsv"
}

yes=succeeded
printf 'kernel\t6.x\n' >"$work/about"
echo "# said by the stage" >"$work/khv.tsv"
add khv held X-1 $yes EACCES
add khv odd X-2 $yes EPERM
add khv todo X-3 $yes $yes
add khv odd X-4 $yes "was refused, but the tree has changed"
add khv odd X-5 $yes "ended without a result"
add khv skip Y-1 "not on this kernel" "not tried"
add khv broken Y-2 $yes "failed oddly"
add khv broken Y-3 EIO "not tried"
add khv held Y-00 $yes $yes
add landlock leaked X-1 $yes $yes
add landlock held X-2 $yes EACCES
add landlock held X-3 $yes EACCES
add landlock held X-4 $yes EACCES
add landlock held X-5 $yes EACCES
add landlock skip Y-1 "not on this kernel" "not tried"
add landlock leaked Y-2 $yes $yes
add landlock held Y-3 $yes EACCES
add landlock lost Y-00 $yes EACCES
echo "no bpf here" >"$work/bpf.why"

ok "a table is made" "$report" "$work" "$work/json" v1
table=$(printf '%s\n' "$tap_output" | tr -s ' ')
row() {
	printf '%s\n' "$table" | grep "^$1 "
}
is "refusals count, whatever the number; leaks, damage and silence do not" \
	"$(row X)" "X 5 2 4"
is "what no control reached is no technique here" "$(row Y)" "Y 2 1 1"
is "sums" "$(row all)" "all 7 3 5"
is "what is granted is counted apart" "$(row granted,)" "granted, kept 1 1 0"
like "not applicable, and why" "$table" \
	"^not applicable: Y-1 what: not on this kernel$"
like "silence is told" "$table" "^no result: khv: X-5 what: .*without a result$"
like "so is a control that failed once" "$table" \
	"^no result: khv: Y-3 what: unconfined: EIO; confined: not tried$"
like "and a system that is not there" "$table" "^not to be had: bpf: no bpf here$"
like "kernel and commit" "$table" "^kernel 6.x, commit v1$"
is "the file says the same" "$(python3 -c '
import json, sys
j = json.load(open(sys.argv[1]))
t = {x["id"]: x for x in j["techniques"]}
print(j["schema"], len(t), j["totals"]["all"]["khv"],
      t["X-4"]["results"]["khv"]["good"], t["Y-1"]["applicable"],
      t["Y-00"]["kind"])' "$work/json")" "1 9 3 False False granted"
echo "something else" >>"$work/khv.tsv"
refused "a line that is not understood is no result" \
	"$report" "$work" "$work/json"
done_testing
