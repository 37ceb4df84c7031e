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

/* Linked below a directory that may be written, without a name, deleted. */
static int exec_renamed(void)
{
	int result = copy_program(self, A "/dropped");

	if (result || rename(A "/dropped", A "/d/dropped"))
		return result ? result : -errno;
	return run_file(A "/d/dropped");
}

static int exec_deleted(void)
{
	int result = copy_program(self, A "/dropped"), fd;

	if (result)
		return result;
	fd = open(A "/dropped", O_RDONLY);
	if (fd < 0 || unlink(A "/dropped"))
		return -errno;
	return execveat_with(fd, "", AT_EMPTY_PATH);
}

static int exec_tmpfile(void)
{
	int fd = open(A, O_TMPFILE | O_RDWR, 0700), result;
	char from[64];

	if (fd < 0)
		return -errno;
	proc_name(from, "self", fd);
	result = copy_program(self, from);
	if (result)
		return result;
	/* For nobody may have it open for writing when it is run. */
	dup2(open(from, O_RDONLY), FD_END);
	close(fd);
	return execveat_with(FD_END, "", AT_EMPTY_PATH);
}

static int exec_memory_proc(void)
{
	int fd = syscall(SYS_memfd_create, "m", 0);
	char name[64];
	int result;

	proc_name(name, "self", fd);
	result = copy_program(self, name);
	return result ? result : run_file(name);
}

static int map_memory(void)
{
	int fd = syscall(SYS_memfd_create, "m", 0);
	void *p;

	if (fd < 0 || ftruncate(fd, 4096))
		return -errno;
	p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? -errno : 0;
}

static int map_written(void)
{
	int fd = open(A "/code", O_RDWR | O_CREAT, 0600);
	void *p;

	if (fd < 0 || ftruncate(fd, 4096))
		return -errno;
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	*(unsigned char *)p = 0xc3;
	return ret(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static int map_remapped(void)
{
	int fd = open(R "/prog", O_RDONLY);
	void *p;

	if (fd < 0)
		return -errno;
	p = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	close(fd);
	p = mremap(p, 8192, 4096, MREMAP_MAYMOVE);
	return p == MAP_FAILED ? -errno : ret(mprotect(p, 4096, PROT_EXEC));
}

static int exec_own_script(void)
{
	char text[128];
	int result;

	snprintf(text, sizeof(text), "#!%s mark\n", self);
	result = put_file(A "/own", text, 0755);
	return result ? result : run_file(A "/own");
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
	{ "EXEC-03b", "program written, renamed and run", exec_renamed },
	{ "EXEC-03c", "program written, deleted and run", exec_deleted },
	{ "EXEC-03d", "program that never had a name", exec_tmpfile },
	{ "EXEC-04", "memory file", exec_memory },
	{ "EXEC-04b", "memory file through /proc/self/fd", exec_memory_proc },
	{ "EXEC-04c", "executable mapping of a memory file", map_memory },
	{ "EXEC-09a", "executable mapping of what may only be read", map_exec },
	{ "EXEC-09b", "mprotect makes a mapping executable", map_upgraded },
	{ "EXEC-09c", "pkey_mprotect makes a mapping executable", map_pkey },
	{ "EXEC-20c", "written through a mapping, then executable",
	  map_written },
	{ "EXEC-20d", "executable after mremap", map_remapped },
	{ "RACE-16", "script that the domain may write", exec_own_script },
	{}
};
