// SPDX-License-Identifier: GPL-2.0
/*
 * The system calls that khv knows, which is to say: somebody has thought about
 * what they can do to a file, a socket, a process, and found it judged.
 *
 * To take up a new call: find out what it reaches, see to it that an object check
 * judges that, and raise KHV_KNOWN_LAST (calls have one number for all entry paths
 * since 424) or, for a call of one entry path only, add its number or name below.
 * Documentation/hooks.rst, "Calls that nobody knows yet".
 */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include "known.h"

#define KHV_KNOWN_COMMON	424	/* first of the common numbers */
#define KHV_KNOWN_LAST		462	/* mseal */

static unsigned int known_calls = KHV_KNOWN_LAST;

static int khv_known_set(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, KHV_KNOWN_COMMON - 1,
				     KHV_KNOWN_LAST);
}

static const struct kernel_param_ops khv_known_ops = {
	.set = khv_known_set,
	.get = param_get_uint,
};
module_param_cb(known_calls, &khv_known_ops, &known_calls, 0444);
MODULE_PARM_DESC(known_calls, "last system call that domains may use without a rule, 423 to 462 (default 462)");

/* Numbers of the 64-bit table. Between them nothing has ever been. */
static const struct {
	u16 first;
	u16 last;
} khv_known_numbers[] = {
	{ 0, 133 }, { 135, 155 }, { 157, 173 }, { 175, 176 }, { 179, 179 },
	{ 186, 204 }, { 206, 210 }, { 212, 213 }, { 216, 235 }, { 237, 335 },
	{ KHV_KNOWN_COMMON, KHV_KNOWN_LAST },
};

/* Entry points that are in none but the 32-bit or the x32 table, or in none. */
static const char * const khv_known_names[] = {
	"adjtimex_time32", "chown16", "clock_adjtime32", "clock_getres_time32",
	"clock_gettime32", "clock_nanosleep_time32", "clock_settime32",
	"fadvise64_64", "fchown16", "fcntl64", "fstat", "fstatfs64",
	"futex_time32", "futimesat_time32", "get_thread_area", "getegid16",
	"geteuid16", "getgid16", "getgroups16", "gethostname", "getresgid16",
	"getresuid16", "getuid16", "ia32_clone", "ia32_fadvise64",
	"ia32_fadvise64_64", "ia32_fallocate", "ia32_fstat64",
	"ia32_fstatat64", "ia32_ftruncate64", "ia32_lstat64", "ia32_mmap",
	"ia32_pread64", "ia32_pwrite64", "ia32_readahead", "ia32_stat64",
	"ia32_sync_file_range", "ia32_truncate64", "io_getevents_time32",
	"io_pgetevents_time32", "io_pgetevents_time64", "ipc", "lchown16",
	"llseek", "lstat", "mmap_pgoff", "mq_timedreceive_time32",
	"mq_timedsend_time32", "nanosleep_time32", "nice", "old_getrlimit",
	"old_msgctl", "old_readdir", "old_select", "old_semctl", "old_shmctl",
	"oldumount", "olduname", "pciconfig_iobase", "pciconfig_read",
	"pciconfig_write", "ppoll_time32", "ppoll_time64", "preadv64",
	"preadv64v2", "pselect6_time32", "pselect6_time64", "pwritev64",
	"pwritev64v2", "recv", "recvmmsg_time32", "recvmmsg_time64",
	"rt_sigtimedwait_time32", "rt_sigtimedwait_time64", "rtas", "s390_ipc",
	"s390_pci_mmio_read", "s390_pci_mmio_write",
	"sched_rr_get_interval_time32", "semtimedop_time32", "send",
	"sendfile", "set_thread_area", "setfsgid16", "setfsuid16", "setgid16",
	"setgroups16", "setregid16", "setresgid16", "setresuid16",
	"setreuid16", "setuid16", "sgetmask", "sigaction", "signal",
	"sigpending", "sigprocmask", "sigreturn", "sigsuspend", "socketcall",
	"spu_create", "spu_run", "ssetmask", "stat", "statfs64", "stime",
	"stime32", "subpage_prot", "sync_file_range2", "time32",
	"timer_gettime32", "timer_settime32", "timerfd_gettime32",
	"timerfd_settime32", "uname", "uselib", "utime32", "utimensat_time32",
	"utimes_time32", "vm86", "vm86old", "waitpid", "x32_rt_sigreturn",
};

bool khv_known_number(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(khv_known_numbers); i++)
		if (nr >= khv_known_numbers[i].first &&
		    nr <= khv_known_numbers[i].last)
			return nr < KHV_KNOWN_COMMON || nr <= known_calls;
	return false;
}

bool khv_known_name(const char *name)
{
	return match_string(khv_known_names, ARRAY_SIZE(khv_known_names),
			    name) >= 0;
}
