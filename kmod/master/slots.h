/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_SLOTS_H
#define _KHV_SLOTS_H

struct static_call_key;

/**
 * struct khv_slot_code - the code of one slot
 * @pre: call gate: entry that leaves no frame across the call; object gate: for
 *	checks after which clients are asked, and that is all
 * @full: call gate: entry with a frame across the call; object gate: for all others
 * @first: object gate: for functions before which clients are asked, and that is all
 * @key: static call to the kernel's function
 * @tramp: its trampoline
 */
struct khv_slot_code {
	unsigned long pre;
	unsigned long full;
	unsigned long first;
	struct static_call_key *key;
	void *tramp;
};

extern const struct khv_slot_code khv_call_code[];
extern const struct khv_slot_code khv_object_code[];

#endif /* _KHV_SLOTS_H */
