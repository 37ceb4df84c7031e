// SPDX-License-Identifier: LGPL-2.1
/* Memory of one compilation: all of it is given back at once. */
#include "compiler.h"

#define CHUNK 65536

struct hvp_block {
	struct hvp_block *next, *previous;
	max_align_t data[];
};

void *hvp_resize(struct hvp_mem *m, void *old, size_t size)
{
	struct hvp_block *block = NULL, *before = NULL, *after = NULL;

	if (old) {
		block = (struct hvp_block *)((char *)old -
					     offsetof(struct hvp_block, data));
		before = block->previous;
		after = block->next;
	} else {
		after = m->blocks;
	}
	block = realloc(block, sizeof(*block) + size);
	if (!block)
		longjmp(m->failed, 1);
	block->previous = before;
	block->next = after;
	if (before)
		before->next = block;
	else
		m->blocks = block;
	if (after)
		after->previous = block;
	return block->data;
}

void *hvp_alloc(struct hvp_mem *m, size_t size)
{
	void *p;

	size = (size + 15) & ~(size_t)15;
	if (size > CHUNK / 4)
		return memset(hvp_resize(m, NULL, size), 0, size);
	if (size > m->left) {
		m->chunk = memset(hvp_resize(m, NULL, CHUNK), 0, CHUNK);
		m->left = CHUNK;
	}
	p = m->chunk;
	m->chunk += size;
	m->left -= size;
	return p;
}

char *hvp_copy(struct hvp_mem *m, const char *text, size_t len)
{
	char *copy = hvp_alloc(m, len + 1);

	if (len)
		memcpy(copy, text, len);
	return copy;
}

char *hvp_print(struct hvp_mem *m, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = hvp_alloc(m, len + 1);
	va_start(args, format);
	vsnprintf(text, len + 1, format, args);
	va_end(args);
	return text;
}

void hvp_grow(struct hvp_mem *m, void **at, u32 *room, u32 nr, size_t size)
{
	if (nr <= *room)
		return;
	*room = nr < 16 ? 16 : nr + nr / 2;
	*at = hvp_resize(m, *at, *room * size);
}

void hvp_free_all(struct hvp_mem *m)
{
	struct hvp_block *block, *next;

	for (block = m->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	m->blocks = NULL;
	m->chunk = NULL;
	m->left = 0;
}
