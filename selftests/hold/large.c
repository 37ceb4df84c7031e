// SPDX-License-Identifier: GPL-2.0
/*
 * large NAME MIB: hand the kernel a policy of so many MiB, of which nothing is right
 * but the size, and say what it answers. The memory is never written, so the program
 * itself needs none.
 */
#include <khv/khv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
	struct khv_conn *conn;
	size_t size;
	void *blob;
	int err;

	if (argc != 3)
		return 2;
	size = strtoul(argv[2], NULL, 10) << 20;
	blob = mmap(NULL, size, PROT_READ,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (blob == MAP_FAILED || khv_open(&conn)) {
		perror("large");
		return 2;
	}
	err = khv_txn_begin(conn, 0);
	if (!err)
		err = khv_txn_stage(conn, argv[1], blob, size);
	if (!err)
		err = khv_txn_commit(conn, false, NULL);
	printf("%s: %s\n", err ? strerror(-err) : "done",
	       err ? khv_error(conn)->text : "");
	khv_close(conn);
	return 0;
}
