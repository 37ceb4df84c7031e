// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: classes ROOT and NS, root against the kernel. Most would leave
 * the guest in ruins, so what is asked for is what the kernel answers with an error
 * of its own once it may: an image that is none, a device that is none.
 */
#include "common.h"
#include "root.h"
#include <linux/capability.h>
#include <linux/inet_diag.h>
#include <linux/kexec.h>
#include <linux/mount.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/io.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/swap.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

static int granted_chown(void)
{
	int result = put_file(A "/mine", "x", 0600);

	return result ? result : ret(chown(A "/mine", 1000, 1000));
}

static const char image[4096] = "no image of anything";

static int image_file(void)
{
	int fd = open(A "/image", O_RDWR | O_CREAT, 0700);

	if (fd >= 0 && write(fd, image, sizeof(image)) != sizeof(image))
		return -1;
	/* For nobody may have it open for writing when it is loaded. */
	close(fd);
	return open(A "/image", O_RDONLY);
}

int load_memory(void)
{
	return reached(syscall(SYS_init_module, image, sizeof(image), ""),
		       ENOEXEC);
}

int load_file(void)
{
	return reached(syscall(SYS_finit_module, image_file(), "", 0), ENOEXEC);
}

static int load_unsigned(void)
{
	/* MODULE_INIT_IGNORE_MODVERSIONS | MODULE_INIT_IGNORE_VERMAGIC */
	return reached(syscall(SYS_finit_module, image_file(), "", 3), ENOEXEC);
}

static int unload(void)
{
	return reached(syscall(SYS_delete_module, "no_such", O_NONBLOCK),
		       ENOENT);
}

static int unload_forced(void)
{
	return reached(syscall(SYS_delete_module, "no_such",
			       O_NONBLOCK | O_TRUNC),
		       ENOENT);
}

/* No segments: whatever is loaded is dropped. 32-bit callers must name the machine. */
int kexec(void)
{
	return ret(syscall(SYS_kexec_load, 0, 0, NULL, KEXEC_ARCH_X86_64));
}

int kexec_file(void)
{
#ifndef SYS_kexec_file_load
	return SKIPPED;
#else
	return reached(syscall(SYS_kexec_file_load, image_file(), -1, 1, "", 4),
		       ENOEXEC);
#endif
}

static int open_if(const char *path, int flags)
{
	int result = drop(open(path, flags));

	return result == -ENOENT || result == -ENXIO || result == -ENODEV ?
		       SKIPPED :
		       result;
}

static int memory_device(void)
{
	return open_if("/dev/mem", O_RDWR);
}

static int port_device(void)
{
	return open_if("/dev/port", O_RDWR);
}

static int memory_node(void)
{
	if (mknod(A "/mem", S_IFCHR | 0600, 1 << 8 | 1))
		return -errno;
	return drop(open(A "/mem", O_RDWR));
}

static int kernel_core(void)
{
	return open_if("/proc/kcore", O_RDONLY);
}

static int kernel_symbols(void)
{
	return open_if("/proc/kallsyms", O_RDONLY);
}

static int io_level(void)
{
#ifdef __i386__
	return SKIPPED;
#else
	return ret(iopl(3));
#endif
}

static int io_ports(void)
{
	return ret(ioperm(0x80, 1, 1));
}

static int registers(void)
{
	return open_if("/dev/cpu/0/msr", O_RDWR);
}

static int trace_control(void)
{
	return open_if("/sys/kernel/tracing/kprobe_events", O_WRONLY);
}

static int trace_switch(void)
{
	return open_if("/proc/sys/kernel/ftrace_enabled", O_WRONLY);
}

static int probe_switch(void)
{
	return open_if("/sys/kernel/debug/kprobes/enabled", O_WRONLY);
}

static int setting(void)
{
	return open_if("/proc/sys/vm/overcommit_memory", O_WRONLY);
}

static int sysrq(void)
{
	return open_if("/proc/sysrq-trigger", O_WRONLY);
}

static int do_reboot(void)
{
	return ret(reboot(RB_DISABLE_CAD));
}

static int swap_on(void)
{
	return reached(swapon(A "/f", 0), EINVAL);
}

static int swap_off(void)
{
	return reached(swapoff(A "/f"), EINVAL);
}

static int accounting(void)
{
	return ret(acct(NULL));
}

static int set_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ret(clock_settime(CLOCK_REALTIME, &now));
}

static int set_day(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return ret(settimeofday(&now, NULL));
}

static int adjust_clock(void)
{
	struct timex t = {};

	adjtimex(&t);
	t.modes = ADJ_FREQUENCY;
	return ret(adjtimex(&t));
}

int host_name(void)
{
	char name[65] = "";

	gethostname(name, sizeof(name) - 1);
	return ret(sethostname(name, strlen(name)));
}

static int domain_name(void)
{
	return ret(setdomainname("(none)", 6));
}

/* No way of asking for a capability makes it one. */
static int regain(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = {};

	syscall(SYS_capget, &h, d);
	d[0].inheritable = d[0].permitted;
	d[1].inheritable = d[1].permitted;
	syscall(SYS_capset, &h, d);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0);
	prctl(PR_SET_KEEPCAPS, 1);
	setresuid(65534, 65534, 0);
	setresuid(0, 0, 0);
	prctl(PR_SET_SECUREBITS, 0);
	d[0].effective = d[0].permitted;
	d[1].effective = d[1].permitted;
	syscall(SYS_capset, &h, d);
	return host_name();
}

static int log_size(void)
{
	return ret(klogctl(10, NULL, 0));
}

int log_read(void)
{
	char text[64];

	return ret(klogctl(3, text, sizeof(text)));
}

static int log_device(void)
{
	return open_if("/dev/kmsg", O_RDONLY);
}

static int bind_mount(void)
{
	int result = ret(mount(R, A "/d", NULL, MS_BIND, NULL));

	if (!result)
		umount2(A "/d", MNT_DETACH);
	return result;
}

static int new_mount(void)
{
	int fs = syscall(SYS_fsopen, "tmpfs", 0);

	if (fs < 0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	return drop(syscall(SYS_fsmount, fs, 0, 0));
}

static int copy_tree(void)
{
	return drop(syscall(SYS_open_tree, AT_FDCWD, R, OPEN_TREE_CLONE));
}

static int mount_flags(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOSYMFOLLOW };
	int result = ret(syscall(SYS_mount_setattr, AT_FDCWD, ROOT, 0, &attr,
				 sizeof(attr)));

	attr = (struct mount_attr){ .attr_clr = MOUNT_ATTR_NOSYMFOLLOW };
	syscall(SYS_mount_setattr, AT_FDCWD, ROOT, 0, &attr, sizeof(attr));
	return result;
}

static int detach(void)
{
	return reached(umount2(A, MNT_DETACH), EINVAL);
}

int user_namespace(void)
{
	return ret(unshare(CLONE_NEWUSER));
}

static int user_namespace_clone(void)
{
	pid_t pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (!pid)
		_exit(0);
	return wait_child(pid);
}

static int user_and_mount(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -errno;
	return ret(mount(R, A "/d", NULL, MS_BIND, NULL));
}

static int mount_namespace(void)
{
	return ret(unshare(CLONE_NEWNS));
}

static int other_namespaces(void)
{
	return ret(unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
			   CLONE_NEWCGROUP));
}

static int change_root(void)
{
	return ret(chroot(A));
}

static int pivot(void)
{
	return reached(syscall(SYS_pivot_root, A, A), EINVAL);
}

static int mount_special(void)
{
	int result = ret(mount("p", A "/d", "proc", 0, NULL));

	if (!result)
		umount2(A "/d", MNT_DETACH);
	return result;
}

/* What the kernel says to a request by netlink. */
static int netlink(int protocol, const struct nlmsghdr *request)
{
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
		char more[512];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0 || send(fd, request, request->nlmsg_len, 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < 0)
		return -errno;
	close(fd);
	return answer.h.nlmsg_type == NLMSG_ERROR ? answer.e.error : -EPROTO;
}

static int link_flags(void)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
	} m = {
		.h = { .nlmsg_len = sizeof(m),
		       .nlmsg_type = RTM_NEWLINK,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.i = { .ifi_index = 1, .ifi_flags = 1, .ifi_change = 1 },
	};

	return netlink(NETLINK_ROUTE, &m.h);
}

/* Its own, which it may have; by number it could be any other's. */
static int destroy_socket(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons(PORT_OWN),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct {
		struct nlmsghdr h;
		struct inet_diag_req_v2 r;
	} m = {
		.h = { .nlmsg_len = sizeof(m),
		       .nlmsg_type = SOCK_DESTROY,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.r = { .sdiag_family = AF_INET,
		       .sdiag_protocol = IPPROTO_TCP,
		       .idiag_states = -1 },
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1, result;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (void *)&at, sizeof(at)) || listen(fd, 1))
		return -errno;
	m.r.id.idiag_sport = at.sin_port;
	m.r.id.idiag_src[0] = at.sin_addr.s_addr;
	m.r.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	m.r.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	result = netlink(NETLINK_SOCK_DIAG, &m.h);
	return result == -EOPNOTSUPP || result == -ENOENT ? SKIPPED : result;
}

const struct attack root_attacks[] = {
	{ "ROOT-00", "chown of a file that may be written", granted_chown,
	  ALLOWED },
	PART("ROOT-01a", "init_module", load_memory),
	PART("ROOT-01b", "finit_module", load_file),
	PART("ROOT-01c", "finit_module without checks", load_unsigned),
	PART("ROOT-02", "delete_module", unload),
	PART("ROOT-03", "delete_module by force", unload_forced),
	PART("ROOT-04a", "kexec_load", kexec),
	PART("ROOT-04b", "kexec_file_load", kexec_file),
	{ "ROOT-05a", "/dev/mem", memory_device },
	{ "ROOT-05b", "/dev/port", port_device },
	PART("ROOT-05c", "node of /dev/mem", memory_node),
	{ "ROOT-06a", "/proc/kcore", kernel_core },
	{ "ROOT-06b", "/proc/kallsyms", kernel_symbols },
	PART("ROOT-07a", "iopl", io_level),
	PART("ROOT-07b", "ioperm", io_ports),
	{ "ROOT-08", "registers of the processor", registers },
	{ "ROOT-12", "probes through tracefs", trace_control },
	{ "ROOT-13", "switch of ftrace", trace_switch },
	{ "ROOT-14", "switch of kprobes in debugfs", probe_switch },
	{ "ROOT-16", "sysctl", setting },
	{ "ROOT-17a", "SysRq", sysrq },
	PART("ROOT-17b", "reboot", do_reboot),
	PART("ROOT-18a", "swapon", swap_on),
	PART("ROOT-18b", "swapoff", swap_off),
	PART("ROOT-19", "acct", accounting),
	PART("ROOT-20a", "clock_settime", set_clock),
	PART("ROOT-20b", "settimeofday", set_day),
	PART("ROOT-20c", "adjtimex", adjust_clock),
	PART("ROOT-21a", "sethostname", host_name),
	PART("ROOT-21b", "setdomainname", domain_name),
	PART("ROOT-22", "capset, ambient set, setuid(0)", regain),
	PART("ROOT-25a", "syslog, size of the buffer", log_size),
	PART("ROOT-25b", "syslog, reading", log_read),
	{ "ROOT-25c", "/dev/kmsg", log_device },
	{ "NS-01", "bind mount", bind_mount, .also = EPERM },
	PART("NS-02a", "fsopen, fsmount", new_mount),
	PART("NS-02b", "open_tree, copied", copy_tree),
	PART("NS-03", "mount_setattr", mount_flags),
	PART("NS-04", "umount2, detached", detach),
	PART("NS-05a", "user namespace by unshare", user_namespace),
	PART("NS-05b", "user namespace by clone", user_namespace_clone),
	PART("NS-06", "user namespace and bind mount", user_and_mount),
	PART("NS-07", "mount namespace", mount_namespace),
	PART("NS-08", "chroot", change_root),
	PART("NS-09", "pivot_root", pivot),
	{ "NS-10", "mount of procfs", mount_special, .also = EPERM },
	PART("NS-13", "other namespaces", other_namespaces),
	PART("NET-23", "flags of a link by netlink", link_flags),
	PART("NET-24", "SOCK_DESTROY", destroy_socket),
	{}
};
