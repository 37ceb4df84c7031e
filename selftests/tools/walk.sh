# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# For tests of what pages tell their readers to do; sourced after tap.sh, with a workdir.

# NAME PAGE SECTION: the page is named as in the repository.
walk() {
	# shellcheck disable=SC2154 # of workdir
	python3 -B /khv/selftests/tools/walk.py "/khv/$2" "$3" >"$work/walk" 2>&1
	while IFS= read -r walk_line; do
		case $walk_line in
		"ok "*) pass "$1: ${walk_line#ok * - }" ;;
		"not ok "*) fail "$1: ${walk_line#not ok * - }" ;;
		"#"*) echo "$walk_line" ;;
		"1.."*) ;;
		*) fail "$1: $walk_line" ;;
		esac
	done <"$work/walk"
}

# Modules of khv that are loaded.
loaded() {
	sed -n 's/^\(khv[^ ]*\) .*/\1/p' /proc/modules | sort | tr '\n' ' '
}

# The tutorial and the walk of README, which clean up behind themselves.
walk_pages() {
	walk "khv(7)" Documentation/man/khv.7.scd TUTORIAL
	is "the tutorial leaves nothing behind" \
		"$(loaded)$(ls /etc/khv/policy.d)" ""
	walk README README.md "Install it"
	is "the walk in README leaves no module behind" "$(loaded)" ""
	rm -rf /etc/khv/policy.d/*.hv /var/tmp/visitor
	systemctl stop hvauditd
}
