#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The comparison does not rot: every peer can be put in force in this guest, holds
# a technique that it is known to hold, lets one through that it cannot express,
# keeps what the policy grants, and can be taken away again.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../hold/hold.sh"
. "$(dirname "$0")/peers.sh"
workdir /tmp
scene
dmesg -n 5

peer apparmor path PATH-01a PATH-10
peer landlock code EXEC-02 EXEC-04
peer seccomp 'code x32' ABI-03a EXEC-02
peer bpf path PATH-10 PATH-14a
done_testing
