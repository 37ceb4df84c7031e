/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_SELFTEST_H
#define _KHV_SELFTEST_H

int khv_selftest(void);

#endif /* _KHV_SELFTEST_H */
