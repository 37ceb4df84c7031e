/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_POLICY_COVERAGE_H
#define _KHV_POLICY_COVERAGE_H

#include <linux/types.h>

struct khv_coverage;
struct khv_engine;
struct netlink_ext_ack;

/* The verb number @n of the language; false: there are not so many. May sleep. */
bool khv_coverage(unsigned int n, struct khv_coverage *c);
/* Does the policy name a verb that is not covered, and no gap for it? */
int khv_coverage_check(const struct khv_engine *e, struct netlink_ext_ack *extack);

#endif /* _KHV_POLICY_COVERAGE_H */
