// SPDX-License-Identifier: GPL-2.0
/* hvctl: control kernel hypervisors. See hvctl(8). */
#include <locale.h>
#include <signal.h>
#include <string.h>
#include "hvctl.h"

int main(int argc, char **argv)
{
	struct hvctl h = { .timeout = 5 };
	int code;

	setlocale(LC_CTYPE, "");
	if (argc > 1 && !strcmp(argv[1], "--complete"))
		return complete(argc - 2, argv + 2);
	if (argc > 1 && !strcmp(argv[1], "--manual"))
		return manual(argc > 2 ? argv[2] : NULL);
	code = parse(&h, argc, argv);
	if (!code && (h.cmd->flags & CMD_KERNEL))
		code = connect_kernel(&h);
	if (!code)
		code = h.cmd->fn(&h);
	if (code < 0)
		code = HV_OK;
	finish_output(&h, code);
	/* A full disk must not look like success; a closed pipe may. */
	if (fflush(stdout) && !code)
		code = HV_FAILED;
	return code;
}
