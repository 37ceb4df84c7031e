// SPDX-License-Identifier: LGPL-2.1
/* Records of the protocol: which attribute goes where and how it is called. */
#include <string.h>
#include "internal.h"

static const char *const states[] = { "disabled", "enabled", "draining" };
static const char *const levels[] = { "off", "deny", "audit", "allow" };
static const char *const fulls[] = { "drop-count", "block", "deny" };
static const char *const modes[] = { "enforce", "complain", "off", "learn",
				     "audit" };
static const char *const verdicts[] = { "allow",	"deny",
					"would-deny",	"shadow-deny",
					"shadow-allow", "audit" };
static const char *const policy_states[] = { "in-force", "trial", "withdrawn",
					     "cleared" };
static const char *const coverages[] = { "covered", "elsewhere", "gap" };
static const char *const tampers[] = { "report", "panic" };
static const char *const found_kinds[] = {
	"descriptor", "mapping", "ring",   "tracer",
	"tracee",     "shared",	 "thread", "more",
};
static const char *const found_states[] = { "kept", "revoked", "judged",
					    "blocked", "pending" };
static const char *const gates[] = { "call", "object" };
static const char *const abis[] = { "64", "ia32", "x32" };

#define FIELD(S, A, K, M, KEY)                                               \
	{                                                                    \
		.attr = (A), .kind = KHV_KIND_##K, .offset = offsetof(S, M), \
		.key = (KEY)                                                 \
	}
#define WORDS(S, A, M, KEY, NAMES)                                            \
	{                                                                     \
		.attr = (A), .kind = KHV_KIND_ENUM, .offset = offsetof(S, M), \
		.key = (KEY), .names = (NAMES), .count = ARRAY_SIZE(NAMES)    \
	}
#define RECORD(NAME, S, NEST, MAX, FIELDS)                        \
	const struct khv_record_type NAME = { .nest = (NEST),     \
					      .max = (MAX),       \
					      .size = sizeof(S),  \
					      .fields = (FIELDS), \
					      .count = ARRAY_SIZE(FIELDS) }

#define INFO(...) FIELD(struct khv_info, KHV_A_##__VA_ARGS__)
static const struct khv_field info_fields[] = {
	INFO(VERSION, STRING, version, "version"),
	INFO(ABI, U32, abi, "abi"),
	INFO(EVENT_SCHEMA, U32, event_schema, "event_schema"),
	INFO(GENERATION, U64, generation, "generation"),
	INFO(BOOT_ID, STRING, boot_id, "boot_id"),
	INFO(KERNEL, STRING, kernel, "kernel"),
};
RECORD(khv_info_record, struct khv_info, 0, KHV_A_MAX, info_fields);

#define CLIENT(...) FIELD(struct khv_client_info, KHV_CLIENT_A_##__VA_ARGS__)
static const struct khv_field client_fields[] = {
	CLIENT(ID, U32, id, "id"),
	CLIENT(NAME, STRING, name, "name"),
	CLIENT(MODULE, STRING, module, "module"),
	CLIENT(PRIORITY, S32, priority, "priority"),
	WORDS(struct khv_client_info, KHV_CLIENT_A_STATE, state, "state",
	      states),
	WORDS(struct khv_client_info, KHV_CLIENT_A_LOG_LEVEL, log_level,
	      "log_level", levels),
	CLIENT(TASKS, U32, tasks, "tasks"),
	CLIENT(CALLS, NAMES, calls, "calls"),
	CLIENT(OBJECTS, NAMES, objects, "objects"),
	CLIENT(ALLOWED, U64, allowed, "allowed"),
	CLIENT(DENIED, U64, denied, "denied"),
	WORDS(struct khv_client_info, KHV_CLIENT_A_FULL, full, "full", fulls),
};
RECORD(khv_client_record, struct khv_client_info, KHV_A_CLIENT,
       KHV_CLIENT_A_MAX, client_fields);

#define HOOK(...) FIELD(struct khv_hook_info, KHV_HOOK_A_##__VA_ARGS__)
static const struct khv_field hook_fields[] = {
	HOOK(SYMBOL, STRING, symbol, "symbol"),
	HOOK(NAME, STRING, name, "name"),
	WORDS(struct khv_hook_info, KHV_HOOK_A_GATE, gate, "gate", gates),
	WORDS(struct khv_hook_info, KHV_HOOK_A_ABI, abi, "abi", abis),
	HOOK(CLIENTS, NAMES, clients, "clients"),
	HOOK(ENTERED, U64, entered, "entered"),
	HOOK(LEFT, U64, left, "left"),
	HOOK(LIVE, BOOL, live, "live"),
};
RECORD(khv_hook_record, struct khv_hook_info, KHV_A_HOOK, KHV_HOOK_A_MAX,
       hook_fields);

#define TASK(...) FIELD(struct khv_task_info, KHV_TASK_A_##__VA_ARGS__)
static const struct khv_field task_fields[] = {
	TASK(PID, U32, pid, "pid"),
	TASK(TGID, U32, tgid, "tgid"),
	TASK(COMM, STRING, comm, "comm"),
	TASK(CLIENT, STRING, client, "client"),
	TASK(POLICY, STRING, policy, "policy"),
	TASK(DOMAIN, STRING, domain, "domain"),
	TASK(INSIDE, STRING, inside, "inside"),
};
RECORD(khv_task_record, struct khv_task_info, KHV_A_TASK, KHV_TASK_A_MAX,
       task_fields);

#define POLICY(...) FIELD(struct khv_policy_info, KHV_POLICY_A_##__VA_ARGS__)
/* What policies and shadows have in common. */
/* clang-format off */
#define POLICY_LOADED \
	POLICY(NAME, STRING, name, "name"), \
	POLICY(GENERATION, U64, generation, "generation"), \
	WORDS(struct khv_policy_info, KHV_POLICY_A_MODE, mode, "mode", modes), \
	POLICY(RULES, U32, rules, "rules"), \
	POLICY(TASKS, U32, tasks, "tasks"), \
	POLICY(SIZE, U32, size, "size"), \
	POLICY(TIME, TIME, time, "time"), \
	POLICY(UID, U32, uid, "uid")
/* clang-format on */
static const struct khv_field policy_fields[] = {
	POLICY_LOADED,
	WORDS(struct khv_policy_info, KHV_POLICY_A_STATE, state, "state",
	      policy_states),
	POLICY(CONFIRM, U32, confirm, "confirm"),
	POLICY(WOULD_DENY, U64, would_deny, "would_deny"),
};
RECORD(khv_policy_record, struct khv_policy_info, KHV_A_POLICY,
       KHV_POLICY_A_MAX, policy_fields);

static const struct khv_field shadow_fields[] = {
	POLICY_LOADED,
	POLICY(JUDGED, U64, judged, "judged"),
	POLICY(WOULD_DENY, U64, would_deny, "would_deny"),
	POLICY(WOULD_ALLOW, U64, would_allow, "would_allow"),
};
RECORD(khv_shadow_record, struct khv_policy_info, KHV_A_POLICY,
       KHV_POLICY_A_MAX, shadow_fields);

#define COUNT(...) FIELD(struct khv_count_info, KHV_COUNT_A_##__VA_ARGS__)
static const struct khv_field count_fields[] = {
	COUNT(POLICY, STRING, policy, "policy"),
	COUNT(SHADOW, BOOL, shadow, "shadow"),
	COUNT(GENERATION, U64, generation, "generation"),
	COUNT(TYPE, STRING, type, "type"),
	COUNT(VERB, STRING, verb, "verb"),
	COUNT(WOULD_DENY, U64, would_deny, "would_deny"),
	COUNT(WOULD_ALLOW, U64, would_allow, "would_allow"),
};
RECORD(khv_count_record, struct khv_count_info, KHV_A_COUNTS, KHV_COUNT_A_MAX,
       count_fields);

#define STATS(...) FIELD(struct khv_cpu_stats, KHV_STATS_A_##__VA_ARGS__)
static const struct khv_field stats_fields[] = {
	STATS(CPU, U32, cpu, "cpu"),
	STATS(PRODUCED, U64, produced, "produced"),
	STATS(DELIVERED, U64, delivered, "delivered"),
	STATS(LOST, U64, lost, "lost"),
	STATS(LATE, U64, late, "late"),
	STATS(SLOW, U64, slow, "slow"),
	STATS(ABSENT, U64, absent, "absent"),
	STATS(FULL, U64, full, "full"),
	STATS(MEMORY, U64, memory, "memory"),
	STATS(REFUSED, U64, refused, "refused"),
	STATS(NEXT, U64, next, "next"),
	STATS(BYTES, U32, bytes, "bytes"),
	STATS(USED, U32, used, "used"),
	STATS(SPILLED, U32, spilled, "spilled"),
	STATS(WAITS, U64, waits, "waits"),
	STATS(WAITED, U64, waited, "waited_ns"),
	STATS(GAVE_UP, U64, gave_up, "gave_up"),
};
RECORD(khv_stats_record, struct khv_cpu_stats, KHV_A_STATS, KHV_STATS_A_MAX,
       stats_fields);

#define LOCK(...) FIELD(struct khv_lock_info, KHV_LOCK_A_##__VA_ARGS__)
static const struct khv_field lock_fields[] = {
	LOCK(NAME, STRING, name, "lock"),
	LOCK(UID, U32, uid, "uid"),
	LOCK(TIME, TIME, time, "time"),
};
RECORD(khv_lock_record, struct khv_lock_info, KHV_A_LOCK, KHV_LOCK_A_MAX,
       lock_fields);

#define INTEGRITY(...) \
	FIELD(struct khv_integrity_info, KHV_INTEGRITY_A_##__VA_ARGS__)
static const struct khv_field integrity_fields[] = {
	INTEGRITY(PERIOD, U32, period, "period"),
	WORDS(struct khv_integrity_info, KHV_INTEGRITY_A_ACTION, action,
	      "on_tamper", tampers),
	INTEGRITY(ROUNDS, U64, rounds, "rounds"),
	INTEGRITY(VIOLATIONS, U32, violations, "violations"),
	INTEGRITY(OBJECTS, NAMES, objects, "objects"),
};
RECORD(khv_integrity_record, struct khv_integrity_info, KHV_A_INTEGRITY,
       KHV_INTEGRITY_A_MAX, integrity_fields);

#define COVERAGE(...) \
	FIELD(struct khv_coverage_info, KHV_COVERAGE_A_##__VA_ARGS__)
static const struct khv_field coverage_fields[] = {
	COVERAGE(TYPE, STRING, type, "type"),
	COVERAGE(VERB, STRING, verb, "verb"),
	WORDS(struct khv_coverage_info, KHV_COVERAGE_A_STATE, state, "state",
	      coverages),
	COVERAGE(CHECKS, NAMES, checks, "checks"),
	COVERAGE(SYMBOLS, NAMES, symbols, "symbols"),
	COVERAGE(LIVE, NAMES, live, "live"),
	COVERAGE(ABSENT, NAMES, absent, "absent"),
	COVERAGE(TEXT, STRING, text, "text"),
};
RECORD(khv_coverage_record, struct khv_coverage_info, KHV_A_COVERAGE,
       KHV_COVERAGE_A_MAX, coverage_fields);

#define ADMIN(...) FIELD(struct khv_admin_info, KHV_ADMIN_A_##__VA_ARGS__)
static const struct khv_field admin_fields[] = {
	ADMIN(CLIENT, STRING, client, "client"),
	ADMIN(POLICY, STRING, policy, "policy"),
	ADMIN(UID, U32, uid, "uid"),
	ADMIN(GID, U32, gid, "gid"),
	ADMIN(RIGHTS, U32, rights, "rights"),
};
RECORD(khv_admin_record, struct khv_admin_info, KHV_A_ADMIN, KHV_ADMIN_A_MAX,
       admin_fields);

#define FOUND(...) FIELD(struct khv_found_info, KHV_FOUND_A_##__VA_ARGS__)
static const struct khv_field found_fields[] = {
	FOUND(PID, U32, pid, "pid"),
	FOUND(TID, U32, tid, "tid"),
	FOUND(COMM, STRING, comm, "comm"),
	WORDS(struct khv_found_info, KHV_FOUND_A_KIND, kind, "kind",
	      found_kinds),
	WORDS(struct khv_found_info, KHV_FOUND_A_STATE, state, "state",
	      found_states),
	FOUND(FD, U32, fd, "fd"),
	FOUND(START, U64, start, "start"),
	FOUND(END, U64, end, "end"),
	FOUND(OTHER, U32, other, "other"),
	FOUND(VERB, STRING, verb, "verb"),
	FOUND(OBJECT, BYTES, object, "object"),
};
RECORD(khv_found_record, struct khv_found_info, KHV_A_FOUND, KHV_FOUND_A_MAX,
       found_fields);

#define EVENT(...) FIELD(struct khv_event, KHV_E_##__VA_ARGS__)
#define SPARSE(A, K, M, KEY)                                           \
	{                                                              \
		.attr = KHV_E_##A, .kind = KHV_KIND_##K,               \
		.offset = offsetof(struct khv_event, M), .key = (KEY), \
		.sparse = true                                         \
	}
static const struct khv_field event_fields[] = {
	EVENT(TIME, TIME, time, "time"),
	EVENT(CPU, U32, cpu, "cpu"),
	EVENT(SEQ, U64, seq, "seq"),
	EVENT(LOST, U64, lost, "lost"),
	EVENT(GENERATION, U64, generation, "generation"),
	WORDS(struct khv_event, KHV_E_VERDICT, verdict, "verdict", verdicts),
	EVENT(ERRNO, ERRNO, error, "errno"),
	EVENT(CLIENT, STRING, client, "client"),
	EVENT(POLICY, STRING, policy, "policy"),
	EVENT(DOMAIN, STRING, domain, "domain"),
	EVENT(RULE, STRING, rule, "rule"),
	EVENT(TYPE, STRING, type, "type"),
	EVENT(VERB, STRING, verb, "verb"),
	EVENT(OBJECT, BYTES, object, "object"),
	EVENT(HOOK, STRING, hook, "hook"),
	EVENT(PID, U32, pid, "pid"),
	EVENT(TGID, U32, tgid, "tgid"),
	EVENT(UID, U32, uid, "uid"),
	EVENT(COMM, COMM, comm, "comm"),
	EVENT(EXE, BYTES, exe, "exe"),
	EVENT(ASKED, STRING, asked, "asked"),
	SPARSE(FIRST, U64, first, "first"),
	SPARSE(LATE, U64, late, "late"),
	SPARSE(SLOW, U64, slow, "slow"),
	SPARSE(ABSENT, U64, absent, "absent"),
	SPARSE(FULL, U64, full, "full"),
	SPARSE(MEMORY, U64, memory, "memory"),
	SPARSE(REFUSED, U64, refused, "refused"),
	SPARSE(TAG, STRING, tag, "tag"),
	SPARSE(RESULT, S64, result, "result"),
	SPARSE(NR, U32, nr, "nr"),
	{ .attr = KHV_E_ABI,
	  .kind = KHV_KIND_ENUM,
	  .offset = offsetof(struct khv_event, abi),
	  .key = "abi",
	  .names = abis,
	  .count = ARRAY_SIZE(abis),
	  .sparse = true },
};
RECORD(khv_event_record, struct khv_event, KHV_A_EVENT, KHV_E_MAX,
       event_fields);

const struct khv_field *khv_record_field(const struct khv_record_type *type,
					 const char *key)
{
	for (size_t i = 0; i < type->count; i++)
		if (!strcmp(type->fields[i].key, key))
			return &type->fields[i];
	return NULL;
}

#define NAME_OF(fn, names)                                             \
	const char *fn(unsigned int value)                             \
	{                                                              \
		return value < ARRAY_SIZE(names) ? names[value] : "?"; \
	}
NAME_OF(khv_state_name, states)
NAME_OF(khv_level_name, levels)
NAME_OF(khv_full_name, fulls)
NAME_OF(khv_mode_name, modes)
NAME_OF(khv_verdict_name, verdicts)
NAME_OF(khv_policy_state_name, policy_states)
NAME_OF(khv_coverage_name, coverages)
NAME_OF(khv_found_kind_name, found_kinds)
NAME_OF(khv_found_state_name, found_states)

static int value_of(const char *const *names, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], word))
			return (int)i;
	return -EINVAL;
}

int khv_level_value(const char *word)
{
	return value_of(levels, ARRAY_SIZE(levels), word);
}

int khv_full_value(const char *word)
{
	return value_of(fulls, ARRAY_SIZE(fulls), word);
}

int khv_verdict_value(const char *word)
{
	return value_of(verdicts, ARRAY_SIZE(verdicts), word);
}

const char *khv_level_words(void)
{
	return "off, deny, audit, allow";
}
