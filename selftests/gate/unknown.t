#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Calls that khv does not know are refused in a domain, with ENOSYS as on an older
# kernel, by every way into the kernel; known ones and programs outside are left
# alone. To have unknown calls on a kernel of today, khv is told to know less.
# Of attacks/catalogue: ABI-05.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/gate.sh"
workdir /tmp
# A client that fails to load leaves the master behind.
at_exit modprobe -rq khv
known=440

hooked_calls() {
	hvctl hook list | grep -cE "$entry_prefix"
}

# Calls by number that answer otherwise than ENOSYS and that khv has not seen.
cp "$scan" "$work/watched"
scan_all "$scan" >"$work/before"
sed -n "s/^\([^ ]*\) \(44[1-9]\|4[56][0-9]\) \(.*\)/\1 \2/p" "$work/before" |
	while read -r way nr; do
		grep -qx "$way $nr -38" "$work/before" || echo "$way $nr"
	done >"$work/newer"
diag "$(cut -d ' ' -f 1 "$work/newer" | sort | uniq -c | tr -s ' \n' ' ')calls above $known answer"
ok "control: there are some by each way" test \
	"$(cut -d ' ' -f 1 "$work/newer" | sort -u | wc -l)" -eq 3

refused "khv cannot be told to know more" modprobe khv known_calls=463
refused "nor next to nothing" modprobe khv known_calls=422

ok "a kernel of today: loads" modprobe khv_sample comm=watched \
	calls=unknown-call,getppid deny=unknown-call:38
is "it has no call that khv does not know" \
	"$(hvctl hook list | grep -E "$entry_prefix" | grep -vc getppid)" 0
ok "unloads" remove khv_sample

refused "nobody knows whether an unknown call returns" modprobe khv_sample \
	comm=watched calls=unknown-call rewrite=unknown-call:0:0
modprobe -r khv

modprobe khv known_calls=$known
ok "an older khv: loads" modprobe khv_sample comm=watched \
	calls=unknown-call,getppid deny=unknown-call:38
ok "newer calls are hooked" test "$(hooked_calls)" -ge \
	"$(grep -c '^64' "$work/newer")"
scan_all "$scan" >"$work/unwatched"
ok "a program outside gets what it got" cmp "$work/before" "$work/unwatched"
is "and is not seen" "$(parameter khv_sample pre)" 0
scan_all "$work/watched" >"$work/during"
diff "$work/before" "$work/during" >"$work/diff"
is "a watched one gets something else for the newer calls, and only for them" \
	"$(sed -n 's/^< \([^ ]* [^ ]*\) .*/\1/p' "$work/diff" | tr '\n' ,)" \
	"$(tr '\n' , <"$work/newer")"
is "namely ENOSYS" "$(sed -n 's/^> .* //p' "$work/diff" | sort -u)" -38
# The last one that answered, or one behind it that this kernel was built without.
told=$(($(parameter khv_sample last_nr) - 0x40000000))
ok "the handler is told the number, with the bit of x32" test \
	"$told" -ge "$(tail -n 1 "$work/newer" | cut -d ' ' -f 2)" -a "$told" -lt 500

seen=$(parameter khv_sample pre)
for way in 64 32 x32; do
	ok "100000 numbers that lead nowhere, $way" "$work/watched" fuzz $way 100000
done
is "nobody was asked about them: they execute nothing" \
	"$(parameter khv_sample pre)" "$seen"
ok "a number with rubbish in the upper half is that number" \
	"$work/watched" high
cp "$call" "$work/watched"
is "also where it is unknown" "$("$work/watched" $((1 << 40 | known + 1)))" -38
is "which was judged" "$(parameter khv_sample pre)" $((seen + 1))
ok "unloads" remove khv_sample

# The policy: part "syscall:unknown" of the kernel.
modprobe khv known_calls=$known
ok "khv_wrap loads" modprobe khv_wrap
cp "$scan" "$work/scan"
for grant in '' 'kernel syscall:unknown use'; do
	cat >"$work/new.hv" <<-X
		version 1
		policy new
		default file all
		default socket all
		default process all
		kernel capability use
		$grant
	X
	ok "policy ${grant:-without a rule}" hvctl policy load "$work/new.hv"
	# shellcheck disable=SC2016
	hvctl run new -- sh -c '
		for way in 64 32 x32; do "$1" $way '$((known - 5))' 470; done
	' - "$work/scan" >"$work/inside"
	for way in 64 32 x32; do "$scan" $way $((known - 5)) 470; done \
		>"$work/outside"
	if [ -z "$grant" ]; then
		sed -E "s/^([^ ]* (44[1-9]|4[56][0-9])) .*/\1 -38/" \
			"$work/outside" >"$work/expected"
	else
		cp "$work/outside" "$work/expected"
	fi
	# mount_setattr is one that policies know, by name.
	sed -i -E 's/^([^ ]* 442) .*/\1 -1/' "$work/expected"
	ok "${grant:-newer calls are not there inside}" \
		cmp "$work/expected" "$work/inside" ||
		diag "$(diff "$work/expected" "$work/inside" | head -n 20)"
done
ok "the policy goes" hvctl policy clear new
ok "unloads" remove khv_wrap
is "no function is hooked any more" \
	"$(wc -l </sys/kernel/tracing/enabled_functions)" 0
done_testing
