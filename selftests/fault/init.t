#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A module of khv that cannot be loaded leaves nothing: in each step of its init function
# an allocation fails, and the last step is refused. Each time the load is refused, or it
# works; the kernel is as before. Of attacks/catalogue: ROB-22.
# shellcheck disable=SC2016 # for another shell
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/fault.sh"
workdir /tmp
. "$(dirname "$0")/load.sh"

# khv_symbols_init allocates nothing. What is refused for a bad word is behind all of
# these.
every khv khv_selftest khv_task_init khv_entry_init khv_event_init khv_netlink_init
traces >"$work/before"
for word in lock=nonsense watchdog=99999 event_ring=nonsense; do
	refused "khv with $word" modprobe khv $word
	traces >"$work/after"
	is "and nothing is left" "$(diff "$work/before" "$work/after")" ""
done

ok "khv loads" modprobe khv
every khv_policy khv_path_init khv_store_init
ok "khv_policy loads" modprobe khv_policy
done_testing
