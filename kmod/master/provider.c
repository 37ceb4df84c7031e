// SPDX-License-Identifier: GPL-2.0
/* The module that keeps policies; there is one at most. */
#include <linux/module.h>
#include <linux/mutex.h>
#include "lock.h"
#include "netlink.h"

static DEFINE_MUTEX(khv_provider_mutex);
static const struct khv_provider *khv_provider;

int khv_provider_register(const struct khv_provider *p)
{
	int ret = 0;

	mutex_lock(&khv_provider_mutex);
	if (khv_provider)
		ret = -EBUSY;
	else
		khv_provider = p;
	if (!ret)
		khv_lock_pin(p->owner);
	mutex_unlock(&khv_provider_mutex);
	return ret;
}
EXPORT_SYMBOL_GPL(khv_provider_register);

void khv_provider_unregister(const struct khv_provider *p)
{
	mutex_lock(&khv_provider_mutex);
	if (khv_provider == p)
		khv_provider = NULL;
	mutex_unlock(&khv_provider_mutex);
}
EXPORT_SYMBOL_GPL(khv_provider_unregister);

/* The provider, pinned; NULL with a text if there is none. */
const struct khv_provider *khv_provider_get(struct netlink_ext_ack *extack)
{
	const struct khv_provider *p;

	mutex_lock(&khv_provider_mutex);
	p = khv_provider;
	if (p && !try_module_get(p->owner))
		p = NULL;
	mutex_unlock(&khv_provider_mutex);
	if (!p)
		khv_extack(extack, "no module keeps policies; modprobe khv_policy");
	return p;
}

void khv_provider_put(const struct khv_provider *p)
{
	if (p)
		module_put(p->owner);
}

/* Without a reference: the module must not be "in use" when nobody uses it. */
bool khv_provider_verify(size_t bytes, char *name)
{
	bool broken;

	mutex_lock(&khv_provider_mutex);
	broken = khv_provider && khv_provider->verify(bytes, name);
	mutex_unlock(&khv_provider_mutex);
	return broken;
}
