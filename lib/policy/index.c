// SPDX-License-Identifier: LGPL-2.1
/* Numbers by hash: a table with open addressing, never more than half full. */
#include "memory.h"

/* A slot holds a number and half of its hash, so most others are told apart by it. */
static u32 tag_of(u64 hash)
{
	return (u32)(hash >> 32);
}

static void put(struct hvp_index *index, u32 tag, u32 number)
{
	u32 at = tag & (index->size - 1);

	while (index->slots[at])
		at = (at + 1) & (index->size - 1);
	index->slots[at] = (u64)tag << 32 | number;
}

static void grow(struct hvp_mem *m, struct hvp_index *index)
{
	u64 *old = index->slots;
	u32 size = index->size, i;

	index->size = size ? 2 * size : 256;
	index->slots = hvp_resize(m, NULL, index->size * sizeof(*old));
	memset(index->slots, 0, index->size * sizeof(*old));
	for (i = 0; i < size; i++)
		if (old[i])
			put(index, (u32)(old[i] >> 32), (u32)old[i]);
}

static u32 find(const struct hvp_index *index, u64 hash, u32 *at)
{
	u64 slot;

	for (;; *at = (*at + 1) & (index->size - 1)) {
		slot = index->slots[*at];
		if (!slot || slot >> 32 == tag_of(hash))
			return (u32)slot;
	}
}

u32 hvp_index_first(const struct hvp_index *index, u64 hash, u32 *at)
{
	if (!index->size)
		return 0;
	*at = tag_of(hash) & (index->size - 1);
	return find(index, hash, at);
}

u32 hvp_index_next(const struct hvp_index *index, u64 hash, u32 *at)
{
	*at = (*at + 1) & (index->size - 1);
	return find(index, hash, at);
}

void hvp_index_add(struct hvp_mem *m, struct hvp_index *index, u64 hash,
		   u32 number)
{
	if (index->used >= index->size / 2)
		grow(m, index);
	put(index, tag_of(hash), number);
	index->used++;
}
