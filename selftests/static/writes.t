#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# On the way of a call that is allowed nothing writes to memory that two processors
# share: no instruction with a lock prefix, and no store to a variable of a module,
# in any function on that way. What is left are stores to the stack, to the task's
# own entry and (by %gs, or found by this_cpu_ptr) to this processor's own memory.
. "$(dirname "$0")/../lib/tap.sh"
kernel=6.1
modules=${KHV_BUILD:-build}/$kernel
workdir /tmp

# As seen in an instruction trace of an open and of a getppid that were allowed.
way='khv_callback_monitored khv_callback_arg_task khv_callback_any
khv_call_pre_000 khv_call_full_000 khv_call_go_000
khv_call_gate_pre khv_call_gate_full
khv_object_first_000 khv_object_after_000 khv_object_around_000
khv_object_gate_first khv_object_gate_judge khv_object_gate_enter
khv_object_gate_leave khv_path_absolute khv_path_is khv_path_mark
khv_path_get khv_path_put khv_path_of khv_path_of_child khv_cache_file
khv_mediate khv_judge_start khv_judge_answer_as khv_judged_verbs
khv_judge_file_open khv_answer_file khv_answer_path khv_answer_class
khv_is_boot_change khv_engine_file khv_fold_path khv_wrap_check'

# MODULE: function and instruction, with the symbol of a relocation behind it
instructions() {
	objdump -dr --no-show-raw-insn "$1" | awk -F'\t' '
		/^[0-9a-f]+ <.*>:$/ { gsub(/.*<|>:/, ""); f = $0; next }
		/R_X86_64/ { held = held " @" $NF; next }
		held != "" { print held }
		{ held = f != "" && NF > 1 ? f " " $2 : "" }
		END { if (held != "") print held }'
}

# What writes to shared memory. The last operand is where to; .data.once is
# written once, by a warning.
shared() {
	awk '
		/ lock / { print; next }
		!/@/ || /@.*(\.data\.once|R_X86_64_PLT32|__warned)/ { next }
		/%gs:/ { next }
		# What a relocation fills in is 0 here: it is the address that is
		# stored, into what a register points to.
		/\$0x0,0x[1-9a-f][0-9a-f]*\(%r[a-z0-9]+\) @/ && !/%rip/ { next }
		$2 ~ /^(push|call|jmp|j[a-z]+|cmp[a-z]*|test[a-z]*|lea|bt[a-z]?|nop[a-z]*)$/ { next }
		/\)[^,]*@/ && !/\(.*\),/ { print }'
}

on_the_way() {
	echo "$way" | tr ' ' '\n' >"$work/way"
	awk 'NR == FNR { way[$1]; next } $1 in way' "$work/way" -
}

for module in khv khv_policy khv_wrap; do
	instructions "$modules/$module.ko"
done >"$work/all"
on_the_way <"$work/all" >"$work/way.s"
missing=$(echo "$way" | tr ' ' '\n' | while read -r f; do
	grep -q "^$f " "$work/way.s" || echo "$f"
done)
is "all functions of the way are there" "$missing" ""
control "a shared counter is seen: tasks come and go" \
	test -n "$(grep '^khv_data_release ' "$work/all" | shared)"
control "a variable that is written is seen" \
	test -n "$(grep '^khv_ops_remove' "$work/all" | shared)"
is "no write to shared memory" "$(shared <"$work/way.s")" ""
done_testing
