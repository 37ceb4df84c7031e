// SPDX-License-Identifier: LGPL-2.1
/* What changes something: clients, tasks, policies. */
#include <string.h>
#include "internal.h"

/* Attributes of one nest, collected first so that each call is a table. */
struct put {
	int attr;
	enum { STR, U8, U32 } kind;
	const char *str;
	uint32_t number;
	bool skip;
};

static int put_nest(struct nl_msg *msg, int nest, const struct put *put,
		    size_t count)
{
	struct nlattr *head;
	int err = 0;

	if (!msg)
		return 0;
	head = nla_nest_start(msg, nest);
	if (!head)
		return -EMSGSIZE;
	for (size_t i = 0; i < count && !err; i++) {
		const struct put *p = &put[i];

		if (p->skip || (p->kind == STR && !p->str))
			continue;
		if (p->kind == STR)
			err = nla_put_string(msg, p->attr, p->str);
		else if (p->kind == U8)
			err = nla_put_u8(msg, p->attr, (uint8_t)p->number);
		else
			err = nla_put_u32(msg, p->attr, p->number);
	}
	nla_nest_end(msg, head);
	return err;
}

static int set_client(struct khv_conn *conn, const struct put *put,
		      size_t count)
{
	struct nl_msg *msg = khv_request(conn, KHV_CMD_CLIENT_SET, 0);

	return khv_talk(conn, msg, put_nest(msg, KHV_A_CLIENT, put, count),
			NULL, NULL);
}

int khv_set_client(struct khv_conn *conn, const char *name, int state,
		   int level)
{
	const struct put put[] = {
		{ .attr = KHV_CLIENT_A_NAME, .kind = STR, .str = name },
		{ .attr = KHV_CLIENT_A_STATE,
		  .kind = U8,
		  .number = (uint32_t)state,
		  .skip = state == KHV_KEEP },
		{ .attr = KHV_CLIENT_A_LOG_LEVEL,
		  .kind = U8,
		  .number = (uint32_t)level,
		  .skip = level == KHV_KEEP },
	};

	return set_client(conn, put, ARRAY_SIZE(put));
}

int khv_set_full(struct khv_conn *conn, const char *name, int full)
{
	const struct put put[] = {
		{ .attr = KHV_CLIENT_A_NAME, .kind = STR, .str = name },
		{ .attr = KHV_CLIENT_A_FULL,
		  .kind = U8,
		  .number = (uint32_t)full },
	};

	return set_client(conn, put, ARRAY_SIZE(put));
}

int khv_set_priority(struct khv_conn *conn, const char *name, int32_t priority)
{
	/* The bits of a negative one are those of the unsigned number. */
	const struct put put[] = {
		{ .attr = KHV_CLIENT_A_NAME, .kind = STR, .str = name },
		{ .attr = KHV_CLIENT_A_PRIORITY,
		  .kind = U32,
		  .number = (uint32_t)priority },
	};

	return set_client(conn, put, ARRAY_SIZE(put));
}

int khv_set_admin(struct khv_conn *conn, const char *client, bool group,
		  uint32_t id, uint32_t rights)
{
	const struct put put[] = {
		{ .attr = KHV_ADMIN_A_CLIENT, .kind = STR, .str = client },
		{ .attr = group ? KHV_ADMIN_A_GID : KHV_ADMIN_A_UID,
		  .kind = U32,
		  .number = id },
		{ .attr = KHV_ADMIN_A_RIGHTS, .kind = U32, .number = rights },
	};
	struct nl_msg *msg = khv_request(conn, KHV_CMD_ADMIN_SET, 0);

	return khv_talk(conn, msg,
			put_nest(msg, KHV_A_ADMIN, put, ARRAY_SIZE(put)), NULL,
			NULL);
}

int khv_set_lock(struct khv_conn *conn, uint32_t flags)
{
	struct nl_msg *msg = khv_request(conn, KHV_CMD_LOCK_SET, 0);

	return khv_talk(conn, msg,
			msg ? nla_put_u32(msg, KHV_A_LOCK_FLAGS, flags) : 0,
			NULL, NULL);
}

bool khv_is_locked(const struct khv_error *error)
{
	static const char text[] = "locked until reboot";

	return error->code == EPERM && error->from_kernel &&
	       !strncmp(error->text, text, sizeof(text) - 1);
}

struct wanted {
	int attr;
	void *to;
	int size;
	bool found;
};

/* A reply of one number. */
static int take_number(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[KHV_A_MAX + 1];
	struct wanted *w = arg;

	if (genlmsg_parse(nlh, 0, tb, KHV_A_MAX, NULL) || !tb[w->attr] ||
	    nla_len(tb[w->attr]) != w->size)
		return -EBADMSG;
	memcpy(w->to, nla_data(tb[w->attr]), (size_t)w->size);
	w->found = true;
	return 0;
}

static int talk_number(struct khv_conn *conn, struct nl_msg *msg, int put,
		       struct wanted *w)
{
	int err = khv_talk(conn, msg, put, take_number, w);

	if (!err && !w->found)
		err = khv_fail(&conn->error, EBADMSG,
			       "the kernel's answer lacks attribute %d",
			       w->attr);
	return err;
}

struct attached {
	uint32_t count;
	uint32_t pending;
};

static int take_attached(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[KHV_A_MAX + 1];
	struct attached *got = arg;

	if (genlmsg_parse(nlh, 0, tb, KHV_A_MAX, NULL) || !tb[KHV_A_COUNT] ||
	    nla_len(tb[KHV_A_COUNT]) != (int)sizeof(got->count))
		return -EBADMSG;
	got->count = nla_get_u32(tb[KHV_A_COUNT]);
	if (tb[KHV_A_PENDING] &&
	    nla_len(tb[KHV_A_PENDING]) == (int)sizeof(got->pending))
		got->pending = nla_get_u32(tb[KHV_A_PENDING]);
	return 0;
}

int khv_attach(struct khv_conn *conn, const struct khv_attach *at,
	       uint32_t *count, uint32_t *pending)
{
	const struct put put[] = {
		{ .attr = KHV_TASK_A_PID, .kind = U32, .number = at->pid },
		{ .attr = KHV_TASK_A_CLIENT, .kind = STR, .str = at->client },
		{ .attr = KHV_TASK_A_POLICY, .kind = STR, .str = at->policy },
		{ .attr = KHV_TASK_A_DOMAIN, .kind = STR, .str = at->domain },
		{ .attr = KHV_TASK_A_FLAGS,
		  .kind = U32,
		  .number = at->flags,
		  .skip = !at->flags },
	};
	struct nl_msg *msg = khv_request(conn, KHV_CMD_TASK_ATTACH, 0);
	struct attached got = { 0 };
	int err = put_nest(msg, KHV_A_TASK, put, ARRAY_SIZE(put));

	if (msg && at->dry_run && !err)
		err = nla_put_flag(msg, KHV_A_DRY_RUN);
	if (msg && at->force && !err)
		err = nla_put_flag(msg, KHV_A_FORCE);
	err = khv_talk(conn, msg, err, take_attached, &got);
	if (!err && count)
		*count = got.count;
	if (!err && pending)
		*pending = got.pending;
	return err;
}

int khv_clear_policy(struct khv_conn *conn, const char *name, bool force)
{
	const struct put put[] = {
		{ .attr = KHV_POLICY_A_NAME, .kind = STR, .str = name },
	};
	struct nl_msg *msg = khv_request(conn, KHV_CMD_POLICY_CLEAR, 0);
	int err = put_nest(msg, KHV_A_POLICY, put, ARRAY_SIZE(put));

	if (msg && force && !err)
		err = nla_put_flag(msg, KHV_A_FORCE);
	return khv_talk(conn, msg, err, NULL, NULL);
}

int khv_txn_begin(struct khv_conn *conn, uint64_t generation)
{
	struct nl_msg *msg = khv_request(conn, KHV_CMD_POLICY_BEGIN, 0);
	struct wanted w = { .attr = KHV_A_TXN, .to = &conn->txn, .size = 4 };
	int put = 0;

	if (msg && generation)
		put = nla_put_u64(msg, KHV_A_GENERATION, generation);
	return talk_number(conn, msg, put, &w);
}

static struct nl_msg *txn_request(struct khv_conn *conn, uint8_t cmd, int *put)
{
	struct nl_msg *msg = khv_request(conn, cmd, 0);

	*put = msg ? nla_put_u32(msg, KHV_A_TXN, conn->txn) : 0;
	return msg;
}

static int stage_chunk(struct khv_conn *conn, const char *name,
		       const void *blob, uint32_t size, uint32_t offset)
{
	uint32_t len = size - offset;
	struct nlattr *nest;
	struct nl_msg *msg;
	int put;

	if (len > KHV_POLICY_CHUNK)
		len = KHV_POLICY_CHUNK;
	msg = txn_request(conn, KHV_CMD_POLICY_STAGE, &put);
	nest = msg ? nla_nest_start(msg, KHV_A_POLICY) : NULL;
	if (nest) {
		put = put || nla_put_string(msg, KHV_POLICY_A_NAME, name) ||
		      nla_put_u32(msg, KHV_POLICY_A_SIZE, size) ||
		      nla_put_u32(msg, KHV_POLICY_A_OFFSET, offset) ||
		      nla_put(msg, KHV_POLICY_A_DATA, (int)len,
			      (const char *)blob + offset);
		nla_nest_end(msg, nest);
	}
	return khv_talk(conn, msg, msg && (put || !nest), NULL, NULL);
}

int khv_txn_stage(struct khv_conn *conn, const char *name, const void *blob,
		  size_t size)
{
	uint32_t offset = 0;

	if (!size || size > UINT32_MAX)
		return khv_fail(&conn->error, EINVAL,
				"policy %s: %zu bytes cannot be staged", name,
				size);
	while (offset < size) {
		int err = stage_chunk(conn, name, blob, (uint32_t)size, offset);

		if (err)
			return err;
		offset += KHV_POLICY_CHUNK < size - offset ?
				  KHV_POLICY_CHUNK :
				  (uint32_t)size - offset;
	}
	return 0;
}

int khv_txn_commit(struct khv_conn *conn, bool dry_run, uint64_t *generation)
{
	const struct khv_commit commit = { .dry_run = dry_run };

	return khv_txn_commit_as(conn, &commit, generation);
}

int khv_txn_commit_as(struct khv_conn *conn, const struct khv_commit *commit,
		      uint64_t *generation)
{
	uint64_t now = 0;
	struct wanted w = { .attr = KHV_A_GENERATION, .to = &now, .size = 8 };
	struct nl_msg *msg;
	int put, err;

	msg = txn_request(conn, KHV_CMD_POLICY_COMMIT, &put);
	if (msg && commit->dry_run && !put)
		put = nla_put_flag(msg, KHV_A_DRY_RUN);
	if (msg && commit->shadow && !put)
		put = nla_put_flag(msg, KHV_A_SHADOW);
	if (msg && commit->confirm && !put)
		put = nla_put_u32(msg, KHV_A_CONFIRM, commit->confirm);
	err = talk_number(conn, msg, put, &w);
	if (!err && generation)
		*generation = now;
	return err;
}

int khv_txn_abort(struct khv_conn *conn)
{
	struct nl_msg *msg;
	int put;

	msg = txn_request(conn, KHV_CMD_POLICY_ABORT, &put);
	return khv_talk(conn, msg, put, NULL, NULL);
}

/* A change that is answered with the generation in force then. */
static int change(struct khv_conn *conn, struct nl_msg *msg, int put,
		  uint64_t *generation)
{
	uint64_t now = 0;
	struct wanted w = { .attr = KHV_A_GENERATION, .to = &now, .size = 8 };
	int err = talk_number(conn, msg, put, &w);

	if (!err && generation)
		*generation = now;
	return err;
}

int khv_settle(struct khv_conn *conn, bool keep, uint64_t trial,
	       uint64_t *generation)
{
	struct nl_msg *msg = khv_request(
		conn, keep ? KHV_CMD_POLICY_CONFIRM : KHV_CMD_POLICY_ROLLBACK,
		0);
	int put = msg && trial ? nla_put_u64(msg, KHV_A_GENERATION, trial) : 0;

	return change(conn, msg, put, generation);
}

static struct nl_msg *shadow_request(struct khv_conn *conn, uint8_t cmd,
				     const char *name, int *err)
{
	const struct put put[] = {
		{ .attr = KHV_POLICY_A_NAME, .kind = STR, .str = name },
	};
	struct nl_msg *msg = khv_request(conn, cmd, 0);

	*err = put_nest(msg, KHV_A_POLICY, put, ARRAY_SIZE(put));
	return msg;
}

int khv_promote_shadow(struct khv_conn *conn, const char *name,
		       uint32_t confirm, uint64_t *generation)
{
	struct nl_msg *msg;
	int put;

	msg = shadow_request(conn, KHV_CMD_SHADOW_PROMOTE, name, &put);
	if (msg && confirm && !put)
		put = nla_put_u32(msg, KHV_A_CONFIRM, confirm);
	return change(conn, msg, put, generation);
}

int khv_drop_shadow(struct khv_conn *conn, const char *name)
{
	struct nl_msg *msg;
	int put;

	msg = shadow_request(conn, KHV_CMD_SHADOW_DROP, name, &put);
	return khv_talk(conn, msg, put, NULL, NULL);
}
