// SPDX-License-Identifier: GPL-2.0
/*
 * Asking the module: a question goes into the file, the answer comes out of it.
 */
#include "explain.h"

#include "message.h"
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = { "explain", NULL };
static const char *const columns[] = {
	"row", "step", "nr", "name", "fate", "proto", "local", "foreign", "dev", "flags", "score",
	"points", "group", "chosen", "prog", "bucket", "sockets", "cpu", "state", "cookie",
	"listener", "inode", "pid", "comm", "netns", "closed_ns", NULL,
};
static const char *const facts[] = { "netns", "now_ns", NULL };

static const struct tpw_shape shape = {
	.names = names, .columns = columns, .facts = facts,
};

/**
 * tpw_explain_open() - get ready to ask, or to read a saved answer
 * @explained: filled in; for tpw_explain_close() if this returns 0
 * @options: of the command line
 *
 * Return: 0, or -errno after a message.
 */
int tpw_explain_open(struct tpw_explained *explained, const struct tpw_options *options)
{
	struct tpw_file file;
	int error;

	*explained = (struct tpw_explained){ .options = options };
	error = tpw_procfs_open(&file, options, "explain", options->from ? 0 : O_RDWR);
	if (error)
		return error;
	explained->fd = file.fd;
	explained->path = file.path;
	return 0;
}

/**
 * tpw_explain_close() - free all
 * @explained: from tpw_explain_open()
 */
void tpw_explain_close(struct tpw_explained *explained)
{
	tpw_rows_free(&explained->rows);
	tpw_processes_free(&explained->processes);
	close(explained->fd);
	free(explained->path);
}

static int read_answer(struct tpw_explained *explained)
{
	tpw_rows_free(&explained->rows);
	return tpw_rows_read(&explained->rows, explained->path, explained->fd, &shape);
}

/* The module has refused the question, and says why. */
static int refuse(struct tpw_explained *explained)
{
	const char *error, *word;
	char *text, *c;
	int result = read_answer(explained);

	if (result)
		return result;
	error = tpw_explain_fact(explained, "error");
	word = tpw_explain_fact(explained, "word");
	text = strdup(error);
	for (c = text; c && (c = strchr(c, '-')); )
		*c = ' ';
	tpw_message("explain: '%s' %s; usage: explain tcp|udp FOREIGN LOCAL [dev IF] [cpu N]", word,
		    text ? text : error);
	free(text);
	return -EDOM;
}

/**
 * tpw_explain_ask() - ask, and read the answer
 * @explained: from tpw_explain_open()
 * @question: the question; with --from the saved answer is read whatever it is
 *
 * Return: 0, or -errno after a message; -EDOM if the question was wrong.
 */
int tpw_explain_ask(struct tpw_explained *explained, const char *question)
{
	int error;

	if (explained->options->from)
		return read_answer(explained);
	if (write(explained->fd, question, strlen(question)) >= 0)
		return read_answer(explained);
	error = errno;
	if (error == EINVAL)
		return refuse(explained);
	tpw_message("%s: %s", explained->path, strerror(error));
	return -error;
}
