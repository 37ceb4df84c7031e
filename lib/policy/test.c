// SPDX-License-Identifier: LGPL-2.1
/* Questions about one object, for `expect` lines and for khv_policy_test(). */
#include <sys/socket.h>
#include <time.h>
#include "compiler.h"

/* "signal(hup)": takes "(hup)" from @name. NULL or what is wrong. */
static const char *take_number(struct hvp_mem *m, enum khv_type type,
			       char *name, u32 *number)
{
	char *open = strchr(name, '(');
	size_t len;

	if (!open)
		return NULL;
	*open++ = 0;
	len = strlen(open);
	if (!hvp_ranged_verb(type) ||
	    hvp_verb(type, name) != hvp_ranged_verb(type))
		return hvp_print(m,
				 "verb \"%s\" of type %s takes nothing in ( )",
				 name, khv_type_name(type));
	if (!len || open[len - 1] != ')')
		return "\"(\" is not closed by \")\"";
	open[len - 1] = 0;
	return hvp_one_number(m, type, open, number);
}

/* "open-write", "read", "connect/send", "signal(hup)" */
u32 hvp_test_verbs(struct hvp_mem *m, enum khv_type type, const char *text,
		   u32 *number, const char **error)
{
	u32 verbs = 0, verb;
	const char *end;
	char *name;

	*number = KHV_ANY_NUMBER;
	for (;; text = end + 1) {
		end = strchrnul(text, '/');
		name = hvp_copy(m, text, end - text);
		*error = take_number(m, type, name, number);
		if (*error)
			return 0;
		verb = hvp_verb(type, name);
		/* A program that reads opens, and that is what it may or not. */
		if (type == KHV_TYPE_FILE && !strcmp(name, "read"))
			verb = KHV_F_OPEN;
		else if (type == KHV_TYPE_FILE && !strcmp(name, "write"))
			verb = KHV_F_OPEN_WRITE;
		else if (!verb)
			verb = hvp_sum(type, name);
		if (!verb) {
			*error = hvp_print(
				m, "unknown verb \"%s\" for type %s%s", name,
				khv_type_name(type),
				hvp_suggest(m, name, hvp_verb_names(type)));
			return 0;
		}
		verbs |= verb;
		if (!*end)
			return verbs;
	}
}

/* Lexically: what is on the disk plays no part. */
static char *normal_path(struct hvp_mem *m, const char *path)
{
	char *out = hvp_alloc(m, strlen(path) + 2), *at = out;
	const char *end;

	while (*path) {
		size_t len;

		while (*path == '/')
			path++;
		end = strchrnul(path, '/');
		len = end - path;
		if (len == 2 && path[0] == '.' && path[1] == '.') {
			while (at > out && *--at != '/')
				;
		} else if (len && !(len == 1 && path[0] == '.')) {
			*at++ = '/';
			memcpy(at, path, len);
			at += len;
		}
		path = end;
	}
	if (at == out)
		*at++ = '/';
	*at = 0;
	return out;
}

static const char *ask_file(struct hvp_mem *m, const struct khv_engine *e,
			    u16 domain, const struct khv_subject *s,
			    const char *ident, u32 verbs, u32 number,
			    struct khv_decision *d)
{
	if (ident[0] != '@') {
		if (ident[0] != '/')
			return hvp_print(
				m, "expected an absolute path, not \"%s\"",
				ident);
		ident = normal_path(m, ident);
	}
	khv_engine_file_number(e, domain, s, ident, strlen(ident), verbs,
			       number, d);
	return NULL;
}

static const char *ask_socket(struct hvp_mem *m, const struct khv_engine *e,
			      u16 domain, const struct khv_subject *s,
			      const char *ident, u32 verbs,
			      const struct khv_sockaddr *peer,
			      struct khv_decision *d)
{
	struct khv_sockaddr addr = { .peer = peer };
	struct hvp_address a;
	const char *error;
	int family;

	if (!strncmp(ident, "unix:", 5)) {
		addr.family = AF_UNIX;
		addr.abstract = ident[5] == '@';
		if (!addr.abstract && ident[5] != '/')
			return "expected a path or @NAME after \"unix:\"";
		addr.path = addr.abstract ? ident + 6 :
					    normal_path(m, ident + 5);
		addr.path_len = strlen(addr.path);
	} else if (!strncmp(ident, "family:", 7)) {
		family = hvp_family(ident + 7);
		if (family < 0)
			return hvp_print(
				m, "unknown address family \"%s\"%s", ident + 7,
				hvp_suggest(m, ident + 7, hvp_family_names));
		if (verbs & ~KHV_S_CREATE)
			return "a question about family: is about create";
		addr.family = family;
	} else {
		error = hvp_parse_address(m, ident, &a);
		if (error)
			return error;
		if (!a.family || a.has_length ||
		    (a.has_port && a.low != a.high))
			return "a question is about one address and port";
		addr.family = a.family;
		addr.port = a.low;
		addr.proto = a.proto;
		memcpy(addr.addr, a.addr, sizeof(addr.addr));
		if (!(verbs & ~(KHV_S_CONNECT | KHV_S_SEND)))
			khv_settle_address(&addr);
	}
	khv_engine_socket(e, domain, s, &addr, verbs, d);
	return NULL;
}

/* Accounts are looked up with the options of a compilation. */
static bool user_number(struct hvp_mem *m, const char *name, u32 *uid)
{
	struct hvp_compiler *c = hvp_alloc(m, sizeof(*c));
	const struct hvp_account *account;

	if (setjmp(c->mem.failed)) {
		hvp_free_all(&c->mem);
		return false;
	}
	account = hvp_user(c, name);
	if (account)
		*uid = account->uid;
	hvp_free_all(&c->mem);
	return account;
}

static const char *ask_process(struct hvp_mem *m, const struct khv_engine *e,
			       u16 domain, const struct khv_subject *s,
			       const char *ident, u32 verbs, u32 number,
			       struct khv_decision *d)
{
	struct khv_process p = {
		.pid = ~0u, .uid = ~0u, .exe = "", .number = number
	};
	const char *error, *name;
	int other;
	u32 value;
	u8 kind;

	error = hvp_parse_process(m, ident, &kind, &value, &name);
	if (error)
		return error;
	switch (kind) {
	case KHV_ITEM_SELF:
		p.self = true;
		p.same_policy = true;
		p.domain = domain;
		break;
	case KHV_ITEM_DESCENDANTS:
		p.descendant = true;
		break;
	case KHV_ITEM_PID:
		p.pid = value;
		break;
	case KHV_ITEM_EXE:
		p.exe = normal_path(m, name);
		p.exe_len = strlen(p.exe);
		break;
	case KHV_ITEM_DOMAIN:
		other = khv_engine_domain(e, name);
		if (other < 0)
			return hvp_print(m, "there is no domain \"%s\"", name);
		p.same_policy = true;
		p.domain = other;
		break;
	case KHV_ITEM_USER:
		if (!user_number(m, name, &value))
			return hvp_print(m, "there is no user \"%s\"", name);
		p.uid = value;
		break;
	default:
		break;
	}
	khv_engine_process(e, domain, s, &p, verbs, d);
	return NULL;
}

static const char *ask_kernel(struct hvp_mem *m, const struct khv_engine *e,
			      u16 domain, const struct khv_subject *s,
			      const char *ident, struct khv_decision *d)
{
	const char *error = hvp_parse_facility(m, ident);

	if (!error)
		khv_engine_kernel(e, domain, s, ident, strlen(ident), d);
	return error;
}

const char *hvp_ask(struct hvp_mem *m, const struct khv_engine *e, u16 domain,
		    const struct khv_subject *s, enum khv_type type,
		    const char *ident, u32 verbs, u32 number,
		    const struct khv_sockaddr *peer, struct khv_decision *d)
{
	switch (type) {
	case KHV_TYPE_FILE:
		return ask_file(m, e, domain, s, ident, verbs, number, d);
	case KHV_TYPE_SOCKET:
		return ask_socket(m, e, domain, s, ident, verbs, peer, d);
	case KHV_TYPE_KERNEL:
		return ask_kernel(m, e, domain, s, ident, d);
	default:
		return ask_process(m, e, domain, s, ident, verbs, number, d);
	}
}

static const char *because(struct hvp_compiler *c, const struct hvp_test *t,
			   const struct khv_decision *d, u32 wrong)
{
	const struct khv_engine *e = &c->policy->engine;

	if (!t->allow && khv_engine_governs(e, t->type) &&
	    !(wrong & khv_engine_governed_verbs(e, t->type)))
		return "because no line of the policy names that verb";
	if (d->rule != KHV_NO_RULE)
		return hvp_print(&c->mem, "by %s: %s", hvp_where(c, d->rule),
				 c->text.at + c->rules.at[d->rule].text);
	if (!khv_engine_governs(e, t->type))
		return hvp_print(&c->mem,
				 "because the policy does not govern type %s",
				 khv_type_name(t->type));
	return d->allowed ? "because no rule forbids it" :
			    "because no rule covers it";
}

static void run_test(struct hvp_compiler *c, const struct hvp_test *t)
{
	struct khv_policy *p = c->policy;
	struct khv_decision d;
	const char *error;
	u32 verbs, wrong, number;

	if (t->type == KHV_TYPE_FILE &&
	    hvp_has(t->ident, strlen(t->ident), "*?[")) {
		hvp_message(c, KHV_MSG_ERROR, t->source, t->line, t->column,
			    "a test is about one object, not about a pattern");
		return;
	}
	verbs = hvp_test_verbs(&c->mem, t->type, t->verb, &number, &error);
	error = hvp_ask(&c->mem, &p->engine, t->domain, &t->subject, t->type,
			hvp_unescape(&c->mem, t->ident, strlen(t->ident), NULL),
			verbs, number, t->peer.family ? &t->peer : NULL, &d);
	if (error) {
		hvp_message(c, KHV_MSG_ERROR, t->source, t->line, t->column,
			    "%s", error);
		return;
	}
	p->nr_tests++;
	wrong = t->allow ? d.denied : verbs & ~d.denied;
	if (!wrong)
		return;
	p->nr_failed++;
	hvp_message(c, KHV_MSG_TEST, t->source, t->line, t->column,
		    "expected %s, but %s of %s is %s %s",
		    t->allow ? "allow" : "deny",
		    hvp_verbs_text(&c->mem, t->type, wrong),
		    hvp_show(c, t->ident, strlen(t->ident)),
		    t->allow ? "denied" : "allowed", because(c, t, &d, wrong));
}

void hvp_run_tests(struct hvp_compiler *c)
{
	u32 i;

	if (c->options.flags & KHV_POLICY_NO_TESTS)
		return;
	for (i = 0; i < c->tests.nr; i++)
		run_test(c, &c->tests.at[i]);
}

static int ask(struct hvp_mem *m, const struct khv_engine *e,
	       const char *domain, const struct khv_subject *s,
	       const char *type, const char *ident, const char *verb,
	       struct khv_decision *d, const char **problem)
{
	int index = domain ? khv_engine_domain(e, domain) : 0;
	int t = hvp_type(type);
	u32 verbs, number;

	if (index < 0) {
		*problem = hvp_print(m, "there is no domain \"%s\"", domain);
		return -ENOENT;
	}
	if (t < 0) {
		*problem = hvp_print(
			m, "unknown type \"%s\": expected " HVP_TYPES "%s",
			type, hvp_suggest(m, type, hvp_type_names));
		return -EINVAL;
	}
	verbs = hvp_test_verbs(m, t, verb, &number, problem);
	if (verbs)
		*problem = hvp_ask(m, e, index, s, t, ident, verbs, number,
				   NULL, d);
	return *problem ? -EINVAL : 0;
}

int khv_policy_test(const struct khv_policy *policy, const char *domain,
		    const struct khv_subject *subject, const char *type,
		    const char *ident, const char *verb,
		    struct khv_decision *decision, char *error,
		    size_t error_size)
{
	struct khv_subject asker = { 0 };
	struct hvp_mem m = { 0 };
	const char *problem = NULL;
	int result;

	if (error && error_size)
		error[0] = 0;
	if (!policy || !policy->open)
		return -EINVAL;
	if (setjmp(m.failed)) {
		hvp_free_all(&m);
		return -ENOMEM;
	}
	if (subject)
		asker = *subject;
	if (!asker.now)
		asker.now = time(NULL);
	result = ask(&m, &policy->engine, domain, &asker, type, ident, verb,
		     decision, &problem);
	if (problem && error && error_size)
		snprintf(error, error_size, "%s", problem);
	hvp_free_all(&m);
	return result;
}
