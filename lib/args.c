// SPDX-License-Identifier: LGPL-2.1
/* The arguments in an event, one after the other. */
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

bool khv_event_arg(const struct khv_event *event, size_t n, struct khv_arg *arg)
{
	struct nlattr *a;
	int rem;

	if (!event->raw.data)
		return false;
	nla_for_each_attr(a, (struct nlattr *)event->raw.data,
			  (int)event->raw.len, rem)
		if (nla_type(a) == KHV_E_ARG && !n--)
			return decode(a, arg);
	return false;
}
