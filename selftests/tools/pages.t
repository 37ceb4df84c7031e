#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Who follows the tutorial of khv(7), or the walk in README, gets what they say: each
# command is typed, and each answer compared. With systemd, as on their machine.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/walk.sh"
LC_ALL=C
export LC_ALL
workdir /tmp
rm -f /etc/khv/policy.d/*.hv

# As a package does when it is installed.
ok "the user of the daemon" systemd-sysusers khv-audit.conf
cat >"$work/wrong.md" <<'MD'
## Wrong

    # true
    # true
    # true
    # true
    # echo one
    two
MD
control "an answer that is not the page's is seen" sh -c \
	"python3 -B '$(dirname "$0")/walk.py' '$work/wrong.md' Wrong |
	grep -q '^not ok 5 - echo one'"

walk_pages
done_testing
