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

/* "any" has one table of ports for both versions; only a node near it may have it. */
static void test_shared_ports(void **state)
{
	struct khv_policy *p = compiled("socket any:80/tcp connect\n");
	struct khv_blob_header *h;
	struct khv_blob_node *node;
	uint32_t i, shared = 0;
	struct khv_engine e;
	uint64_t *copy;
	size_t size;

	(void)state;
	khv_policy_blob(p, &size);
	copy = copy_of(khv_policy_blob(p, &size), size);
	h = (struct khv_blob_header *)copy;
	node = (void *)((char *)copy + h->section[KHV_SEC_NODES].offset);
	for (i = 1; i < h->section[KHV_SEC_NODES].count; i++) {
		if (!node[i].nr)
			continue;
		shared++;
		refused_with(&node[i].nr, 0, copy, size,
			     "a table is looked at twice");
		refused_with(&node[i].nr, node[i].nr - 1, copy, size,
			     "it is not the table of that node");
		refused_with(&node[i].nr, KHV_MAX_PORT_SHARE + 1, copy, size,
			     "the node is too far away");
		refused_with((uint8_t *)&node[i].more, node[i].more - 1, copy,
			     size, "a part of a table is shared");
	}
	assert_int_equal(shared, 1);
	assert_int_equal(khv_engine_open(&e, copy, size, NULL), 0);
	free(copy);
	khv_policy_free(p);
}

/* What bounds a lookup is what the compiler has worked out, and no less. */
static void test_bounds(void **state)
{
	struct khv_policy *p = compiled(EVERYTHING);
	uint32_t i, j, widths = 0, filters = 0, nested = 0;
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
		if (glob[i].nested) {
			refused_with(&glob[i].nested, glob[i].nested - 1, copy,
				     size, "a \"**\" is not counted");
			refused_with(&glob[i].nested_width,
				     glob[i].nested_width - 1, copy, size,
				     "the width of a \"**\" is not counted");
			nested++;
		}
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
	/* Of one "**" two, in two domains, of one of these another. */
	assert_true(nested >= 4);
	assert_int_equal(khv_engine_open(&e, copy, size, NULL), 0);
	free(copy);
	khv_policy_free(p);
}

/*
 * One wrong number each. Many of these would stay unnoticed otherwise: what they
 * lead to lies inside the blob as well, it only means something else.
 */
static void test_fields(void **state)
{
	struct khv_policy *p = compiled(EVERYTHING);
	struct khv_blob_header *h;
	size_t size, offset, i;
	struct khv_engine e;
	uint64_t *copy;
	char *base;

#define AT(sec, type, n, field) \
	(h->section[sec].offset + (n) * sizeof(type) + offsetof(type, field))
#define END(sec) (h->section[sec].offset + h->section[sec].count)
	(void)state;
	khv_policy_blob(p, &size);
	copy = copy_of(khv_policy_blob(p, &size), size);
	base = (char *)copy;
	h = (struct khv_blob_header *)copy;
	const struct {
		const char *what;
		size_t at;
		uint8_t value;
	} wrong[] = {
		{ "mode", offsetof(struct khv_blob_header, mode),
		  KHV_BLOB_MODES },
		{ "needs", offsetof(struct khv_blob_header, needs), 0 },
		{ "administrators",
		  offsetof(struct khv_blob_header, nr_admins) + 2, 1 },
		{ "member",
		  AT(KHV_SEC_MEMBERS, struct khv_blob_member, 0, what), 4 },
		{ "unknown condition",
		  AT(KHV_SEC_CONDS, struct khv_blob_cond, 1, what), 0x40 },
		{ "what is not there is negated",
		  AT(KHV_SEC_CONDS, struct khv_blob_cond, 1, negated),
		  KHV_COND_FROM },
		{ "a time is negated",
		  AT(KHV_SEC_CONDS, struct khv_blob_cond, 1, negated),
		  KHV_COND_UNTIL },
		{ "programs without a tree",
		  AT(KHV_SEC_DOMAINS, struct khv_blob_domain, 0,
		     root[KHV_TREE_EXE]),
		  0 },
		{ "no condition",
		  AT(KHV_SEC_CONDS, struct khv_blob_cond, 1, what), 0 },
		{ "empty range",
		  AT(KHV_SEC_RANGES, struct khv_blob_range, 1, low) + 3, 9 },
		{ "range of all",
		  AT(KHV_SEC_RANGES, struct khv_blob_range, 0, low), 2 },
		{ "limit of none",
		  AT(KHV_SEC_LIMITS, struct khv_blob_limit, 0, count), 0 },
		{ "limit in no time",
		  AT(KHV_SEC_LIMITS, struct khv_blob_limit, 0, period), 0 },
		{ "rule with a limit that is not there",
		  AT(KHV_SEC_RULES, struct khv_blob_rule, 0, limit), 9 },
		{ "governed", offsetof(struct khv_blob_header, governed),
		  1 << KHV_NR_TYPES | 0xf },
		{ "kernel is not governed",
		  offsetof(struct khv_blob_header, governed), 7 },
		{ "judged", offsetof(struct khv_blob_header, judged) + 3, 1 },
		{ "kernel is not judged",
		  offsetof(struct khv_blob_header, judged[KHV_TYPE_KERNEL]),
		  0 },
		{ "named", offsetof(struct khv_blob_header, named) + 3, 1 },
		{ "gaps", offsetof(struct khv_blob_header, gaps) + 3, 1 },
		{ "no probes", offsetof(struct khv_blob_header, probes), 0 },
		{ "probes", offsetof(struct khv_blob_header, probes), 65 },
		{ "attach", offsetof(struct khv_blob_header, attach) + 2, 9 },
		{ "refuse", offsetof(struct khv_blob_header, nr_refuse) + 2,
		  1 },
		{ "strings", END(KHV_SEC_STRINGS) - KHV_STRINGS_PAD - 1, 1 },
		{ "string pad", END(KHV_SEC_STRINGS) - 1, 1 },
		{ "empty string", h->section[KHV_SEC_STRINGS].offset, 1 },
		{ "text", END(KHV_SEC_TEXT) - 1, 1 },
		{ "domain name",
		  AT(KHV_SEC_DOMAINS, struct khv_blob_domain, 1, name) + 2, 9 },
		{ "tree is no root",
		  AT(KHV_SEC_DOMAINS, struct khv_blob_domain, 0, root), 2 },
		{ "address tree",
		  AT(KHV_SEC_DOMAINS, struct khv_blob_domain, 0,
		     root[KHV_TREE_INET]),
		  1 },
		{ "default",
		  AT(KHV_SEC_DOMAINS, struct khv_blob_domain, 0, fallback) + 3,
		  1 },
		{ "default of kernel",
		  AT(KHV_SEC_DOMAINS, struct khv_blob_domain, 0,
		     fallback[KHV_TYPE_KERNEL]),
		  2 },
		{ "kernel tree",
		  AT(KHV_SEC_DOMAINS, struct khv_blob_domain, 0,
		     root[KHV_TREE_KERNEL]),
		  0xff },
		{ "items",
		  AT(KHV_SEC_DOMAINS, struct khv_blob_domain, 0, nr_process) +
			  1,
		  1 },
		{ "slot", h->section[KHV_SEC_SLOTS].offset + 3, 0xff },
		{ "no port 0",
		  AT(KHV_SEC_PORTS, struct khv_blob_port, 0, start), 1 },
		{ "port order",
		  AT(KHV_SEC_PORTS, struct khv_blob_port, 2, start) + 1, 0 },
		{ "port entries",
		  AT(KHV_SEC_PORTS, struct khv_blob_port, 0, first) + 2, 1 },
		{ "item kind", AT(KHV_SEC_ITEMS, struct khv_blob_item, 0, kind),
		  KHV_NR_ITEM_KINDS },
		{ "item entry",
		  AT(KHV_SEC_ITEMS, struct khv_blob_item, 0, entry) + 2, 1 },
		{ "operation",
		  AT(KHV_SEC_ENTRIES, struct khv_blob_entry, 0, grant) + 2,
		  0x30 },
		{ "class",
		  AT(KHV_SEC_ENTRIES, struct khv_blob_entry, 0, grant) + 3,
		  0x80 },
		{ "entry rule",
		  AT(KHV_SEC_ENTRIES, struct khv_blob_entry, 0, rule) + 1, 1 },
		{ "entry condition",
		  AT(KHV_SEC_ENTRIES, struct khv_blob_entry, 0, cond), 99 },
		{ "entry target",
		  AT(KHV_SEC_ENTRIES, struct khv_blob_entry, 0, target), 3 },
		{ "condition 0",
		  AT(KHV_SEC_CONDS, struct khv_blob_cond, 0, what), 1 },
		{ "rule text",
		  AT(KHV_SEC_RULES, struct khv_blob_rule, 0, text) + 2, 1 },
		{ "rule source",
		  AT(KHV_SEC_RULES, struct khv_blob_rule, 0, source), 1 },
		{ "rule domain",
		  AT(KHV_SEC_RULES, struct khv_blob_rule, 0, domain), 2 },
		{ "rule kind", AT(KHV_SEC_RULES, struct khv_blob_rule, 0, kind),
		  KHV_NR_KINDS },
		{ "rule effects",
		  AT(KHV_SEC_RULES, struct khv_blob_rule, 0, effects), 0x70 },
		{ "rule errno",
		  AT(KHV_SEC_RULES, struct khv_blob_rule, 0, error), 134 },
		{ "note rule", AT(KHV_SEC_NOTES, struct khv_blob_note, 0, rule),
		  99 },
		{ "note text",
		  AT(KHV_SEC_NOTES, struct khv_blob_note, 0, why) + 2, 1 },
		{ "source name",
		  AT(KHV_SEC_SOURCES, struct khv_blob_source, 0, name) + 2, 1 },
		{ "source length",
		  AT(KHV_SEC_SOURCES, struct khv_blob_source, 0, len) + 2, 1 },
		{ "node flags",
		  AT(KHV_SEC_NODES, struct khv_blob_node, 1, flags), 0x80 },
		{ "node parent",
		  AT(KHV_SEC_NODES, struct khv_blob_node, 2, parent), 2 },
		{ "node entries",
		  AT(KHV_SEC_NODES, struct khv_blob_node, 2, first) + 2, 1 },
	};
#undef AT
#undef END
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		offset = wrong[i].at;
		assert_true(offset < size);
		if ((uint8_t)base[offset] == wrong[i].value)
			fail_msg("%s: nothing is changed", wrong[i].what);
		refused_with((uint8_t *)base + offset, wrong[i].value, copy,
			     size, wrong[i].what);
	}
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
		cmocka_unit_test(test_shared_ports),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_fields),
	};

	(void)argv;
	thorough = argc > 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
