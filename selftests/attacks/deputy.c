// SPDX-License-Identifier: GPL-2.0
/*
 * Attack programs: class DEP, others who would do it for us: services behind
 * sockets, and files that somebody reads later. The stage has put a listener
 * behind each name.
 */
#include "common.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

/* A name that begins with "@" is abstract. */
static socklen_t deputy_name(struct sockaddr_un *sun, const char *name)
{
	*sun = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strcpy(sun->sun_path, name);
	if (*name != '@')
		return sizeof(*sun);
	*sun->sun_path = 0;
	return offsetof(struct sockaddr_un, sun_path) + strlen(name);
}

static int talk(void)
{
	struct sockaddr_un sun;
	socklen_t len = deputy_name(&sun, me->arg);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), result;

	if (fd < 0)
		return -errno;
	result = ret(connect(fd, (void *)&sun, len));
	close(fd);
	return result;
}

/* Its own service under a name that others trust. */
static int pose(void)
{
	struct sockaddr_un sun;
	socklen_t len = deputy_name(&sun, me->arg);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return fd < 0 ? -errno : ret(bind(fd, (void *)&sun, len));
}

static int plant(void)
{
	int fd = open(me->arg, O_WRONLY | O_CREAT, 0600);

	/* Outside of the scenery: nobody else tidies up. */
	if (fd >= 0)
		unlink(me->arg);
	return drop(fd);
}

static int drive(void)
{
	int fd = open(me->arg, O_RDWR);

	return fd < 0 && errno == ENOENT ? SKIPPED : drop(fd);
}

const struct attack deputy_attacks[] = {
	{ "DEP-07a", "service manager, private socket", talk,
	  .arg = "/run/systemd/private" },
	{ "DEP-07b", "service manager, notifications", talk,
	  .arg = "/run/systemd/notify" },
	{ "DEP-07c", "system bus", talk, .arg = "/run/dbus/system_bus_socket" },
	{ "DEP-07d", "bus with an abstract name", talk,
	  .arg = "@/tmp/dbus-kHv" },
	{ "DEP-07e", "journal", talk, .arg = "/run/systemd/journal/stdout" },
	{ "DEP-08a", "docker", talk, .arg = "/run/docker.sock" },
	{ "DEP-08b", "containerd", talk,
	  .arg = "/run/containerd/containerd.sock" },
	{ "DEP-08c", "libvirt", talk, .arg = "/run/libvirt/libvirt-sock" },
	{ "DEP-08d", "snapd", talk, .arg = "/run/snapd.socket" },
	{ "DEP-08e", "containerd, abstract name", talk,
	  .arg = "@/containerd-shim/khv.sock" },
	{ "DEP-09a", "table of cron", plant, .arg = "/etc/cron.d-khv" },
	{ "DEP-09b", "start of shells", plant, .arg = "/etc/profile.d/khv.sh" },
	{ "DEP-09c", "rule of udev", plant,
	  .arg = "/run/udev/rules.d/khv.rules" },
	{ "DEP-09d", "keys of ssh", plant, .arg = "/root/authorized_keys" },
	{ "DEP-09e", "unit of systemd", plant,
	  .arg = "/run/systemd/system/khv.service" },
	{ "DEP-09f", "preloaded libraries", plant,
	  .arg = "/etc/ld.so.preload" },
	{ "OPEN-20b", "device mapper", drive, .arg = "/dev/mapper/control" },
	{ "OPEN-20c", "loop control", drive, .arg = "/dev/loop-control" },
	{ "DEP-14a", "terminal multiplexer", talk, .arg = "/tmp/tmux-0" },
	{ "DEP-14b", "agent of ssh", talk, .arg = "/tmp/ssh-agent" },
	{ "DEP-14c", "display, abstract name", talk,
	  .arg = "@/tmp/.X11-unix/X7" },
	{ "DEP-14d", "abstract name of a trusted service taken", pose,
	  .arg = "@/org/freedesktop/khv" },
	{}
};

/* For the stage: a listener behind every name that a technique talks to. */
void deputies(void)
{
	const struct attack *a;
	struct sockaddr_un sun;
	socklen_t len;
	int fd;

	for (a = deputy_attacks; a->id; a++) {
		if (a->run != talk)
			continue;
		len = deputy_name(&sun, a->arg);
		make_parents(a->arg);
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		/* The real one will do as well. */
		if (!connect(fd, (void *)&sun, len)) {
			close(fd);
			continue;
		}
		if (*a->arg == '/')
			unlink(a->arg);
		if (bind(fd, (void *)&sun, len) || listen(fd, 10))
			perror(a->arg);
	}
	for (a = deputy_attacks; a->id; a++)
		if (a->run == plant)
			make_parents(a->arg);
}
