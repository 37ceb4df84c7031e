// SPDX-License-Identifier: GPL-2.0
/*
 * A file of lines. Records are written many at a time; the books are saved only
 * after that. A file never holds half a record: what a full disk has cut off is
 * taken away again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>
#include "output.h"

#define TOGETHER  (64 << 10)
#define LINES_MAX 1024

/* What waits to be written: text.buf, of whole lines. */
struct file {
	unsigned int lines;
	bool sole[LINES_MAX]; /* no other output has it */
	uint64_t size;	      /* of the file */
	bool told;	      /* that it cannot be rotated */
};

static bool file_wanted(const struct config *c)
{
	return c->file[0] != 0;
}

static int disk_error(struct output *o, int err)
{
	o->failure = err == ENOSPC || err == EDQUOT ? FAIL_DISK_FULL :
						      FAIL_DISK_ERROR;
	return -err;
}

/* Whoever ended in the middle of a line: ours begins on one of its own. */
static int end_line(struct output *o)
{
	char last = '\n';

	if (o->file->size &&
	    pread(o->fd, &last, 1, (off_t)o->file->size - 1) == 1 &&
	    last != '\n') {
		if (write(o->fd, "\n", 1) != 1)
			return disk_error(o, errno);
		o->file->size++;
	}
	return 0;
}

static int file_open(struct output *o)
{
	struct stat st;
	int err;

	if (!o->file)
		o->file = calloc(1, sizeof(*o->file));
	if (!o->file)
		return disk_error(o, ENOMEM);
	if (o->fd >= 0)
		return 0;
	o->fd = open(o->config->file,
		     O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
			     O_NONBLOCK,
		     0640);
	if (o->fd < 0)
		return disk_error(o, errno);
	if (fstat(o->fd, &st) || !S_ISREG(st.st_mode)) {
		close(o->fd);
		o->fd = -1;
		return disk_error(o, EINVAL);
	}
	o->file->size = (uint64_t)st.st_size;
	err = end_line(o);
	if (err) {
		close(o->fd);
		o->fd = -1;
	}
	return err;
}

/* The first @len bytes of the buffer, whole lines, are in the file. */
static void written(struct output *o, size_t len)
{
	struct file *f = o->file;
	unsigned int lines = 0;

	f->size += len;
	/* Nearly always: not worth looking at each byte. */
	if (len == o->text.at) {
		o->text.at = 0;
		f->lines = 0;
		return;
	}
	for (size_t i = 0; i < len; i++)
		lines += o->text.buf[i] == '\n';
	memmove(o->text.buf, o->text.buf + len, o->text.at - len);
	o->text.at -= len;
	f->lines -= lines;
	memmove(f->sole, f->sole + lines, f->lines * sizeof(f->sole[0]));
}

static int write_lines(struct output *o)
{
	while (o->text.at) {
		ssize_t n = write(o->fd, o->text.buf, o->text.at);
		int err = errno;
		const char *end;

		if (n == (ssize_t)o->text.at) {
			written(o, (size_t)n);
			return 0;
		}
		if (n < 0)
			return err == EINTR ? -EAGAIN : disk_error(o, err);
		/* Cut off: keep the whole lines of it. */
		end = memrchr(o->text.buf, '\n', (size_t)n);
		written(o, end ? (size_t)(end - o->text.buf) + 1 : 0);
		if (ftruncate(o->fd, (off_t)o->file->size))
			return disk_error(o, errno);
		if (!end)
			return disk_error(o, ENOSPC);
	}
	return 0;
}

static void file_rotate(struct output *o)
{
	const struct config *c = o->config;
	char from[PATH_SIZE + 12], to[PATH_SIZE + 12];
	bool moved = true;

	for (unsigned int i = c->file_keep; i; i--) {
		snprintf(to, sizeof(to), "%s.%u", c->file, i);
		if (i > 1)
			snprintf(from, sizeof(from), "%s.%u", c->file, i - 1);
		else
			snprintf(from, sizeof(from), "%s", c->file);
		if (rename(from, to) && errno != ENOENT)
			moved = false;
	}
	if (!moved && o->file && !o->file->told)
		fprintf(stderr, "hvauditd: %s: cannot be rotated: %s\n",
			c->file, strerror(errno));
	if (o->file)
		o->file->told = !moved;
	if (!moved || o->fd < 0)
		return;
	close(o->fd);
	o->fd = -1;
}

static int file_flush(struct output *o)
{
	int err;

	if (!o->text.at)
		return 0;
	err = file_open(o);
	if (!err)
		err = write_lines(o);
	if (!err && o->config->file_size &&
	    o->file->size >= o->config->file_size)
		file_rotate(o);
	return err;
}

static int file_write(struct output *o, const struct message *m)
{
	struct text t;
	int err;

	if (!o->file || o->text.at >= TOGETHER || o->file->lines == LINES_MAX) {
		err = file_flush(o);
		if (err)
			return err;
		err = file_open(o);
		if (err)
			return err;
	}
	/* There is room for the longest behind TOGETHER. */
	t = o->text;
	t.full = false;
	if (o->config->file_format == FILE_JSON)
		format_json(m, &t);
	else
		format_text(m, &t);
	if (t.full)
		return -EMSGSIZE;
	o->text.at = t.at;
	o->file->sole[o->file->lines++] = o->sole;
	return 0;
}

static uint64_t file_discard(struct output *o)
{
	uint64_t sole = 0;

	if (!o->file)
		return 0;
	for (unsigned int i = 0; i < o->file->lines; i++)
		sole += o->file->sole[i];
	o->missed += o->file->lines;
	o->written -= o->file->lines;
	o->file->lines = 0;
	o->text.at = 0;
	return sole;
}

static void file_close(struct output *o)
{
	file_flush(o);
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
	free(o->file);
	o->file = NULL;
}

const struct output_ops file_output = {
	.name = "file",
	.wanted = file_wanted,
	.write = file_write,
	.flush = file_flush,
	.discard = file_discard,
	.rotate = file_rotate,
	.close = file_close,
};
