#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The demo as a test: one line for each request that was not as expected.
. "$(dirname "$0")/../lib/tap.sh"
workdir /tmp
ok "the demo runs and everything is as expected" \
	"$(dirname "$0")/nginx.sh"
unlike "no line says WRONG" "$tap_output" "WRONG"
like "decisions have reached syslog" "$tap_output" "hvauditd"
done_testing
