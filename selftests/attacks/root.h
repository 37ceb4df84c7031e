/* SPDX-License-Identifier: GPL-2.0 */
/* Attack programs: what is tried with and without capabilities. */
#ifndef ATTACKS_ROOT_H
#define ATTACKS_ROOT_H

int load_memory(void);
int load_file(void);
int kexec(void);
int kexec_file(void);
int host_name(void);
int log_read(void);
int user_namespace(void);

/* Parts of the kernel are refused with EPERM, like capabilities. */
#define PART(id, what, run)                   \
	{                                     \
		id, what, run, .error = EPERM \
	}

#endif
