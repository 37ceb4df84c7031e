// SPDX-License-Identifier: GPL-2.0
/*
 * A blob with any of its bits changed, or cut anywhere, is refused or answers
 * every question without leaving it. The sanitizers are what fails here.
 */
#include "policy.h"
#include "blob.h"

/* "blob.t all": every bit, which takes minutes. */
static bool thorough;

static uint64_t *copy_of(const void *blob, size_t size)
{
	/* Exactly as large, so that the first byte behind it is noticed. */
	uint64_t *copy = malloc(size);

	assert_non_null(copy);
	return memcpy(copy, blob, size);
}

/* Returns whether it was opened. */
static bool try(const void *blob, size_t size)
{
	struct khv_engine e;
	int reason = -1;

	if (khv_engine_open(&e, blob, size, &reason)) {
		assert_true(reason > 0);
		assert_string_not_equal(khv_engine_error(reason), "no error");
		return false;
	}
	assert_int_equal(reason, 0);
	ask_everything(&e, any(4));
	return true;
}

static void flip(const char *text)
{
	struct khv_policy *p = compiled(text);
	uint32_t opened = 0, refused = 0;
	const struct khv_blob_header *h;
	size_t size, i, names;
	const char *blob;
	char *copy;
	int bit;

	blob = khv_policy_blob(p, &size);
	h = (const struct khv_blob_header *)blob;
	names = h->section[KHV_SEC_STRINGS].offset;
	copy = (char *)copy_of(blob, size);
	assert_true(try(copy, size));
	for (i = 0; i < size; i++) {
		/* One change of a letter is as good as another. */
		for (bit = 0; bit < (i < names || thorough ? 8 : 1); bit++) {
			copy[i] = blob[i] ^ 1 << bit;
			if (try(copy, size))
				opened++;
			else
				refused++;
		}
		for (bit = 0; bit < 2; bit++) {
			copy[i] = bit ? 0xff : 0;
			try(copy, size);
		}
		copy[i] = blob[i];
	}
	/* Both happen: a letter of a name may change, an offset may not. */
	assert_true(opened > 100);
	assert_true(refused > 100);
	free(copy);
	khv_policy_free(p);
}

static void test_flip_everything(void **state)
{
	(void)state;
	flip(EVERYTHING);
}

static void test_flip_small(void **state)
{
	(void)state;
	flip("file /a/*/b read\nfile /a/**/c none\nattach /x\n");
}

static void test_cut(void **state)
{
	struct khv_policy *p = compiled(EVERYTHING);
	struct khv_blob_header *h;
	const char *blob;
	size_t size, i;

	(void)state;
	blob = khv_policy_blob(p, &size);
	for (i = 0; i < size; i++) {
		uint64_t *copy = copy_of(blob, i ? i : 1);

		assert_false(try(copy, i));
		/* The same with a header that says so. */
		h = (struct khv_blob_header *)copy;
		if (i >= sizeof(*h)) {
			h->size = i;
			try(copy, i);
		}
		free(copy);
	}
	khv_policy_free(p);
}

/* Several wrong numbers at once get past checks that one does not. */
static void test_random_words(void **state)
{
	struct khv_policy *p = compiled(EVERYTHING);
	uint32_t opened = 0, round, i, *copy;
	const char *blob;
	size_t size;

	(void)state;
	blob = khv_policy_blob(p, &size);
	for (round = 0; round < (thorough ? 1000000 : 20000); round++) {
		copy = (uint32_t *)copy_of(blob, size);
		for (i = 0; i <= any(3); i++)
			copy[any(size / 4)] = any(4) ? any(64) :
						       copy[any(size / 4)];
		opened += try(copy, size);
		free(copy);
	}
	assert_true(opened > 100);
	khv_policy_free(p);
}

static void test_version(void **state)
{
	struct khv_policy *p = compiled("file /a read\n");
	struct khv_blob_header *h;
	struct khv_engine e;
	size_t size;
	uint64_t *copy;

	(void)state;
	copy = copy_of(khv_policy_blob(p, &size),
		       khv_policy_blob(p, &size) ? size : 0);
	h = (struct khv_blob_header *)copy;
	h->version = KHV_BLOB_VERSION + 1;
	assert_int_equal(khv_engine_open(&e, copy, size, NULL),
			 -EPROTONOSUPPORT);
	h->version = KHV_BLOB_VERSION;
	assert_int_equal(khv_engine_open(&e, copy, size, NULL), 0);
	h->magic = 0;
	assert_int_equal(khv_engine_open(&e, copy, size, NULL), -EINVAL);
	free(copy);
	khv_policy_free(p);
}

/* A node that no lookup finds would be a rule that is not in force. */
static void test_lost_node(void **state)
{
	struct khv_policy *p = compiled("file /a read\nfile /a/b none\n");
	struct khv_blob_header *h;
	uint32_t *slots, i, lost = 0;
	struct khv_engine e;
	size_t size;
	uint64_t *copy;
	int reason;

	(void)state;
	khv_policy_blob(p, &size);
	copy = copy_of(khv_policy_blob(p, &size), size);
	h = (struct khv_blob_header *)copy;
	slots = (uint32_t *)((char *)copy + h->section[KHV_SEC_SLOTS].offset);
	for (i = 0; i < h->section[KHV_SEC_SLOTS].count; i++) {
		uint32_t slot = slots[i];

		if (!slot)
			continue;
		slots[i] = 0;
		assert_int_equal(khv_engine_open(&e, copy, size, &reason),
				 -EINVAL);
		assert_non_null(strstr(khv_engine_error(reason), "hash table"));
		slots[i] = slot;
		lost++;
	}
	assert_int_equal(lost, 2);
	free(copy);
	khv_policy_free(p);
}

static void refused_with(uint8_t *byte, uint8_t value, const void *blob,
			 size_t size, const char *why)
{
	uint8_t before = *byte;
	struct khv_engine e;
	int reason;

	*byte = value;
	if (!khv_engine_open(&e, blob, size, &reason))
		fail_msg("opened although %s", why);
	*byte = before;
}

/* What bounds a lookup is what the compiler has worked out, and no less. */
static void test_bounds(void **state)
{
	struct khv_policy *p = compiled(EVERYTHING);
	uint32_t i, j, widths = 0, filters = 0;
	struct khv_blob_header *h;
	struct khv_blob_node *node;
	struct khv_blob_glob *glob;
	struct khv_engine e;
	uint64_t *copy;
	size_t size;

	(void)state;
	khv_policy_blob(p, &size);
	copy = copy_of(khv_policy_blob(p, &size), size);
	h = (struct khv_blob_header *)copy;
	node = (void *)((char *)copy + h->section[KHV_SEC_NODES].offset);
	glob = (void *)((char *)copy + h->section[KHV_SEC_GLOBS].offset);
	for (i = 0; i < h->section[KHV_SEC_NODES].count; i++) {
		if (!node[i].width)
			continue;
		refused_with(&node[i].width, node[i].width - 1, copy, size,
			     "a width is too small");
		widths++;
	}
	for (i = 1; i < h->section[KHV_SEC_GLOBS].count; i++) {
		uint8_t *filter = (uint8_t *)&glob[i].filter;

		if (glob[i].overlap)
			refused_with(&glob[i].overlap, glob[i].overlap - 1,
				     copy, size, "an overlap is too small");
		if (glob[i].height)
			refused_with(&glob[i].height, glob[i].height - 1, copy,
				     size, "a height is too small");
		for (j = 0; j < 8; j++) {
			if (!filter[j])
				continue;
			refused_with(&filter[j], 0, copy, size,
				     "a filter hides a child");
			filters++;
		}
	}
	assert_true(widths > 20);
	assert_true(filters > 0);
	assert_int_equal(khv_engine_open(&e, copy, size, NULL), 0);
	free(copy);
	khv_policy_free(p);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flip_everything),
		cmocka_unit_test(test_flip_small),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_random_words),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_lost_node),
		cmocka_unit_test(test_bounds),
	};

	(void)argv;
	thorough = argc > 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
