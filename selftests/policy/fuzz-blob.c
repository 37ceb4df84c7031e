// SPDX-License-Identifier: GPL-2.0
/* libFuzzer: any bytes as a blob; what is opened is asked everything. */
#include "policy.h"
#include "blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct khv_blob_header *h;
	struct khv_engine e;
	uint64_t *copy;

	copy = malloc(size ? size : 1);
	if (!copy)
		return 0;
	memcpy(copy, data, size);
	/* These three are easy to get right and hard to guess. */
	h = (struct khv_blob_header *)copy;
	if (size >= sizeof(*h)) {
		h->magic = KHV_BLOB_MAGIC;
		h->version = KHV_BLOB_VERSION;
		h->size = size;
	}
	if (!khv_engine_open(&e, copy, size, NULL)) {
		ask_everything(&e, 0);
		ask_everything(&e, 1);
	}
	free(copy);
	return 0;
}
