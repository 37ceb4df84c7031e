#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# As many clients as there may be, each a module of its own: all are listed, all are
# asked about one call, and one more is refused and told why.
. "$(dirname "$0")/../lib/tap.sh"
workdir /tmp
LC_ALL=C
export LC_ALL

max=$(sed -n 's/^#define KHV_MAX_CLIENTS[^0-9]*\([0-9]*\).*/\1/p' \
	"$(dirname "$0")/../../kmod/include/khv/limits.h")
numbers=$(seq -w 0 "$((max - 1))")
template=$(modinfo -F filename khv_crowd_00)

# Its number is in its names only, and always of two digits.
crowd() {
	sed "s/khv_crowd_00/khv_crowd_$1/g" "$template" \
		>"$work/khv_crowd_$1.ko"
	insmod "$work/khv_crowd_$1.ko" comm=one-of-all
	crowd_status=$?
	rm -f "$work/khv_crowd_$1.ko"
	return "$crowd_status"
}

listed() {
	hvctl --no-header module list | awk '/ khv_crowd_/ { print $2 }' | sort
}

disperse() {
	for disperse_i in $numbers; do
		hvctl -q module unload "khv_crowd_$disperse_i" 2>/dev/null
	done
	modprobe -rq khv
}

is "there are to be 64" "$max" 64
ok "the master loads" modprobe khv
at_exit disperse
bad=''
for i in $numbers; do
	crowd "$i" || bad="$bad $i"
done
is "every client registers" "$bad" ""
is "all are listed" "$(listed)" \
	"$(for i in $numbers; do echo "khv_crowd_$i"; done)"
is "all are listed for programs" "$(hvctl -j module list |
	grep -o '"name":"khv_crowd_[0-9]*"' | sort -u | wc -l)" "$max"
is "each with an id of its own" "$(hvctl --no-header module list |
	awk '{ print $1 }' | sort -u | wc -l)" "$max"

dmesg -C
refused "one more is refused" crowd "$max"
like "the kernel log names the limit" "$(dmesg)" \
	"client khv_crowd_$max: $max clients are the limit .KHV_MAX_CLIENTS."
is "and the others are as they were" "$(listed | wc -l)" "$max"

# --- all of them are asked --------------------------------------------------------

last=khv_crowd_$((max - 1))
asked() {
	hvctl -j module show "$1" | sed -n 's/.*"allowed":\([0-9]*\).*/\1/p'
}

cp /bin/sh "$work/one-of-all"
# What it starts is watched as well.
confined() {
	"$work/one-of-all" -c "mkdir $1"
}

control "unwatched, the call works" mkdir "$work/control"
ok "all allow it" confined "$work/yes"
ok "it was done" test -d "$work/yes"
is "the first was asked" "$(test "$(asked khv_crowd_00)" -ge 2 && echo yes)" yes
is "and the last as often" "$(asked "$last")" "$(asked khv_crowd_00)"
echo Y >"/sys/module/$last/parameters/deny"
refused "the last of all can refuse" confined "$work/no"
refused "nothing was done" test -d "$work/no"

# --- and they go ------------------------------------------------------------------

ok "one leaves" hvctl -q module unload khv_crowd_17
ok "another takes its place" crowd "$max"
numbers="$numbers $max"
refused "the last still refuses" confined "$work/no"
for i in $numbers; do
	[ "$i" = 17 ] || hvctl -q module unload "khv_crowd_$i"
done
is "all are gone" "$(listed)" ""
done_testing
