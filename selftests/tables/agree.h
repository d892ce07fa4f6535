/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets as lines of one form, whoever tells of them.
 */
#ifndef AGREE_H
#define AGREE_H

#include <stdarg.h>
#include <stddef.h>

/**
 * struct lines - what somebody says of all sockets of a namespace
 * @line: one a socket
 * @nr: how many
 * @room: room for so many
 */
struct lines {
	char **line;
	size_t nr;
	size_t room;
};

void lines_add(struct lines *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void lines_sort(struct lines *l);
void lines_free(struct lines *l);
void lines_read_proc(struct lines *l);
void lines_read_ours(struct lines *l, struct lines *by_cookie);
void lines_read_ss(struct lines *l);

#endif /* AGREE_H */
