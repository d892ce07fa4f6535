// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch annotate IN -o OUT: what the log says of each incoming segment becomes the comment of its
 * packet, where it is certain which row is of which packet. The capture is read twice: for what is in it,
 * and to be copied. Of one that is cut short, what is whole is annotated, and the status tells.
 */
#include "command.h"

#include "capture/capture.h"
#include "command/annotate/arrivals.h"
#include "command/annotate/comment.h"
#include "command/annotate/journal.h"
#include "command/annotate/match.h"
#include "command/annotate/result.h"
#include "lib/message.h"
#include "lib/replace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A regular file at its beginning, since it is read twice; NULL after a message. */
static FILE *open_capture(const char *path)
{
	FILE *file = fopen(path, "re");
	struct stat status;

	if (!file) {
		tpr_message("%s: %s", path, strerror(errno));
		return NULL;
	}
	if (!fstat(fileno(file), &status) && S_ISREG(status.st_mode))
		return file;
	tpr_message("%s: not a regular file", path);
	fclose(file);
	return NULL;
}

static int read_all(struct tpr_annotation *annotation, struct tpr_capture *capture)
{
	enum tpr_capture_event event;
	struct tpr_frame frame;
	int error = 0;

	while (!error && (event = tpr_capture_next(capture, &frame)) != TPR_CAPTURE_END) {
		if (event == TPR_CAPTURE_ERROR)
			return -EBADMSG;
		if (event == TPR_CAPTURE_FRAME)
			error = tpr_arrivals_add(annotation, capture, &frame);
	}
	return error;
}

/* Returns -EBADMSG, after a message, if it is damaged and has packets before that. */
static int read_capture(struct tpr_annotation *annotation, const char *path)
{
	FILE *file = open_capture(path);
	struct tpr_capture capture;
	size_t i;
	int error;

	if (!file)
		return -EINVAL;
	tpr_capture_init(&capture, file);
	error = read_all(annotation, &capture);
	if (error == -EBADMSG) {
		tpr_message("%s: %s", path, capture.error);
		error = annotation->notes_nr ? -EBADMSG : -EINVAL;
	}
	for (i = 0; i < capture.interfaces_nr; i++)
		annotation->dropped_nr += capture.interfaces[i].dropped_nr;
	tpr_capture_exit(&capture);
	fclose(file);
	return error;
}

/* The comment of a packet, to be freed, or NULL if it has none. */
static char *comment_of(const struct tpr_annotation *annotation, const struct tpr_owners *owners,
			size_t packet)
{
	const struct tpr_note *note;

	if (packet >= annotation->notes_nr)
		return NULL;
	note = tpr_annotation_note_of(annotation, packet);
	if (note->fate != TPR_FATE_ANNOTATED)
		return NULL;
	return tpr_comment_make(annotation->texts.list[note->text], owners, NULL);
}

/* As far as it can be read, which was told before. */
static int copy_all(const struct tpr_annotation *annotation, const struct tpr_owners *owners,
		    struct tpr_capture *capture, FILE *out)
{
	enum tpr_capture_event event;
	struct tpr_frame frame;
	size_t packet = 0;
	int error = 0;

	while (!error && !ferror(out)) {
		char *comment = NULL;

		event = tpr_capture_next(capture, &frame);
		if (event == TPR_CAPTURE_END || event == TPR_CAPTURE_ERROR)
			break;
		if (event == TPR_CAPTURE_FRAME)
			comment = comment_of(annotation, owners, packet++);
		error = tpr_capture_copy(capture, comment, out);
		free(comment);
	}
	return error;
}

static int write_copy(const struct tpr_annotation *annotation, const struct tpr_owners *owners,
		      const char *path, FILE *out)
{
	FILE *file = open_capture(path);
	struct tpr_capture capture;
	int error;

	if (!file)
		return -EINVAL;
	tpr_capture_init(&capture, file);
	error = copy_all(annotation, owners, &capture, out);
	tpr_capture_exit(&capture);
	fclose(file);
	return error;
}

static int write_output(const struct tpr_annotation *annotation, const struct tpr_owners *owners,
			const char *path, const char *output)
{
	struct tpr_replace replace;
	int error = tpr_replace_begin(&replace, output);

	if (!error)
		error = tpr_replace_end(&replace,
					write_copy(annotation, owners, path, replace.out));
	if (error)
		tpr_message("%s: %s", output, strerror(-error));
	return error;
}

/* Both have been read. */
static int finish(struct tpr_annotation *annotation, const struct tpr_owners *owners,
		  const struct tpr_options *options, const char *path)
{
	int error = tpr_match(annotation);

	if (!error && options->output)
		error = write_output(annotation, owners, path, options->output);
	if (!error)
		tpr_result_print(stdout, annotation, options);
	return error;
}

static int annotate(struct tpr_annotation *annotation, const struct tpr_options *options,
		    const char *path)
{
	struct tpr_owners owners;
	int damaged = read_capture(annotation, path), error;

	if (damaged && damaged != -EBADMSG)
		return damaged;
	error = tpr_journal_read(annotation, &owners, options);
	if (!error)
		error = finish(annotation, &owners, options, path);
	tpr_owners_free(&owners);
	return error ? error : damaged;
}

/**
 * tpr_annotate_main() - the command "annotate"
 * @options: of the command line
 * @argc: 1
 * @argv: the capture
 *
 * Return: exit status.
 */
enum tpr_exit tpr_annotate_main(const struct tpr_options *options, int argc, char **argv)
{
	struct tpr_annotation *annotation;
	int error;

	if (argc != 1 || !*argv[0]) {
		tpr_message("annotate: which capture? tuplewatch annotate IN.pcapng -o OUT.pcapng");
		return TPR_EXIT_USAGE;
	}
	annotation = calloc(1, sizeof(*annotation));
	if (!annotation) {
		tpr_message("out of memory");
		return TPR_EXIT_FAILED;
	}
	error = annotate(annotation, options, argv[0]);
	tpr_annotation_free(annotation);
	free(annotation);
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
