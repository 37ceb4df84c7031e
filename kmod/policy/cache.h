/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_POLICY_CACHE_H
#define _KHV_POLICY_CACHE_H

#include "mediate.h"

int khv_cache_init(void);
void khv_cache_exit(void);
void khv_cache_file(const struct khv_judge *j, const struct khv_pathname *p,
		    u32 verbs, struct khv_decision *dec);

#endif /* _KHV_POLICY_CACHE_H */
