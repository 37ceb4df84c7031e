/* SPDX-License-Identifier: LGPL-2.1 */
/* Memory of one compilation, lists that grow in it, and indexes into lists. */
#ifndef _HVP_MEMORY_H
#define _HVP_MEMORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <khv/policy.h>
#include "../../kmod/policy/blob.h"
#include "../../kmod/policy/engine_internal.h"

struct hvp_block;

struct hvp_mem {
	struct hvp_block *blocks;
	char *chunk;
	size_t left;
	jmp_buf failed;
};

void *hvp_alloc(struct hvp_mem *m, size_t size); /* zeroed */
char *hvp_copy(struct hvp_mem *m, const char *text, size_t len);
__attribute__((format(printf, 2, 3))) char *hvp_print(struct hvp_mem *m,
						      const char *format, ...);
void *hvp_resize(struct hvp_mem *m, void *old, size_t size);
void hvp_free_all(struct hvp_mem *m);

/* A growing array: struct { T *at; u32 nr, room; } */
#define HVP_LIST(T)           \
	struct {              \
		T *at;        \
		u32 nr, room; \
	}
void hvp_grow(struct hvp_mem *m, void **at, u32 *room, u32 nr, size_t size);
/* Room for @n more elements; returns the first, zeroed. */
#define hvp_more(m, list, n)                                                  \
	__extension__({                                                       \
		u32 first_ = (list)->nr, n_ = (n);                            \
                                                                              \
		hvp_grow(m, (void **)&(list)->at, &(list)->room, first_ + n_, \
			 sizeof(*(list)->at));                                \
		memset((list)->at + first_, 0, n_ * sizeof(*(list)->at));     \
		(list)->nr = first_ + n_;                                     \
		(list)->at + first_;                                          \
	})
#define hvp_push(m, list) hvp_more(m, list, 1)

/* --- index.c --------------------------------------------------------------- */

/*
 * Numbers, found again by the hash of what they stand for. Several may have the
 * same hash: the caller looks whether it is the one. 0 is no number.
 */
struct hvp_index {
	u64 *slots;
	u32 size, used;
};

/* The first or, with the last one found in @at, the next number; 0: no more. */
u32 hvp_index_first(const struct hvp_index *index, u64 hash, u32 *at);
u32 hvp_index_next(const struct hvp_index *index, u64 hash, u32 *at);
void hvp_index_add(struct hvp_mem *m, struct hvp_index *index, u64 hash,
		   u32 number);

#endif /* _HVP_MEMORY_H */
