/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page for people, read as people do; and how many sockets the kernel has.
 */
#ifndef PAGE_READ_H
#define PAGE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct page - what it says
 * @text: all of it
 * @lines: how many lines it has
 * @columns: of its widest line
 * @crooked: rows of SOCKETS without a number where the title has Segs
 * @seen: sum over the columns of that line
 * @segments: sum over Segs
 * @listening: TCP listeners that have a row, or are more
 * @bound: the same of UDP sockets that are not connected
 * @connections: the same of connections
 * @unlooked: sockets that were not looked at
 * @listening_rows: of @listening, have a row
 */
struct page {
	char *text;
	size_t lines;
	size_t columns;
	size_t crooked;
	uint64_t seen;
	uint64_t segments;
	uint64_t listening;
	uint64_t bound;
	uint64_t connections;
	uint64_t unlooked;
	uint64_t listening_rows;
};

/**
 * struct kernels - what ss would list
 * @listening: TCP listeners
 * @bound: UDP sockets that are not connected
 * @connections: all others
 */
struct kernels {
	uint64_t listening;
	uint64_t bound;
	uint64_t connections;
};

void page_read(struct page *p);
void page_free(struct page *p);
void page_show(const struct page *p);
bool page_has(const struct page *p, const char *what);
const char *page_row(const struct page *p, const char *begin, const char *what);
uint64_t page_number(const char *line, const char *what);
void kernels_count(struct kernels *k);

#endif
