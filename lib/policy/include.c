// SPDX-License-Identifier: LGPL-2.1
/* Source files and where includes are looked for. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler.h"

#define MOST_BYTES (64u << 20)
#define MOST_DEPTH 8

u32 hvp_add_source(struct hvp_compiler *c, const char *name, char *text,
		   size_t len, u64 changed)
{
	struct hvp_source *s;
	char *at;
	u32 i;

	s = hvp_push(&c->mem, &c->sources);
	s->name = hvp_copy(&c->mem, name, strlen(name));
	s->text = text;
	s->len = len;
	s->changed = changed;
	s->offset = c->text.nr;
	at = hvp_more(&c->mem, &c->text, len + 1);
	if (len)
		memcpy(at, text, len);
	/* Each line is a string of its own in the blob. */
	for (i = 0; i < len; i++)
		if (at[i] == '\n')
			at[i] = 0;
	return c->sources.nr - 1;
}

const char *hvp_read_error(struct hvp_compiler *c, int error)
{
	if (error == EFBIG)
		return hvp_print(&c->mem, "it has %u MiB or more",
				 MOST_BYTES >> 20);
	return strerror(error);
}

int hvp_read_source(struct hvp_compiler *c, const char *path)
{
	char *text = NULL;
	size_t len = 0, n;
	struct stat st;
	int error = 0;
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		return -errno;
	if (fstat(fileno(file), &st))
		error = errno;
	while (!error) {
		/* Not hvp_alloc(): it jumps, and the file would stay open. */
		char *more = realloc(text, len + 65536);

		if (!more) {
			error = ENOMEM;
			break;
		}
		text = more;
		n = fread(text + len, 1, 65536, file);
		len += n;
		if (n < 65536 || len >= MOST_BYTES)
			break;
	}
	if (!error && ferror(file))
		error = errno ? errno : EIO;
	if (len >= MOST_BYTES)
		error = EFBIG;
	fclose(file);
	if (!error) {
		char *copy = hvp_resize(&c->mem, NULL, len + 1);

		if (len)
			memcpy(copy, text, len);
		copy[len] = 0;
		free(text);
		return hvp_add_source(c, path, copy, len,
				      st.st_mtime > 0 ? st.st_mtime : 0);
	}
	free(text);
	return -error;
}

/*
 * The source of options.sources that an include means: @path as it was opened, or
 * the last part of it, for <name>. The policy file is before @first. -1: none, as if
 * the file did not exist.
 */
static long given(struct hvp_compiler *c, const char *path, bool whole,
		  size_t first)
{
	const struct khv_policy *from = c->options.sources;
	size_t i, len, want = strlen(path);
	const char *file, *text;

	for (i = first; i < khv_policy_nr_sources(from); i++) {
		size_t n;

		if (khv_policy_source(from, i, &file, &text, &len))
			continue;
		n = strlen(file);
		if (!strcmp(file, path) ||
		    (!whole && n > want && file[n - want - 1] == '/' &&
		     !strcmp(file + n - want, path)))
			return (long)i;
	}
	return -1;
}

static const char *find_given(struct hvp_compiler *c, const char *name)
{
	const char *file, *text;
	size_t len;
	long i;

	i = given(c, hvp_print(&c->mem, "%s.hv", name), false, 1);
	if (i < 0)
		i = given(c, name, false, 1);
	if (i < 0 || khv_policy_source(c->options.sources, (size_t)i, &file,
				       &text, &len))
		return NULL;
	return file;
}

static u64 changed_at(struct hvp_compiler *c, long i)
{
	const struct khv_blob_source *s =
		khv_section(&c->options.sources->engine, KHV_SEC_SOURCES);

	return khv_le64(s[i].changed);
}

u64 hvp_given_changed(struct hvp_compiler *c, const char *name, u64 otherwise)
{
	long i = c->options.sources ? given(c, name, true, 0) : -1;

	return i < 0 ? otherwise : changed_at(c, i);
}

static int read_given(struct hvp_compiler *c, const char *path)
{
	const char *file, *text;
	long i = given(c, path, true, 1);
	size_t len;
	char *copy;

	if (i < 0 || khv_policy_source(c->options.sources, (size_t)i, &file,
				       &text, &len))
		return -ENOENT;
	copy = hvp_copy(&c->mem, text, len);
	return (int)hvp_add_source(c, path, copy, len, changed_at(c, i));
}

static const char *in_folder(struct hvp_compiler *c, const char *folder,
			     size_t len, const char *name)
{
	const char *path;

	path = hvp_print(&c->mem, "%.*s/%s.hv", (int)len, folder, name);
	if (!access(path, F_OK))
		return path;
	path = hvp_print(&c->mem, "%.*s/%s", (int)len, folder, name);
	return access(path, F_OK) ? NULL : path;
}

/* The folder of the policy, so that a tree of rules works where it lies. */
static const char *beside(struct hvp_compiler *c, const char *name)
{
	const char *main = c->sources.at[0].name;
	const char *slash = strrchr(main, '/');
	const char *folder;

	folder = slash ? hvp_print(&c->mem, "%.*s/include", (int)(slash - main),
				   main) :
			 "include";
	return in_folder(c, folder, strlen(folder), name);
}

static const char *find(struct hvp_compiler *c, const char *name)
{
	static const char *const folders[] = { "/etc/khv/include",
					       "/usr/local/share/khv/include",
					       "/usr/share/khv/include", NULL };
	const char *const *f, *path = NULL, *env, *end;

	if (c->options.sources)
		return find_given(c, name);
	for (f = c->options.include; f && *f && !path; f++)
		path = in_folder(c, *f, strlen(*f), name);
	env = secure_getenv("KHV_INCLUDE");
	for (; env && *env && !path; env = *end ? end + 1 : end) {
		end = strchrnul(env, ':');
		if (end > env)
			path = in_folder(c, env, end - env, name);
	}
	if (!path)
		path = beside(c, name);
	for (f = folders; *f && !path; f++)
		path = in_folder(c, *f, strlen(*f), name);
	return path;
}

static u32 source_of(struct hvp_compiler *c, const char *path)
{
	u32 i;

	for (i = 0; i < c->sources.nr; i++)
		if (!strcmp(c->sources.at[i].name, path))
			return i;
	return ~0u;
}

static void include_path(struct hvp_compiler *c, const char *path, u32 column,
			 bool optional)
{
	u32 source = source_of(c, path), i;
	u64 key;
	int got;

	if (c->depth >= MOST_DEPTH) {
		hvp_error(c, column, "includes are nested more than %u deep",
			  MOST_DEPTH);
		return;
	}
	if (source == ~0u) {
		if (c->sources.nr == KHV_MAX_SOURCES) {
			hvp_error(c, column, "more than %u files",
				  KHV_MAX_SOURCES);
			return;
		}
		got = c->options.sources ? read_given(c, path) :
					   hvp_read_source(c, path);
		if (got == -ENOENT && optional)
			return;
		if (got < 0) {
			hvp_error(c, column, "cannot read %s: %s", path,
				  strerror(-got));
			return;
		}
		source = got;
	}
	key = (u64)c->domain << 32 | source;
	for (i = 0; i < c->included.nr; i++)
		if (c->included.at[i] == key)
			return; /* its rules are here already */
	*hvp_push(&c->mem, &c->included) = key;
	c->depth++;
	hvp_parse_source(c, source);
	c->depth--;
}

static void include_name(struct hvp_compiler *c, const struct hvp_word *w,
			 bool optional)
{
	char *name = hvp_copy(&c->mem, w->text + 1, w->len - 2);
	const char *path;

	if (!*name || strstr(name, "..") || strchr(name, '\\')) {
		hvp_error(c, w->column, "bad name of an include: \"%s\"",
			  hvp_show(c, w->text, w->len));
		return;
	}
	path = find(c, name);
	if (path)
		include_path(c, path, w->column, optional);
	else if (!optional)
		hvp_error(
			c, w->column,
			"there is no include <%s>: looked for %s.hv in $KHV_INCLUDE, include/ beside the policy, /etc/khv/include and /usr/share/khv/include",
			name, name);
}

void hvp_parse_include(struct hvp_compiler *c, const struct hvp_words *w)
{
	u32 i = 1;
	bool optional = false;

	if (w->nr > 1 && !strcmp(w->at[1].text, "optional")) {
		optional = true;
		i++;
	}
	if (w->nr == i) {
		hvp_error(c, w->at[i - 1].column + w->at[i - 1].raw_len,
			  "expected <NAME> or a path");
		return;
	}
	for (; i < w->nr; i++) {
		const struct hvp_word *word = &w->at[i];

		if (word->len > 2 && word->text[0] == '<' &&
		    word->text[word->len - 1] == '>') {
			include_name(c, word, optional);
		} else if (word->text[0] == '/') {
			include_path(c,
				     hvp_unescape(&c->mem, word->text,
						  word->len, NULL),
				     word->column, optional);
		} else {
			hvp_error(
				c, word->column,
				"expected <NAME> or an absolute path, not \"%s\"",
				hvp_show(c, word->text, word->len));
		}
	}
}
