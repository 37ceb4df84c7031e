#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The documentation parses, its links lead somewhere, it names everything that
# users and developers meet by name, and shows no command that does not exist.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/sources.sh"
workdir /tmp
docs=selftests/static/docs.py

complaints() {
	python3 -B "$docs" "$@" 2>&1
}

cat >"$work/bad.rst" <<'BAD'
Title
===
`nowhere <no-such-page.rst>`_, ``hvctl fnord list``, ``hvctl policy fnord``.
BAD
control "a page that does not parse is seen" \
	test -n "$(complaints parse "$work/bad.rst")"
sed -i 's/^===/=====/' "$work/bad.rst"
control "and a good one is let pass" \
	test -z "$(complaints parse "$work/bad.rst")"
control "a link to nowhere is seen" \
	test -n "$(complaints links "$work/bad.rst")"
is "control: commands that do not exist are seen" \
	"$(complaints commands "$work/bad.rst" | wc -l)" 2
# The manual pages name what hvctl can, and nothing else.
is "control: names that are missing are seen" \
	"$(complaints words "$work/bad.rst" | sed 's/ [^ ]* is not.*//' |
		sort -u | tr '\n' ',')" \
	"exported function,limit,module parameter,netlink command,object check,"

# shellcheck disable=SC2016 # marks of reST
sed 's/^``io_uring:sqpoll``.*//; s/ chown / /' Documentation/rules.rst \
	>"$work/names.rst"
is "control: parts of the kernel that are missing are seen" \
	"$(complaints facilities "$work/names.rst" | wc -l)" 2

none "every page parses" "$(complaints parse)"
none "every relative link leads somewhere" "$(complaints links)"
none "everything that has a name is documented" "$(complaints words)"
none "hvctl can do what the pages show" "$(complaints commands)"
none "the rule language has every part of the kernel" \
	"$(complaints facilities)"
none "dkms.conf has the version and the modules of the build" \
	"$(complaints dkms)"
done_testing
