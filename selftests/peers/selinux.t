#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# As peers.t, for SELinux, which needs a boot with security=selinux.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../hold/hold.sh"
. "$(dirname "$0")/peers.sh"
workdir /tmp
scene
dmesg -n 5

peer selinux 'net code' EXEC-02 NET-13
done_testing
