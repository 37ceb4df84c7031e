#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Nothing is lost in silence: whatever readers do, sent + lost = made, exactly, and
# in block mode nothing is lost. KHV_EVENTS: how many of each of two processes.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../tools/tools.sh"
. "$(dirname "$0")/event.sh"
workdir /tmp
# Small queues run over soon.
modprobe khv event_ring=131072
load_khv
event_policy
N=${KHV_EVENTS:-1500}

# books NAME MADE: of a reader who was there all the time.
adds_up() {
	is "$1: each number once, in order" "$(made "$1" broken)" 0
	is "$1: sent + lost = made" \
		$(($(made "$1" events) + $(made "$1" lost))) "$2"
}

kernel_adds_up() {
	is "$1: made = delivered + lost + kept" \
		$(($(stat_sum delivered) + $(stat_sum lost))) \
		"$(stat_sum produced)"
}

since() {
	before=$(stat_sum produced)
	lost_before=$(stat_sum lost)
	waits_before=$(stat_sum waits)
}

new() {
	echo $(($(stat_sum produced) - before))
}

# Before anybody reads: what fits is kept for the first audit daemon.
make_events early /etc/shadow 300 1
start_reader first -p -a
stop_reader "$reader_pid"
is "events from before the daemon came are delivered" \
	"$(made first events)" "$(stat_sum produced)"
is "none of them is lost" "$(made first lost)" 0
kernel_adds_up "early"

# A reader who keeps up, or not: with drop-count the books say which.
since
start_reader daemon -p -a
make_events a /etc/shadow "$N" 2
stop_reader "$reader_pid"
is "control: each open was refused" "$(made a denied)" $((2 * N))
adds_up daemon "$(new)"
kernel_adds_up "daemon"

since
start_reader asleep -p -a
kill -STOP "$reader_pid"
make_events a /etc/shadow "$N" 2
stop_reader "$reader_pid"
adds_up asleep "$(new)"
is "asleep: the kernel says the same" $(($(stat_sum lost) - lost_before)) \
	"$(made asleep lost)"
ok "asleep: some are lost" test "$(made asleep lost)" -gt 0
kernel_adds_up "asleep"

# Block: the processes wait for a reader that dawdles, and nothing is lost.
since
ok "full=block" hvctl -q client set wrap full=block
like "it is listed" "$(hvctl client list)" 'wrap +enabled +deny +block'
start_reader slow -p -a -s 20000
make_events a /etc/shadow "$N" 2
stop_reader "$reader_pid"
adds_up slow "$(new)"
is "block: nothing is lost" "$(made slow lost)" 0
is "block: the decisions are what they were" "$(made a denied)" $((2 * N))
ok "block: they had to wait" test "$(stat_sum waits)" -gt "$waits_before"
kernel_adds_up "block"

# kill -9 in the middle: the next one goes on with what was not acknowledged.
since
start_reader killed -p -a -s 50000 -o "$work/books"
make_events a /etc/shadow "$N" 2 &
busy=$!
has_read() {
	"$reader" -x "$work/books" | grep -q '^events=...'
}
wait_for 20 has_read
kill -9 "$reader_pid"
wait "$reader_pid" 2>/dev/null
sleep 1
start_reader next -p -a
wait "$busy"
stop_reader "$reader_pid"
"$reader" -x "$work/books" >"$work/killed"
ok "control: it had read some, not all" test "$(made killed events)" -gt 0 -a \
	"$(made killed events)" -lt "$(new)"
is "killed: its numbers are in order" "$(made killed broken)" 0
is "killed: those of the next one too" "$(made next broken)" 0
for cpu in 0 1; do
	[ -n "$(made killed cpu$cpu)" ] || continue
	end=$(made killed cpu$cpu)
	begin=$(made next cpu$cpu)
	# The last message may have been written down and not acknowledged.
	ok "killed: cpu $cpu goes on at the first that was not acknowledged" \
		test "${begin%-*}" -le "${end#*-}"
	again=$((${again:-0} + ${end#*-} - ${begin%-*}))
done
is "killed: all of them, in block mode" \
	$(($(made killed events) + $(made next events) - again)) "$(new)"
is "killed: nothing is lost" "$(made next lost)" 0
diag "read twice: $again"

# A wait ends: a reader who never comes costs time, not the process.
echo 5 >/sys/module/khv/parameters/event_wait
since
taskset -c 0 hvctl run p -- /run/khv-maker /etc/shadow 1000 1 | cat >"$work/a"
ok "the wait ends" test "$(stat_sum gave_up)" -gt 0
start_reader late -p -a
stop_reader "$reader_pid"
adds_up late "$(new)"
echo 30000 >/sys/module/khv/parameters/event_wait

# Deny: what cannot be told is not done.
since
hvctl -q client set wrap full=deny level=audit
make_events a /etc/hostname 5 1
is "control: the file is granted" "$(made a opened)" 5
start_reader absent -p -a
kill -STOP "$reader_pid"
make_events a /etc/hostname 1500 1
ok "deny: refused with EBUSY when the queue is full" \
	test "$(made a busy)" -gt 0
is "deny: every open that was made was told" \
	$(($(made a opened) + $(made a busy))) 1500
stop_reader "$reader_pid"
adds_up absent "$(new)"
ok "deny: the lost ones are called refused" \
	test "$(made absent refused)" -gt 0 -a \
	"$(made absent refused)" = "$(made absent lost)"
make_events a /etc/hostname 5 1
is "deny: with room it is granted again" "$(made a opened)" 5
start_reader rest -p -a
stop_reader "$reader_pid"
kernel_adds_up "deny"

# One reader asleep, one awake.
since
start_reader sleeper
hvctl -q client set wrap full=drop-count level=deny
sleeper=$reader_pid
kill -STOP "$sleeper"
hvctl -q client set wrap full=block
start_reader awake -p -a
make_events a /etc/shadow "$N" 2
stop_reader "$reader_pid"
adds_up awake "$(new)"
is "one asleep: the other one has lost nothing" "$(made awake lost)" 0
stop_reader "$sleeper"
adds_up sleeper "$(new)"
hvctl -q client set wrap full=drop-count

# Eight are the most; one that dies leaves its place, its socket and its queue.
readers=
for i in 1 2 3 4 5 6 7; do
	start_reader "many$i"
	readers="$readers $reader_pid"
done
before=$(stat_sum produced)
start_reader many8 -p -a
readers="$readers $reader_pid"
start_reader many9
like "a ninth reader is refused" "$(cat "$work/many9")" error=ENOSPC
# shellcheck disable=SC2086 # a list of numbers
kill -STOP $readers
make_events a /etc/shadow "$N" 1
held=$(stat_sum used)
# shellcheck disable=SC2086 # a list of numbers
kill -9 $readers
for pid in $readers; do
	wait "$pid" 2>/dev/null
done
for i in 1 2 3 4 5 6 7; do
	start_reader "again$i"
	like "reader $i of those who come after them" "$(cat "$work/again$i")" \
		'^ready'
	kill -9 "$reader_pid"
	wait "$reader_pid" 2>/dev/null
done
start_reader last -p -a
stop_reader "$reader_pid"
is "what the dead daemon held comes to the next one" \
	$(($(made last events) + $(made last lost))) \
	"$(new)"
ok "control: there was something" test "$held" -gt 0
kernel_adds_up "after the dead"
done_testing
