/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_SELFTEST_H
#define _KHV_SELFTEST_H

int khv_selftest(void);
/* What the self-test hooks; not static so that it has a name. */
long khv_selftest_target(long x);

#endif /* _KHV_SELFTEST_H */
