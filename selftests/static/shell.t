#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Shell scripts, found by their first line or name, pass shellcheck; Python
# files at least compile.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/sources.sh"
workdir /tmp

# shellcheck disable=SC2016 # the fault
printf '#!/bin/sh\nrm -rf $1\n' >"$work/bad"
refused "control: a missing quote is seen" shellcheck "$work/bad"

files=$({ scripts '^#!.*sh$|^#!/usr/bin/env (ba)?sh'; sources . |
	grep '\.sh$'; } | sort -u)
none "shellcheck" "$(printf '%s\n' "$files" | xargs shellcheck -f gcc 2>&1)"

python=$({ scripts '^#!.*python3$'; sources . | grep '\.py$'; } | sort -u)
none "python compiles" "$(printf '%s\n' "$python" | xargs -n 1 python3 -c \
	'import sys; compile(open(sys.argv[1]).read(), sys.argv[1], "exec")' 2>&1)"
done_testing
