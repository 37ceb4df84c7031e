#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Limits of the master that administrators can reach: what is within them works, one more
# is refused and told by which limit, and nothing of it is left behind. That of clients
# is tried in client/crowd.t, those of the rule language by policy/.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/tools.sh"
workdir /tmp
load_khv

limit() {	# NAME
	sed -n "s/^#define $1[^0-9]*\([0-9]*\).*/\1/p" \
		"$(dirname "$0")/../../kmod/include/khv/limits.h"
}
said() {	# NAME: who was refused was told
	like "the refusal names $1" "$tap_output" "$(limit "$1") .*\($1\)"
}
in_force() {
	hvctl --no-header policy list | wc -l
}

# --- policies in one transaction ----------------------------------------------------------

most=$(limit KHV_TXN_POLICIES)
for i in $(seq -w 0 "$most"); do
	printf 'policy p%s\nfile / read\n' "$i" >"$work/p$i.hv"
done
refused "one more policy than a transaction may have" \
	hvctl -q policy load "$work"/p*.hv
said KHV_TXN_POLICIES
is "and none of them is in force" "$(in_force)" 0
mv "$work/p$most.hv" "$work/last.hv"
ok "as many as it may have" hvctl -q policy load "$work"/p*.hv
is "are in force" "$(in_force)" "$most"
ok "one more in another one" hvctl -q policy load "$work/last.hv"
is "is as well" "$(in_force)" $((most + 1))
hvctl -q policy clear --all

# --- rights -------------------------------------------------------------------------------

most=$(limit KHV_ADMIN_GRANTS)
bad=''
for i in $(seq "$most"); do
	hvctl -q admin grant wrap log "user=$((2000 + i))" || bad="$bad $i"
done
is "rights are given" "$bad" ""
refused "one more" hvctl -q admin grant wrap log user=1999
said KHV_ADMIN_GRANTS
is "the others are there" "$(hvctl --no-header admin list | wc -l)" "$most"
ok "one is taken away" hvctl -q admin revoke wrap user=2001
ok "then there is room" hvctl -q admin grant wrap log user=1999

# --- readers of events ----------------------------------------------------------------------

most=$(limit KHV_MAX_SUBSCRIBERS)
readers=''
for i in $(seq "$most"); do
	hvctl event tail >/dev/null 2>"$work/reader-$i" &
	readers="$readers $!"
done
all_listen() {
	[ "$(cat "$work"/reader-* | grep -c listening)" = "$most" ]
}
wait_for 20 all_listen
ok "as many readers as there may be" all_listen
refused "one more" timeout 10 hvctl event tail -n 1
said KHV_MAX_SUBSCRIBERS
# shellcheck disable=SC2086 # words
kill $readers
wait
hvctl event tail >/dev/null 2>"$work/again" &
again=$!
ok "and then there is room" wait_for 5 grep -q listening "$work/again"
kill "$again"
done_testing
