#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Events to other machines, by the configurations of rsyslog that we ship: over
# RELP into another network namespace, whose link is cut and whose rsyslog is
# killed, and to Kafka, whose broker stands still. Nothing is lost by that.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
command -v kcat >/dev/null || skip_all "this guest has no kcat (--packages apps)"
workdir /tmp
share=/usr/local/share/khv/audit/rsyslog
rm -rf /run/khv
load_khv
printf 'policy p "x"\nfile / read\nfile /etc/shadow none\n' >"$work/p.hv"
hvctl -q policy load "$work/p.hv" || bail_out "no policy"

# --- two hosts and a broker --------------------------------------------------------

end() {
	[ -z "$1" ] || kill "$@" 2>/dev/null
	wait "$@" 2>/dev/null
}
all_ends() {
	end "$audit"
	end "$sender"
	end "$receiver"
	[ -z "$broker" ] || kill -CONT "$broker" 2>/dev/null
	end "$broker"
	ip netns del collector 2>/dev/null
}
audit='' sender='' receiver='' broker=''
at_exit all_ends

network() {
	modprobe veth
	ip netns add collector &&
		ip link add khv0 type veth peer name khv1 netns collector &&
		ip addr add 192.0.2.1/24 dev khv0 && ip link set khv0 up &&
		ip -n collector addr add 192.0.2.2/24 dev khv1 &&
		ip -n collector link set khv1 up
}
network || bail_out "no network"

# The mock broker of librdkafka, inside of a reader that has nothing to read.
ip link set lo up
kcat -C -q -b none -t nothing -X test.mock.num.brokers=1 >"$work/kcat" 2>&1 &
broker=$!
broker_is_up() {
	brokers=$(ss -Hltnp | sed -n \
		"s/.* \(127\.0\.0\.1:[0-9]*\) .*pid=$broker,.*/\1/p" | head -n 1)
	[ -n "$brokers" ]
}
wait_for 20 broker_is_up || bail_out "no broker: $(cat "$work/kcat")"

# Only names of hosts and files are changed.
ours() {
	sed -e "s,/var/log/khv-hosts,$work/hosts,; s,/var/log/khv,$work/khv,
		s,/var/spool/rsyslog,$work,
		s,collector.example.org,192.0.2.2,
		s,kafka1.example.org:9092,$brokers,
		s,#call,call,
		s,queue.size=\"10000\",queue.size=\"100\",
		s,resumeInterval=\"5\",resumeInterval=\"1\"," \
		"$share/$1"
}
mkdir "$work/send" "$work/receive"
{
	echo "global(workDirectory=\"$work/send\")"
	echo 'module(load="imuxsock" SysSock.Use="off")'
	ours 10-khv.conf
	ours 20-khv-relp.conf
	ours 20-khv-kafka.conf
} >"$work/send.conf"
{
	echo "global(workDirectory=\"$work/receive\")"
	ours collector-relp.conf
} >"$work/receive.conf"
for conf in send receive; do
	ok "rsyslog takes the $conf configuration" \
		rsyslogd -N1 -f "$work/$conf.conf"
done

start_sender() {
	rsyslogd -n -f "$work/send.conf" -i "$work/send.pid" \
		>>"$work/send.out" 2>&1 &
	sender=$!
	wait_for 20 test -S /run/khv/syslog.sock
}
start_receiver() {
	ip netns exec collector rsyslogd -n -f "$work/receive.conf" \
		-i "$work/receive.pid" >>"$work/receive.out" 2>&1 &
	receiver=$!
}

# --- what has come ------------------------------------------------------------------

# cpu:seq of every event, each once.
numbers() {
	grep -hE ' (DENY|ALLOW) \[khv@' "$@" 2>/dev/null |
		sed -n 's/.* cpu="\([0-9]*\)" seq="\([0-9]*\)".*/\1:\2/p' |
		sort -u
}
received() {
	numbers "$work/hosts"/*.log | wc -l
}
in_kafka() {
	timeout 20 kcat -C -q -e -o beginning -b "$brokers" -t khv-events \
		>"$work/kafka" 2>/dev/null
	numbers "$work/kafka" | wc -l
}
logged() {
	book logged
}
all_received() {
	[ "$(received)" = "$(logged)" ]
}
all_in_kafka() {
	[ "$(in_kafka)" = "$(logged)" ]
}
arrive() {
	wait_for 20 all_accounted
	is "$1: nothing is lost here" "$(book lost)" 0
	wait_for 60 all_received
	is "$1: all are at the collector" "$(received)" "$(logged)"
	wait_for 60 all_in_kafka
	is "$1: all are in Kafka" "$(in_kafka)" "$(logged)"
}

start_sender
start_receiver
printf 'file = no\nsyslog = rfc5424\nsocket = /run/khv/syslog.sock\nuser = no\n' \
	>"$work/audit.conf"
hvauditd -c "$work/audit.conf" 2>"$work/audit.err" &
audit=$!
wait_for 20 grep -qs ' START ' "$work/khv.log"
deny 100
arrive "in peace"
like "structured data arrive as they were sent" \
	"$(grep -h 'object="/etc/shadow"' "$work/hosts"/*.log | head -n 1)" \
	'khv [0-9]+ DENY \[khv@32473 boot="[-0-9a-f]+" cpu="0" seq="[0-9]+" .*object="/etc/shadow" .*\] wrap deny sh\[[0-9]+\] file open /etc/shadow by p\.hv:3$'
evil=$(printf '/etc/x"] [a@1 b="c\n<34>1 - - - - - - forged\033[2J')
# shellcheck disable=SC2016 # for the other shell
hvctl run p -- sh -c ': >"$1"' sh "$evil" >/dev/null 2>&1
arrive "a hostile name"
is "a hostile name makes no record" \
	"$(grep -hE '^<34>|^[^<]|forged$' "$work/hosts"/*.log)" ""

# The link is cut, the receiver killed, the broker stands still.
ip link set khv0 down
kill -STOP "$broker"
deny 200
kill -9 "$(cat "$work/receive.pid")"
wait "$receiver" 2>/dev/null
rm -f "$work/receive.pid"
deny 200
wait_for 20 all_accounted
ok "nothing comes meanwhile" test "$(received)" -lt "$(logged)"
ok "what waits is in files" ls "$work/send"/khv_relp.*
ip link set khv0 up
start_receiver
kill -CONT "$broker"
arrive "after the outage"
is "the file of this host has all of them" "$(numbers "$work/khv.log" | wc -l)" \
	"$(logged)"
diag "twice at the collector:" \
	"$(($(grep -chE ' (DENY|ALLOW) \[khv@' "$work/hosts"/*.log) - $(received)))"
done_testing
