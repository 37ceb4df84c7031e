// SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1)
/*
 * What a blob says about itself, names of types and verbs, and how a fold
 * becomes a decision.
 */
#include "engine_internal.h"

static const char *const type_names[KHV_NR_TYPES] = {
	[KHV_TYPE_FILE] = "file",
	[KHV_TYPE_SOCKET] = "socket",
	[KHV_TYPE_PROCESS] = "process",
	[KHV_TYPE_KERNEL] = "kernel",
};

static const char *const file_verbs[KHV_F_NR_VERBS] = {
	"open", "list", "stat", "readlink", "open-write", "append", "truncate",
	"create", "delete", "rename", "link", "symlink", "mknod", "attr",
	"lock", "exec", "mmap", "ioctl", "mount",
};

static const char *const socket_verbs[KHV_S_NR_VERBS] = {
	"bind", "listen", "accept", "recv", "connect", "send", "create",
	"option",
};

static const char *const process_verbs[KHV_P_NR_VERBS] = {
	"info", "peek", "signal", "ptrace", "sched", "memory",
};

static const char *const kernel_verbs[KHV_K_NR_VERBS] = { "use" };

static const struct {
	const char *const *names;
	u32 nr;
} verb_names[KHV_NR_TYPES] = {
	[KHV_TYPE_FILE] = { file_verbs, KHV_F_NR_VERBS },
	[KHV_TYPE_SOCKET] = { socket_verbs, KHV_S_NR_VERBS },
	[KHV_TYPE_PROCESS] = { process_verbs, KHV_P_NR_VERBS },
	[KHV_TYPE_KERNEL] = { kernel_verbs, KHV_K_NR_VERBS },
};

const char *khv_type_name(enum khv_type type)
{
	return (u32)type < KHV_NR_TYPES ? type_names[type] : "unknown";
}

const char *khv_verb_name(enum khv_type type, u32 verbs)
{
	u32 verb;

	if ((u32)type >= KHV_NR_TYPES || !verbs)
		return "none";
	verb = __builtin_ctz(verbs);
	return verb < verb_names[type].nr ? verb_names[type].names[verb] :
					    "unknown";
}

u32 khv_type_verbs(enum khv_type type)
{
	return (u32)type < KHV_NR_TYPES ? verb_names[type].nr : 0;
}

int khv_type_error(enum khv_type type)
{
	return type == KHV_TYPE_FILE || type == KHV_TYPE_SOCKET ? EACCES : EPERM;
}

void khv_decide_allowed(struct khv_decision *d)
{
	d->allowed = true;
	d->limit = 0;
	d->denied = 0;
	d->rule = KHV_NO_RULE;
	d->over = KHV_NO_RULE;
	d->error = 0;
	d->effects = 0;
}

void khv_decide(const struct khv_fold *f, enum khv_type type,
		struct khv_decision *d)
{
	const struct khv_blob_rule *r;

	d->denied = f->broken ? f->want : f->want & ~f->grant;
	d->allowed = !d->denied;
	d->rule = f->rule;
	d->over = f->over;
	d->effects = 0;
	d->limit = 0;
	d->error = 0;
	if (d->denied)
		d->error = khv_type_error(type);
	if (d->rule == KHV_NO_RULE)
		return;
	r = khv_rule_at(f->e, d->rule);
	d->effects = r->effects;
	d->limit = d->allowed ? r->limit : 0;
	if (d->limit)
		d->error = khv_type_error(type);
	if (d->error && r->error)
		d->error = r->error;
}

bool khv_engine_governs(const struct khv_engine *e, enum khv_type type)
{
	return (u32)type < KHV_NR_TYPES && (e->blob->governed & (1 << type));
}

u32 khv_engine_governed_verbs(const struct khv_engine *e, enum khv_type type)
{
	return (u32)type < KHV_NR_TYPES ? khv_judged(e, type, ~0u) : 0;
}

u32 khv_engine_named_verbs(const struct khv_engine *e, enum khv_type type)
{
	return (u32)type < KHV_NR_TYPES ? khv_le32(e->blob->named[type]) : 0;
}

u32 khv_engine_gap_verbs(const struct khv_engine *e, enum khv_type type)
{
	return (u32)type < KHV_NR_TYPES ? khv_le32(e->blob->gaps[type]) : 0;
}

u32 khv_engine_needs(const struct khv_engine *e)
{
	return e->blob->needs;
}

bool khv_engine_limit(const struct khv_engine *e, u32 i, u32 *count, u32 *period)
{
	const struct khv_blob_limit *l = khv_section(e, KHV_SEC_LIMITS);

	if (i >= khv_count_of(e, KHV_SEC_LIMITS))
		return false;
	*count = khv_le32(l[i].count);
	*period = khv_le32(l[i].period);
	return true;
}

const char *khv_engine_name(const struct khv_engine *e)
{
	return khv_string(e, khv_le32(e->blob->name));
}

u8 khv_engine_mode(const struct khv_engine *e)
{
	return e->blob->mode;
}

u32 khv_engine_nr_rules(const struct khv_engine *e)
{
	return khv_count_of(e, KHV_SEC_RULES);
}

u32 khv_engine_nr_domains(const struct khv_engine *e)
{
	return khv_count_of(e, KHV_SEC_DOMAINS);
}

const char *khv_engine_domain_name(const struct khv_engine *e, u16 domain)
{
	if (domain >= khv_engine_nr_domains(e))
		return "";
	return khv_string(e, khv_le32(khv_domain_at(e, domain)->name));
}

int khv_engine_domain(const struct khv_engine *e, const char *name)
{
	u32 i, nr = khv_engine_nr_domains(e);
	size_t len = strlen(name);

	for (i = 0; i < nr; i++) {
		const char *other = khv_engine_domain_name(e, i);

		if (strlen(other) == len && !memcmp(other, name, len))
			return i;
	}
	return -ENOENT;
}

const char *khv_engine_rule_file(const struct khv_engine *e, u32 rule)
{
	const struct khv_blob_source *s = khv_section(e, KHV_SEC_SOURCES);
	const char *name, *base, *slash;

	if (rule >= khv_engine_nr_rules(e))
		return "";
	s += khv_le16(khv_rule_at(e, rule)->source);
	name = khv_string(e, khv_le32(s->name));
	base = name;
	while ((slash = memchr(base, '/', strlen(base))) && slash[1])
		base = slash + 1;
	return base;
}

u32 khv_engine_rule_line(const struct khv_engine *e, u32 rule)
{
	if (rule >= khv_engine_nr_rules(e))
		return 0;
	return khv_le32(khv_rule_at(e, rule)->line);
}

const char *khv_engine_rule_text(const struct khv_engine *e, u32 rule)
{
	const char *text = khv_section(e, KHV_SEC_TEXT);

	if (rule >= khv_engine_nr_rules(e))
		return "";
	return text + khv_le32(khv_rule_at(e, rule)->text);
}

u16 khv_engine_rule_domain(const struct khv_engine *e, u32 rule)
{
	if (rule >= khv_engine_nr_rules(e))
		return 0;
	return khv_le16(khv_rule_at(e, rule)->domain);
}

u8 khv_engine_rule_kind(const struct khv_engine *e, u32 rule)
{
	if (rule >= khv_engine_nr_rules(e))
		return KHV_NR_KINDS;
	return khv_rule_at(e, rule)->kind;
}

int khv_engine_rule_error(const struct khv_engine *e, u32 rule)
{
	return rule < khv_engine_nr_rules(e) ? khv_rule_at(e, rule)->error : 0;
}

static const struct khv_blob_note *find_note(const struct khv_engine *e,
					     u32 rule)
{
	const struct khv_blob_note *note = khv_section(e, KHV_SEC_NOTES);
	u32 low = 0, high = khv_count_of(e, KHV_SEC_NOTES);

	while (low < high) {
		u32 middle = low + (high - low) / 2;
		u32 at = khv_le32(note[middle].rule);

		if (at == rule)
			return note + middle;
		if (at < rule)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *khv_engine_rule_why(const struct khv_engine *e, u32 rule)
{
	const struct khv_blob_note *note = find_note(e, rule);

	if (!note || !note->why)
		return NULL;
	return khv_string(e, khv_le32(note->why));
}

const char *khv_engine_rule_tag(const struct khv_engine *e, u32 rule)
{
	const struct khv_blob_note *note = find_note(e, rule);

	if (!note || !note->tag)
		return NULL;
	return khv_string(e, khv_le32(note->tag));
}
