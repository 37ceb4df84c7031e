#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Bad input in the running system: a malformed policy changes nothing, and who
# has no right to configure or to listen is refused. netlink.c has the messages,
# unit tests of libkhv the grammar.
# Of attacks/catalogue: ROB-11.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/hold.sh"
workdir /tmp
chmod 755 "$work"
app=/opt/netscape/busybox

load_khv khv_wrap
mkdir -p /opt/netscape
cp /bin/busybox "$app"
at_exit rm -rf /opt/netscape
policy "$hold/loose.hv"
in_force=$(hvctl --no-header policy list)
shown=$(hvctl policy show loose)

holds() {
	is "$1: the policy in force is the same" \
		"$(hvctl --no-header policy list)" "$in_force"
	is "$1: and its text" "$(hvctl policy show loose)" "$shown"
	is "$1: and it holds" "$(outcome hvctl run loose -- "$app" cat \
		/etc/passwd)" EACCES
}

# NAME LINE:COLUMN TEXT: the line is the third of a policy called loose
malformed() {
	printf 'policy loose "x"\nfile /opt read\n%s\nfile /etc read\n' "$3" \
		>"$work/bad.hv"
	tap_try hvctl policy load "$work/bad.hv"
	is "$1: refused as an error of the policy" "$tap_status" 5 ||
		diag "$tap_output"
	like "$1: names file, line and column" "$tap_output" "bad\.hv:$2"
	like "$1: says what it wants" "$tap_output" \
		'expected|must|not|unknown|different|differs'
}

malformed "unknown type" 3:1 "flie /etc read"
malformed "unknown permission" "3:1[0-9]" "file /etc raed"
malformed "no permission" 3: "file /etc"
malformed "relative path" 3:6 "file etc read"
malformed "a word too much" 3: "file /etc read nonsense"
malformed "bad address" 3:8 "socket 10.0.0.300/8 read"
malformed "bad prefix" 3: "socket 10.0.0.0/33 read"
malformed "bad port" 3: "socket 10.0.0.1:70000 read"
malformed "contradiction" 3: "file /opt write"
malformed "quote without end" 3: 'policy other "x'
malformed "byte that is no text" 3: "$(printf 'file /\001 read')"
holds "after all of these"

printf 'policy loose "x"\nfile /etc read\nexpect deny file /etc/hosts read\n' \
	>"$work/bad.hv"
tap_try hvctl policy load "$work/bad.hv"
is "an expectation that does not hold: refused" "$tap_status" 9
like "and is named" "$tap_output" "bad\.hv:3"
holds "after it"

# All or nothing: a good policy beside a bad one.
sed 's/loose/other/' "$hold/loose.hv" >"$work/good.hv"
refused "a good file beside a bad one" \
	hvctl policy load "$work/good.hv" "$work/bad.hv"
holds "after both"

for command in "policy load $work/good.hv" "policy clear loose" \
	"policy list" "policy show loose" "module list" "hook list" \
	"module unload khv_wrap" "log level allow" "attach 1 loose" \
	"run loose -- /bin/true" "task list" "event tail -n 1" \
	"event stats"; do
	# shellcheck disable=SC2086 # words
	tap_try as_user nobody timeout 5 hvctl $command
	is "user nobody: hvctl $command" "$tap_status" 4 || diag "$tap_output"
done
holds "after user nobody"

# Root in a domain cannot talk its way out. hvctl itself may read everything.
cat >"$work/inside.hv" <<-'POLICY'
	policy inside "confined root with the tools of an administrator"
	file / read/write
POLICY
ok "a policy that allows all files" hvctl policy load "$work/inside.hv"
for command in "policy clear inside" "policy load $work/inside.hv" \
	"module unload khv_wrap" "log level off" "attach 1 loose"; do
	# shellcheck disable=SC2086 # words
	tap_try hvctl run inside -- hvctl $command
	is "root in a domain: hvctl $command" "$tap_status" 4 ||
		diag "$tap_output"
done
done_testing
