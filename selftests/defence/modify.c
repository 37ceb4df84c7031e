// SPDX-License-Identifier: GPL-2.0
/*
 * modify FUNCTION RESULT COMMAND...: run it while a BPF program stands before a
 * function of the kernel and, if RESULT is not 0, answers in its place (fmod_ret).
 * The status is that of COMMAND, or 125 if the program cannot be attached.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANNOT 125

static int attach(const char *function, int result)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = result },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = BPF_MODIFY_RETURN);
	int id = libbpf_find_vmlinux_btf_id(function, BPF_MODIFY_RETURN);
	int fd;

	if (id < 0)
		return id;
	opts.attach_btf_id = id;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "khvtest", "GPL", program, 2,
			   &opts);
	return fd < 0 ? fd : bpf_raw_tracepoint_open(NULL, fd);
}

int main(int argc, char **argv)
{
	int link, status;
	pid_t pid;

	if (argc < 4)
		return CANNOT;
	link = attach(argv[1], atoi(argv[2]));
	if (link < 0) {
		fprintf(stderr, "modify: %s: %s\n", argv[1], strerror(-link));
		return CANNOT;
	}
	pid = fork();
	if (!pid) {
		execvp(argv[3], argv + 3);
		_exit(CANNOT);
	}
	waitpid(pid, &status, 0);
	close(link);
	return WIFEXITED(status) ? WEXITSTATUS(status) : CANNOT;
}
