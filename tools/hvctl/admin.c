// SPDX-License-Identifier: GPL-2.0
/* hvctl admin: who administers what without CAP_MAC_ADMIN. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include "hvctl.h"

static const struct {
	const char *word;
	uint32_t right;
} rights[] = {
	{ "policy", KHV_ADMIN_POLICY },
	{ "log", KHV_ADMIN_LOG },
	{ "state", KHV_ADMIN_STATE },
};

static void rights_text(uint32_t bits, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = 0;
	for (size_t i = 0; i < ARRAY_SIZE(rights) && n < size; i++)
		if (bits & rights[i].right)
			n += (size_t)snprintf(buf + n, size - n, "%s%s",
					      n ? "," : "", rights[i].word);
}

/* "user=ann"; the number if it has no name here. */
static void who_text(const struct khv_admin_info *a, char *buf, size_t size)
{
	bool group = KHV_HAS(a, KHV_ADMIN_A_GID);
	const struct passwd *pw = group ? NULL : getpwuid(a->uid);
	const struct group *gr = group ? getgrgid(a->gid) : NULL;
	const char *name = pw ? pw->pw_name : gr ? gr->gr_name : NULL;

	if (name)
		snprintf(buf, size, "%s=%s", group ? "group" : "user", name);
	else
		snprintf(buf, size, "%s=%u", group ? "group" : "user",
			 group ? a->gid : a->uid);
}

static const struct column columns[] = {
	{ "POLICY", NULL, false },
	{ "CLIENT", NULL, false },
	{ "WHO", NULL, false },
	{ "RIGHTS", NULL, false },
};

static void admin_json(struct hvctl *h, const struct khv_admin_info *a,
		       const char *who, const char *text)
{
	struct json_object *o = khv_record_json(&khv_admin_record, a);

	json_object_object_add(o, "who", json_object_new_string(who));
	json_object_object_add(o, "right_names", json_object_new_string(text));
	data_add(h, o);
}

int cmd_admin_list(struct hvctl *h)
{
	struct table *t = NULL;
	struct khv_list *l;

	if (khv_list_admins(h->conn, &l))
		return fail_kernel(h, "admin list");
	remember_generation(h);
	if (!h->json)
		t = table_new(columns, ARRAY_SIZE(columns));
	for (size_t i = 0; i < khv_list_count(l); i++) {
		const struct khv_admin_info *a = khv_list_at(l, i);
		char who[128], text[64];

		who_text(a, who, sizeof(who));
		rights_text(a->rights, text, sizeof(text));
		if (h->json) {
			admin_json(h, a, who, text);
			continue;
		}
		table_add(t, a->policy ? a->policy : "-");
		table_add(t, a->client ? a->client : "-");
		table_add(t, who);
		table_add(t, text);
	}
	if (t)
		table_print(t, h);
	khv_list_free(l);
	return HV_OK;
}

static int number_of(const char *name, uint32_t *id)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(name, &end, 10);
	if (errno || *end || end == name || name[0] == '-' || n >= UINT32_MAX)
		return -1;
	*id = (uint32_t)n;
	return 0;
}

/* user=NAME or group=NAME, or their numbers. */
static int who_of(struct hvctl *h, const char *word, bool *group, uint32_t *id)
{
	const struct passwd *pw;
	const struct group *gr;
	const char *name;

	*group = !strncmp(word, "group=", 6);
	if (!*group && strncmp(word, "user=", 5))
		return fail(h, HV_USAGE, "write user=NAME or group=NAME",
			    "%s: \"%s\" is no user and no group", h->cmd->verb,
			    word);
	name = strchr(word, '=') + 1;
	pw = *group ? NULL : getpwnam(name);
	gr = *group ? getgrnam(name) : NULL;
	if (pw)
		*id = pw->pw_uid;
	else if (gr)
		*id = gr->gr_gid;
	else if (number_of(name, id))
		return fail(h, HV_USAGE, NULL, "%s: there is no %s \"%s\"",
			    h->cmd->verb, *group ? "group" : "user", name);
	return HV_OK;
}

static int set(struct hvctl *h, const char *client, const char *word,
	       uint32_t bits)
{
	bool group;
	uint32_t id = 0;
	int code = who_of(h, word, &group, &id);

	if (code || h->dry_run)
		return code;
	if (khv_set_admin(h->conn, client, group, id, bits))
		return fail_kernel(h, client);
	return HV_OK;
}

/* admin grant CLIENT RIGHT[,RIGHT] WHO */
int cmd_admin_grant(struct hvctl *h)
{
	char *word, *save, *list = strdup(h->argv[1]);
	uint32_t bits = 0;
	int code = HV_OK;

	if (!list)
		return fail(h, HV_FAILED, NULL, "no memory");
	for (word = strtok_r(list, ",", &save); word && !code;
	     word = strtok_r(NULL, ",", &save)) {
		uint32_t one = 0;

		for (size_t i = 0; i < ARRAY_SIZE(rights); i++)
			if (!strcmp(rights[i].word, word))
				one = rights[i].right;
		if (one == KHV_ADMIN_POLICY)
			code = fail(
				h, HV_USAGE,
				"write it into the policy: admin user=NAME",
				"grant: the right on a policy is a line of it");
		else if (!one)
			code = fail(h, HV_USAGE, NULL,
				    "grant: \"%s\" is not log or state", word);
		bits |= one;
	}
	free(list);
	if (!code && !bits)
		code = fail(h, HV_USAGE, NULL, "grant: log, state, or both");
	if (!code)
		code = set(h, h->argv[0], h->argv[2], bits);
	if (!code)
		note(h, "%s may set the %s of client %s", h->argv[2],
		     h->argv[1], h->argv[0]);
	return code;
}

int cmd_admin_revoke(struct hvctl *h)
{
	int code = set(h, h->argv[0], h->argv[1], 0);

	if (!code)
		note(h, "%s has no rights on client %s any more", h->argv[1],
		     h->argv[0]);
	return code;
}
