/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_MASTER_CLIENT_HOOKS_H
#define _KHV_MASTER_CLIENT_HOOKS_H

#include <linux/types.h>
#include "base.h"
#include "client.h"

struct khv_link;

/* For client.c; under khv_client_mutex. */
bool khv_client_is_last(const struct khv_client_reg *but, bool draining);
size_t khv_client_max_hooks(const struct khv_client *client);
int khv_client_attach_all(struct khv_client_reg *cs);
int khv_client_extend_hooks(struct khv_client_reg *cs, unsigned int nr_calls);
int khv_client_reorder(struct khv_client_reg *cs, int priority);
int khv_client_detach_all(struct khv_client_reg *cs);
void khv_links_free(struct khv_client_reg *cs, const struct khv_link *last);
/* Under khv_hook_mutex. */
unsigned int khv_base_collect(enum khv_base_use use, struct khv_hook **hooks);

#endif /* _KHV_MASTER_CLIENT_HOOKS_H */
