// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: classes DEP, OPEN and PATH, files that are more than content:
 * devices, and switches of the kernel. Tried under a policy that lets the domain
 * write anywhere but to D (hold/control.hv): it is not the path that protects
 * them. Where a kernel lacks a file the technique is skipped.
 */
#include "common.h"
#include <linux/loop.h>
#include <linux/nbd.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

static int absent(int result)
{
	return result == -ENOENT || result == -ENXIO || result == -ENODEV ?
		       SKIPPED :
		       result;
}

/* Opening it for writing is all that it takes. */
static int write_to(void)
{
	return absent(drop(open(me->arg, O_WRONLY)));
}

static int append_to(void)
{
	return absent(drop(open(me->arg, O_WRONLY | O_APPEND)));
}

static int plant(void)
{
	int fd = open(me->arg, O_WRONLY | O_CREAT, 0600);

	if (fd >= 0)
		unlink(me->arg);
	return absent(drop(fd));
}

static int replaced(void)
{
	if (rename("/etc/khv", "/etc/khv-old"))
		return -errno;
	return ret(rename("/etc/khv-old", "/etc/khv"));
}

static int read_from(void)
{
	return absent(drop(open(me->arg, O_RDONLY)));
}

static int make_folder(void)
{
	int result = ret(mkdir(me->arg, 0755));

	rmdir(me->arg);
	return absent(result);
}

/* One that is there. */
static int remove_folder(void)
{
	return absent(ret(rmdir(me->arg)));
}

static int mode_of(void)
{
	struct stat st;

	if (stat(me->arg, &st))
		return absent(-errno);
	return ret(chmod(me->arg, st.st_mode & 07777));
}

/* clone3() with CLONE_INTO_CGROUP and a descriptor that opens nothing. */
static int child_elsewhere(void)
{
	__u64 args[11] = { 0x200000000ULL };
	int fd = open("/sys/fs/cgroup/khv-test", O_PATH | O_DIRECTORY);
	pid_t pid;

	if (fd < 0)
		return absent(-errno);
	args[4] = SIGCHLD;
	args[10] = fd;
	pid = syscall(SYS_clone3, args, sizeof(args));
	if (!pid)
		_exit(0);
	return wait_child(pid);
}

static int faults_by_device(void)
{
	int fd = open("/dev/userfaultfd", O_RDWR);

	/* USERFAULTFD_IOC_NEW */
	return fd < 0 ? absent(-errno) : drop(ioctl(fd, _IO(0xaa, 0), 0));
}

/* me->arg with "%d" for the witness. */
static int write_to_witness(void)
{
	char name[64];

	snprintf(name, sizeof(name), me->arg, witness());
	return absent(drop(open(name, O_WRONLY)));
}

static int read_from_witness(void)
{
	char name[64];

	snprintf(name, sizeof(name), me->arg, witness());
	return absent(drop(open(name, O_RDONLY)));
}

static int node(mode_t type, int major, int minor)
{
	if (mknod(A "/node", type | 0600, makedev(major, minor)))
		return -errno;
	return drop(open(A "/node", O_RDWR));
}

static int node_memory(void)
{
	return node(S_IFCHR, 1, 1);
}

static int node_block(void)
{
	return node(S_IFBLK, 7, 7);
}

static int node_moved(void)
{
	if (rename(A "/loop", A "/harmless"))
		return -errno;
	return drop(open(A "/harmless", O_RDONLY));
}

static int node_reopened(void)
{
	char name[64];

	proc_name(name, "self", open(A "/loop", O_PATH));
	return read_secret(name);
}

static int raw_disk(void)
{
	return absent(read_secret(SWAP_DEVICE));
}

static int loop_of_secret(void)
{
	struct loop_config config = { .info.lo_flags = LO_FLAGS_READ_ONLY };
	int loop = open(LOOP_DEVICE, O_RDONLY), secret, result;

	if (loop < 0)
		return absent(-errno);
	secret = open(D "/image", O_RDONLY);
	config.fd = secret < 0 ? FD_SECRET : secret;
	if (ioctl(loop, LOOP_CONFIGURE, &config))
		return -errno;
	result = marked(dup(loop));
	ioctl(loop, LOOP_CLR_FD, 0);
	return result;
}

static int network_disk(void)
{
	int pair[2], nbd = open("/dev/nbd0", O_RDWR);

	if (nbd < 0)
		return absent(-errno);
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	return ret(ioctl(nbd, NBD_SET_SOCK, pair[0]));
}

static int own_binfmt(void)
{
	int result = put_file("/proc/sys/fs/binfmt_misc/register",
			      ":own:E::own::" D "/prog:", 0200);

	if (!result)
		put_file("/proc/sys/fs/binfmt_misc/own", "-1", 0644);
	return absent(result);
}

#define PROC  "/proc/sys/"
#define CLASS .error = EPERM

const struct attack control_attacks[] = {
	{ "DEP-00a", "a file that the policy grants", write_to, ALLOWED,
	  .arg = A "/f" },
	{ "DEP-00b", "/dev/null, which every program needs", write_to, ALLOWED,
	  .arg = "/dev/null" },
	{ "DEP-00c", "reading what describes the system", read_from, ALLOWED,
	  .arg = "/proc/meminfo" },
	{ "DEP-01", "core_pattern", write_to, .arg = PROC "kernel/core_pattern",
	  CLASS },
	{ "DEP-02a", "path of modprobe", write_to,
	  .arg = PROC "kernel/modprobe", CLASS },
	{ "DEP-02b", "path of hotplug", write_to, .arg = PROC "kernel/hotplug",
	  CLASS },
	{ "DEP-02c", "uevent_helper", write_to,
	  .arg = "/sys/kernel/uevent_helper", CLASS },
	{ "DEP-02d", "poweroff_cmd", write_to,
	  .arg = PROC "kernel/poweroff_cmd", CLASS },
	{ "DEP-02e", "usermode helpers' capabilities", write_to,
	  .arg = PROC "kernel/usermodehelper/bset", CLASS },
	{ "DEP-02f", "event of a device forged", write_to,
	  .arg = "/sys/class/mem/null/uevent", CLASS },
	{ "DEP-04", "binfmt_misc handler", own_binfmt, CLASS },
	{ "DEP-05a", "cgroup release_agent", write_to,
	  .arg = ROOT "/cgroup/release_agent", CLASS },
	{ "DEP-05b", "cgroup notify_on_release", write_to,
	  .arg = ROOT "/cgroup/notify_on_release", CLASS },
	{ "DEP-12", "network block device", network_disk, CLASS },
	{ "DEP-15a", "policy files that are loaded at boot", append_to,
	  .arg = "/etc/khv/policy.d/site.hv", CLASS },
	{ "DEP-15b", "options of modules", plant,
	  .arg = "/etc/modprobe.d/own.conf", CLASS },
	{ "DEP-15c", "modules", plant, .arg = "/lib/modules/own.ko", CLASS },
	{ "DEP-15d", "modules, by another mount", plant,
	  .arg = ROOT "/etc/modprobe.d/own.conf", CLASS,
	  .todo = "an administrator's name counts, see rules.rst" },
	{ "DEP-15e", "directory of policies replaced", replaced, CLASS },
	{ "DEP-15f", "boot files", plant, .arg = "/boot/own", CLASS },
	{ "DEP-17a", "path of firmware", write_to,
	  .arg = "/sys/module/firmware_class/parameters/path", CLASS },
	{ "DEP-17b", "image of hibernation", write_to,
	  .arg = "/sys/power/resume", CLASS },
	{ "DEP-17c", "sleep", write_to, .arg = "/sys/power/state", CLASS },
	{ "OPEN-19b", "node of the memory device", node_memory, CLASS },
	{ "OPEN-19c", "node of a block device", node_block, CLASS },
	{ "OPEN-19d", "memory device left by another", read_from,
	  .arg = A "/memory", CLASS },
	{ "OPEN-19e", "block device left by another", read_from,
	  .arg = A "/loop", CLASS },
	{ "OPEN-19f", "character device left by another", read_from,
	  .arg = A "/kmsg", CLASS },
	{ "OPEN-19g", "block device left by another, moved", node_moved,
	  CLASS },
	{ "OPEN-19h", "block device left by another, reopened", node_reopened,
	  CLASS },
	{ "OPEN-20a", "disk below a file system", raw_disk, CLASS },
	{ "OPEN-21", "loop device on an inherited descriptor", loop_of_secret,
	  CLASS },
	{ "PATH-16b", "core_pattern in another procfs", write_to,
	  .arg = ROOT "/proc/sys/kernel/core_pattern", CLASS },
	{ "PATH-16c", "core_pattern by way of /proc/self/root", write_to,
	  .arg = "/proc/self/root/proc/sys/kernel/core_pattern", CLASS },
	{ "PATH-16d", "switch in another sysfs", write_to,
	  .arg = ROOT "/sys/power/resume", CLASS },
	{ "PATH-16e", "kprobes in another tracefs", write_to,
	  .arg = ROOT "/tracefs/kprobe_events", CLASS },
	{ "PATH-16f", "another debugfs", write_to,
	  .arg = ROOT "/debugfs/clear_warn_once", CLASS },
	{ "PATH-16g", "securityfs", write_to,
	  .arg = ROOT "/securityfs/apparmor/.load", CLASS },
	{ "PATH-16h", "another cgroup file system", write_to,
	  .arg = ROOT "/cgroup2/cgroup.procs", CLASS },
	{ "PATH-17a", "switches of the network, through its own number",
	  write_to, .arg = "/proc/self/net/rpc/auth.unix.ip/flush", CLASS },
	{ "PATH-17b", "memory of a thread of another", write_to_witness,
	  .arg = "/proc/%1$d/task/%1$d/mem", CLASS, .also = EACCES },
	{ "OWN-04a", "child that begins in another cgroup", child_elsewhere,
	  CLASS },
	{ "OWN-04b", "cgroup made", make_folder, CLASS,
	  .arg = "/sys/fs/cgroup/khv-new" },
	{ "OWN-04c", "cgroup taken away", remove_folder, CLASS, .arg = GROUP },
	{ "OWN-04d", "tracer made", make_folder, CLASS,
	  .arg = ROOT "/tracefs/instances/own" },
	{ "OWN-04e", "control file opened to everybody", mode_of, CLASS,
	  .arg = "/sys/power/state" },
	{ "OWN-05", "userfaultfd by its device", faults_by_device, CLASS },
	{ "ROOT-23a", "table of ACPI", make_folder, CLASS,
	  .arg = ROOT "/configfs/acpi/table/own" },
	{ "ROOT-23b", "device made in configfs", make_folder, CLASS,
	  .arg = ROOT "/configfs/nullb/own" },
	{ "ROOT-23c", "variable of EFI", plant, CLASS,
	  .arg = "/sys/firmware/efi/efivars/own-8be4df61-93ca-11d2-aa0d-00e098032b8c" },
	{ "ROOT-23d", "method of ACPI", write_to, CLASS,
	  .arg = "/sys/kernel/debug/acpi/custom_method" },
	{ "ROOT-23e", "attribute of a device of the firmware", write_to, CLASS,
	  .arg = "/sys/devices/virtual/dmi/id/uevent" },
	{ "X-11a", "cgroup.kill", write_to,
	  .arg = "/sys/fs/cgroup/khv-test/cgroup.kill", CLASS },
	{ "X-11b", "cgroup.freeze", write_to,
	  .arg = "/sys/fs/cgroup/khv-test/cgroup.freeze", CLASS },
	{ "X-11c", "oom_score_adj of another", write_to_witness,
	  .arg = "/proc/%d/oom_score_adj", CLASS },
	{ "X-11d", "page references of another", write_to_witness,
	  .arg = "/proc/%d/clear_refs", CLASS },
	{ "X-14b", "uprobes through tracefs", write_to,
	  .arg = "/sys/kernel/tracing/uprobe_events", CLASS },
	{ "X-16c", "memory map of another", read_from_witness,
	  .arg = "/proc/%d/maps", .also = EPERM },
	{ "X-16d", "environment of another", read_from_witness,
	  .arg = "/proc/%d/environ", .also = EPERM },
	{ "X-16e", "page map of another", read_from_witness,
	  .arg = "/proc/%d/pagemap", .also = EPERM },
	{ "X-16f", "auxiliary vector of another", read_from_witness,
	  .arg = "/proc/%d/auxv", .also = EPERM },
	{ "X-16g", "memory of another by its thread", read_from_witness,
	  .arg = "/proc/%1$d/task/%1$d/mem", .also = EPERM },
	{}
};
