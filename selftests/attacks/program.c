// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class EXEC once more. Who a program is, by its name, its bytes,
 * its user or its interpreter: the domain stays, and so does what it may run.
 */
#include "common.h"
#include <sys/mman.h>

/* Run a program with these words; its exit status is an error number. */
static int run_words(const char *path, const char *zero, const char *word)
{
	pid_t pid = fork();

	if (!pid) {
		execl(path, zero, word, NULL);
		_exit(errno);
	}
	return wait_child(pid);
}

/* It was confined by its name: under another it still is. */
static int by_copy(void)
{
	int result = copy_program(self, A "/copy");

	return result ? result : run_words(A "/copy", A "/copy", "goal");
}

static int by_symlink(void)
{
	if (symlink(self, A "/other"))
		return -errno;
	return run_words(A "/other", "other", "goal");
}

static int by_false_name(void)
{
	return run_words(self, BIN "/control", "goal");
}

static int by_hard_link(void)
{
	if (link(self, A "/other"))
		return -errno;
	return run_words(A "/other", A "/other", "goal");
}

static int by_name_and_proc(void)
{
	return run_words("/proc/self/exe", "exe", "goal");
}

/* The stage's own program is in no policy: it must not help. */
static int by_control(void)
{
	return run_words(BIN "/control", BIN "/control", "goal");
}

static int by_setuid_program(void)
{
	return run_words(BIN "/setuid", BIN "/setuid", "goal");
}

static int by_setgid_program(void)
{
	return run_words(BIN "/setgid", BIN "/setgid", "goal");
}

static int by_capable_program(void)
{
	return run_words(BIN "/capable", BIN "/capable", "goal");
}

static int script_with(const char *text)
{
	int result = put_file(A "/own", text, 0755);

	return result ? result : run_file(A "/own");
}

static int own_script(void)
{
	return script_with("#!" D "/prog mark\n");
}

static int script_of_script(void)
{
	return script_with("#!" A "/script\n");
}

static int script_of_symlink(void)
{
	return script_with("#!" A "/prog mark\n");
}

static int script_of_proc(void)
{
	return script_with("#!/proc/self/root" D "/prog mark\n");
}

/* The interpreter finds the script as /dev/fd/N: it must not by that name. */
static int script_descriptor(void)
{
	char *const argv[] = { (char *)"own", NULL };
	int fd, result = put_file(A "/own", "#!" D "/prog mark\n", 0755);
	pid_t pid;

	if (result)
		return result;
	fd = open(A "/own", O_PATH);
	pid = fork();
	if (!pid) {
		syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
		_exit(errno);
	}
	return ran(pid);
}

/* The stage has registered D/prog as the program for such names. */
static int by_handler(void)
{
	int result = put_file(me->arg, "any", 0755);

	if (result || access("/proc/sys/fs/binfmt_misc", F_OK))
		return result ? result : SKIPPED;
	result = run_file(me->arg);
	return result == -ENOEXEC ? SKIPPED : result;
}

/* After the point of no return: killed, and whoever lives is confined. */
static int fails_late(void)
{
	int result = copy_program(self, A "/broken");
	pid_t pid;

	if (result || truncate(A "/broken", 8192))
		return result ? result : -errno;
	pid = fork();
	if (!pid) {
		execl(A "/broken", "broken", NULL);
		_exit(-read_secret(D "/f"));
	}
	result = wait_child(pid);
	/* Killed, as it must be: now what is left. */
	return result == -EINTR ? read_secret(D "/f") : result;
}

static int fails_early(void)
{
	put_file(A "/noise", "no program", 0755);
	execl(A "/noise", "noise", NULL);
	return read_secret(D "/f");
}

static int shared_table(void)
{
	pid_t pid = vfork();

	if (!pid) {
		execl(self, self, "goal", NULL);
		_exit(errno);
	}
	return wait_child(pid);
}

static int map_descriptor(int prot)
{
	void *p = mmap(NULL, 4096, prot, MAP_PRIVATE, FD_SECRET, 0);

	return p == MAP_FAILED ? -errno : memcmp(p, MARK, strlen(MARK));
}

static int map_inherited(void)
{
	return map_descriptor(PROT_READ);
}

static int exec_symlink_chain(void)
{
	if (symlink(A "/prog", A "/prog2"))
		return -errno;
	return run_file(A "/prog2");
}

static int exec_relative(void)
{
	if (chdir(D))
		return -errno;
	return run_file("./prog");
}

static int exec_dotdot(void)
{
	return run_file(A "/../D/prog");
}

static int exec_proc_root(void)
{
	return run_file("/proc/self/root" D "/prog");
}

static int exec_bind(void)
{
	return run_file(A "/bind/prog");
}

const struct attack program_attacks[] = {
	{ "EXEC-01f", "chain of symlinks", exec_symlink_chain },
	{ "EXEC-01g", "relative name", exec_relative },
	{ "EXEC-01h", "dot-dot", exec_dotdot },
	{ "EXEC-01i", "/proc/self/root", exec_proc_root },
	{ "EXEC-01j", "bind mount left by another", exec_bind,
	  .todo = "an administrator's name counts, see rules.rst" },
	{ "EXEC-06b", "script of its own making", own_script },
	{ "EXEC-06c", "script whose interpreter is a script",
	  script_of_script },
	{ "EXEC-06d", "script whose interpreter is a symlink",
	  script_of_symlink },
	{ "EXEC-06e", "script whose interpreter is below /proc",
	  script_of_proc },
	{ "EXEC-06f", "script by its descriptor", script_descriptor },
	{ "EXEC-08a", "handler of binfmt_misc", by_handler,
	  .arg = HANDLED "khvhold" },
	{ "EXEC-08b", "the same, opened in advance (F)", by_handler,
	  .arg = HANDLED "khvfix" },
	{ "EXEC-08c", "the same with its credentials (C)", by_handler,
	  .arg = HANDLED "khvcred" },
	{ "EXEC-10b", "copy of the program", by_copy },
	{ "EXEC-10c", "symlink to the program", by_symlink },
	{ "EXEC-10d", "hard link to the program", by_hard_link },
	{ "EXEC-10e", "false argv[0]", by_false_name },
	{ "EXEC-10f", "/proc/self/exe", by_name_and_proc },
	{ "EXEC-11", "program that no policy names", by_control },
	{ "EXEC-12a", "set-user-ID program", by_setuid_program },
	{ "EXEC-12b", "set-group-ID program", by_setgid_program },
	{ "EXEC-12c", "program with capabilities", by_capable_program },
	{ "EXEC-17a", "exec that fails late", fails_late },
	{ "EXEC-17b", "exec that fails early", fails_early },
	{ "EXEC-18b", "vfork and exec", shared_table },
	{ "EXEC-20b", "mapping of an inherited descriptor", map_inherited,
	  .also = EBADF },
	{}
};
