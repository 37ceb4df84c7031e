// SPDX-License-Identifier: GPL-2.0
/*
 * What language.t needs of the system calls and the shell does not have.
 *	language ioctl PATH COMMAND...	one word for each: allowed, EACCES, ...
 *	language kill PID SIGNAL...	the same
 *	language open PATH TIMES	how often it could be opened
 *	language accept PORT TIMES	say hello; whom to, or how it was refused
 *	language connect PORT FROM	what the server says
 *	language as UID GID GID,... PROGRAM...
 * An ioctl that the file does not know counts as allowed: it was not refused.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void say(int result)
{
	if (!result || errno == ENOTTY || errno == EINVAL)
		puts("allowed");
	else if (errno == EACCES)
		puts("EACCES");
	else if (errno == EPERM)
		puts("EPERM");
	else
		puts(strerror(errno));
}

static struct sockaddr_in address(const char *ip, const char *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	in.sin_addr.s_addr = inet_addr(ip);
	in.sin_port = htons((unsigned short)atoi(port));
	return in;
}

static int serve(const char *port, int times)
{
	struct sockaddr_in in = address("0.0.0.0", port);
	int fd, sock = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	socklen_t len;

	setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(sock, (struct sockaddr *)&in, sizeof(in)) || listen(sock, 5)) {
		perror("listen");
		return 1;
	}
	while (times--) {
		len = sizeof(in);
		fd = accept(sock, (struct sockaddr *)&in, &len);
		if (fd < 0) {
			say(fd);
			continue;
		}
		puts(inet_ntoa(in.sin_addr));
		if (write(fd, "hello", 5) != 5)
			perror("write");
		close(fd);
	}
	return 0;
}

static int call(const char *port, const char *from)
{
	struct sockaddr_in in = address(from, "0");
	int sock = socket(AF_INET, SOCK_STREAM, 0);
	char text[6] = "";

	if (bind(sock, (struct sockaddr *)&in, sizeof(in))) {
		perror("bind");
		return 1;
	}
	in = address("127.0.0.1", port);
	if (connect(sock, (struct sockaddr *)&in, sizeof(in))) {
		perror("connect");
		return 1;
	}
	puts(read(sock, text, 5) == 5 ? text : "nothing");
	return 0;
}

int main(int argc, char **argv)
{
	char room[256];
	int i, fd, done = 0;

	if (argc < 4)
		return 2;
	if (!strcmp(argv[1], "ioctl")) {
		fd = open(argv[2], O_RDONLY | O_NONBLOCK);
		if (fd < 0) {
			perror(argv[2]);
			return 1;
		}
		for (i = 3; i < argc; i++)
			say(ioctl(fd, strtoul(argv[i], NULL, 0), room));
	} else if (!strcmp(argv[1], "kill")) {
		for (i = 3; i < argc; i++)
			say(kill(atoi(argv[2]), atoi(argv[i])));
	} else if (!strcmp(argv[1], "open")) {
		for (i = atoi(argv[3]); i; i--) {
			fd = open(argv[2], O_RDONLY);
			if (fd >= 0) {
				done++;
				close(fd);
			}
		}
		printf("%d\n", done);
	} else if (!strcmp(argv[1], "accept")) {
		return serve(argv[2], atoi(argv[3]));
	} else if (!strcmp(argv[1], "connect")) {
		return call(argv[2], argv[3]);
	} else if (!strcmp(argv[1], "as") && argc > 5) {
		gid_t groups[8];
		size_t nr = 0;
		char *one;

		for (one = strtok(argv[4], ","); one && nr < 8;
		     one = strtok(NULL, ","))
			groups[nr++] = (gid_t)atoi(one);
		if (setgroups(nr, groups) || setgid((gid_t)atoi(argv[3])) ||
		    setuid((uid_t)atoi(argv[2]))) {
			perror("as");
			return 1;
		}
		execv(argv[5], argv + 5);
		perror(argv[5]);
		return 1;
	} else {
		return 2;
	}
	return 0;
}
