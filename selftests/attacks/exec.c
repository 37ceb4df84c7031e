// SPDX-License-Identifier: GPL-2.0
/* Attack programs: class EXEC, running and mapping code. */
#include "common.h"
#include <sys/mman.h>
#include <sys/wait.h>

static int exec_path(void)
{
	return run_file(D "/prog");
}

static int execveat_with(int dir, const char *name, int flags)
{
	char *const argv[] = { (char *)"prog", (char *)"mark", NULL };
	pid_t pid = fork();

	if (!pid) {
		syscall(SYS_execveat, dir, name, argv, environ, flags);
		_exit(errno);
	}
	return ran(pid);
}

static int exec_at(void)
{
	return execveat_with(FD_DIR_PATH, "prog", 0);
}

static int exec_descriptor(void)
{
	int fd = open(D "/prog", O_PATH);

	if (fd < 0)
		return -errno;
	return execveat_with(fd, "", AT_EMPTY_PATH);
}

static int exec_proc(void)
{
	char name[32];
	int fd = open(D "/prog", O_PATH);

	if (fd < 0)
		return -errno;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return run_file(name);
}

static int exec_symlink(void)
{
	return run_file(A "/prog");
}

static int exec_script(void)
{
	return run_file(A "/script");
}

/* A program below R whose interpreter, by its ELF header, is D/ld. */
static int elf_interpreter(void)
{
	pid_t pid = fork();
	int result;

	if (!pid) {
		execl(R "/interp", "interp", NULL);
		_exit(errno);
	}
	result = wait_child(pid);
	return result == -ENOENT ? SKIPPED : result;
}

/* The loader run by hand maps the program, nobody executes it. */
static int loader(void)
{
	pid_t pid = fork();
	int result;

	if (!pid) {
		close(2);
		execl(R "/ld", "ld", D "/dynamic", NULL);
		_exit(errno);
	}
	result = wait_child(pid);
	/* 127: the loader's own answer to a file it could not open. */
	return result == -127 ? -EACCES : result;
}

static int exec_granted(void)
{
	return run_file(BIN "/attack");
}

static int exec_memory(void)
{
	int fd = syscall(SYS_memfd_create, "m", 0);
	char name[32];
	int result;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	result = copy_program(self, name);
	return result ? result : execveat_with(fd, "", AT_EMPTY_PATH);
}

/* A program that is dropped and run. */
static int exec_dropped(void)
{
	int result = copy_program(self, A "/dropped");

	return result ? result : run_file(A "/dropped");
}

static int exec_readable(void)
{
	return run_file(R "/prog");
}

static int map(const char *path, int prot, int upgrade)
{
	int fd = open(path, O_RDONLY);
	void *p;

	if (fd < 0)
		return -errno;
	p = mmap(NULL, 4096, prot, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return -errno;
	return upgrade ? ret(mprotect(p, 4096, upgrade)) : 0;
}

static int map_exec(void)
{
	return map(R "/prog", PROT_READ | PROT_EXEC, 0);
}

static int map_upgraded(void)
{
	return map(R "/prog", PROT_READ, PROT_READ | PROT_EXEC);
}

static int map_pkey(void)
{
	int fd = open(R "/prog", O_RDONLY);
	void *p;

	if (fd < 0)
		return -errno;
	p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	return ret(
		syscall(SYS_pkey_mprotect, p, 4096, PROT_READ | PROT_EXEC, -1));
}

static int map_granted(void)
{
	return map(BIN "/attack", PROT_READ | PROT_EXEC, 0);
}

static int map_denied(void)
{
	return map(D "/prog", PROT_READ, 0);
}

const struct attack exec_attacks[] = {
	{ "EXEC-00a", "exec of what the policy grants", exec_granted, ALLOWED },
	{ "EXEC-01a", "execve", exec_path },
	{ "EXEC-01b", "execveat below an inherited directory", exec_at },
	{ "EXEC-01c", "execveat of an O_PATH descriptor", exec_descriptor },
	{ "EXEC-01d", "exec through /proc/self/fd", exec_proc },
	{ "EXEC-01e", "exec through a symlink", exec_symlink },
	{ "EXEC-05", "ld.so run by hand", loader },
	{ "EXEC-06", "script whose interpreter is denied", exec_script },
	{ "EXEC-07", "ELF header names a denied interpreter", elf_interpreter },
	{ "EXEC-20", "mapping of a denied file", map_denied },
	{}
};

/* Under a policy that says "govern exec/mmap": A and R grant neither. */
const struct attack code_attacks[] = {
	{ "EXEC-00b", "mapping of what the policy grants", map_granted,
	  ALLOWED },
	{ "EXEC-02", "program that may only be read", exec_readable },
	{ "EXEC-03", "program written and run", exec_dropped },
	{ "EXEC-04", "memory file", exec_memory },
	{ "EXEC-09a", "executable mapping of what may only be read", map_exec },
	{ "EXEC-09b", "mprotect makes a mapping executable", map_upgraded },
	{ "EXEC-09c", "pkey_mprotect makes a mapping executable", map_pkey },
	{}
};
