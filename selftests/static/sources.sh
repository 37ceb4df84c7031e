# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# For the static checks: which files are ours. Sourced after tap.sh; every name
# printed is relative to the top folder, which becomes the current one.
cd "$(dirname "$0")/../.." || bail_out "no top folder"
export KHV_BUILD="${KHV_BUILD:-$PWD/build}"

# Files under version control and new ones that are not ignored; without git
# (a release tarball) everything outside build/. A folder need not exist yet.
sources() {
	{
		git ls-files -co --exclude-standard -- "$@" 2>/dev/null ||
			find "$@" -type f -not -path './build/*' 2>/dev/null
	} | while read -r path; do
		[ ! -f "$path" ] || [ -L "$path" ] || echo "${path#./}"
	done | sort -u
}

# Those of them that begin with a given interpreter line.
scripts() {
	sources . | while read -r path; do
		head -c 64 "$path" | head -n 1 | grep -qaE -e "$1" &&
			echo "$path"
	done
}

# One result for a whole list of complaints: none, or the first 40 of them.
none() {
	if [ -z "$2" ]; then
		pass "$1"
		return
	fi
	fail "$1" || diag "$(printf '%s\n' "$2" | head -n 40)"
}
