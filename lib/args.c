// SPDX-License-Identifier: LGPL-2.1
/* The arguments in an event, one after the other. */
#include <stdio.h>
#include <string.h>
#include "internal.h"

static bool decode(const struct nlattr *nest, struct khv_arg *arg)
{
	struct nlattr *tb[KHV_ARG_A_MAX + 1];

	memset(arg, 0, sizeof(*arg));
	if (nla_parse_nested(tb, KHV_ARG_A_MAX, (struct nlattr *)nest, NULL) ||
	    !tb[KHV_ARG_A_NAME] || !tb[KHV_ARG_A_KIND] ||
	    nla_len(tb[KHV_ARG_A_KIND]) != 1 ||
	    !memchr(nla_data(tb[KHV_ARG_A_NAME]), 0,
		    (size_t)nla_len(tb[KHV_ARG_A_NAME])))
		return false;
	arg->name = nla_get_string(tb[KHV_ARG_A_NAME]);
	arg->kind = nla_get_u8(tb[KHV_ARG_A_KIND]);
	arg->redacted = tb[KHV_ARG_A_REDACTED];
	if (tb[KHV_ARG_A_VALUE] && nla_len(tb[KHV_ARG_A_VALUE]) == 8) {
		arg->value = nla_get_u64(tb[KHV_ARG_A_VALUE]);
		arg->has_value = true;
	}
	if (tb[KHV_ARG_A_TEXT]) {
		arg->text.data = nla_data(tb[KHV_ARG_A_TEXT]);
		arg->text.len = (size_t)nla_len(tb[KHV_ARG_A_TEXT]);
	}
	return true;
}

size_t khv_event_args_text(const struct khv_event *event, char *buf,
			   size_t size)
{
	char one[4 * 4096 + 64];
	struct khv_arg arg;
	size_t at = 0;

	buf[0] = 0;
	for (size_t n = 0; khv_event_arg(event, n, &arg); n++) {
		size_t start = at;

		khv_arg_text(&arg, one, sizeof(one));
		at += (size_t)snprintf(buf + at, size - at,
				       "%s%s=", n ? "," : "", arg.name);
		for (const char *s = one; *s && at < size; s++)
			at += (size_t)snprintf(buf + at, size - at,
					       *s == ',' ? "\\x2c" : "%c", *s);
		/* All of it or nothing. */
		if (at >= size) {
			buf[start] = 0;
			return start;
		}
	}
	return at;
}

bool khv_event_arg(const struct khv_event *event, size_t n, struct khv_arg *arg)
{
	const char *at = (const char *)event->raw.data;
	size_t len = at ? event->raw.len : 0;
	const struct nlattr *a;

	while ((a = khv_attr(&at, &len)))
		if ((a->nla_type & NLA_TYPE_MASK) == KHV_E_ARG && !n--)
			return decode(a, arg);
	return false;
}
