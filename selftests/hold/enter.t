#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: no task is ever half in a domain. Four crowds of short processes
# enter by exec, by hvctl run and by hvctl attach, and leave by their end, while the
# policy is replaced again and again. What both texts refuse is never let pass, what
# both grant is never refused, and at the end nobody is left.
# Of attacks/catalogue: ROB-20.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp
rounds=40

cp /bin/busybox "$work/busybox.attached"
cp /bin/busybox "$work/busybox.free"
echo yes >"$work/granted"
echo no >"$work/secret"
for text in one two; do
	cat >"$work/$text.hv" <<EOF
policy  crowd  "text $text"
attach  $work/busybox.attached
file    /                  read/write
file    $work/$text        none
file    $work/secret       none
process any                read/write
EOF
done

# What a task of the domain may see: only the first of the two.
# shellcheck disable=SC2016 # for the shell inside
look='x=; read x <$1/granted; [ "$x" = yes ] || echo refused
	x=; read x <$1/secret && echo leaked || echo looked'
# A fresh process is in it from its first instruction on.
by_exec() {
	"$work/busybox.attached" sh -c "$look" sh "$work"
}
by_run() {
	hvctl run crowd -- "$work/busybox.free" sh -c "$look" sh "$work"
}
# A running one is in it when hvctl says so.
by_attach() {
	"$work/busybox.free" sh -c 'read go; '"$look" sh "$work" <"$work/go" &
	hvctl -q attach --tree --policy crowd "$!" >/dev/null || echo "not attached"
	echo >"$work/go"
	wait "$!"
}
crowd() {
	for _ in $(seq $rounds); do
		"$1" 2>/dev/null
	done
}

load_khv khv_wrap
control "unconfined it can be read" "$work/busybox.free" cat "$work/secret"
policy "$work/one.hv"
mkfifo "$work/go"
(
	while [ ! -e "$work/stop" ]; do
		hvctl -q policy load "$work/two.hv" >/dev/null
		hvctl -q policy load "$work/one.hv" >/dev/null
		echo loaded
	done
) >"$work/loads" &
loader=$!
for way in by_exec by_run by_attach; do
	# Pipes: a file that is no part of the policy would be taken away.
	crowd $way 2>&1 | cat >"$work/$way" &
	eval "$way=$!"
done
crowd by_exec 2>&1 | cat >"$work/by_exec_too"
# shellcheck disable=SC2154 # by eval
wait "$by_exec" "$by_run" "$by_attach"
: >"$work/stop"
wait "$loader"
for way in by_exec by_exec_too by_run by_attach; do
	is "$way: $rounds times never half in it" \
		"$(sort "$work/$way" | uniq -c | sed 's/^ *//')" "$rounds looked"
done
diag "$(($(wc -l <"$work/loads") * 2)) loads"
ok "the policy was replaced meanwhile" test "$(wc -l <"$work/loads")" -ge 5
is "nobody is left in it" "$(hvctl -j task list | grep -c '"pid"')" 0
done_testing
