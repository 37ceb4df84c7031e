#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# hvctl changes lines of a policy file: rule add, delete, move, find, policy mode and
# graph. What does not compile, or breaks an expect line, changes nothing.
. "$(dirname "$0")/../lib/tap.sh"
bin=$(readlink -f "${KHV_BUILD:-$(dirname "$0")/../../build}")/user
PATH=$bin:$PATH
workdir /tmp
cd "$work" || exit 1
mkdir include

start() {
	printf 'file /usr/lib read\n' >include/part.hv
	cat >web.hv <<-'POLICY'
		# who may what
		policy web "pages"
		attach /usr/sbin/web
		include <part>
		file  /srv        read	# pages
		file  /srv/secret none why="not for visitors" tag=keys
		file  /usr/bin/cgi read/exec -> cgi

		[domain cgi]
		file  /srv/data read/write
		[domain main]
		expect deny file /srv/secret/x read
	POLICY
	cp web.hv before.hv
}

# STATUS REGEX COMMAND...
says() {
	says_status=$1 says_text=$2
	shift 2
	tap_try "$@"
	is "$*: exit code" "$tap_status" "$says_status" || tap_explain "$@"
	like "$*: text" "$tap_output" "$says_text"
}
same() {
	ok "$1: nothing was changed" cmp web.hv before.hv
	cp before.hv web.hv
}
changes() {
	diff before.hv web.hv | grep '^[<>]'
	cp web.hv before.hv
}

# --- add ---------------------------------------------------------------------------------

start
chmod 640 web.hv
says 0 'now allowed +file /srv/www: .*\(web\.hv:5 -> web\.hv:8\)' \
	hvctl rule add web.hv file /srv/www read/write
is "it stands behind the others of its domain" "$(sed -n 8p web.hv)" \
	"file /srv/www read/write"
is "nothing else is another" "$(changes)" "> file /srv/www read/write"
is "the file's permissions are what they were" "$(stat -c %a web.hv)" 640
ok "into another domain" hvctl -q rule add --domain cgi web.hv file /var/log append
is "there" "$(sed -n 12p web.hv)" "file /var/log append"
changes >/dev/null
ok "a word with blanks" hvctl -q rule add web.hv file '/srv/a "b"' read
is "is quoted" "$(changes)" '> file "/srv/a \"b\"" read'
ok "a word that begins with -" hvctl -q rule add web.hv -- file /srv/data -open
is "behind --" "$(changes)" '> file /srv/data -open'
ok "one word is a line as it is" hvctl -q rule add web.hv 'file  /tmp   read  # x'
is "with all that is in it" "$(changes)" '> file  /tmp   read  # x'
says 0 'file /srv/x' hvctl -n rule add web.hv file /srv/x read/write
same "a dry run"
says 5 'web\.hv:[0-9]+:[0-9]+: error.*nothing changed' \
	sh -c 'hvctl rule add web.hv file /srv/x raed 2>&1 | paste -sd" "; exit 5'
same "a mistake"
tap_try hvctl rule add web.hv file /srv/x raed
is "its exit code" "$tap_status" 5
says 9 'web\.hv:' hvctl rule add web.hv file /srv/secret/x read
same "a broken expect line"
says 2 'has no domain "nosuch"' hvctl rule add --domain nosuch web.hv file /x read
says 2 'one line' hvctl rule add web.hv 'file /x read
file /y read'
says 2 'nothing is put in force' hvctl rule add --confirm 5 web.hv file /x read
same "what makes no sense"
says 2 'has a name already' sh -c 'hvctl rule add web.hv policy other; exit 2'
same "another name"
ln -s web.hv link.hv
ok "through a link" hvctl -q rule add link.hv file /srv/linked read
ok "which stays one" test -L link.hv
like "the file is changed" "$(changes)" 'linked'
echo mine >web.hv.new
says 1 'not written' hvctl rule add web.hv file /srv/y read
same "a file beside it that is somebody's"
is "that is as it was" "$(cat web.hv.new)" mine
rm web.hv.new

# --- delete --------------------------------------------------------------------------------

start
says 0 'no longer allowed +file /usr/bin/cgi' hvctl -y rule delete web.hv 7
is "by its number" "$(changes)" '< file  /usr/bin/cgi read/exec -> cgi'
start
ok "by file and number" hvctl -qy rule delete web.hv web.hv:3
is "that line" "$(changes)" '< attach /usr/sbin/web'
start
ok "by its words" hvctl -qy rule delete web.hv 'file /srv/data read/write'
is "whatever is between them" "$(changes)" '< file  /srv/data read/write'
start
ok "two at once" hvctl -qy rule delete web.hv 3 10
is "both" "$(changes | wc -l)" 2
start
says 2 'no line with a rule' hvctl -y rule delete web.hv 2
says 2 'no line with a rule' hvctl -y rule delete web.hv 99
says 2 'is of part\.hv, which' hvctl -y rule delete web.hv part.hv:1
says 9 'expect|web\.hv:' hvctl -y rule delete web.hv 6
same "what is refused"
says 1 'nothing done' script -qec 'hvctl rule delete web.hv 7' /dev/null </dev/null
same "without a yes on a terminal"

# --- move ----------------------------------------------------------------------------------

start
says 0 'domain cgi' hvctl -y rule move web.hv 'file /usr/bin/cgi read/exec -> cgi' cgi
is "it stands there" "$(grep -n -A2 'domain cgi' web.hv | tail -n 1)" \
	'10-file  /usr/bin/cgi read/exec -> cgi'
is "and only there" "$(grep -c /usr/bin/cgi web.hv)" 1
start
says 2 'means nothing' hvctl -y rule move web.hv 5 main
says 2 'has no domain' hvctl -y rule move web.hv 5 nosuch
same "what is refused"

# --- mode ----------------------------------------------------------------------------------

is "its mode" "$(hvctl policy mode web.hv)" enforce
like "as JSON" "$(hvctl -j policy mode web.hv)" '"mode":"enforce"'
ok "another" hvctl -qy policy mode web.hv complain
is "behind the name" "$(changes)" '> mode complain'
is "in line 3" "$(sed -n 3p web.hv)" 'mode complain'
ok "and back" hvctl -q policy mode web.hv enforce
is "in its place" "$(changes | tr '\n' ' ')" '< mode complain > mode enforce '
says 5 'unknown mode' hvctl -y policy mode web.hv strict
printf 'version 1\nfile / read\n' >plain.hv
ok "without a name" hvctl -qy policy mode plain.hv complain
is "behind the version" "$(sed -n 2p plain.hv)" 'mode complain'
printf 'file / read\n' >plain.hv
ok "without anything" hvctl -qy policy mode plain.hv complain
is "first" "$(tr '\n' ' ' <plain.hv)" 'mode complain file / read '

# --- find ----------------------------------------------------------------------------------

start
found() {
	hvctl --no-header rule find --policy web.hv "$@" | awk '{ print $3 }' | tr '\n' ' '
}
is "by a text" "$(found secret)" "web.hv:6 "
is "also of includes" "$(found /usr)" "web.hv:3 part.hv:1 web.hv:7 "
is "by a field" "$(found type=attach)" "web.hv:3 "
is "by a pattern" "$(found 'ident=/srv/*')" "web.hv:6 web.hv:10 "
is "by two" "$(found 'ident=/srv*' domain!=main)" "web.hv:10 "
is "by a tag" "$(found tag=keys)" "web.hv:6 "
tap_try hvctl rule find --policy web.hv nosuch
is "nothing" "$tap_status" 1
like "as JSON" "$(hvctl -j rule find --policy web.hv line=6)" \
	'"data":\[\{"policy":"web".*"line":6,.*\}\]'

# --- graph ---------------------------------------------------------------------------------

is "who enters what, and by which line" \
	"$(hvctl --no-header policy graph web.hv | tr -s ' ')" \
	"(any program) main /usr/sbin/web web.hv:3
main cgi /usr/bin/cgi web.hv:7"
like "as JSON" "$(hvctl -j policy graph web.hv)" \
	'"from":"main","to":"cgi","program":"/usr/bin/cgi"'
is "for Graphviz" "$(hvctl policy graph --dot web.hv | tr -d '\n\t')" \
	'digraph "web" {"main";"cgi";"(any program)" -> "main" [label="/usr/sbin/web"];"main" -> "cgi" [label="/usr/bin/cgi"];}'
done_testing
