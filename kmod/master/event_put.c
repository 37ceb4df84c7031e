// SPDX-License-Identifier: GPL-2.0
/*
 * From records of the queues to attributes of messages. Those of an event are written
 * one after the other into the room of the message: nla_put() for each of them costs
 * more than all that is copied.
 */
#include <net/netlink.h>
#include <khv/client.h>
#include "event_put.h"

static const struct {
	u8 string;
	u8 attr;
	bool binary;
} khv_event_strings[] = {
	{ KHV_REC_CLIENT, KHV_E_CLIENT },
	{ KHV_REC_POLICY, KHV_E_POLICY },
	{ KHV_REC_DOMAIN, KHV_E_DOMAIN },
	{ KHV_REC_TYPE, KHV_E_TYPE },
	{ KHV_REC_VERB, KHV_E_VERB },
	{ KHV_REC_OBJECT, KHV_E_OBJECT, true },
	{ KHV_REC_HOOK, KHV_E_HOOK },
	{ KHV_REC_EXE, KHV_E_EXE, true },
	{ KHV_REC_ASKED, KHV_E_ASKED },
	{ KHV_REC_TAG, KHV_E_TAG },
};

/**
 * struct khv_out - where attributes are written
 * @at: the next one
 * @end: of the room
 * @full: one did not fit: all are void
 */
struct khv_out {
	char *at;
	char *end;
	bool full;
};

/* Room for @len bytes, and behind them a NUL or nothing: none of what lay there before. */
static __always_inline char *khv_out_room(struct khv_out *o, int attr, size_t len)
{
	size_t size = nla_total_size(len);
	struct nlattr *nla = (void *)o->at;

	if (unlikely(size > (size_t)(o->end - o->at))) {
		o->full = true;
		return NULL;
	}
	*(u32 *)(o->at + size - sizeof(u32)) = 0;
	nla->nla_type = attr;
	nla->nla_len = nla_attr_size(len);
	o->at += size;
	return nla_data(nla);
}

static __always_inline void khv_out(struct khv_out *o, int attr, const void *data,
				    size_t len)
{
	char *to = khv_out_room(o, attr, len);

	if (likely(to))
		memcpy(to, data, len);
}

/* Not aligned to eight bytes: x86 does not mind. */
#define KHV_OUT(o, attr, value) ({					\
	typeof(value) __value = (value);				\
									\
	khv_out(o, attr, &__value, sizeof(__value));			\
})

static void khv_out_string(struct khv_out *o, int attr, const char *s, size_t len)
{
	char *to = khv_out_room(o, attr, len + 1);

	if (likely(to))
		memcpy(to, s, len);
}

/* FILE:LINE */
static void khv_out_rule(struct khv_out *o, const char *file, size_t len, u32 line)
{
	char digits[10], *first = digits + sizeof(digits), *to;
	size_t n;

	do {
		*--first = '0' + line % 10;
		line /= 10;
	} while (line);
	n = digits + sizeof(digits) - first;
	to = khv_out_room(o, KHV_E_RULE, len + 1 + n + 1);
	if (unlikely(!to))
		return;
	memcpy(to, file, len);
	to[len] = ':';
	memcpy(to + len + 1, first, n);
}

static void khv_out_strings(struct khv_out *o, const struct khv_rec *rec)
{
	const char *str[KHV_REC_NR_STRINGS], *s = (const char *)(rec + 1);
	unsigned int i, k;

	for (i = 0; i < KHV_REC_NR_STRINGS; i++) {
		str[i] = s;
		s += rec->str_len[i];
	}
	for (i = 0; i < ARRAY_SIZE(khv_event_strings); i++) {
		k = khv_event_strings[i].string;
		if (!rec->str_len[k])
			continue;
		if (khv_event_strings[i].binary)
			khv_out(o, khv_event_strings[i].attr, str[k],
				rec->str_len[k]);
		else
			khv_out_string(o, khv_event_strings[i].attr, str[k],
				       rec->str_len[k]);
	}
	if (rec->str_len[KHV_REC_RULE_FILE])
		khv_out_rule(o, str[KHV_REC_RULE_FILE],
			     rec->str_len[KHV_REC_RULE_FILE], rec->rule_line);
}

/* All that every event has. The numbers first: a reader may look at them alone. */
static int khv_put_fields(struct sk_buff *skb, unsigned int cpu,
			  const struct khv_rec *rec)
{
	char *begin = skb_tail_pointer(skb);
	struct khv_out o = { .at = begin, .end = begin + skb_tailroom(skb) };

	KHV_OUT(&o, KHV_E_CPU, (u32)cpu);
	KHV_OUT(&o, KHV_E_SEQ, rec->h.seq);
	KHV_OUT(&o, KHV_E_LOST, (u64)0);
	KHV_OUT(&o, KHV_E_TIME, rec->time);
	KHV_OUT(&o, KHV_E_GENERATION, rec->generation);
	KHV_OUT(&o, KHV_E_VERDICT, rec->verdict);
	KHV_OUT(&o, KHV_E_ERRNO, (u32)rec->error);
	KHV_OUT(&o, KHV_E_PID, (u32)rec->pid);
	KHV_OUT(&o, KHV_E_TGID, (u32)rec->tgid);
	KHV_OUT(&o, KHV_E_UID, rec->uid);
	khv_out_string(&o, KHV_E_COMM, rec->comm,
		       strnlen(rec->comm, TASK_COMM_LEN - 1));
	khv_out_strings(&o, rec);
	if (o.full)
		return -EMSGSIZE;
	skb_put(skb, o.at - begin);
	return 0;
}

static int khv_put_string(struct sk_buff *skb, int attr, const char *s, size_t n)
{
	struct nlattr *nla = nla_reserve(skb, attr, n + 1);

	if (!nla)
		return -EMSGSIZE;
	memcpy(nla_data(nla), s, n);
	((char *)nla_data(nla))[n] = '\0';
	return 0;
}

static int khv_put_arg_value(struct sk_buff *skb, const struct khv_arg *arg,
			     const char *text)
{
	if ((arg->kind & KHV_ARG_F_VALUE) &&
	    nla_put_u64_64bit(skb, KHV_ARG_A_VALUE, arg->value, KHV_ARG_A_PAD))
		return -EMSGSIZE;
	return arg->text_len ?
	       nla_put(skb, KHV_ARG_A_TEXT, arg->text_len, text) : 0;
}

/* A row of struct khv_arg, each with its name and text behind it. */
static int khv_put_args(struct sk_buff *skb, const void *args, size_t len)
{
	struct nlattr *nest;
	struct khv_arg a;
	const char *name;
	size_t size;

	for (; len >= sizeof(a); args += size, len -= size) {
		/* Strings before it may be of any length. */
		memcpy(&a, args, sizeof(a));
		name = args + sizeof(a);
		size = ALIGN(sizeof(a) + a.name_len + a.text_len, 8);
		if (size > len)
			break;
		nest = nla_nest_start(skb, KHV_E_ARG);
		if (!nest ||
		    khv_put_string(skb, KHV_ARG_A_NAME, name, a.name_len) ||
		    nla_put_u8(skb, KHV_ARG_A_KIND, a.kind & 0xff) ||
		    (!(a.kind & KHV_ARG_F_REDACTED) &&
		     khv_put_arg_value(skb, &a, name + a.name_len)) ||
		    ((a.kind & KHV_ARG_F_REDACTED) &&
		     nla_put_flag(skb, KHV_ARG_A_REDACTED)))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int khv_put_call(struct sk_buff *skb, const struct khv_rec *rec)
{
	const char *args = (const char *)(rec + 1);
	unsigned int i;

	if ((rec->has & KHV_REC_HAS_CALL) &&
	    (nla_put_s64(skb, KHV_E_RESULT, rec->result, KHV_E_PAD) ||
	     nla_put_u32(skb, KHV_E_NR, rec->nr) ||
	     nla_put_u8(skb, KHV_E_ABI, rec->abi)))
		return -EMSGSIZE;
	for (i = 0; i < KHV_REC_ARGS; i++)
		args += rec->str_len[i];
	return khv_put_args(skb, args, rec->str_len[KHV_REC_ARGS]);
}

/* So many events of the CPU are missing from @first on. */
int khv_put_gap(struct sk_buff *skb, unsigned int cpu, u64 first, u64 time,
		const u64 *lost)
{
	struct nlattr *nest = nla_nest_start(skb, KHV_A_EVENT);
	u64 sum = 0;
	int i;

	for (i = 0; i < KHV_NR_LOST; i++)
		sum += lost[i];
	if (!nest ||
	    nla_put_u32(skb, KHV_E_CPU, cpu) ||
	    nla_put_u64_64bit(skb, KHV_E_LOST, sum, KHV_E_PAD) ||
	    nla_put_u64_64bit(skb, KHV_E_TIME, time, KHV_E_PAD) ||
	    nla_put_u64_64bit(skb, KHV_E_FIRST, first, KHV_E_PAD))
		goto full;
	for (i = 0; i < KHV_NR_LOST; i++)
		if (lost[i] && nla_put_u64_64bit(skb, KHV_E_LATE + i, lost[i],
						 KHV_E_PAD))
			goto full;
	nla_nest_end(skb, nest);
	return 0;
full:
	if (nest)
		nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

int khv_put_stats(struct sk_buff *skb, unsigned int cpu, u64 next,
		  const struct khv_queue_stats *s)
{
	struct nlattr *nest = nla_nest_start(skb, KHV_A_STATS);
	const struct {
		int attr;
		u64 value;
	} numbers[] = {
		{ KHV_STATS_A_PRODUCED, s->produced },
		{ KHV_STATS_A_DELIVERED, s->delivered },
		{ KHV_STATS_A_NEXT, next },
		{ KHV_STATS_A_WAITS, s->waits },
		{ KHV_STATS_A_WAITED, s->waited },
		{ KHV_STATS_A_GAVE_UP, s->gave_up },
	};
	unsigned int i;
	u64 lost = 0;
	int ret = 0;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(numbers) && !ret; i++)
		ret = nla_put_u64_64bit(skb, numbers[i].attr, numbers[i].value,
					KHV_STATS_A_PAD);
	for (i = 0; i < KHV_NR_LOST && !ret; i++) {
		lost += s->lost[i];
		ret = nla_put_u64_64bit(skb, KHV_STATS_A_LATE + i, s->lost[i],
					KHV_STATS_A_PAD);
	}
	if (ret || nla_put_u32(skb, KHV_STATS_A_CPU, cpu) ||
	    nla_put_u64_64bit(skb, KHV_STATS_A_LOST, lost, KHV_STATS_A_PAD) ||
	    nla_put_u32(skb, KHV_STATS_A_BYTES, s->bytes) ||
	    nla_put_u32(skb, KHV_STATS_A_USED, s->used) ||
	    nla_put_u32(skb, KHV_STATS_A_SPILLED, s->spilled))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int khv_put_event(struct sk_buff *skb, unsigned int cpu,
		  const struct khv_rec *rec)
{
	struct nlattr *nest = nla_nest_start(skb, KHV_A_EVENT);

	if (!nest || khv_put_fields(skb, cpu, rec) || khv_put_call(skb, rec)) {
		if (nest)
			nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
