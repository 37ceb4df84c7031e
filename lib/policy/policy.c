// SPDX-License-Identifier: LGPL-2.1
/* The public interface: from a file, text or blob to a policy object. */
#include <ctype.h>
#include <linux/khv.h>
#include "compiler.h"

#define MOST_ERRORS 20

/* "10-nginx.hv" -> "nginx" */
static const char *default_name(struct hvp_compiler *c, const char *path)
{
	const char *base = strrchr(path, '/'), *p;
	char *name;
	size_t len;

	base = base ? base + 1 : path;
	for (p = base; isdigit((unsigned char)*p); p++)
		;
	if (p > base && *p == '-')
		base = p + 1;
	len = strlen(base);
	if (len > 3 && !strcmp(base + len - 3, ".hv"))
		len -= 3;
	name = hvp_copy(&c->mem, base, len);
	for (p = name; isalnum((unsigned char)*p) || (*p && strchr("-_.", *p));
	     p++)
		;
	if (*p || !len || len >= KHV_NAME_MAX) {
		hvp_message(
			c, KHV_MSG_ERROR, 0, 0, 0,
			"\"%s\" is no name for a policy: rename the file or say \"policy NAME\"",
			hvp_show(c, name, len));
		return "";
	}
	return name;
}

static void compile(struct hvp_compiler *c)
{
	struct khv_policy *p = c->policy;
	int reason;

	hvp_push(&c->mem, &c->conds); /* 0 is none */
	hvp_domain(c, "main", 0, true);
	hvp_parse_source(c, 0);
	if (!c->name)
		c->name = default_name(c, c->sources.at[0].name);
	hvp_inherit(c);
	if (p->nr_errors)
		return;
	if (c->nodes.nr) {
		hvp_order(c);
		hvp_overlap(c);
		if (!c->stop)
			hvp_widths(c);
	} else {
		hvp_order(c);
		hvp_push(&c->mem, &c->globs);
	}
	if (p->nr_errors)
		return;
	hvp_check_paths(c);
	hvp_lint_policy(c);
	hvp_hash_nodes(c);
	hvp_write(c);
	if (p->nr_errors)
		return;
	if (khv_engine_open(&p->engine, p->blob, p->size, &reason)) {
		hvp_message(
			c, KHV_MSG_ERROR, 0, 0, 0,
			"the compiler made a blob that the engine refuses, please report it: %s",
			khv_engine_error(reason));
		return;
	}
	p->open = true;
	hvp_run_tests(c);
	if (p->nr_errors || p->nr_failed)
		p->open = false;
}

static struct hvp_compiler *new_compiler(const struct khv_policy_options *o)
{
	struct hvp_compiler *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->policy = calloc(1, sizeof(*c->policy));
	if (!c->policy) {
		free(c);
		return NULL;
	}
	if (o)
		c->options = *o;
	if (!c->options.max_errors)
		c->options.max_errors = MOST_ERRORS;
	return c;
}

static int finish(struct hvp_compiler *c, int result,
		  struct khv_policy **policy)
{
	struct khv_policy *p = c->policy;

	hvp_free_all(&c->mem);
	free(c);
	if (result == -ENOMEM) {
		khv_policy_free(p);
		*policy = NULL;
		return result;
	}
	hvp_sort_messages(p);
	*policy = p;
	if (result)
		return result;
	if (p->nr_errors)
		return -EINVAL;
	return p->nr_failed ? -ECANCELED : 0;
}

/* Both memories jump to the same place. */
#define out_of_memory(c) \
	(setjmp((c)->mem.failed) || setjmp((c)->policy->mem.failed))

int khv_policy_compile_text(const char *name, const char *text, size_t len,
			    const struct khv_policy_options *options,
			    struct khv_policy **policy)
{
	struct hvp_compiler *c;
	char *copy;

	*policy = NULL;
	c = new_compiler(options);
	if (!c)
		return -ENOMEM;
	if (out_of_memory(c))
		return finish(c, c->policy->nr_errors ? 0 : -ENOMEM, policy);
	copy = hvp_resize(&c->mem, NULL, len + 1);
	if (len)
		memcpy(copy, text, len);
	copy[len] = 0;
	/* A text is given now, or it is one in force with a change. */
	hvp_add_source(c, name, copy, len,
		       hvp_given_changed(c, name, hvp_now(c)));
	compile(c);
	return finish(c, 0, policy);
}

int khv_policy_compile_file(const char *path,
			    const struct khv_policy_options *options,
			    struct khv_policy **policy)
{
	struct hvp_compiler *c;
	int got;

	*policy = NULL;
	c = new_compiler(options);
	if (!c)
		return -ENOMEM;
	if (out_of_memory(c))
		return finish(c, c->policy->nr_errors ? 0 : -ENOMEM, policy);
	got = hvp_read_source(c, path);
	if (got < 0) {
		hvp_add_source(c, path, "", 0, 0);
		hvp_message(c, KHV_MSG_ERROR, 0, 0, 0,
			    "cannot read the file: %s",
			    hvp_read_error(c, -got));
		return finish(c, got, policy);
	}
	compile(c);
	return finish(c, 0, policy);
}

int khv_policy_open_blob(const void *blob, size_t size,
			 struct khv_policy **policy)
{
	struct khv_policy_message *m;
	struct khv_policy *p;
	int error, reason;

	*policy = NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	if (setjmp(p->mem.failed)) {
		khv_policy_free(p);
		return -ENOMEM;
	}
	p->blob = hvp_resize(&p->mem, NULL, size + 1);
	if (size)
		memcpy(p->blob, blob, size);
	p->size = size;
	*policy = p;
	error = khv_engine_open(&p->engine, p->blob, size, &reason);
	p->open = !error;
	if (error) {
		m = hvp_push(&p->mem, &p->messages);
		m->severity = KHV_MSG_ERROR;
		m->file = "";
		m->text = khv_engine_error(reason);
		p->nr_errors = 1;
	}
	return error;
}

void khv_policy_free(struct khv_policy *policy)
{
	if (!policy)
		return;
	hvp_free_shown(policy);
	hvp_free_all(&policy->mem);
	free(policy);
}

const void *khv_policy_blob(const struct khv_policy *policy, size_t *size)
{
	*size = policy->open ? policy->size : 0;
	return policy->open ? policy->blob : NULL;
}

const struct khv_engine *khv_policy_engine(const struct khv_policy *policy)
{
	return policy->open ? &policy->engine : NULL;
}

size_t khv_policy_nr_messages(const struct khv_policy *policy)
{
	return policy->messages.nr;
}

const struct khv_policy_message *
khv_policy_message(const struct khv_policy *policy, size_t i)
{
	return i < policy->messages.nr ? &policy->messages.at[i] : NULL;
}

const char *khv_severity_name(enum khv_severity severity)
{
	static const char *const names[] = {
		[KHV_MSG_ERROR] = "error",
		[KHV_MSG_TEST] = "test",
		[KHV_MSG_WARNING] = "warning",
		[KHV_MSG_LINT] = "lint",
	};

	return (unsigned int)severity <= KHV_MSG_LINT ? names[severity] : "";
}

size_t khv_policy_nr_tests(const struct khv_policy *policy)
{
	return policy->nr_tests;
}

size_t khv_policy_nr_failed(const struct khv_policy *policy)
{
	return policy->nr_failed;
}
