// SPDX-License-Identifier: LGPL-2.1
/*
 * Identifiers of sockets:
 *
 *	any  10.0.0.0/8  [fc00::]/7  with  :PORT  :FROM-TO  :*  and  /tcp
 *	unix:/path  unix:@name  family:netlink
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <sys/socket.h>
#include "compiler.h"

static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool parse_number(const char **at, u32 most, u32 *value)
{
	u32 n = 0;

	if (!isdigit((unsigned char)**at))
		return false;
	while (isdigit((unsigned char)**at)) {
		n = 10 * n + (*(*at)++ - '0');
		if (n > most)
			return false;
	}
	*value = n;
	return true;
}

static const char *parse_host(struct hvp_mem *m, const char **at,
			      struct hvp_address *a)
{
	const char *end;
	char *host;

	if (**at == '[') {
		end = strchr(*at, ']');
		if (!end)
			return "\"[\" is not closed by \"]\"";
		host = hvp_copy(m, *at + 1, end - *at - 1);
		if (inet_pton(AF_INET6, host, a->addr) != 1)
			return hvp_print(m, "\"%s\" is not an IPv6 address",
					 host);
		*at = end + 1;
		a->family = AF_INET6;
		a->length = 128;
		return NULL;
	}
	end = *at + strcspn(*at, ":/");
	host = hvp_copy(m, *at, end - *at);
	if (strcmp(host, "any") && inet_pton(AF_INET, host, a->addr) != 1) {
		struct in6_addr six;
		u32 len = strcspn(*at, "/");

		if (inet_pton(AF_INET6, hvp_copy(m, *at, len), &six) == 1)
			return hvp_print(
				m,
				"IPv6 addresses are written in brackets: [%.*s]",
				(int)len, *at);
		return hvp_print(
			m,
			"expected any, an IPv4 address, [IPv6], the name of a set, unix: or family:, not \"%s\"%s",
			host,
			isalpha((unsigned char)host[0]) && strchr(host, '.') ?
				"; host names are not identifiers, \"hvctl policy resolve\" makes a set of one" :
				"");
	}
	*at = end;
	if (strcmp(host, "any")) {
		a->family = AF_INET;
		a->length = 32;
	}
	return NULL;
}

/* Bits right of the prefix are a typing error more often than a wish. */
static const char *check_prefix(struct hvp_mem *m, struct hvp_address *a)
{
	u32 bits = a->family == AF_INET ? 32 : 128, i;
	u8 network[16];
	char text[INET6_ADDRSTRLEN];

	memcpy(network, a->addr, sizeof(network));
	for (i = a->length; i < bits; i++)
		network[i / 8] &= ~(0x80 >> i % 8);
	if (memcmp(network, a->addr, bits / 8)) {
		inet_ntop(a->family, network, text, sizeof(text));
		return hvp_print(
			m,
			"the address has bits outside its prefix: write %s%s%s/%u",
			a->family == AF_INET ? "" : "[", text,
			a->family == AF_INET ? "" : "]", a->length);
	}
	return NULL;
}

const char *hvp_parse_address(struct hvp_mem *m, const char *text,
			      struct hvp_address *a)
{
	const char *at = text, *error;
	u32 value;
	int protocol;

	memset(a, 0, sizeof(*a));
	a->high = 0xffff;
	error = parse_host(m, &at, a);
	if (error)
		return error;
	if (*at == '/' && isdigit((unsigned char)at[1])) {
		at++;
		if (!a->family)
			return "\"any\" has no prefix length";
		if (!parse_number(&at, a->length, &value))
			return hvp_print(m, "expected a prefix length up to %u",
					 a->length);
		a->length = value;
		a->has_length = true;
	}
	if (a->family) {
		error = check_prefix(m, a);
		if (error)
			return error;
	}
	if (*at == ':') {
		at++;
		a->has_port = true;
		if (*at == '*') {
			at++;
		} else {
			if (!parse_number(&at, 0xffff, &value))
				return "expected a port up to 65535, FROM-TO or \"*\" after \":\"";
			a->low = value;
			a->high = value;
			if (*at == '-') {
				at++;
				if (!parse_number(&at, 0xffff, &value))
					return "expected a port up to 65535 after \"-\"";
				a->high = value;
			}
			if (a->high < a->low)
				return "the first port of the range is the larger one";
		}
	}
	if (*at == '/') {
		at++;
		protocol = hvp_protocol(at);
		if (protocol < 0)
			return hvp_print(m, "unknown protocol \"%s\"%s", at,
					 hvp_suggest(m, at,
						     hvp_protocol_names));
		a->proto = protocol;
		at += strlen(at);
	}
	if (*at)
		return hvp_print(m, "expected :PORT or /PROTOCOL, not \"%s\"",
				 at);
	if (a->family == AF_INET6 && a->length >= 96 &&
	    !memcmp(a->addr, mapped, sizeof(mapped))) {
		memmove(a->addr, a->addr + 12, 4);
		memset(a->addr + 4, 0, 12);
		a->length -= 96;
		a->family = AF_INET;
	}
	return NULL;
}

void hvp_socket_set(struct hvp_compiler *c, struct hvp_word *w)
{
	u32 n = 0;

	while (n < w->len &&
	       (isalnum((unsigned char)w->text[n]) || w->text[n] == '_'))
		n++;
	if (n < w->len && w->text[n] != ':' && w->text[n] != '/')
		return;
	if (!hvp_find_var(c, w->text, n) ||
	    (n == 3 && !memcmp(w->text, "any", 3)))
		return;
	w->text = hvp_print(&c->mem, "${%.*s}%s", (int)n, w->text, w->text + n);
	w->len += 3;
}

static void place_prefix(struct hvp_compiler *c, u32 rule,
			 const struct hvp_address *a, u16 family)
{
	struct hvp_domain *d = &c->domains.at[c->domain];
	u32 size = family == AF_INET ? 4 : 16, node, i, n;
	enum khv_tree tree = family == AF_INET ? KHV_TREE_INET : KHV_TREE_INET6;
	struct hvp_place p[2];
	char key[17];

	key[0] = a->length;
	memcpy(key + 1, a->addr, size);
	node = hvp_root(c, &d->root[tree], true);
	node = hvp_child(c, node, key, 1 + size, 0);
	if (family == AF_INET)
		d->lengths4 |= 1ull << a->length;
	else
		d->lengths6[a->length / 64] |= 1ull << a->length % 64;
	n = hvp_rule_places(c, rule, p);
	for (i = 0; i < n; i++) {
		p[i].low = a->low;
		p[i].high = a->high;
		p[i].target = a->proto;
		hvp_add_place(c, node, &p[i]);
	}
}

static bool place_family(struct hvp_compiler *c, u32 rule, const char *name,
			 u32 column)
{
	const struct hvp_perms *perms = &c->rules.at[rule].perms;
	int family = hvp_family(name);
	struct hvp_place p[2];
	u32 i, n;

	if (family < 0) {
		hvp_error(c, column, "unknown address family \"%s\"%s",
			  hvp_show(c, name, strlen(name)),
			  hvp_suggest(&c->mem, name, hvp_family_names));
		return false;
	}
	if (family == AF_UNIX || family == AF_INET || family == AF_INET6 ||
	    family == AF_NETLINK) {
		hvp_error(
			c, column,
			"not supported by this version: \"family:%s\", creating such a socket is never refused",
			name);
		return false;
	}
	if (((perms->set | perms->add | perms->del) & ~KHV_S_CREATE) &&
	    perms->set != hvp_sum(KHV_TYPE_SOCKET, "all")) {
		hvp_error(
			c, column,
			"a family: rule is about creating sockets: expected create, all or none");
		return false;
	}
	n = hvp_rule_places(c, rule, p);
	for (i = 0; i < n; i++) {
		struct hvp_item *item = hvp_push(&c->mem, &c->items);

		item->domain = c->domain;
		item->kind = KHV_ITEM_FAMILY;
		item->value = family;
		item->place = p[i];
	}
	return true;
}

static bool place_unix(struct hvp_compiler *c, u32 rule, const char *text,
		       u32 len, u32 column)
{
	struct hvp_domain *d = &c->domains.at[c->domain];

	if (!len || (len < 2 && text[0] != '/') ||
	    (text[0] != '@' && text[0] != '/')) {
		hvp_error(
			c, column,
			"expected a path or @NAME after \"unix:\", not \"%s\"",
			hvp_show(c, text, len));
		return false;
	}
	if (text[0] == '/')
		return hvp_place_path(c, rule, &d->root[KHV_TREE_UNIX], false,
				      text, len, column);
	/* An abstract name is no path: "/" is a byte like any other. */
	return hvp_place_abstract(c, rule, &d->root[KHV_TREE_ABSTRACT],
				  text + 1, len - 1, column);
}

bool hvp_place_socket(struct hvp_compiler *c, u32 rule, const char *text,
		      u32 len, u32 column)
{
	const struct hvp_perms *perms = &c->rules.at[rule].perms;
	struct hvp_address a;
	const char *error;
	char *plain;

	if (len >= 5 && !memcmp(text, "unix:", 5))
		return place_unix(c, rule, text + 5, len - 5, column + 5);
	plain = hvp_unescape(&c->mem, text, len, NULL);
	if (!strncmp(plain, "family:", 7))
		return place_family(c, rule, plain + 7, column + 7);
	if (perms->set != hvp_sum(KHV_TYPE_SOCKET, "all") &&
	    ((perms->set | perms->add | perms->del) & KHV_S_CREATE)) {
		hvp_error(
			c, column,
			"a socket has no address when it is created: \"create\" belongs to family:NAME");
		return false;
	}
	error = hvp_parse_address(&c->mem, plain, &a);
	if (error) {
		hvp_error(c, column, "%s", error);
		return false;
	}
	if (a.family != AF_INET6)
		place_prefix(c, rule, &a, AF_INET);
	if (a.family != AF_INET)
		place_prefix(c, rule, &a, AF_INET6);
	return true;
}
