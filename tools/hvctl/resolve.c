// SPDX-License-Identifier: GPL-2.0
/*
 * hvctl policy resolve: host names, as a set of addresses that rules can name. A name
 * is looked up here and now, never when a packet is judged.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <json-c/json.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "hvctl.h"

#define MOST_ADDRESSES 256

/* As rules write it. */
struct address {
	char text[INET6_ADDRSTRLEN + 2];
};

struct answer {
	struct address at[MOST_ADDRESSES];
	size_t nr;
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct address *)a)->text,
		      ((const struct address *)b)->text);
}

static void add(struct answer *answer, const struct sockaddr *sa)
{
	struct address *a = &answer->at[answer->nr];
	char text[INET6_ADDRSTRLEN];

	if (answer->nr == MOST_ADDRESSES)
		return;
	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)sa;

		inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
		snprintf(a->text, sizeof(a->text), "%s", text);
		answer->nr++;
	} else if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)sa;

		inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
		snprintf(a->text, sizeof(a->text), "[%s]", text);
		answer->nr++;
	}
}

/* Sorted, so that an answer in another order is no other policy. */
static int look_up(struct hvctl *h, const char *name, struct answer *answer)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list, *one;
	size_t n = 0;
	int err;

	answer->nr = 0;
	err = getaddrinfo(name, NULL, &hints, &list);
	if (err)
		return fail(h, HV_FAILED,
			    "nothing was printed; keep the set there is",
			    "%s: %s", name, gai_strerror(err));
	for (one = list; one; one = one->ai_next)
		add(answer, one->ai_addr);
	freeaddrinfo(list);
	if (!answer->nr)
		return fail(h, HV_FAILED, NULL, "%s has no address", name);
	qsort(answer->at, answer->nr, sizeof(answer->at[0]), compare);
	for (size_t i = 0; i < answer->nr; i++)
		if (!n || strcmp(answer->at[i].text, answer->at[n - 1].text))
			answer->at[n++] = answer->at[i];
	answer->nr = n;
	return HV_OK;
}

static bool is_set_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			return false;
	return *name;
}

static bool is_host_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-_.:", *p))
			return false;
	return *name;
}

static void json_answer(struct hvctl *h, const char *host,
			const struct answer *answer)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < answer->nr; i++)
		json_object_array_add(
			list, json_object_new_string(answer->at[i].text));
	json_object_object_add(o, "set", json_object_new_string(h->argv[0]));
	json_object_object_add(o, "host", json_object_new_string(host));
	json_object_object_add(o, "addresses", list);
	data_add(h, o);
}

static void print_answer(const char *set, const char *host,
			 const struct answer *answer, bool first)
{
	printf("set %s %s", set, first ? "=" : "+=");
	for (size_t i = 0; i < answer->nr; i++)
		printf(" %s", answer->at[i].text);
	printf("  # %s\n", host);
}

/* All names are looked up before anything is printed. */
int cmd_policy_resolve(struct hvctl *h)
{
	int code = HV_OK, hosts = h->argc > 1 ? h->argc - 1 : 0;
	struct answer *answers;

	if (!is_set_name(h->argv[0]))
		return fail(
			h, HV_USAGE, NULL,
			"\"%s\" is no name of a set: letters, digits, \"_\"",
			h->argv[0]);
	for (int i = 1; i <= hosts; i++)
		if (!is_host_name(h->argv[i]))
			return fail(h, HV_USAGE, NULL,
				    "\"%s\" is no name of a host", h->argv[i]);
	answers = calloc((size_t)hosts + 1, sizeof(*answers));
	if (!answers)
		return fail(h, HV_FAILED, NULL, "out of memory");
	for (int i = 0; i < hosts && !code; i++)
		code = look_up(h, h->argv[i + 1], &answers[i]);
	for (int i = 0; i < hosts && !code; i++) {
		if (h->json)
			json_answer(h, h->argv[i + 1], &answers[i]);
		else
			print_answer(h->argv[0], h->argv[i + 1], &answers[i],
				     !i);
	}
	free(answers);
	return code;
}
