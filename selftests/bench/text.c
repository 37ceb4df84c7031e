// SPDX-License-Identifier: GPL-2.0
/*
 * Print the first bytes of kernel functions, as they are in memory now.
 *
 *	text PREFIX...		of all functions whose names begin so
 *
 * By /proc/kallsyms and /proc/kcore, an ELF file that maps addresses to offsets.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BYTES	   16
#define MAX_LOADED 64

static Elf64_Phdr loaded[MAX_LOADED];
static unsigned int nr_loaded;
static int kcore;

static int fail(const char *what)
{
	fprintf(stderr, "text: %s: %s\n", what, strerror(errno));
	return 1;
}

static int open_kcore(void)
{
	Elf64_Ehdr head;
	ssize_t size;

	kcore = open("/proc/kcore", O_RDONLY);
	if (kcore < 0 || pread(kcore, &head, sizeof(head), 0) != sizeof(head))
		return -1;
	nr_loaded = head.e_phnum < MAX_LOADED ? head.e_phnum : MAX_LOADED;
	size = nr_loaded * sizeof(*loaded);
	return pread(kcore, loaded, size, head.e_phoff) == size ? 0 : -1;
}

static int print_bytes(unsigned long addr, const char *name)
{
	unsigned char byte[BYTES];
	unsigned int i;

	for (i = 0; i < nr_loaded; i++)
		if (loaded[i].p_type == PT_LOAD && addr >= loaded[i].p_vaddr &&
		    addr - loaded[i].p_vaddr < loaded[i].p_memsz)
			break;
	if (i == nr_loaded ||
	    pread(kcore, byte, sizeof(byte),
		  addr - loaded[i].p_vaddr + loaded[i].p_offset) != BYTES)
		return -1;
	printf("%s ", name);
	for (i = 0; i < BYTES; i++)
		printf("%02x", byte[i]);
	printf("\n");
	return 0;
}

static int wanted(const char *name, char **prefix)
{
	for (; *prefix; prefix++)
		if (!strncmp(name, *prefix, strlen(*prefix)))
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	char name[256], line[512], type;
	unsigned long addr;
	FILE *symbols;

	if (argc < 2) {
		fprintf(stderr, "usage: text PREFIX...\n");
		return 2;
	}
	if (open_kcore())
		return fail("/proc/kcore");
	symbols = fopen("/proc/kallsyms", "r");
	if (!symbols)
		return fail("/proc/kallsyms");
	while (fgets(line, sizeof(line), symbols)) {
		/* Of the kernel itself: a module's name would follow. */
		if (strchr(line, '[') ||
		    sscanf(line, "%lx %c %255s", &addr, &type, name) != 3 ||
		    (type != 'T' && type != 't') || !wanted(name, argv + 1))
			continue;
		if (print_bytes(addr, name))
			return fail(name);
	}
	return fclose(symbols) ? 1 : 0;
}
