#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# As init.t, for the client that hooks most: a khv_wrap that cannot be loaded leaves
# nothing, no hook above all; and the next load confines. Of attacks/catalogue: ROB-22.
# shellcheck disable=SC2016 # for another shell
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/fault.sh"
workdir /tmp
. "$(dirname "$0")/load.sh"

ok "khv_policy loads" modprobe khv_policy
every khv_wrap khv_base_prepare khv_calls_prepare khv_object_prepare khv_hook_attach
ok "khv_wrap loads" modprobe khv_wrap
ok "and confines" sh -c 'printf "policy p\nfile / read/write\nfile /etc/shadow none\n" \
	>"$1/p.hv" && hvctl policy load "$1/p.hv" && ! hvctl run p -- cat /etc/shadow' \
	sh "$work"
done_testing
