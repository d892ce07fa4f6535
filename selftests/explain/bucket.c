// SPDX-License-Identifier: GPL-2.0
/*
 * 16,000 listeners in one bucket.
 *
 * The bucket of an address and a port is a hash of the address, xored with the
 * port: one question per address gives that, and then which ports to take.
 */
#define _GNU_SOURCE
#include "explain.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTENERS_NR	16000
#define MASK_MAX	65535
#define FIRST_PORT	2000

static int fds[LISTENERS_NR];
static unsigned int nr;
static char last[ENDPOINT_LEN + 8];

static uint64_t step_number(const struct answer *a, const char *step, const char *column)
{
	size_t row = table_find(&a->t, "name", step);

	if (row == NO_ROW)
		bail("no step %s", step);
	return table_number(&a->t, row, column);
}

/* The bucket of 127.A.B.C, port FIRST_PORT. */
static unsigned int bucket_of(const char *address, uint16_t port)
{
	char question[QUESTION_LEN];
	unsigned int bucket;
	struct answer a;

	snprintf(question, sizeof(question), "tcp 127.0.0.1:1 %s:%u", address, port);
	ask(&a, question);
	bucket = step_number(&a, "listener-addr", "bucket");
	answer_free(&a);
	return bucket;
}

/* The lowest ports of one address all lie in different buckets: their number is that of all. */
static unsigned int find_mask(void)
{
	unsigned int first = bucket_of("127.0.0.1", FIRST_PORT), nr_buckets = 1;

	while (bucket_of("127.0.0.1", FIRST_PORT ^ nr_buckets) != first && nr_buckets <= MASK_MAX)
		nr_buckets *= 2;
	return nr_buckets - 1;
}

/* All ports of one address that fall into that bucket. */
static void fill_from(const char *address, unsigned int bucket, unsigned int mask)
{
	unsigned int port = (bucket_of(address, FIRST_PORT) ^ FIRST_PORT ^ bucket) & mask;

	for (; port <= 65535 && nr < LISTENERS_NR; port += mask + 1) {
		if (port < FIRST_PORT)
			continue;
		fds[nr++] = sock_listen(address, port, 0, 1);
		snprintf(last, sizeof(last), "%s:%u", address, port);
	}
}

/* In small pieces, as a pager does. */
static size_t read_in_pieces(const char *question, size_t *rows)
{
	int fd = open(EXPLAIN, O_RDWR | O_CLOEXEC);
	char piece[777];
	size_t bytes = 0;
	ssize_t n, i;

	if (fd < 0 || write(fd, question, strlen(question)) < 0)
		bail("asking: %s", question);
	for (*rows = 0; (n = read(fd, piece, sizeof(piece))) > 0; bytes += n)
		for (i = 0; i < n; i++)
			*rows += piece[i] == '\n';
	close(fd);
	return bytes;
}

static uint64_t ask_timed(struct answer *a, const char *question)
{
	uint64_t before = now_ns();

	ask(a, question);
	return now_ns() - before;
}

/* The wildcard's bucket may be the same one by chance; then it has the same rows once more. */
static size_t rows_of_step(const struct answer *a, const char *step)
{
	const char *number = table_cell(&a->t, table_find(&a->t, "name", step), "step");
	size_t row, rows = 0;

	for (row = 0; row < a->t.rows; row++)
		rows += table_is(&a->t, row, "row", "socket") &&
			table_is(&a->t, row, "step", number);
	return rows;
}

static void look(unsigned int bucket)
{
	char question[QUESTION_LEN], address[ENDPOINT_LEN];
	struct answer a;
	uint64_t took;
	size_t rows;
	unsigned int i;

	snprintf(question, sizeof(question), "tcp 127.0.0.1:1 %s", last);
	took = ask_timed(&a, question);
	diag("bucket %u: %u listeners, answered and read in %llu ms", bucket, nr,
	     (unsigned long long)(took / 1000000));
	result(a.cookie == sock_cookie(fds[nr - 1]) && a.is_agreed, "the last one is found: %llx = %llx",
	       (unsigned long long)a.cookie, (unsigned long long)sock_cookie(fds[nr - 1]));
	result_is("sockets in its bucket", step_number(&a, "listener-addr", "sockets"), nr);
	result_is("rows of sockets", rows_of_step(&a, "listener-addr"), nr);
	result_is("not listed", table_fact(&a.t, "sockets_unlisted"), 0);
	read_in_pieces(question, &rows);
	result_is("lines, read in small pieces", rows, a.t.rows + 2);
	answer_free(&a);

	/* The first one has all others before it. */
	sock_name(fds[0], address);
	snprintf(question, sizeof(question), "tcp 127.0.0.1:1 %s", address);
	ask(&a, question);
	result(a.cookie == sock_cookie(fds[0]) && a.is_agreed, "the first one is found: %llx = %llx",
	       (unsigned long long)a.cookie, (unsigned long long)sock_cookie(fds[0]));
	answer_free(&a);
	for (i = 0; i < nr; i++)
		close(fds[i]);
	ask(&a, question);
	result_is("sockets in its bucket when all are closed",
		  step_number(&a, "listener-addr", "sockets"), 0);
	answer_free(&a);
}

static void run(void)
{
	unsigned int mask, bucket, i;
	char address[ENDPOINT_LEN];

	place_make();
	module_load("");
	mask = find_mask();
	bucket = bucket_of("127.0.0.1", FIRST_PORT);
	for (i = 0; nr < LISTENERS_NR && i < 60000; i++) {
		snprintf(address, sizeof(address), "127.1.%u.%u", i >> 8, i & 255);
		fill_from(address, bucket, mask);
	}
	diag("%u buckets", mask + 1);
	result_is("listeners in one bucket", nr, LISTENERS_NR);
	look(bucket);
	result_is("disagreements counted", disagreements(), 0);
}

const struct topic explain_bucket_topic = {
	.name = "bucket",
	.results = 9,
	.run = run,
};
