// SPDX-License-Identifier: GPL-2.0
/* Aligned columns. */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "hvctl.h"

/* Longer lists of names are cut in a table; "show" and -j have all of them. */
#define CELL_MAX 56

struct table {
	const struct column *columns;
	size_t count;
	char **cells;
	size_t used, room;
};

static void *need(void *p)
{
	if (!p) {
		fputs("hvctl: no memory\n", stderr);
		exit(HV_FAILED);
	}
	return p;
}

struct table *table_new(const struct column *columns, size_t count)
{
	struct table *t = need(calloc(1, sizeof(*t)));

	t->columns = columns;
	t->count = count;
	return t;
}

void table_add(struct table *t, const char *cell)
{
	if (t->used == t->room) {
		t->room = t->room ? t->room * 2 : 64;
		t->cells = need(
			reallocarray(t->cells, t->room, sizeof(*t->cells)));
	}
	t->cells[t->used++] = need(strdup(cell));
}

char *safe(const char *s)
{
	size_t n = khv_escape(NULL, 0, s, strlen(s), false);
	char *copy = need(malloc(n + 1));

	khv_escape(copy, n + 1, s, strlen(s), false);
	return copy;
}

/* Columns on the screen; text that is not in this locale counts its bytes. */
static size_t width(const char *s)
{
	wchar_t wide[512];
	size_t n = mbstowcs(wide, s, ARRAY_SIZE(wide));
	int w;

	if (n == (size_t)-1 || n == ARRAY_SIZE(wide))
		return strlen(s);
	w = wcswidth(wide, n);
	return w < 0 ? strlen(s) : (size_t)w;
}

static void print_row(const struct table *t, char *const *row,
		      const size_t *widths)
{
	for (size_t i = 0; i < t->count; i++) {
		const char *s = row ? row[i] : t->columns[i].header;
		int pad = (int)(widths[i] - width(s));

		if (i)
			fputs("  ", stdout);
		if (t->columns[i].right)
			printf("%*s%s", pad, "", s);
		else
			printf("%s%*s", s, i + 1 < t->count ? pad : 0, "");
	}
	putchar('\n');
}

void table_print(struct table *t, struct hvctl *h)
{
	size_t *widths = need(calloc(t->count, sizeof(*widths)));

	for (size_t i = 0; i < t->count && !h->no_header; i++)
		widths[i] = width(t->columns[i].header);
	for (size_t i = 0; i < t->used; i++) {
		size_t w = width(t->cells[i]);

		if (w > widths[i % t->count])
			widths[i % t->count] = w;
	}
	if (!h->no_header)
		print_row(t, NULL, widths);
	for (size_t i = 0; i + t->count <= t->used; i += t->count)
		print_row(t, &t->cells[i], widths);
	for (size_t i = 0; i < t->used; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t);
	free(widths);
}

static void add_field(struct table *t, const struct khv_field *f,
		      const void *record)
{
	char text[16384], cut[CELL_MAX + 32];
	const struct khv_names *names;
	char *comma;

	khv_field_text(f, record, text, sizeof(text));
	if (f->kind == KHV_KIND_NAMES && strlen(text) > CELL_MAX) {
		names = (const void *)((const char *)record + f->offset);
		text[CELL_MAX] = 0;
		comma = strrchr(text, ',');
		if (comma)
			*comma = 0;
		snprintf(cut, sizeof(cut), "%s,... (%zu)", text, names->count);
		table_add(t, cut);
		return;
	}
	table_add(t, text);
}

int print_list(struct hvctl *h, const struct khv_record_type *type,
	       const struct khv_list *list, const struct column *columns,
	       size_t count)
{
	return print_some(h, type, list, columns, count, NULL);
}

int print_fetched(struct hvctl *h,
		  int (*fetch)(struct khv_conn *conn, struct khv_list **list),
		  const struct khv_record_type *type,
		  const struct column *columns, size_t count, const char *what)
{
	struct khv_list *l;

	if (fetch(h->conn, &l))
		return fail_kernel(h, what);
	remember_generation(h);
	print_list(h, type, l, columns, count);
	khv_list_free(l);
	return HV_OK;
}

int print_some(struct hvctl *h, const struct khv_record_type *type,
	       const struct khv_list *list, const struct column *columns,
	       size_t count, wanted_fn *wanted)
{
	struct table *t = h->json ? NULL : table_new(columns, count);

	for (size_t i = 0; i < khv_list_count(list); i++) {
		const void *record = khv_list_at(list, i);

		if (wanted && !wanted(h, record))
			continue;
		if (h->json) {
			data_add(h, khv_record_json(type, record));
			continue;
		}
		for (size_t c = 0; c < count; c++)
			add_field(t, khv_record_field(type, columns[c].key),
				  record);
	}
	if (t)
		table_print(t, h);
	if (khv_list_torn(list))
		fputs("hvctl: the list changed while it was read; it may be incomplete\n",
		      stderr);
	return HV_OK;
}

void print_record(struct hvctl *h, const struct khv_record_type *type,
		  const void *record)
{
	char text[16384];

	if (h->json) {
		data_add(h, khv_record_json(type, record));
		return;
	}
	for (size_t i = 0; i < type->count; i++) {
		khv_field_text(&type->fields[i], record, text, sizeof(text));
		printf("%-14s%s\n", type->fields[i].key, text);
	}
}
