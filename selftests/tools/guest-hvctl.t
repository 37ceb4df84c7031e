#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# hvctl against the kernel: what goes in comes out again, and what is refused
# changes nothing.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
load_khv

cat >"$work/one.hv" <<'POLICY'
policy one "the first"
file / read
file /tmp read/write
file /etc/shadow none   # nobody's business
POLICY
printf 'policy two "the second"\nfile / read\n' >"$work/two.hv"
printf 'policy two "the second"\nfile / raed\n' >"$work/bad.hv"

generation() {
	hvctl -j status | grep -oE '"generation":[0-9]+' | head -n 1 |
		cut -d: -f2
}

# A field of the only line of a table, by its header.
field() {
	awk -v want="$1" 'NR == 1 { for (i = 1; i <= NF; i++)
		if ($i == want) n = i } NR == 2 { print $n }'
}

# --- modules ---------------------------------------------------------------------

is "module list: name" "$(hvctl module list | field NAME)" wrap
is "module list: module" "$(hvctl module list | field MODULE)" khv_wrap
is "module list: state" "$(hvctl module list | field STATE)" enabled
like "module list: hooked checks" "$(hvctl module list)" 'file_open.*\([0-9]+\)$'
like "module list -j: all of them" "$(hvctl -j module list)" \
	'"objects":\[[^]]*"file_open"[^]]*"path_rename"'
like "module show" "$(hvctl module show wrap)" '^objects .*file_open.*,'
like "module show by module" "$(hvctl module show khv_wrap)" '^name +wrap'
tap_try hvctl module show nosuch
is "module show of nothing" "$tap_status" 1
like "hook list" "$(hvctl hook list)" \
	'^security_file_open +file_open +object .* yes .* wrap$'

# --- policies ---------------------------------------------------------------------

g=$(generation)
ok "one policy loads" hvctl policy load "$work/one.hv"
is "it is the next generation" "$(generation)" $((g + 1))
is "policy list: name" "$(hvctl policy list | field NAME)" one
is "policy list: rules" "$(hvctl policy list | field RULES)" 3
is "policy show gives the text back" "$(hvctl policy show one)" \
	"$(cat "$work/one.hv")"
like "rule list names the line" "$(hvctl rule list one)" \
	'^one +main +one\.hv:4 +file +/etc/shadow +none'
is "rule list of all" "$(hvctl --no-header rule list | wc -l)" 3

control "the test of a rule" hvctl test file /etc/passwd open
refused "test asks the kernel's copy" hvctl test file /etc/shadow open
like "and names the rule" "$tap_output" 'denied \(EACCES\) +one\.hv:4'

g=$(generation)
tap_try hvctl policy load "$work/one.hv" "$work/bad.hv"
is "a bad file beside a good one" "$tap_status" 5
like "says where" "$tap_output" 'bad\.hv:2:8'
like "says what stays" "$tap_output" \
	"stay in force \(generation $g\)"
is "the generation stays" "$(generation)" "$g"
is "the policies stay" "$(hvctl policy list | field NAME)" one

tap_try hvctl -n policy load "$work/two.hv"
is "a dry run succeeds" "$tap_status" 0
is "and changes nothing" "$(generation)" "$g"
tap_try hvctl policy load --if-generation $((g + 5)) "$work/two.hv"
is "another generation than expected" "$tap_status" 10
like "says which is in force" "$tap_output" "generation $g is in force"
ok "two policies at once" hvctl policy load --if-generation "$g" \
	"$work/one.hv" "$work/two.hv"
is "are one generation" "$(generation)" $((g + 1))
is "both in force" "$(hvctl --no-header policy list | awk '{ print $1 }' |
	sort | tr '\n' ' ')" "one two "
tap_try hvctl test file /etc/passwd open
is "test does not guess which" "$tap_status" 2
ok "one is cleared" hvctl policy clear two
tap_try hvctl policy clear two
is "only once" "$tap_status" 1
like "the kernel says why" "$tap_output" 'kernel, ENOENT'

# A policy of many chunks.
{
	echo 'policy big "large"'
	seq -f 'file /srv/some/where/deep/folder-%06g/file read' 1 5000
} >"$work/big.hv"
ok "a large policy loads" hvctl policy load "$work/big.hv"
hvctl policy show big >"$work/big.out"
ok "and comes back whole" cmp "$work/big.hv" "$work/big.out"
ok "and is cleared" hvctl policy clear big

# --- tasks -------------------------------------------------------------------------

is "run: what is allowed" "$(hvctl run one -- cat /etc/hostname)" \
	"$(cat /etc/hostname)"
control "without it" cat /etc/shadow
refused "run: what is denied" hvctl run one -- cat /etc/shadow
tap_try hvctl run one -- sh -c 'exit 42'
is "run: the command's exit code" "$tap_status" 42
tap_try hvctl run one -- /nosuch
is "run: no such command" "$tap_status" 1
tap_try hvctl run nosuch -- true
is "run: no such policy" "$tap_status" 1
ok "run: a file is loaded first" hvctl run "$work/two.hv" -- true
ok "and stays" hvctl policy show two
ok "it is cleared" hvctl policy clear two

sleep 100 &
pid=$!
ok "attach" hvctl attach "$pid" one
like "attach says how many" "$tap_output" '1 task attached'
is "task list: policy" "$(hvctl task list | field POLICY)" one
is "task list: process" "$(hvctl task list | field PID)" "$pid"
is "task list of another policy" \
	"$(hvctl --no-header task list --policy two)" ""
is "policy list: tasks" "$(hvctl policy list | field TASKS)" 1
tap_try hvctl policy clear one
is "a policy with tasks is not cleared" "$tap_status" 1
like "the kernel says why" "$tap_output" 'kernel, EBUSY'
kill "$pid"
wait "$pid" 2>/dev/null
is "nobody is left" "$(hvctl --no-header task list)" ""

# --- events ------------------------------------------------------------------------

ok "log level is set" hvctl log level wrap audit
is "and shown" "$(hvctl log level wrap)" audit
tap_try hvctl log level wrap loud
is "no such level" "$tap_status" 2
hvctl log level deny >/dev/null
is "for all clients" "$(hvctl log level wrap)" deny

tail_of() {
	hvctl "$@" >"$work/tail" 2>"$work/err" &
	tail_pid=$!
}
listening() {
	grep -q listening "$work/err"
}
tail_of event tail -n 1 --policy one --verdict deny
wait_for 5 listening
hvctl run one -- cat /etc/shadow >/dev/null 2>&1
wait "$tail_pid"
is "event tail ends after -n events" $? 0
like "event tail" "$(cat "$work/tail")" \
	'deny wrap one cat\[[0-9]+\] file open /etc/shadow EACCES +one\.hv:4$'
tail_of event tail --policy two
wait_for 5 listening
hvctl run one -- cat /etc/shadow >/dev/null 2>&1
sleep 0.5
kill -INT "$tail_pid"
wait "$tail_pid"
is "event tail, interrupted" $? 130
is "only what was asked for" "$(cat "$work/tail")" ""
hvctl -j event tail -n 1 --client wrap >"$work/tail" &
tail_pid=$!
sleep 1
touch "$work/quote\"
me"
hvctl run one -- rm "$work/../../etc/passwd" >/dev/null 2>&1
wait "$tail_pid"
like "event tail -j" "$(cat "$work/tail")" \
	'^\{"schema":1,"time":"20[^"]*Z","cpu":[0-9]+,"seq":[0-9]+,.*"verdict":"deny","errno":"EACCES","client":"wrap","policy":"one","domain":"main"'
like "event stats" "$(hvctl event stats)" '^sum: [0-9]+ produced, '

# --- unloading -----------------------------------------------------------------------

hvctl -q policy clear --all
ok "policy clear --all" hvctl policy clear --all
ok "module disable" hvctl module disable wrap
is "it is disabled" "$(hvctl module list | field STATE)" disabled
is "no hook of it is left" "$(hvctl hook list | grep -c wrap)" 0
ok "module enable" hvctl module enable wrap
is "it is enabled" "$(hvctl module list | field STATE)" enabled
tap_try hvctl --timeout 0 module unload khv
is "the master is in use" "$tap_status" 6
like "and says so" "$tap_output" 'in use'
tap_try hvctl module unload nosuch
is "no such module" "$tap_status" 1
ok "module unload" hvctl module unload wrap
is "it is gone" "$(hvctl --no-header module list)" ""
done_testing
