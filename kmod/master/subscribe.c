// SPDX-License-Identifier: GPL-2.0
/*
 * Sending events to those who asked for them, by unicast: on 6.1 any user can join
 * a multicast group of a family, so nothing secret goes into one.
 *
 * A worker reads the rings for each subscriber. If a subscriber's socket is full,
 * its position is put back and tried again: back-pressure ends in the ring, where
 * the oldest are overwritten and counted.
 *
 * The process that subscribed is remembered, so that a policy can forbid a domain
 * to stop or take over whoever reads the events (khv_task_is_reader()).
 */
#define pr_fmt(fmt) "khv: " fmt

#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include "event.h"
#include <khv/client.h>
#include <khv/provider.h>
#include "limits.h"
#include "netlink.h"
#include "subscribe.h"

#define KHV_RETRY_JIFFIES	(HZ / 20)

/**
 * struct khv_sub - a subscriber
 * @list: in khv_subs; under khv_sub_mutex, as all else
 * @portid: its socket
 * @reader: its place in khv_readers
 * @primary: it is the audit daemon; its positions are khv_primary
 * @pos: one per possible CPU
 */
struct khv_sub {
	struct list_head list;
	u32 portid;
	unsigned int reader;
	bool primary;
	struct khv_pos *pos;
};

static LIST_HEAD(khv_subs);
static DEFINE_MUTEX(khv_sub_mutex);
static unsigned int khv_nr_subs;
/*
 * Thread group that made each subscription, NULL: free. Written under khv_sub_mutex.
 * The reference held for an entry keeps its address from becoming another process
 * while the entry stands; readers compare addresses and never look behind them.
 */
static struct pid *khv_readers[KHV_MAX_SUBSCRIBERS];
/* Kept while no audit daemon is there: the next one continues here. */
static struct khv_pos *khv_primary;
/* Scratch of the worker, under khv_sub_mutex. */
static struct khv_rec *khv_sub_rec;
static struct khv_pos *khv_sub_saved;

static void khv_sub_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(khv_sub_dwork, khv_sub_work);

/* Any context but NMI. A tick of delay makes batches. */
void khv_subscribe_kick(void)
{
	if (READ_ONCE(khv_nr_subs))
		queue_delayed_work(system_unbound_wq, &khv_sub_dwork, 1);
}

bool khv_task_is_reader(struct task_struct *task)
{
	const struct pid *tgid;
	unsigned int i;

	if (!READ_ONCE(khv_nr_subs))
		return false;
	tgid = READ_ONCE(task->signal->pids[PIDTYPE_TGID]);
	/* A process that has been reaped has none, like a free place. */
	for (i = 0; tgid && i < KHV_MAX_SUBSCRIBERS; i++)
		if (READ_ONCE(khv_readers[i]) == tgid)
			return true;
	return false;
}
EXPORT_SYMBOL_GPL(khv_task_is_reader);

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
};

static int khv_put_string(struct sk_buff *skb, int attr, const char *s, size_t n)
{
	struct nlattr *nla = nla_reserve(skb, attr, n + 1);

	if (!nla)
		return -EMSGSIZE;
	memcpy(nla_data(nla), s, n);
	((char *)nla_data(nla))[n] = '\0';
	return 0;
}

static int khv_put_strings(struct sk_buff *skb, const struct khv_rec *rec)
{
	const char *str[KHV_REC_NR_STRINGS], *s = (const char *)(rec + 1);
	char rule[KHV_NAME_MAX + 16];
	unsigned int i, k;
	int ret = 0;

	for (i = 0; i < KHV_REC_NR_STRINGS; i++) {
		str[i] = s;
		s += rec->str_len[i];
	}
	for (i = 0; i < ARRAY_SIZE(khv_event_strings) && !ret; i++) {
		k = khv_event_strings[i].string;
		if (!rec->str_len[k])
			continue;
		ret = khv_event_strings[i].binary ?
		      nla_put(skb, khv_event_strings[i].attr, rec->str_len[k],
			      str[k]) :
		      khv_put_string(skb, khv_event_strings[i].attr, str[k],
				     rec->str_len[k]);
	}
	if (ret || !rec->str_len[KHV_REC_RULE_FILE])
		return ret;
	snprintf(rule, sizeof(rule), "%.*s:%u", rec->str_len[KHV_REC_RULE_FILE],
		 str[KHV_REC_RULE_FILE], rec->rule_line);
	return nla_put_string(skb, KHV_E_RULE, rule);
}

static int khv_put_event(struct sk_buff *skb, unsigned int cpu,
			 const struct khv_rec *rec, u64 lost)
{
	struct nlattr *nest = nla_nest_start(skb, KHV_A_EVENT);

	if (!nest ||
	    nla_put_u32(skb, KHV_E_CPU, cpu) ||
	    nla_put_u64_64bit(skb, KHV_E_SEQ, rec->seq, KHV_E_PAD) ||
	    nla_put_u64_64bit(skb, KHV_E_LOST, lost, KHV_E_PAD) ||
	    nla_put_u64_64bit(skb, KHV_E_TIME, rec->time, KHV_E_PAD) ||
	    nla_put_u64_64bit(skb, KHV_E_GENERATION, rec->generation,
			      KHV_E_PAD) ||
	    nla_put_u8(skb, KHV_E_VERDICT, rec->verdict) ||
	    nla_put_u32(skb, KHV_E_ERRNO, rec->error) ||
	    nla_put_u32(skb, KHV_E_PID, rec->pid) ||
	    nla_put_u32(skb, KHV_E_TGID, rec->tgid) ||
	    nla_put_u32(skb, KHV_E_UID, rec->uid) ||
	    khv_put_string(skb, KHV_E_COMM, rec->comm,
			   strnlen(rec->comm, TASK_COMM_LEN - 1)) ||
	    khv_put_strings(skb, rec)) {
		if (nest)
			nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/*
 * One message with as many events as fit. Returns 1 if there may be more, 0 if
 * not, or why sending failed. Positions are true to what was sent.
 */
static int khv_sub_send_batch(struct khv_sub *sub)
{
	struct khv_pos before;
	struct sk_buff *skb;
	bool full = false;
	unsigned int cpu, n = 0;
	void *hdr;
	u64 lost;
	int ret;

	skb = genlmsg_new(KHV_EVENT_BATCH, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put(skb, 0, 0, &khv_genl_family, 0, KHV_CMD_EVENT);
	if (WARN_ON_ONCE(!hdr)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	memcpy(khv_sub_saved, sub->pos, nr_cpu_ids * sizeof(*sub->pos));
	for_each_possible_cpu(cpu) {
		for (;;) {
			before = sub->pos[cpu];
			if (!khv_event_read(cpu, &sub->pos[cpu], khv_sub_rec,
					    &lost))
				break;
			full = khv_put_event(skb, cpu, khv_sub_rec, lost) != 0;
			if (full) {
				sub->pos[cpu] = before;
				break;
			}
			n++;
		}
		if (full)
			break;
	}
	if (!n) {
		nlmsg_free(skb);
		return 0;
	}
	genlmsg_end(skb, hdr);
	ret = genlmsg_unicast(&init_net, skb, sub->portid);
	if (ret < 0) {
		memcpy(sub->pos, khv_sub_saved, nr_cpu_ids * sizeof(*sub->pos));
		return ret;
	}
	return full;
}

static void khv_sub_free(struct khv_sub *sub)
{
	struct pid *reader = khv_readers[sub->reader];

	list_del(&sub->list);
	WRITE_ONCE(khv_nr_subs, khv_nr_subs - 1);
	WRITE_ONCE(khv_readers[sub->reader], NULL);
	put_pid(reader);
	if (!sub->primary)
		kfree(sub->pos);
	kfree(sub);
}

static void khv_sub_work(struct work_struct *work)
{
	struct khv_sub *sub, *next;
	bool again = false;
	int ret;

	mutex_lock(&khv_sub_mutex);
	list_for_each_entry_safe(sub, next, &khv_subs, list) {
		do {
			ret = khv_sub_send_batch(sub);
			cond_resched();
		} while (ret > 0);
		if (ret == -ECONNREFUSED)
			khv_sub_free(sub);
		else if (ret < 0)
			again = true;
	}
	mutex_unlock(&khv_sub_mutex);
	if (again)
		queue_delayed_work(system_unbound_wq, &khv_sub_dwork,
				   KHV_RETRY_JIFFIES);
}

/* In the sender's context: netlink calls handlers from its sendmsg(). */
int khv_subscribe(u32 portid, u32 flags, struct netlink_ext_ack *extack)
{
	struct khv_sub *sub, *at;
	unsigned int cpu;
	int ret = -ENOMEM;

	if (flags & ~KHV_SUB_PRIMARY) {
		khv_extack(extack, "unknown subscription flags %#x",
			   flags & ~KHV_SUB_PRIMARY);
		return -EINVAL;
	}
	sub = kzalloc(sizeof(*sub), GFP_KERNEL);
	if (!sub)
		return -ENOMEM;
	sub->portid = portid;
	sub->primary = flags & KHV_SUB_PRIMARY;
	mutex_lock(&khv_sub_mutex);
	list_for_each_entry(at, &khv_subs, list) {
		if (at->portid == portid) {
			khv_extack(extack, "this socket is subscribed already");
			ret = -EEXIST;
			goto fail;
		}
		if (at->primary && sub->primary) {
			khv_extack(extack, "an audit daemon (netlink port %u) is subscribed already; stop it first",
				   at->portid);
			ret = -EBUSY;
			goto fail;
		}
	}
	if (khv_nr_subs >= KHV_MAX_SUBSCRIBERS) {
		khv_extack(extack, "%u subscribers are the limit",
			   KHV_MAX_SUBSCRIBERS);
		ret = -ENOSPC;
		goto fail;
	}
	sub->pos = sub->primary ? khv_primary :
		   kcalloc(nr_cpu_ids, sizeof(*sub->pos), GFP_KERNEL);
	if (!sub->pos)
		goto fail;
	if (!sub->primary)
		for_each_possible_cpu(cpu)
			khv_event_seek_end(cpu, &sub->pos[cpu]);
	/* The limit above leaves a place free. */
	while (khv_readers[sub->reader])
		sub->reader++;
	WRITE_ONCE(khv_readers[sub->reader], get_pid(task_tgid(current)));
	list_add_tail(&sub->list, &khv_subs);
	WRITE_ONCE(khv_nr_subs, khv_nr_subs + 1);
	mutex_unlock(&khv_sub_mutex);
	khv_subscribe_kick();
	return 0;
fail:
	mutex_unlock(&khv_sub_mutex);
	kfree(sub);
	return ret;
}

/* The socket is gone. */
void khv_unsubscribe(u32 portid)
{
	struct khv_sub *sub, *next;

	mutex_lock(&khv_sub_mutex);
	list_for_each_entry_safe(sub, next, &khv_subs, list)
		if (sub->portid == portid)
			khv_sub_free(sub);
	mutex_unlock(&khv_sub_mutex);
}

void khv_subscribe_primary_pos(unsigned int cpu, struct khv_pos *pos)
{
	mutex_lock(&khv_sub_mutex);
	*pos = khv_primary[cpu];
	mutex_unlock(&khv_sub_mutex);
}

int khv_subscribe_init(void)
{
	unsigned int cpu;

	khv_primary = kcalloc(nr_cpu_ids, sizeof(*khv_primary), GFP_KERNEL);
	khv_sub_saved = kcalloc(nr_cpu_ids, sizeof(*khv_sub_saved), GFP_KERNEL);
	khv_sub_rec = kmalloc(KHV_REC_MAX, GFP_KERNEL);
	if (!khv_primary || !khv_sub_saved || !khv_sub_rec) {
		khv_subscribe_exit();
		return -ENOMEM;
	}
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		khv_primary[cpu].seq = 1;
	return 0;
}

/* After the family is gone: nobody can subscribe any more. */
void khv_subscribe_exit(void)
{
	struct khv_sub *sub, *next;

	list_for_each_entry_safe(sub, next, &khv_subs, list)
		khv_sub_free(sub);
	cancel_delayed_work_sync(&khv_sub_dwork);
	kfree(khv_sub_rec);
	kfree(khv_sub_saved);
	kfree(khv_primary);
}
