#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The command line of hvctl and hvauditd, as far as it needs no module: help at
# every level, exit codes, abbreviations, errors as JSON, completion.
. "$(dirname "$0")/../lib/tap.sh"
bin=${KHV_BUILD:-$(dirname "$0")/../../build}/user
hvctl=$bin/hvctl
here=$(readlink -f "$(dirname "$0")")
workdir /tmp

# NAME STATUS REGEX COMMAND...
says() {
	says_name=$1 says_status=$2 says_text=$3
	shift 3
	tap_try "$@"
	is "$says_name: exit code" "$tap_status" "$says_status" ||
		tap_explain "$@"
	like "$says_name: text" "$tap_output" "$says_text"
}

# The first object of JSON on standard input, a python expression over it.
json() {
	python3 -c "import json, sys
o = json.load(sys.stdin)
print($1)"
}

# --- help ------------------------------------------------------------------------

says "help" 0 '^Usage: hvctl' "$hvctl" help
says "--help" 0 '^Usage: hvctl' "$hvctl" --help
# Everything below follows from the command table, as "--manual" prints it.
objects=$("$hvctl" --manual)
commands=$(for object in $objects; do
	"$hvctl" --manual "$object" |
		sed -n 's/^\*hvctl\* \[_OPTIONS_\] \*\([a-z ]*\)\*.*/\1/p'
done)
is "every object is in the help" \
	"$("$hvctl" help | sed -n 's/^  \([a-z]*\) .*/\1/p' | uniq)" "$objects"
is "there are commands" "$([ "$(echo "$commands" | wc -l)" -gt 40 ] && echo yes)" yes
bad=''
for object in $(echo "$commands" | awk 'NF == 2 { print $1 }' | sort -u); do
	for way in "$object help" "$object --help" "help $object"; do
		# shellcheck disable=SC2086 # words
		"$hvctl" $way | grep -qF "hvctl [OPTIONS] $object VERB" ||
			bad="$bad [$way]"
	done
done
is "help of every object, in three ways" "$bad" ""
bad=''
while read -r words; do
	# shellcheck disable=SC2086 # words
	for way in "help $words" "$words --help" "$words -h"; do
		"$hvctl" $way | grep -q "^Usage: hvctl $words" ||
			bad="$bad [$way]"
	done
done <<LIST
$(echo "$commands" | grep -vx help)
LIST
is "help of every command, in three ways" "$bad" ""
says "version" 0 '^hvctl [0-9.]+ \(protocol 1' "$hvctl" version
says "-V" 0 '^hvctl [0-9.]+' "$hvctl" -V
# --- the table, completion and manual pages say the same ---------------------------

pages=$here/../../Documentation/man
options_of() {	# WORDS...: of the command alone
	"$hvctl" help "$@" | sed -n '/^Options:/,/^$/s/^  .*\(--[a-z-]*\).*/\1/p' |
		sort
}
globals=$("$hvctl" help | sed -n '/^Global/,/^$/s/^  .*\(--[a-z-]*\).*/\1/p' | sort)
offered() {	# WORDS...: options
	"$hvctl" --complete "$(($# + 1))" hvctl "$@" -- | grep '^--' | sort
}

is "completion has every object" "$("$hvctl" --complete 1 hvctl "")" "$objects"
bad='' unsaid='' pageless=''
while read -r object verb; do
	[ -z "$verb" ] || "$hvctl" --complete 2 hvctl "$object" "" |
		grep -qx -e "$verb" || bad="$bad [$object $verb]"
	# shellcheck disable=SC2086 # words
	is_own=$(options_of $object $verb)
	# shellcheck disable=SC2086 # words
	[ "$(offered $object $verb)" = "$(printf '%s\n' $is_own $globals | sort)" ] ||
		bad="$bad [options of $object $verb]"
	# The overview, then the page of the object, as it is installed.
	grep -qE "\*$object${verb:+ $verb}[ *]" "$pages/hvctl.8.scd" ||
		unsaid="$unsaid [$object $verb]"
	for option in $is_own; do
		grep -qF -e "*$option*" "$pages/hvctl.8.scd" ||
			unsaid="$unsaid [$object $verb $option]"
		grep -qF -e "$option" \
			"$bin/man/hvctl-$object.8" ||
			pageless="$pageless [$object $verb $option]"
	done
	grep -q "$object${verb:+ $verb}" "$bin/man/hvctl-$object.8" ||
		pageless="$pageless [$object $verb]"
done <<LIST
$commands
LIST
is "completion has every verb and every option, and no other" "$bad" ""
is "hvctl(8) has every command and every option" "$unsaid" ""
is "each object has a page, which has its commands and options" "$pageless" ""
is "and no other page is there" \
	"$(cd "$bin/man" && printf '%s\n' hvctl-*.8 | sed 's/hvctl-//; s/\.8//' | sort)" \
	"$(echo "$objects" | sort)"
bad=''
for option in $globals; do
	grep -qF -e "*$option*" "$pages/hvctl.8.scd" || bad="$bad $option"
done
is "hvctl(8) has every global option" "$bad" ""
bad=''
for word in $(sed -n '/^# COMMANDS/,/^# /s/^\*//p' "$pages/hvctl.8.scd" |
	grep -oE '^[a-z]+ [a-z]+\*|\*[a-z]+ [a-z]+\*' | tr -d '*' | tr ' ' ':'); do
	echo "$commands" | grep -qx "$(echo "$word" | tr ':' ' ')" || bad="$bad $word"
done
is "hvctl(8) has no command that is not there" "$bad" ""
if command -v man >/dev/null; then
	bad=''
	for page in "$bin"/man/*.[1-9]; do
		bad="$bad$(MANWIDTH=100 man -l --warnings "$page" 2>&1 >/dev/null)"
	done
	is "the pages are without a warning" "$bad" ""
else
	skip "the pages are without a warning" "no man"
fi

# --- exit codes ------------------------------------------------------------------

says "no arguments" 2 'an object is missing' "$hvctl"
says "unknown object" 2 'unknown; did you mean "policy"' "$hvctl" polcy list
says "unknown verb" 2 'unknown; did you mean "list"' "$hvctl" module lst
says "no verb" 2 'a verb is missing' "$hvctl" policy
says "unknown option" 2 'unknown option --bogus' "$hvctl" status --bogus
says "unknown letter" 2 'unknown option in -x' "$hvctl" -x status
says "option of another command" 2 'unknown option --tree' \
	"$hvctl" status --tree
says "option without its value" 2 'needs SEC' "$hvctl" --timeout
says "option with a value it does not have" 2 'takes no value' \
	"$hvctl" --json=x status
says "bad number" 2 'is not 0 to 86400' "$hvctl" --timeout=soon status
says "bad format" 2 'is not table, json or pretty' "$hvctl" -o xml status
says "a name that is none" 2 'is no name of a module' "$hvctl" module load ../x
says "rules on standard input" 5 'stdin:1:' sh -c \
	"echo 'file /etc raed' | $hvctl policy check -"
says "bad colour" 2 'is not auto' "$hvctl" --color blue status
says "too few arguments" 2 'arguments are missing' "$hvctl" policy load
says "too many arguments" 2 'too many arguments' "$hvctl" status now
says "run without a command" 2 'the command is missing' "$hvctl" run demo
says "attach without a policy" 2 'the policy is missing' "$hvctl" attach 1
says "attach to no number" 2 'not a process number' "$hvctl" attach x demo
says "bad verdict" 2 'is not allow' "$hvctl" event tail --verdict maybe
says "bad count" 2 'not a number of events' "$hvctl" event tail -n 0
says "missing file" 5 'nosuch\.hv' "$hvctl" policy check "$work/nosuch.hv"

printf 'file /etc raed\n' >"$work/bad.hv"
says "error in a rule file" 5 'bad\.hv:1:11: error' \
	"$hvctl" policy check "$work/bad.hv"
printf 'file /etc read\nexpect deny file /etc/hosts read\n' >"$work/test.hv"
says "expectation that fails" 9 'test\.hv:2' \
	"$hvctl" policy check "$work/test.hv"
printf 'file /etc read\nfile /etc/shadow none\n' >"$work/good.hv"
says "good rule file" 0 '2 rules' "$hvctl" policy check "$work/good.hv"
mkdir "$work/there"
printf '# x\nfile %s/there/gone/deep read\nfile %s/there read\n' "$work" \
	"$work" >"$work/paths.hv"
says "a path that is not there" 0 \
	"paths\\.hv:2:6: lint: .*/there/gone does not exist here" \
	"$hvctl" policy check "$work/paths.hv"
unlike "what is there is not named" "$tap_output" '/there does not'
says "a host name" 0 'set LOCAL = (127\.0\.0\.1|\[::1\]).*  # localhost' \
	"$hvctl" policy resolve LOCAL localhost
printf 'version 1\n%s\nsocket LOCAL:80 connect\n' "$tap_output" >"$work/set.hv"
says "is a set of addresses" 0 '1 rules' "$hvctl" policy check "$work/set.hv"
says "two of them" 0 'set L \+= 192\.0\.2\.1  # 192' \
	"$hvctl" policy resolve L localhost 192.0.2.1
says "a host that there is not" 1 'keep the set there is' \
	"$hvctl" policy resolve X localhost nowhere.invalid
unlike "prints no part of a set" "$tap_output" '^set'
says "no name of a set" 2 'no name of a set' "$hvctl" policy resolve a-b localhost
says "no host" 2 'no name of a host' "$hvctl" policy resolve A 'x y'
is "quiet" "$("$hvctl" -q policy check "$work/good.hv" 2>/dev/null)" ""

if [ ! -d /sys/module/khv ]; then
	says "without the module" 3 'modprobe khv_wrap' "$hvctl" status
	says "load without the module" 3 'modprobe khv_wrap' \
		"$hvctl" policy load "$work/good.hv"
	says "mistakes come first" 5 'nothing loaded' \
		"$hvctl" policy load "$work/good.hv" "$work/bad.hv"
	says "run without the module" 3 'modprobe khv_wrap' \
		"$hvctl" run demo -- true
	says "tail without the module" 3 'modprobe khv_wrap' "$hvctl" event tail
else
	skip "without the module" "it is loaded"
fi

# --- test, rule list, policy show: from a file ---------------------------------------

policy="--policy $work/good.hv"
# shellcheck disable=SC2086 # words
{
	says "test allows" 0 '^allowed +good\.hv:1: file /etc read' \
		"$hvctl" test $policy file /etc/hosts open
	says "test denies" 1 '^denied \(EACCES\) +good\.hv:2: file /etc/shadow' \
		"$hvctl" test $policy file /etc/shadow open
	says "test of a part of the kernel" 1 '^denied \(EPERM\)' \
		"$hvctl" test $policy kernel module use
	says "test of what is granted by itself" 0 'unless a rule' \
		"$hvctl" test $policy kernel capability:chown use
	says "test of an unknown part" 2 'did you mean "module"' \
		"$hvctl" test $policy kernel modul use
	says "test without a rule" 1 'no rule covers it' \
		"$hvctl" test $policy file /root/x open
	says "test of nonsense" 2 'unknown' \
		"$hvctl" test $policy file /etc bogus
	is "test as JSON" "$("$hvctl" -j test $policy file /etc/shadow open |
		json "o['data'][0]['verdict'], o['data'][0]['rule']['line']")" \
		"deny 2"
}
says "rule list" 0 'main +good\.hv:2 +file +/etc/shadow +none' \
	"$hvctl" rule list "$work/good.hv"
is "rule list without header" \
	"$("$hvctl" --no-header rule list "$work/good.hv" | wc -l)" 2
is "policy show" "$("$hvctl" policy show "$work/good.hv")" \
	"$(cat "$work/good.hv")"

# --- JSON --------------------------------------------------------------------------

error() {
	"$hvctl" -j "$@" 2>/dev/null | json "o['hvctl']['schema'], \
		o['error']['exit'], bool(o['error']['message']), o['data']"
}
is "error as JSON: usage" "$(error policy load)" "1 2 True []"
is "error as JSON: unknown" "$(error bogus)" "1 2 True []"
is "error as JSON: after the words" "$("$hvctl" policy load -j 2>/dev/null |
	json "o['hvctl']['command']")" "policy load"
is "messages as JSON" "$("$hvctl" -j policy check "$work/bad.hv" 2>/dev/null |
	json "o['error']['exit'], [(m['line'], m['column'], m['severity'])
	for m in o['data']]")" "5 [(1, 11, 'error')]"
is "version as JSON" "$("$hvctl" -j version |
	json "o['data'][0]['protocol'], o['hvctl']['command']")" "1 version"
is "pretty is JSON" "$("$hvctl" -p version | json "o['hvctl']['schema']")" 1
# A name that wants to be more than it is.
evil=$(printf 'a\033[2J"\nb\377.hv')
printf 'file /etc raed\n' >"$work/$evil"
is "hostile file name as JSON" "$("$hvctl" -j policy check "$work/$evil" \
	2>/dev/null | json "'[2J\"' in o['data'][0]['file']")" True
is "and for the terminal" "$("$hvctl" policy check "$work/$evil" 2>&1 |
	LC_ALL=C grep -c "$(printf '[\001-\010\013-\037\377]')")" 0

# --- abbreviations --------------------------------------------------------------------

says "abbreviation in a script" 2 'write "policy"' "$hvctl" pol list
says "abbreviated verb in a script" 2 'write "check"' "$hvctl" policy ch x
terminal=$(script -qec "$hvctl pol ch $work/good.hv" /dev/null 2>&1)
like "abbreviation on a terminal" "$terminal" '2 rules'
terminal=$(script -qec "$hvctl policy c $work/good.hv" /dev/null 2>&1)
like "ambiguous on a terminal" "$terminal" 'ambiguous'

# --- completion -------------------------------------------------------------------------

candidates() {
	"$hvctl" --complete "$@" | tr '\n' ' '
}
is "complete objects" "$(candidates 1 hvctl po)" "policy "
is "complete verbs" "$(candidates 2 hvctl policy "")" \
	"load confirm rollback clear list show check resolve mode graph diff "
is "complete options" "$(candidates 2 hvctl attach --t)" "--tree --timeout "
is "complete the value of a global option" "$(candidates 2 hvctl -o p)" "pretty "
is "and of a long one" "$(candidates 2 hvctl --color a)" "auto always "
is "complete files" "$(candidates 3 hvctl policy load "")" "@file "
is "complete a value" "$(candidates 4 hvctl event tail --verdict d)" "deny "
is "complete levels" "$(candidates 4 hvctl log level wrap a)" "audit allow "
is "complete after options" "$(candidates 3 hvctl -j module li)" "list "
is "complete types" "$(candidates 2 hvctl test k)" "kernel "
is "complete modes" "$(candidates 4 hvctl policy mode p c)" "complain "
is "complete help" "$(candidates 3 hvctl help policy s)" "show "
is "nothing after --" "$(candidates 3 hvctl run -- "")" ""
"$hvctl" completion bash >"$work/completion"
PATH=$bin:$PATH
got=$(cd "$work" && bash -c '. ./completion
	COMP_WORDS=(hvctl policy load go) COMP_CWORD=3
	compopt() { :; }
	_hvctl
	echo "${COMPREPLY[*]}"')
is "the shell's part" "$got" "good.hv"
is "the same is installed" "$(cat "$work/completion")" \
	"$(cat "$here/../../tools/completion/hvctl")"
"$hvctl" completion zsh >"$work/completion.zsh"
is "for zsh too" "$(cat "$work/completion.zsh")" \
	"$(cat "$here/../../tools/completion/_hvctl")"
zsh_offers() {	# WORD...: the last is being completed
	zsh -fc 'compdef() { :; }
		compadd() { [[ $1 == -- ]] && shift; [[ $1 == -S ]] && shift 3; print -l -- "$@"; }
		_files() { print -- "files $*"; }
		. $1; shift; words=(hvctl "$@"); CURRENT=$#words; _hvctl' \
		zsh "$work/completion.zsh" "$@" | tr '\n' ' '
}
if command -v zsh >/dev/null; then
	is "zsh: verbs" "$(zsh_offers policy "")" "$(candidates 2 hvctl policy "")"
	is "zsh: part of a verb" "$(zsh_offers policy sh)" "show "
	is "zsh: options" "$(zsh_offers attach --t)" "--tree --timeout "
	is "zsh: files" "$(zsh_offers policy load "")" "files -g *.hv "
	is "zsh: what goes on" "$(zsh_offers admin grant wrap log us)" "user= "
	# As zsh finds it: by its name in a folder of fpath.
	mkdir "$work/fpath"
	cp "$work/completion.zsh" "$work/fpath/_hvctl"
	is "zsh: loads it on demand" "$(zsh -fc 'fpath=($1 $fpath)
		autoload -Uz compinit; compinit -D; print $_comps[hvctl]' \
		zsh "$work/fpath")" _hvctl
else
	skip "zsh" "not there"
fi
"$hvctl" completion fish >"$work/hvctl.fish"
is "for fish too" "$(cat "$work/hvctl.fish")" \
	"$(cat "$here/../../tools/completion/hvctl.fish")"
fish_offers() {	# LINE: its last word is being completed
	# shellcheck disable=SC2016 # for the other shell
	fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
		"$work/hvctl.fish" "$1" 2>&1 | sed 's/\t.*//' | tr '\n' ' '
}
if command -v fish >/dev/null; then
	is "fish: verbs" "$(fish_offers "hvctl policy ")" \
		"$(candidates 2 hvctl policy "")"
	is "fish: part of a verb" "$(fish_offers "hvctl policy sh")" "show "
	is "fish: options" "$(fish_offers "hvctl attach --t")" "--tree --timeout "
	is "fish: files" "$(cd "$work" && fish_offers "hvctl policy load go")" \
		"good.hv "
	is "fish: what goes on" "$(fish_offers "hvctl admin grant wrap log us")" \
		"user= "
else
	skip "fish" "not there"
fi

# --- hvauditd ---------------------------------------------------------------------------

auditd=$bin/hvauditd
says "hvauditd help" 0 '^Usage: hvauditd' "$auditd" --help
says "hvauditd version" 0 '^hvauditd [0-9]' "$auditd" --version
says "hvauditd unknown option" 2 'bogus' "$auditd" --bogus
says "hvauditd superfluous word" 2 'unexpected' "$auditd" now
printf '# x\nbogus = 1\n' >"$work/audit.conf"
says "hvauditd unknown key" 6 'audit\.conf:2: unknown key "bogus"' \
	"$auditd" --check -c "$work/audit.conf"
says "hvauditd missing settings" 6 'No such file' \
	"$auditd" -c "$work/nosuch.conf"
says "hvauditd shipped settings" 0 'no errors' \
	"$auditd" --check -c "$here/../../tools/hvauditd/hvauditd.conf"
is "the shipped settings are the defaults" \
	"$("$auditd" --check -c "$here/../../tools/hvauditd/hvauditd.conf" |
		tail -n +2)" \
	"$(: >"$work/empty.conf"; "$auditd" --check -c "$work/empty.conf" |
		tail -n +2)"
if [ ! -d /sys/module/khv ]; then
	printf 'wait = no\nstate = %s/state\nsocket = %s/log\n' \
		"$work" "$work" >"$work/audit.conf"
	says "hvauditd without the module" 3 'not loaded' \
		"$auditd" -c "$work/audit.conf"
	ok "and it leaves no books" test ! -e "$work/state"
else
	skip "hvauditd without the module" "it is loaded"
fi
for unit in "$bin"/systemd/*.service; do
	if ! command -v systemd-analyze >/dev/null; then
		skip "unit $(basename "$unit")" "no systemd-analyze"
		continue
	fi
	tap_try systemd-analyze verify --man=no "$unit"
	unlike "unit $(basename "$unit")" "$(echo "$tap_output" |
		grep -v 'is not executable')" "$(basename "$unit")"
done
done_testing
