// SPDX-License-Identifier: GPL-2.0
/*
 * Sending events to those who asked for them. Not by multicast: on 6.1 any user can
 * join a group of a family. And not by port: the port of a socket that was closed a
 * moment ago may be another user's already. They are put into the very socket that
 * has asked and whose opener was looked at; we hold a reference to it.
 *
 * Each subscriber has a work of its own, which reads the queues and fills messages. If
 * its socket is full, its position is put back and tried again later; nobody waits for
 * anybody else. Back-pressure ends in the queues (queue.c).
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
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <khv/client.h>
#include <khv/limits.h>
#include <khv/provider.h>
#include "event_put.h"
#include "netlink.h"
#include "queue.h"
#include "subscribe.h"

#define KHV_RETRY_JIFFIES	max(HZ / 100, 1)

/**
 * struct khv_sub - a subscriber
 * @list: in khv_subs; under khv_sub_mutex, as @portid, @reader, @sk and the flags
 * @work: sends; alone uses what follows it
 * @sk: its socket; a reference
 * @portid: of @sk
 * @reader: its place in khv_readers
 * @primary: it is the audit daemon
 * @acks: it says what it has put away; else what is sent is delivered
 * @kind: why it misses events now; read by anybody
 * @rec: room for a record
 * @saved: positions before the message that is being made
 * @pos: one per possible CPU
 */
struct khv_sub {
	struct list_head list;
	struct delayed_work work;
	struct sock *sk;
	u32 portid;
	unsigned int reader;
	bool primary;
	bool acks;
	u8 kind;
	struct khv_rec *rec;
	struct khv_pos *saved;
	struct khv_pos pos[];
};

static LIST_HEAD(khv_subs);
static DEFINE_MUTEX(khv_sub_mutex);
static unsigned int khv_nr_subs;
/* NULL while there is none. Under khv_sub_mutex. */
static struct khv_sub *khv_primary;
/*
 * Thread group that made each subscription, NULL: free. Written under khv_sub_mutex.
 * The reference held for an entry keeps its address from becoming another process
 * while the entry stands; readers compare addresses and never look behind them.
 */
static struct pid *khv_readers[KHV_MAX_SUBSCRIBERS];

static void khv_kick_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(khv_kick, khv_kick_work);
static DECLARE_WORK(khv_kick_now, khv_kick_work);

/* Any context but NMI. A tick of delay makes batches. */
void khv_subscribe_kick(bool hurry)
{
	if (!READ_ONCE(khv_nr_subs))
		return;
	if (unlikely(hurry))
		queue_work(system_unbound_wq, &khv_kick_now);
	else if (!delayed_work_pending(&khv_kick))
		queue_delayed_work(system_unbound_wq, &khv_kick, 1);
}

static void khv_kick_work(struct work_struct *work)
{
	struct khv_sub *sub;

	mutex_lock(&khv_sub_mutex);
	list_for_each_entry(sub, &khv_subs, list)
		mod_delayed_work(system_unbound_wq, &sub->work, 0);
	mutex_unlock(&khv_sub_mutex);
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

/* Is it worth making a message of this size? 0, or why not. */
static int khv_sub_ready(const struct khv_sub *sub, unsigned int size)
{
	unsigned int queued = atomic_read(&sub->sk->sk_rmem_alloc);

	if (sock_flag(sub->sk, SOCK_DEAD))
		return -ECONNREFUSED;
	return queued && queued + size > READ_ONCE(sub->sk->sk_rcvbuf) ?
	       -EAGAIN : 0;
}

/* Into its socket. -EAGAIN: it is full. Frees @skb. */
static int khv_sub_send(struct khv_sub *sub, struct sk_buff *skb)
{
	unsigned int spare = skb_tailroom(skb);
	int ret;

	/* The socket pays for the memory, not for what is in it. */
	if (spare > skb->len)
		pskb_expand_head(skb, 0, -(int)spare, GFP_KERNEL | __GFP_NOWARN);
	ret = khv_sub_ready(sub, skb->truesize) ?:
	      sock_queue_rcv_skb(sub->sk, skb);
	if (ret)
		kfree_skb(skb);
	return ret == -ENOMEM || ret == -ENOBUFS ? -EAGAIN : ret;
}

/* As many events of the CPU as fit. True: there is no more room. */
static bool khv_sub_fill(struct khv_sub *sub, struct sk_buff *skb,
			 unsigned int cpu, unsigned int *n)
{
	const struct khv_rec_gap *gap = (const void *)sub->rec;
	u64 lost[KHV_NR_LOST];
	struct khv_pos before;
	u64 missed;
	int got, ret;

	for (;;) {
		before = sub->pos[cpu];
		got = khv_queue_read(cpu, &sub->pos[cpu], sub->primary,
				     sub->kind, &sub->rec->h, &missed);
		if (!got && !missed)
			return false;
		if (missed) {
			memset(lost, 0, sizeof(lost));
			lost[sub->kind] = missed;
			ret = khv_put_gap(skb, cpu, before.seq,
					  ktime_get_real_ns(), lost);
		} else if (gap->h.gap) {
			ret = khv_put_gap(skb, cpu, gap->h.seq, gap->time,
					  gap->lost);
		} else {
			ret = khv_put_event(skb, cpu, sub->rec);
		}
		if (ret)
			break;
		++*n;
	}
	sub->pos[cpu] = before;
	if (sub->primary)
		khv_queue_unread(cpu, &before);
	return true;
}

/* What the message that was made holds is in the socket, or not. */
static void khv_sub_settle(struct khv_sub *sub, bool sent)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (!sent) {
			sub->pos[cpu] = sub->saved[cpu];
			if (sub->primary)
				khv_queue_unread(cpu, &sub->pos[cpu]);
		} else if (sub->primary && !sub->acks) {
			khv_queue_ack(cpu, sub->pos[cpu].seq - 1);
		}
	}
}

/*
 * One message with as many events as fit. Returns 1 if there may be more, 0 if
 * not, or why sending failed. Positions are true to what was sent.
 */
static int khv_sub_send_batch(struct khv_sub *sub)
{
	unsigned int cpu, n = 0;
	struct sk_buff *skb;
	bool full = false;
	void *hdr;
	int ret;

	ret = khv_sub_ready(sub, KHV_EVENT_BATCH);
	if (ret)
		return ret;
	skb = genlmsg_new(KHV_EVENT_BATCH, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put(skb, 0, 0, &khv_genl_family, 0, KHV_CMD_EVENT);
	if (WARN_ON_ONCE(!hdr)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	memcpy(sub->saved, sub->pos, nr_cpu_ids * sizeof(*sub->pos));
	for_each_possible_cpu(cpu) {
		full = khv_sub_fill(sub, skb, cpu, &n);
		if (full)
			break;
	}
	if (!n) {
		nlmsg_free(skb);
		return 0;
	}
	genlmsg_end(skb, hdr);
	ret = khv_sub_send(sub, skb);
	khv_sub_settle(sub, !ret);
	return ret ?: full;
}

static void khv_sub_work(struct work_struct *work)
{
	struct khv_sub *sub = container_of(to_delayed_work(work),
					   struct khv_sub, work);
	int ret;

	do {
		ret = khv_sub_send_batch(sub);
		cond_resched();
	} while (ret > 0);
	/* A dead socket gets no more; it is about to be taken off the list. */
	if (ret == -ECONNREFUSED)
		return;
	WRITE_ONCE(sub->kind, ret ? KHV_LOST_SLOW : KHV_LOST_LATE);
	if (ret)
		queue_delayed_work(system_unbound_wq, &sub->work,
				   KHV_RETRY_JIFFIES);
}

static void khv_sub_delete(struct khv_sub *sub)
{
	sock_put(sub->sk);
	kfree(sub->rec);
	kfree(sub->saved);
	kfree(sub);
}

/* Off the list, under khv_sub_mutex. Its work is stopped later, without it. */
static void khv_sub_remove(struct khv_sub *sub)
{
	struct pid *reader = khv_readers[sub->reader];

	list_del(&sub->list);
	WRITE_ONCE(khv_nr_subs, khv_nr_subs - 1);
	WRITE_ONCE(khv_readers[sub->reader], NULL);
	put_pid(reader);
}

/* Removed. Only now may there be another audit daemon. */
static void khv_sub_end(struct khv_sub *sub)
{
	struct khv_pos pos;
	unsigned int cpu;

	cancel_delayed_work_sync(&sub->work);
	if (sub->primary) {
		/* What it has not acknowledged is not in a socket any more. */
		for_each_possible_cpu(cpu)
			khv_queue_resume(cpu, &pos);
		mutex_lock(&khv_sub_mutex);
		khv_primary = NULL;
		mutex_unlock(&khv_sub_mutex);
	}
	khv_sub_delete(sub);
}

static struct khv_sub *khv_sub_new(struct sock *sk, u32 portid, u32 flags)
{
	struct khv_sub *sub;

	sub = kzalloc(struct_size(sub, pos, nr_cpu_ids), GFP_KERNEL);
	if (!sub)
		return NULL;
	sub->rec = kmalloc(KHV_REC_MAX, GFP_KERNEL);
	sub->saved = kcalloc(nr_cpu_ids, sizeof(*sub->saved), GFP_KERNEL);
	sock_hold(sk);
	sub->sk = sk;
	if (!sub->rec || !sub->saved) {
		khv_sub_delete(sub);
		return NULL;
	}
	INIT_DELAYED_WORK(&sub->work, khv_sub_work);
	sub->portid = portid;
	sub->primary = flags & KHV_SUB_PRIMARY;
	sub->acks = flags & KHV_SUB_ACK;
	sub->kind = sub->primary ? KHV_LOST_ABSENT : KHV_LOST_LATE;
	return sub;
}

static int khv_sub_refuse(const struct khv_sub *sub,
			  struct netlink_ext_ack *extack)
{
	struct khv_sub *at;

	if (sub->acks && !sub->primary) {
		khv_extack(extack, "only the primary subscriber acknowledges");
		return -EINVAL;
	}
	list_for_each_entry(at, &khv_subs, list) {
		if (at->sk == sub->sk) {
			khv_extack(extack, "this socket is subscribed already");
			return -EEXIST;
		}
	}
	if (khv_primary && sub->primary) {
		khv_extack(extack, "an audit daemon (netlink port %u) is subscribed already; stop it first",
			   khv_primary->portid);
		return -EBUSY;
	}
	if (khv_nr_subs >= KHV_MAX_SUBSCRIBERS) {
		khv_extack(extack, "%u subscribers are the limit (KHV_MAX_SUBSCRIBERS)",
			   KHV_MAX_SUBSCRIBERS);
		return -ENOSPC;
	}
	return 0;
}

static void khv_sub_add(struct khv_sub *sub)
{
	unsigned int cpu;

	if (sub->primary)
		khv_primary = sub;
	for_each_possible_cpu(cpu) {
		if (sub->primary)
			khv_queue_resume(cpu, &sub->pos[cpu]);
		else
			khv_queue_end(cpu, &sub->pos[cpu]);
	}
	/* There is a place: the limit has been looked at. */
	while (khv_readers[sub->reader])
		sub->reader++;
	WRITE_ONCE(khv_readers[sub->reader], get_pid(task_tgid(current)));
	list_add_tail(&sub->list, &khv_subs);
	WRITE_ONCE(khv_nr_subs, khv_nr_subs + 1);
}

/* In the sender's context: netlink calls handlers from its sendmsg(). */
int khv_subscribe(struct sock *sk, u32 portid, u32 flags,
		  struct netlink_ext_ack *extack)
{
	struct khv_sub *sub = khv_sub_new(sk, portid, flags);
	int ret;

	if (!sub)
		return -ENOMEM;
	mutex_lock(&khv_sub_mutex);
	ret = khv_sub_refuse(sub, extack);
	if (!ret)
		khv_sub_add(sub);
	mutex_unlock(&khv_sub_mutex);
	if (ret)
		khv_sub_delete(sub);
	else
		khv_subscribe_kick(false);
	return ret;
}

/* A socket is gone. Its port may be another's already, which is not it. */
void khv_unsubscribe(u32 portid)
{
	struct khv_sub *sub, *next;
	LIST_HEAD(gone);

	mutex_lock(&khv_sub_mutex);
	list_for_each_entry_safe(sub, next, &khv_subs, list) {
		if (sub->portid != portid || !sock_flag(sub->sk, SOCK_DEAD))
			continue;
		khv_sub_remove(sub);
		list_add(&sub->list, &gone);
	}
	mutex_unlock(&khv_sub_mutex);
	list_for_each_entry_safe(sub, next, &gone, list)
		khv_sub_end(sub);
}

static int khv_acknowledge_one(const struct nlattr *nest, bool *more,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KHV_ACK_A_MAX + 1];
	u32 cpu;
	u64 seq;
	int ret;

	ret = nla_parse_nested(tb, KHV_ACK_A_MAX, nest, khv_ack_policy, extack);
	if (ret)
		return ret;
	if (!tb[KHV_ACK_A_CPU] || !tb[KHV_ACK_A_SEQ]) {
		khv_extack(extack, "attribute missing: KHV_ACK_A_CPU or KHV_ACK_A_SEQ");
		return -EINVAL;
	}
	cpu = nla_get_u32(tb[KHV_ACK_A_CPU]);
	seq = nla_get_u64(tb[KHV_ACK_A_SEQ]);
	if (cpu >= nr_cpu_ids || !cpu_possible(cpu)) {
		khv_extack(extack, "there is no CPU %u", cpu);
		return -EINVAL;
	}
	if (!khv_queue_sent(cpu, seq)) {
		khv_extack(extack, "event %llu of CPU %u has not been sent", seq,
			   cpu);
		return -ERANGE;
	}
	*more |= khv_queue_ack(cpu, seq);
	return 0;
}

int khv_acknowledge(struct sock *sk, const struct nlmsghdr *nlh,
		    struct netlink_ext_ack *extack)
{
	const struct nlattr *nest;
	bool more = false;
	int rem, ret = 0;

	mutex_lock(&khv_sub_mutex);
	if (!khv_primary || khv_primary->sk != sk || !khv_primary->acks) {
		khv_extack(extack, "this socket has not subscribed with KHV_SUB_PRIMARY and KHV_SUB_ACK");
		ret = -ENOENT;
	}
	if (!ret) {
		nlmsg_for_each_attr(nest, nlh, GENL_HDRLEN, rem) {
			if (nla_type(nest) == KHV_A_ACK)
				ret = khv_acknowledge_one(nest, &more, extack);
			if (ret)
				break;
		}
	}
	if (more)
		mod_delayed_work(system_unbound_wq, &khv_primary->work, 0);
	mutex_unlock(&khv_sub_mutex);
	return ret;
}

size_t khv_stats_size(void)
{
	return num_possible_cpus() * 320;
}

int khv_put_all_stats(struct sk_buff *skb, struct sock *sk)
{
	struct khv_queue_stats s;
	struct khv_sub *sub;
	unsigned int cpu;
	int ret = 0;
	u64 next;

	mutex_lock(&khv_sub_mutex);
	for_each_possible_cpu(cpu) {
		khv_queue_stats(cpu, khv_primary ? READ_ONCE(khv_primary->kind) :
						   KHV_LOST_ABSENT, &s);
		next = s.next;
		list_for_each_entry(sub, &khv_subs, list)
			if (sk && sub->sk == sk && !sub->primary)
				next = READ_ONCE(sub->pos[cpu].seq);
		ret = khv_put_stats(skb, cpu, next, &s);
		if (ret)
			break;
	}
	mutex_unlock(&khv_sub_mutex);
	return ret;
}

int khv_subscribe_init(void)
{
	return 0;
}

/* After the family is gone: nobody can subscribe any more. */
void khv_subscribe_exit(void)
{
	struct khv_sub *sub, *next;

	/* No client is there any more that makes events. */
	cancel_delayed_work_sync(&khv_kick);
	cancel_work_sync(&khv_kick_now);
	mutex_lock(&khv_sub_mutex);
	list_for_each_entry_safe(sub, next, &khv_subs, list) {
		khv_sub_remove(sub);
		mutex_unlock(&khv_sub_mutex);
		khv_sub_end(sub);
		mutex_lock(&khv_sub_mutex);
	}
	mutex_unlock(&khv_sub_mutex);
}
