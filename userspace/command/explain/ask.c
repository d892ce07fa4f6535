// SPDX-License-Identifier: GPL-2.0
/*
 * Asking the module: a question goes into the file, the answer comes out of it.
 */
#include "command/explain/explain.h"

#include "lib/message.h"
#include "show/holder.h"
#include "system/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = { "explain", NULL };
static const char *const columns[] = {
	"row", "step", "place", "name", "fate", "proto", "local", "foreign", "dev", "flags", "score",
	"points", "member", "group", "chooser", "progs", "bucket", "sockets", "cpu", "state",
	"cookie", "listener_cookie", "inode", "pid", "comm", "netns", "closed_ns", "who", NULL,
};
static const char *const facts[] = { "netns", "now_ns", NULL };

const struct tpr_shape tpr_explain_shape = {
	.names = names, .columns = columns, .facts = facts,
};

/**
 * tpr_explain_open() - get ready to ask, or to read a saved answer
 * @explained: filled in; for tpr_explain_close() if this returns 0
 * @options: of the command line
 *
 * Return: 0, or -errno after a message.
 */
int tpr_explain_open(struct tpr_explained *explained, const struct tpr_options *options)
{
	struct tpr_file file;
	int error;

	*explained = (struct tpr_explained){ .options = options };
	error = tpr_procfs_open(&file, options, "explain", options->from ? 0 : O_RDWR);
	if (error)
		return error;
	explained->fd = file.fd;
	explained->path = file.path;
	return 0;
}

/**
 * tpr_explain_close() - free all
 * @explained: from tpr_explain_open()
 */
void tpr_explain_close(struct tpr_explained *explained)
{
	tpr_rows_free(&explained->rows);
	tpr_processes_free(&explained->processes);
	close(explained->fd);
	free(explained->path);
}

static int read_answer(struct tpr_explained *explained)
{
	int error;

	tpr_rows_free(&explained->rows);
	error = tpr_rows_read(&explained->rows, explained->path, explained->fd,
			      &tpr_explain_shape);
	if (!error)
		tpr_table_warn_blind(explained->rows.table);
	/* those of many questions were looked up once, before */
	if (!error && explained->processes.nr)
		error = tpr_holder_add(&explained->rows, &explained->processes);
	return error;
}

/* The module has refused the question, and says why. */
static int refuse(struct tpr_explained *explained, const char *question)
{
	const char *error, *word;
	char *text, *c;
	int result = read_answer(explained);

	if (result)
		return result;
	error = tpr_explain_fact(explained, "error");
	word = tpr_explain_fact(explained, "word");
	text = strdup(error);
	for (c = text; c && (c = strchr(c, '-')); )
		*c = ' ';
	tpr_message("explain: '%s' %s; usage: explain %s", word, text ? text : error,
		    strncmp(question, "bind", 4) ? "tcp|udp FOREIGN LOCAL [dev IF] [cpu N]" :
		    "bind tcp LOCAL [dev IF] [uid N] [reuseaddr] [reuseport] [v6only]");
	free(text);
	return -EDOM;
}

/**
 * tpr_explain_ask() - ask, and read the answer
 * @explained: from tpr_explain_open()
 * @question: the question; with --from the saved answer is read whatever it is
 *
 * Return: 0, or -errno after a message; -EDOM if the question was wrong.
 */
int tpr_explain_ask(struct tpr_explained *explained, const char *question)
{
	int error;

	if (explained->options->from)
		return read_answer(explained);
	if (write(explained->fd, question, strlen(question)) >= 0)
		return read_answer(explained);
	error = errno;
	if (error == EINVAL)
		return refuse(explained, question);
	tpr_message("%s: %s", explained->path, strerror(error));
	return -error;
}
