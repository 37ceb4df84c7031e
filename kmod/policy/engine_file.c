// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * Questions about files: may it be used, does executing it change the domain,
 * does a policy want it.
 */
#include "engine_internal.h"

/* A grant of another type has a protocol where files have a target. */
static bool has_target(const struct khv_fold *f)
{
	return !f->broken && (f->target == KHV_TARGET_DETACH ||
			      f->target < f->e->nr_domains);
}

static bool is_unreachable(const char *path, size_t len)
{
	static const char name[] = "@unreachable";
	const size_t n = sizeof(name) - 1;

	return len >= n && !memcmp(path, name, n) &&
	       (len == n || path[n] == ':');
}

/* What has no path: a memfd, what sits on a detached mount. */
static noinline_for_stack void fold_at(struct khv_fold *f,
				       const struct khv_blob_domain *d,
				       const char *path, size_t len)
{
	/*
	 * A file on a detached mount may be any file there is: what is granted
	 * by default is not meant for it.
	 */
	if (is_unreachable(path, len))
		f->grant = 0;
	if (path[0] == '@')
		khv_fold_pair(f, khv_le32(d->root[KHV_TREE_AT]), path, len);
}

static inline void fold_file(struct khv_fold *f, u16 domain, const char *path,
			     size_t len)
{
	const struct khv_blob_domain *d;

	if (khv_unlikely(domain >= f->e->nr_domains || !len))
		return;
	d = khv_domain_at(f->e, domain);
	f->grant = khv_le32(d->fallback[KHV_TYPE_FILE]);
	if (khv_likely(path[0] == '/'))
		khv_fold_path(f, khv_le32(d->root[KHV_TREE_FILE]), path, len);
	else
		fold_at(f, d, path, len);
}

void khv_engine_file(const struct khv_engine *e, u16 domain,
		     const struct khv_subject *s, const char *path, size_t len,
		     u32 verbs, struct khv_decision *d)
{
	struct khv_fold f = KHV_FOLD(e, s, khv_judged(e, KHV_TYPE_FILE, verbs));

	if (!f.want) {
		khv_decide_allowed(d);
		return;
	}
	fold_file(&f, domain, path, len);
	khv_decide(&f, KHV_TYPE_FILE, d);
}

void khv_engine_file_number(const struct khv_engine *e, u16 domain,
			    const struct khv_subject *s, const char *path,
			    size_t len, u32 verbs, u32 number,
			    struct khv_decision *d)
{
	struct khv_fold f = KHV_FOLD(e, s, khv_judged(e, KHV_TYPE_FILE, verbs));

	if (!f.want) {
		khv_decide_allowed(d);
		return;
	}
	f.number = number;
	fold_file(&f, domain, path, len);
	khv_decide(&f, KHV_TYPE_FILE, d);
}

bool khv_engine_transition(const struct khv_engine *e, u16 domain,
			   const struct khv_subject *s, const char *path,
			   size_t len, u16 *new_domain, u32 *rule)
{
	struct khv_fold f = KHV_FOLD(e, s, KHV_F_EXEC);

	fold_file(&f, domain, path, len);
	if (!has_target(&f))
		return false;
	*new_domain = f.target;
	if (rule)
		*rule = f.rule;
	return true;
}

bool khv_engine_attach(const struct khv_engine *e, const char *path, size_t len,
		       u16 *domain, u32 *rule)
{
	static const struct khv_subject nobody;
	struct khv_fold f = KHV_FOLD(e, &nobody, KHV_F_EXEC);

	if (!len || path[0] != '/')
		return false;
	khv_fold_path(&f, khv_le32(e->blob->attach), path, len);
	if (!has_target(&f))
		return false;
	*domain = f.target;
	if (rule)
		*rule = f.rule;
	return true;
}
