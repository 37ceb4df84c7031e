#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must hold: "here" as a destination, where a policy grants all addresses but
# those of the host (NET-10). By a 64-bit program and a 32-bit one.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"

scene
ok "an address of the host's own" sh -c 'ip link add hold0 type dummy &&
	ip addr add 10.99.0.1/24 dev hold0 && ip link set hold0 up'
at_exit ip link del hold0
load_khv khv_wrap
policy_for dest
techniques '' "$attack" dest
techniques "32-bit" "$attack32" dest
done_testing
