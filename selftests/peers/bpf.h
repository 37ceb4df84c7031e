/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs in the kernel, their loader and the launcher agree upon. */
#ifndef PEERS_BPF_H
#define PEERS_BPF_H

#define PINNED "/sys/fs/bpf/khv-peers"

/* A file or directory, as the key of its grant. */
struct place {
	unsigned long long inode;
	unsigned int device;
	unsigned int zero;
};

#endif
