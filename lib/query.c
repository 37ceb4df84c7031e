// SPDX-License-Identifier: LGPL-2.1
/* What can be read: information, lists, a policy in force. */
#include <stdlib.h>
#include <string.h>
#include "internal.h"

/* As often as a list is read again because it changed meanwhile. */
#define DUMP_TRIES 5

static int add_nests(struct nlmsghdr *nlh, void *arg,
		     const struct khv_record_type *type)
{
	struct nlattr *head = genlmsg_attrdata(nlmsg_data(nlh), 0);
	int len = genlmsg_attrlen(nlmsg_data(nlh), 0);
	struct nlattr *a;
	int rem, err;

	if (nlh->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
		return -EBADMSG;
	if (!type->nest)
		return khv_list_add(arg, head, (size_t)len);
	nla_for_each_attr(a, head, len, rem) {
		if (nla_type(a) != type->nest)
			continue;
		err = khv_list_add(arg, nla_data(a), (size_t)nla_len(a));
		if (err)
			return err;
	}
	return 0;
}

/* One callback per record type: khv_talk() hands over one argument only. */
#define COLLECT(name)                                              \
	static int collect_##name(struct nlmsghdr *nlh, void *arg) \
	{                                                          \
		return add_nests(nlh, arg, &khv_##name##_record);  \
	}
COLLECT(info)
COLLECT(client)
COLLECT(hook)
COLLECT(task)
COLLECT(policy)
COLLECT(shadow)
COLLECT(count)
COLLECT(stats)
COLLECT(lock)
COLLECT(integrity)
COLLECT(coverage)
COLLECT(admin)
COLLECT(found)

/* @ask: a flag of the request, or 0 */
static int list_flag(struct khv_conn *conn, struct khv_list **out, uint8_t cmd,
		     int flags, const struct khv_record_type *type,
		     khv_reply_fn *fn, int ask)
{
	struct khv_list *l = khv_list_new(type);
	int err = -ENOMEM, tries = 0;

	*out = NULL;
	if (!l)
		return khv_fail(&conn->error, ENOMEM, "no memory");
	do {
		struct nl_msg *msg = khv_request(conn, cmd, flags);
		int put = msg && ask ? nla_put_flag(msg, ask) : 0;

		khv_list_clear(l);
		err = khv_talk(conn, msg, put, fn, l);
	} while (err == -EINTR && ++tries < DUMP_TRIES);
	if (err == -EINTR) {
		khv_list_set_torn(l);
		err = 0;
	}
	if (err) {
		khv_list_free(l);
		return err;
	}
	*out = l;
	return 0;
}

static int list(struct khv_conn *conn, struct khv_list **out, uint8_t cmd,
		int flags, const struct khv_record_type *type, khv_reply_fn *fn)
{
	return list_flag(conn, out, cmd, flags, type, fn, 0);
}

int khv_list_shadows(struct khv_conn *conn, struct khv_list **out)
{
	return list_flag(conn, out, KHV_CMD_POLICY_GET, NLM_F_DUMP,
			 &khv_shadow_record, collect_shadow, KHV_A_SHADOW);
}

int khv_list_counts(struct khv_conn *conn, struct khv_list **out)
{
	return list(conn, out, KHV_CMD_COUNT_GET, NLM_F_DUMP, &khv_count_record,
		    collect_count);
}

int khv_list_clients(struct khv_conn *conn, struct khv_list **out)
{
	return list(conn, out, KHV_CMD_CLIENT_GET, NLM_F_DUMP,
		    &khv_client_record, collect_client);
}

int khv_list_hooks(struct khv_conn *conn, struct khv_list **out)
{
	return list(conn, out, KHV_CMD_HOOK_GET, NLM_F_DUMP, &khv_hook_record,
		    collect_hook);
}

int khv_list_tasks(struct khv_conn *conn, struct khv_list **out)
{
	return list(conn, out, KHV_CMD_TASK_GET, NLM_F_DUMP, &khv_task_record,
		    collect_task);
}

int khv_list_policies(struct khv_conn *conn, struct khv_list **out)
{
	return list(conn, out, KHV_CMD_POLICY_GET, NLM_F_DUMP,
		    &khv_policy_record, collect_policy);
}

int khv_list_stats(struct khv_conn *conn, struct khv_list **out)
{
	return list(conn, out, KHV_CMD_EVENT_STATS_GET, 0, &khv_stats_record,
		    collect_stats);
}

int khv_list_coverage(struct khv_conn *conn, struct khv_list **out)
{
	return list(conn, out, KHV_CMD_COVERAGE_GET, NLM_F_DUMP,
		    &khv_coverage_record, collect_coverage);
}

int khv_list_admins(struct khv_conn *conn, struct khv_list **out)
{
	return list(conn, out, KHV_CMD_ADMIN_GET, NLM_F_DUMP, &khv_admin_record,
		    collect_admin);
}

int khv_list_found(struct khv_conn *conn, struct khv_list **out)
{
	return list(conn, out, KHV_CMD_FOUND_GET, NLM_F_DUMP, &khv_found_record,
		    collect_found);
}

int khv_list_integrity(struct khv_conn *conn, struct khv_list **out)
{
	return list(conn, out, KHV_CMD_INFO_GET, 0, &khv_integrity_record,
		    collect_integrity);
}

int khv_list_locks(struct khv_conn *conn, struct khv_list **out)
{
	return list(conn, out, KHV_CMD_INFO_GET, 0, &khv_lock_record,
		    collect_lock);
}

int khv_get_info(struct khv_conn *conn, const struct khv_info **info)
{
	struct khv_list *l;
	int err = list(conn, &l, KHV_CMD_INFO_GET, 0, &khv_info_record,
		       collect_info);

	if (err)
		return err;
	if (!khv_list_count(l)) {
		khv_list_free(l);
		return khv_fail(&conn->error, EBADMSG,
				"the kernel sent no information");
	}
	khv_list_free(conn->info);
	conn->info = l;
	*info = khv_list_at(l, 0);
	return 0;
}

struct blob {
	char *data;
	uint32_t size;
	uint32_t have;
	uint64_t generation;
};

static int add_chunk(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *top[KHV_A_MAX + 1], *tb[KHV_POLICY_A_MAX + 1];
	struct blob *b = arg;
	uint32_t size, offset, len;
	uint64_t generation;

	if (genlmsg_parse(nlh, 0, top, KHV_A_MAX, NULL) || !top[KHV_A_POLICY] ||
	    nla_parse_nested(tb, KHV_POLICY_A_MAX, top[KHV_A_POLICY], NULL) ||
	    !tb[KHV_POLICY_A_SIZE] || !tb[KHV_POLICY_A_OFFSET] ||
	    !tb[KHV_POLICY_A_GENERATION] || !tb[KHV_POLICY_A_DATA] ||
	    nla_len(tb[KHV_POLICY_A_SIZE]) != 4 ||
	    nla_len(tb[KHV_POLICY_A_OFFSET]) != 4 ||
	    nla_len(tb[KHV_POLICY_A_GENERATION]) != 8)
		return -EBADMSG;
	size = nla_get_u32(tb[KHV_POLICY_A_SIZE]);
	offset = nla_get_u32(tb[KHV_POLICY_A_OFFSET]);
	generation = nla_get_u64(tb[KHV_POLICY_A_GENERATION]);
	len = (uint32_t)nla_len(tb[KHV_POLICY_A_DATA]);
	if (!b->data) {
		b->data = malloc(size ? size : 1);
		b->size = size;
		b->generation = generation;
	}
	if (!b->data)
		return -ENOMEM;
	/* Replaced while it was read: the caller starts again. */
	if (generation != b->generation || size != b->size)
		return -EINTR;
	if (offset != b->have || len > b->size - b->have)
		return -EBADMSG;
	memcpy(b->data + offset, nla_data(tb[KHV_POLICY_A_DATA]), len);
	b->have += len;
	return 0;
}

int khv_fetch_policy(struct khv_conn *conn, const char *name, void **blob,
		     size_t *size)
{
	return khv_fetch_text(conn, name, false, blob, size, NULL);
}

int khv_fetch_text(struct khv_conn *conn, const char *name, bool shadow,
		   void **blob, size_t *size, uint64_t *generation)
{
	struct blob b = { 0 };
	int err, tries = 0;

	do {
		struct nl_msg *msg =
			khv_request(conn, KHV_CMD_POLICY_BLOB_GET, NLM_F_DUMP);
		struct nlattr *nest;
		int put = 0;

		free(b.data);
		memset(&b, 0, sizeof(b));
		if (msg) {
			nest = nla_nest_start(msg, KHV_A_POLICY);
			put = !nest ||
			      nla_put_string(msg, KHV_POLICY_A_NAME, name);
			if (nest)
				nla_nest_end(msg, nest);
			if (shadow && !put)
				put = nla_put_flag(msg, KHV_A_SHADOW);
		}
		err = khv_talk(conn, msg, put, add_chunk, &b);
	} while (err == -EINTR && ++tries < DUMP_TRIES);
	if (!err && (!b.data || b.have != b.size))
		err = khv_fail(&conn->error, EBADMSG,
			       "the kernel sent %u of %u bytes of policy %s",
			       b.have, b.size, name);
	if (err) {
		free(b.data);
		return err;
	}
	*blob = b.data;
	*size = b.size;
	if (generation)
		*generation = b.generation;
	return 0;
}
