// SPDX-License-Identifier: GPL-2.0
/*
 * Load the BPF-LSM policy, attach every program whose hook this kernel has, and
 * pin it all: it holds until the folder is removed.
 *
 *	load OBJECT
 */
#include "bpf.h"
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *hook_of(const struct bpf_program *prog)
{
	return strchr(bpf_program__section_name(prog), '/') + 1;
}

/* A hook that a kernel does not have is said and left out. */
static void choose(struct bpf_object *object, const struct btf *kernel)
{
	struct bpf_program *prog;
	char name[80];

	bpf_object__for_each_program(prog, object)
	{
		snprintf(name, sizeof(name), "bpf_lsm_%s", hook_of(prog));
		if (btf__find_by_name_kind(kernel, name, BTF_KIND_FUNC) > 0)
			continue;
		printf("load: no hook %s on this kernel\n", hook_of(prog));
		bpf_program__set_autoload(prog, false);
	}
}

static int attach(struct bpf_object *object)
{
	struct bpf_program *prog;
	char path[160];
	int n = 0;

	bpf_object__for_each_program(prog, object)
	{
		struct bpf_link *link;

		if (!bpf_program__autoload(prog))
			continue;
		link = bpf_program__attach_lsm(prog);
		snprintf(path, sizeof(path), PINNED "/%s", hook_of(prog));
		if (!link || bpf_link__pin(link, path)) {
			perror(hook_of(prog));
			return -1;
		}
		n++;
	}
	printf("load: %d hooks attached\n", n);
	return 0;
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	struct btf *kernel;

	if (argc != 2) {
		fprintf(stderr, "usage: load OBJECT\n");
		return 2;
	}
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	kernel = btf__load_vmlinux_btf();
	object = bpf_object__open_file(argv[1], NULL);
	if (!kernel || !object) {
		perror(argv[1]);
		return 1;
	}
	choose(object, kernel);
	if (bpf_object__load(object) || mkdir(PINNED, 0700) ||
	    bpf_object__pin_maps(object, PINNED)) {
		perror("load");
		return 1;
	}
	return attach(object) ? 1 : 0;
}
