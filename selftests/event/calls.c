// SPDX-License-Identifier: GPL-2.0
/* Calls with known arguments and results, for event/calls.t. */
#include <errno.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void files(void)
{
	int fd = open("/run/khv-audited", O_RDWR | O_CREAT | O_CLOEXEC, 0640);

	if (write(fd, "abc", 3) != 3)
		perror("write");
	/* Each fails and works. */
	lseek(4711, 0, SEEK_SET);
	lseek(fd, 0, SEEK_SET);
	lseek(fd, -1, SEEK_SET);
	fchmod(4711, 0640);
	fchmod(fd, 0640);
	if (ftruncate(4711, 1) == 0 || ftruncate(fd, 1))
		puts("?");
	close(fd);
	rename("/run/khv-audited", "/run/khv-renamed");
	unlink("/run/khv-renamed");
	if (open("/run/khv-absent", O_RDONLY) >= 0)
		puts("?");
	close(4711);
}

static void sockets(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);

	inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
	connect(fd, (struct sockaddr *)&a, sizeof(a));
	close(fd);
}

/*
 * The name is another one as soon as the call has begun: what is reported must be
 * what the kernel used.
 */
static void secret(void)
{
	sethostname("secret-name", 11);
	syscall(SYS_getppid);
	prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "files"))
			files();
		else if (!strcmp(argv[i], "sockets"))
			sockets();
		else if (!strcmp(argv[i], "secret"))
			secret();
	}
	return 0;
}
