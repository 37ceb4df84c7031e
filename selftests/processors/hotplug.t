#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# HOOK-19: processors that come and go while confined programs run, as they also do when
# the machine goes to sleep: verdicts, hooks and events survive it. Needs two processors.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../tools/tools.sh"
. "$(dirname "$0")/../event/event.sh"
workdir /tmp
second=/sys/devices/system/cpu/cpu1/online

is "control: two processors" "$(nproc)" 2
modprobe khv watchdog=1
load_khv
event_policy

hooks() {
	sed 's/ .*//' /sys/kernel/tracing/enabled_functions | sort
}
before_hooks=$(hooks)
like "control: there are some" "$before_hooks" security_file_open

# --- verdicts ----------------------------------------------------------------------
start_reader daemon -p -a
touch "$work/go"
while [ -e "$work/go" ]; do
	make_events busy /etc/shadow 200 2
	cat "$work/busy" >>"$work/sum"
done &
busy=$!
for _ in 1 2 3 4 5 6 7 8; do
	echo 0 >"$second"
	sleep 0.1
	echo 1 >"$second"
	sleep 0.1
done
rm "$work/go"
wait "$busy"

# KEY: over all of them
total() {
	awk -F= -v key="$1" '$1 == key { n += $2 } END { print n + 0 }' "$work/sum"
}
ok "control: files were opened meanwhile" test "$(total denied)" -ge 400
is "none of them with success" "$(total opened)" 0
is "nor refused otherwise" "$(($(total busy) + $(total other)))" 0
stop_reader "$reader_pid"
is "events: each number once, in order" "$(made daemon broken)" 0
seen=$(($(made daemon events) + $(made daemon lost)))
is "events: sent + lost = made" "$seen" "$(stat_sum produced)"
is "the hooks are the same" "$(hooks)" "$before_hooks"
make_events granted /etc/hostname 100 2
is "what is granted still is" "$(made granted opened)" 200
like "the watchdog finds nothing" "$(hvctl status --json)" '"violations":0'

# --- events that wait where no processor is any more ----------------------------------
taskset -c 1 hvctl run p -- /run/khv-maker /etc/shadow 50 1 | cat >"$work/kept"
is "control: 50 were refused on the second" "$(made kept denied)" 50
echo 0 >"$second"
start_reader gone -p -a
stop_reader "$reader_pid"
is "they are delivered when it has gone" \
	$(($(made gone events) + $(made gone lost))) \
	$(($(stat_sum produced) - seen))
ok "control: all fifty" test "$(made gone events)" -ge 50
echo 1 >"$second"
done_testing
