/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_KNOWN_H
#define _KHV_KNOWN_H

#include <linux/types.h>

/* Is the call with this number of the 64-bit table one that khv knows? */
bool khv_known_number(unsigned int nr);
/* Is this the name of one that has no such number? */
bool khv_known_name(const char *name);

#endif /* _KHV_KNOWN_H */
