// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer: any event in every format, read back by oracle.c. Of
 * attacks/catalogue: ROB-09.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "message.h"
#include "oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(const struct khv_field *f, const struct khv_event *a,
		 const struct khv_event *b)
{
	char left[256], right[256];

	khv_field_text(f, a, left, sizeof(left));
	khv_field_text(f, b, right, sizeof(right));
	return !strcmp(left, right);
}

/* What hvctl reads from the daemon's file is what the daemon had. */
static void read_back(const struct message *m)
{
	static char buf[RECORD_MAX], scratch[RECORD_MAX];
	struct text t = { .buf = buf, .size = sizeof(buf) };
	struct json_object *o;
	struct khv_event e;

	if (!m->event || m->event->verdict > 4)
		return;
	format_json(m, &t);
	buf[t.at] = 0;
	o = json_tokener_parse(buf);
	if (khv_event_from_json(&e, o, scratch, sizeof(scratch)))
		abort();
	for (size_t i = 0; i < khv_event_record.count; i++) {
		const struct khv_field *f = &khv_event_record.fields[i];

		if (f->kind == KHV_KIND_ERRNO ? m->event->error != e.error :
						!same(f, m->event, &e)) {
			fprintf(stderr, "%s is not what it was\n", f->key);
			abort();
		}
	}
	json_object_put(o);
}

/* And what is put together from text that was kept is what it would be without. */
static void repeated(const struct message *made)
{
	static char one[RECORD_MAX], two[RECORD_MAX];
	static struct kept kept;
	struct message m = *made;
	struct extra x = { .version = 1 };
	struct khv_event e;

	if (!m.event)
		return;
	if (m.extra) {
		x = *m.extra;
		x.version = 1;
		m.extra = &x;
	}
	kept.before = 0;
	e = *m.event;
	m.event = &e;
	for (int i = 0; i < 2; i++) {
		struct text a = { .buf = one, .size = sizeof(one) };
		struct text b = { .buf = two, .size = sizeof(two) };

		m.json = &kept;
		format_json(&m, &a);
		m.json = NULL;
		format_json(&m, &b);
		if (a.at != b.at || memcmp(one, two, a.at)) {
			fprintf(stderr, "not the same when it is kept\n");
			abort();
		}
		e.seq += 123456789;
		e.time += 987654321;
		e.lost++;
		e.cpu++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct made made;
	const char *wrong;

	make_message(&made, data, size);
	wrong = oracle_all(&made.message);
	if (wrong) {
		fprintf(stderr, "%s\n", wrong);
		abort();
	}
	read_back(&made.message);
	repeated(&made.message);
	/* The control of fuzz.t: a find must be noticed. */
	if (made.message.event && made.message.event->object.len > 20 &&
	    getenv("KHV_FUZZ_CONTROL"))
		abort();
	free(made.strings);
	return 0;
}
