// SPDX-License-Identifier: GPL-2.0
/*
 * What closes between two readings of the table: told once, or counted.
 */
#include "command/events/ledger.h"

#include "command.h"
#include "test/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More than a simulated table has rows */
#define SOCKETS_NR	4000
/* Rows of closed sockets that the simulated table has room for */
#define ROOM		20

/* When the table is read, if not as usual */
static unsigned int late_ns;

/* TCP connections that closed and had no row */
static unsigned int rowless;

static FILE *table;
static int table_fd;

/* The head of a reading */
static void begin(uint64_t forgotten)
{
	char name[] = "/tmp/ledger_test.XXXXXX";
	const char *column;
	size_t i;

	table_fd = mkstemp(name);
	unlink(name);
	table = fdopen(dup(table_fd), "w");
	fprintf(table, "# tuplewatch 2 connections netns=1 now_ns=%u forgotten=%llu unnoted=%u\n",
		late_ns ? late_ns : 100000, (unsigned long long)forgotten, rowless);
	for (i = 0; (column = tpr_column_name("connections", i)); i++)
		fprintf(table, "%s%s", i ? " " : "", column);
	fputc('\n', table);
}

static void add(unsigned int cookie, const char *state, unsigned int closed_ns)
{
	/* a row that began with a segment to a TIME_WAIT */
	bool is_leftover = !strcmp(state, "leftover");
	const char *column;
	size_t i;

	for (i = 0; (column = tpr_column_name("connections", i)); i++) {
		fputs(i ? " " : "", table);
		if (!strcmp(column, "cookie"))
			fprintf(table, "%x", cookie);
		else if (!strcmp(column, "state"))
			fputs(is_leftover ? "TIME_WAIT" : state, table);
		else if (is_leftover && (!strcmp(column, "segments") || !strcmp(column, "time_wait")))
			fputc('2', table);
		else if (!strcmp(column, "closed_ns") && closed_ns)
			fprintf(table, "%u", closed_ns);
		else
			fputc('-', table);
	}
	fputc('\n', table);
}

/* The cookies of those that closed, then what else is told: "5 3 missed 1 unnoted 1" */
static const char *take(struct tpr_ledger *ledger)
{
	static char text[256];
	struct tpr_rows rows = { 0 };
	struct tpr_news news;
	size_t i, at = 0;
	int error;

	fclose(table);
	lseek(table_fd, 0, SEEK_SET);
	text[0] = '\0';
	if (tpr_rows_read(&rows, "connections", table_fd, &tpr_connections_shape)) {
		close(table_fd);
		return "bad table";
	}
	error = tpr_ledger_take(ledger, &rows, true, &news);
	for (i = 0; !error && i < news.nr; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", i ? " " : "",
				       tpr_rows_get(&rows, news.rows[i], "cookie"));
	if (error)
		snprintf(text, sizeof(text), "error %d", -error);
	if (news.missed)
		at += (size_t)snprintf(text + at, sizeof(text) - at, " missed %d", (int)news.missed);
	if (news.unnoted)
		snprintf(text + at, sizeof(text) - at, " unnoted %d", (int)news.unnoted);
	free(news.rows);
	tpr_rows_free(&rows);
	close(table_fd);
	return text;
}

static void told(void)
{
	struct tpr_ledger ledger = { 0 };

	begin(7);
	add(1, "CLOSED", 10);
	add(2, "ESTABLISHED", 0);
	add(3, "ESTABLISHED", 0);
	CHECK_STRING(take(&ledger), "");
	/* in the order of time; one that was not seen open too */
	begin(7);
	add(1, "CLOSED", 10);
	add(2, "CLOSED", 40);
	add(3, "TIME_WAIT", 30);
	add(4, "CLOSED", 20);
	CHECK_STRING(take(&ledger), "4 3 2");
	begin(7);
	add(1, "CLOSED", 10);
	add(2, "CLOSED", 40);
	add(3, "CLOSED", 30);
	add(4, "CLOSED", 20);
	CHECK_STRING(take(&ledger), "");
	/* connected again, and closed again */
	begin(7);
	add(2, "ESTABLISHED", 0);
	add(3, "CLOSED", 30);
	add(4, "CLOSED", 20);
	CHECK_STRING(take(&ledger), "");
	begin(8);
	add(2, "CLOSED", 50);
	add(3, "CLOSED", 30);
	add(4, "CLOSED", 20);
	CHECK_STRING(take(&ledger), "2");
	tpr_ledger_free(&ledger);
}

/* What closes while the table is read is told by the next reading. */
static void late(void)
{
	struct tpr_ledger ledger = { 0 };

	begin(0);
	add(1, "ESTABLISHED", 0);
	add(2, "ESTABLISHED", 0);
	CHECK_STRING(take(&ledger), "");
	begin(0);
	add(1, "ESTABLISHED", 0);
	add(2, "CLOSED", 100002);
	CHECK_STRING(take(&ledger), "");
	late_ns = 100003;
	begin(0);
	add(1, "CLOSED", 100001);
	add(2, "CLOSED", 100002);
	CHECK_STRING(take(&ledger), "1 2");
	/* its end came late, and it is in TIME_WAIT already */
	begin(0);
	add(1, "CLOSED", 100001);
	add(3, "TIME_WAIT", 100004);
	CHECK_STRING(take(&ledger), "");
	late_ns = 100005;
	begin(0);
	add(1, "CLOSED", 100001);
	add(3, "TIME_WAIT", 100004);
	CHECK_STRING(take(&ledger), "3");
	late_ns = 0;
	tpr_ledger_free(&ledger);
}

/* The kernel has it in TIME_WAIT, when the table has forgotten it. */
static void ending(void)
{
	struct tpr_ledger ledger = { 0 };

	begin(0);
	add(1, "TIME_WAIT", 10);
	add(2, "ESTABLISHED", 0);
	add(3, "ESTABLISHED", 0);
	CHECK_STRING(take(&ledger), "");
	/* one was there before, one had closed meanwhile */
	begin(2);
	add(1, "TIME_WAIT", 0);
	add(2, "TIME_WAIT", 0);
	add(3, "ESTABLISHED", 0);
	CHECK_STRING(take(&ledger), " missed 1");
	/* of one there had been no row at all */
	begin(2);
	add(1, "TIME_WAIT", 0);
	add(2, "TIME_WAIT", 0);
	add(3, "TIME_WAIT", 0);
	CHECK_STRING(take(&ledger), " unnoted 1");
	/* a row anew is no news, and no loss when it goes again */
	begin(2);
	add(1, "leftover", 50);
	add(4, "leftover", 60);
	CHECK_STRING(take(&ledger), "");
	begin(4);
	add(1, "TIME_WAIT", 0);
	CHECK_STRING(take(&ledger), "");
	begin(4);
	CHECK_STRING(take(&ledger), "");
	tpr_ledger_free(&ledger);
}

/* One that was open, and one that nobody had seen, closed and were forgotten: that is two. */
static void open_before(void)
{
	struct tpr_ledger ledger = { 0 };

	begin(0);
	add(1, "ESTABLISHED", 0);
	CHECK_STRING(take(&ledger), "");
	begin(2);
	CHECK_STRING(take(&ledger), " missed 2");
	begin(2);
	CHECK_STRING(take(&ledger), "");
	tpr_ledger_free(&ledger);
}

static void missed(void)
{
	struct tpr_ledger ledger = { 0 };

	begin(7);
	add(1, "CLOSED", 10);
	add(2, "ESTABLISHED", 0);
	CHECK_STRING(take(&ledger), "");
	/* one of the three was known */
	begin(10);
	add(2, "ESTABLISHED", 0);
	CHECK_STRING(take(&ledger), " missed 2");
	begin(10);
	add(2, "ESTABLISHED", 0);
	CHECK_STRING(take(&ledger), "");
	begin(10);
	CHECK_STRING(take(&ledger), "");
	/* another module, though it has forgotten more than the first one had at first */
	begin(9);
	CHECK_STRING(take(&ledger), "error 116");
	begin(6);
	CHECK_STRING(take(&ledger), "error 116");
	begin(10);
	CHECK_STRING(take(&ledger), " unnoted 1");
	tpr_ledger_free(&ledger);
}

static void unnoted(void)
{
	struct tpr_ledger ledger = { 0 };

	begin(0);
	add(1, "ESTABLISHED", 0);
	add(2, "ESTABLISHED", 0);
	add(3, "SYN_RECV", 0);
	add(4, "TIME_WAIT", 0);
	add(5, "TIME_WAIT", 0);
	CHECK_STRING(take(&ledger), "");
	/* a moment between the kernel's tables and ours is no loss; a request is no connection */
	begin(0);
	add(4, "TIME_WAIT", 20);
	CHECK_STRING(take(&ledger), "");
	begin(0);
	add(1, "CLOSED", 10);
	add(4, "CLOSED", 20);
	CHECK_STRING(take(&ledger), "1 unnoted 1");
	begin(0);
	add(1, "CLOSED", 10);
	add(4, "CLOSED", 20);
	CHECK_STRING(take(&ledger), "");
	tpr_ledger_free(&ledger);
}

/* What the module counts itself; of these, some had been seen before. */
static void rowless_counted(void)
{
	struct tpr_ledger ledger = { 0 };

	rowless = 5;
	begin(0);
	add(1, "ESTABLISHED", 0);
	add(2, "ESTABLISHED", 0);
	CHECK_STRING(take(&ledger), "");
	rowless = 8;
	begin(0);
	add(2, "CLOSED", 10);
	CHECK_STRING(take(&ledger), "2 unnoted 3");
	begin(0);
	add(2, "CLOSED", 10);
	CHECK_STRING(take(&ledger), "");
	rowless = 9;
	begin(0);
	add(2, "CLOSED", 10);
	CHECK_STRING(take(&ledger), " unnoted 1");
	/* another module */
	rowless = 8;
	begin(0);
	CHECK_STRING(take(&ledger), "error 116");
	rowless = 1;
	begin(0);
	CHECK_STRING(take(&ledger), "error 116");
	rowless = 0;
	tpr_ledger_free(&ledger);
}

/** struct model - sockets that open and close, and a table that is too small for them */
struct model {
	unsigned int closed_ns[SOCKETS_NR];
	unsigned int opened_nr;
	unsigned int closed_nr;
	/* rows of closed ones, the oldest first */
	unsigned int rows[SOCKETS_NR];
	unsigned int first;
	unsigned int nr;
	unsigned int forgotten;
};

static void step(struct model *model, unsigned int now)
{
	unsigned int one;

	if (model->opened_nr < SOCKETS_NR)
		model->opened_nr++;
	one = (unsigned int)rand() % model->opened_nr;
	if (model->closed_ns[one])
		return;
	model->closed_ns[one] = now;
	model->closed_nr++;
	model->rows[model->nr++] = one;
	if (model->nr - model->first > ROOM) {
		model->first++;
		model->forgotten++;
	}
}

static unsigned int read_model(struct model *model, struct tpr_ledger *ledger)
{
	unsigned int i, nr;
	const char *text, *c;

	begin(model->forgotten);
	for (i = 0; i < model->opened_nr; i++) {
		if (!model->closed_ns[i])
			add(i + 1, "ESTABLISHED", 0);
	}
	for (i = model->first; i < model->nr; i++)
		add(model->rows[i] + 1, "CLOSED", model->closed_ns[model->rows[i]]);
	text = take(ledger);
	c = strstr(text, " missed ");
	nr = c ? (unsigned int)strtoul(c + 8, NULL, 10) : 0;
	c = strstr(text, " unnoted ");
	nr += c ? (unsigned int)strtoul(c + 9, NULL, 10) : 0;
	for (c = text; *c && strncmp(c, " missed", 7) && strncmp(c, " unnoted", 8); ) {
		nr++;
		c += *c == ' ';
		c += strcspn(c, " ");
	}
	return nr;
}

/* Each that closed is told once or counted, however seldom one looks. */
static void sums(void)
{
	struct tpr_ledger ledger = { 0 };
	unsigned int now, told_nr = 0;
	static struct model model;

	srand(7);
	read_model(&model, &ledger);
	for (now = 1; now <= 3000; now++) {
		step(&model, now);
		if (!(rand() % (now < 1500 ? 3 : 90)))
			told_nr += read_model(&model, &ledger);
	}
	told_nr += read_model(&model, &ledger);
	CHECK_NUMBER(told_nr, model.closed_nr);
	CHECK_NUMBER(model.forgotten > 100, 1);
	tpr_ledger_free(&ledger);
}

const struct unit_case unit_ledger[] = {
	UNIT_CASE(told, "ledger: what closes is told once, in the order of time"),
	UNIT_CASE(late, "ledger: what closes while the table is read waits for the next reading"),
	UNIT_CASE(ending, "ledger: a TIME_WAIT that the table has forgotten is counted once"),
	UNIT_CASE(open_before, "ledger: what was open and was forgotten is counted once"),
	UNIT_CASE(missed, "ledger: what was forgotten before it was read is counted"),
	UNIT_CASE(unnoted, "ledger: what nobody noted is counted, requests are not"),
	UNIT_CASE(rowless_counted, "ledger: what the module had no row of is counted once"),
	UNIT_CASE(sums, "ledger: told and counted are all that closed"),
	{ 0 },
};
