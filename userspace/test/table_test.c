// SPDX-License-Identifier: GPL-2.0
/*
 * The parser: good tables to the number, and every way in which it can refuse one, each with
 * the file and line that it names.
 */
#include "table/table.h"

#include "test/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const none[] = { NULL };
static const char *const names[] = { "counters", NULL };
static const char *const columns[] = { "name", "tcp4", "tcp6", "udp4", "udp6", NULL };
static const struct tpr_shape counters = {
	.names = names, .columns = columns, .facts = none,
};

static const char *const socket_names[] = { "connections", NULL };
static const struct tpr_shape sockets = {
	.names = socket_names, .columns = none, .facts = none,
};

static const char *const log_names[] = { "log", "log_pipe", NULL };
static const char *const log_facts[] = { "wall_offset_ns", NULL };
static const struct tpr_shape records = {
	.names = log_names, .columns = none, .facts = log_facts,
};

static const char head[] = "# tuplewatch 2 counters netns=1\nname tcp4 tcp6 udp4 udp6\n";

static void push(struct tpr_table *table, const char *text)
{
	tpr_table_push(table, text, strlen(text));
}

static void rows(void)
{
	struct tpr_table *table = tpr_table_create("t", &counters);

	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_WAIT);
	push(table, "# tuplewatch 2 counters netns=4026531840 who=a\\040b\tempty=\n");
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_WAIT);
	CHECK_STRING(table->name, "counters");
	push(table, "udp6 name novel\ttcp4  tcp6 udp4\n");
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_HEAD);
	CHECK_NUMBER(table->facts_nr, 3);
	CHECK_STRING(tpr_table_fact(table, "netns"), "4026531840");
	CHECK_STRING(tpr_table_fact(table, "who"), "a b");
	CHECK_STRING(tpr_table_fact(table, "empty"), "");
	CHECK_NUMBER(tpr_table_fact(table, "nothing") == NULL, true);
	CHECK_NUMBER(table->columns_nr, 6);
	CHECK_NUMBER(tpr_table_column(table, "tcp4"), 3);
	CHECK_NUMBER(tpr_table_column(table, "novel"), 2);
	CHECK_NUMBER(tpr_table_column(table, "nothing"), -1);
	CHECK_NUMBER(table->columns[3].kind, TPR_KIND_COUNT);
	CHECK_NUMBER(table->columns[2].kind, TPR_KIND_TEXT);
	push(table, "18446744073709551615 se\\145n x\\012y - ? 0 \n");
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ROW);
	CHECK_STRING(table->fields[0], "18446744073709551615");
	CHECK_STRING(table->fields[1], "seen");
	CHECK_STRING(table->fields[2], "x\ny");
	CHECK_NUMBER(tpr_table_is_value(table->fields[3]), false);
	CHECK_NUMBER(tpr_table_is_value(table->fields[4]), false);
	CHECK_NUMBER(tpr_table_is_value(table->fields[5]), true);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_WAIT);
	tpr_table_finish(table);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_END);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_END);
	tpr_table_destroy(table);
}

/* What stands in the place of a value does so in columns and facts of each kind. */
static void marks(void)
{
	struct tpr_table *table = tpr_table_create("t", &sockets);
	static const char *const fields[] = { "-", "?", "hidden" };
	size_t i, j;

	push(table, "# tuplewatch 2 connections netns=all held=hidden max=- forgotten_ns=? "
	     "wall_offset_ns=hidden\nsegments last_ns waited_ns pid cookie local listener comm\n");
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_HEAD);
	CHECK_STRING(tpr_table_fact(table, "held"), "hidden");
	push(table, "- - - - - - - -\n? ? ? ? ? ? ? ?\n"
	     "hidden hidden hidden hidden hidden hidden hidden hidden\n");
	for (i = 0; i < 3; i++) {
		CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ROW);
		for (j = 0; j < table->columns_nr; j++) {
			CHECK_STRING(table->fields[j], fields[i]);
			CHECK_NUMBER(tpr_table_is_value(table->fields[j]), false);
			CHECK_NUMBER(tpr_table_is_hidden(table->fields[j]), i == 2);
		}
	}
	CHECK_NUMBER(tpr_table_is_value("-1"), true);
	CHECK_NUMBER(tpr_table_is_value("??"), true);
	CHECK_NUMBER(tpr_table_is_value("hiddenx"), true);
	CHECK_NUMBER(tpr_table_is_value("hid"), true);
	CHECK_NUMBER(tpr_table_is_value(""), true);
	tpr_table_destroy(table);
}

static void lost(void)
{
	struct tpr_table *table = tpr_table_create("t", &counters);

	push(table, head);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_HEAD);
	push(table, "# lost 5\n#\n# something new\nseen 1 2 3 4\n#lost 18446744073709551615\n");
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_LOST);
	CHECK_NUMBER(table->lost, 5);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ROW);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_LOST);
	CHECK_NUMBER(table->lost, UINT64_MAX);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_WAIT);
	tpr_table_destroy(table);
}

static void set_fact(void)
{
	struct tpr_table *table = tpr_table_create("t", &counters);

	push(table, head);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_HEAD);
	CHECK_NUMBER(tpr_table_set_fact(table, "netns", "2"), 0);
	CHECK_NUMBER(tpr_table_set_fact(table, "more", "x"), 0);
	CHECK_STRING(tpr_table_fact(table, "netns"), "2");
	CHECK_STRING(tpr_table_fact(table, "more"), "x");
	CHECK_NUMBER(table->facts_nr, 2);
	tpr_table_destroy(table);
}

/* Feed a file some bytes at a time and count its events. */
static void count_events(const char *path, size_t chunk, uint64_t counts[])
{
	struct tpr_table *table = tpr_table_create(path, &records);
	FILE *file = fopen(path, "r");
	char bytes[64];
	size_t got;

	do {
		enum tpr_event event;

		got = fread(bytes, 1, chunk, file);
		if (got)
			tpr_table_push(table, bytes, got);
		else
			tpr_table_finish(table);
		while ((event = tpr_table_next(table)) != TPR_EVENT_WAIT) {
			counts[event]++;
			if (event == TPR_EVENT_LOST)
				CHECK_NUMBER(table->lost, 12);
			if (event == TPR_EVENT_END || event == TPR_EVENT_ERROR)
				break;
		}
	} while (got);
	fclose(file);
	tpr_table_destroy(table);
}

static void chunks(void)
{
	size_t chunk;

	for (chunk = 1; chunk <= 64; chunk += 9) {
		uint64_t counts[TPR_EVENT_ERROR + 1] = { 0 };

		count_events("test/data/good/log_pipe", chunk, counts);
		CHECK_NUMBER(counts[TPR_EVENT_HEAD], 1);
		CHECK_NUMBER(counts[TPR_EVENT_ROW], 17);
		CHECK_NUMBER(counts[TPR_EVENT_LOST], 1);
		CHECK_NUMBER(counts[TPR_EVENT_END], 1);
		CHECK_NUMBER(counts[TPR_EVENT_ERROR], 0);
	}
}

/* A line of so many bytes, without its newline. */
static void push_long(struct tpr_table *table, size_t bytes)
{
	char *line = malloc(bytes);

	memset(line, 'x', bytes);
	tpr_table_push(table, line, bytes);
	free(line);
}

static void long_lines(void)
{
	struct tpr_table *table = tpr_table_create("t", &counters);

	push(table, head);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_HEAD);
	push_long(table, TPR_LINE_BYTES - strlen(" 1 2 3 4"));
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_WAIT);
	push(table, " 1 2 3 4\n");
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ROW);
	CHECK_NUMBER(strlen(table->fields[0]), TPR_LINE_BYTES - 8);
	push_long(table, TPR_LINE_BYTES - strlen(" 1 2 3 4") + 1);
	push(table, " 1 2 3 4\n");
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ERROR);
	CHECK_STRING(tpr_table_error(table), "t:4: the line is longer than 1048576 bytes");
	tpr_table_destroy(table);
}

/* The parser must not wait for a newline for ever: memory would be without bound. */
static void endless_line(void)
{
	struct tpr_table *table = tpr_table_create("t", &counters);
	int pushes_nr = 0;

	while (tpr_table_next(table) == TPR_EVENT_WAIT && pushes_nr < 1000) {
		push_long(table, 65536);
		pushes_nr++;
	}
	CHECK_NUMBER(pushes_nr, 17);
	CHECK_STRING(tpr_table_error(table), "t:1: the line is longer than 1048576 bytes");
	push(table, "\n");
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ERROR);
	tpr_table_destroy(table);
}

static void pipes(void)
{
	struct tpr_table *table = tpr_table_create("t", &counters);
	int fds[2] = { -1, -1 };

	CHECK_NUMBER(pipe2(fds, O_NONBLOCK), 0);
	CHECK_NUMBER(tpr_table_read(table, fds[0]), TPR_EVENT_WAIT);
	CHECK_NUMBER(write(fds[1], head, strlen(head)), strlen(head));
	CHECK_NUMBER(tpr_table_read(table, fds[0]), TPR_EVENT_HEAD);
	CHECK_NUMBER(tpr_table_read(table, fds[0]), TPR_EVENT_WAIT);
	CHECK_NUMBER(write(fds[1], "seen 1 2", 8), 8);
	CHECK_NUMBER(tpr_table_read(table, fds[0]), TPR_EVENT_WAIT);
	CHECK_NUMBER(write(fds[1], " 3 4\nx 1", 8), 8);
	CHECK_NUMBER(tpr_table_read(table, fds[0]), TPR_EVENT_ROW);
	CHECK_STRING(table->fields[4], "4");
	CHECK_NUMBER(tpr_table_read(table, fds[0]), TPR_EVENT_WAIT);
	close(fds[1]);
	CHECK_NUMBER(tpr_table_read(table, fds[0]), TPR_EVENT_ERROR);
	CHECK_STRING(tpr_table_error(table),
		     "t:4: the line has no end: the file was cut short");
	close(fds[0]);
	tpr_table_destroy(table);
}

static void read_error(void)
{
	struct tpr_table *table = tpr_table_create("t", &counters);
	int fd = open("test/data", O_RDONLY);

	CHECK_NUMBER(tpr_table_read(table, fd), TPR_EVENT_ERROR);
	CHECK_STRING(tpr_table_error(table), "t:1: Is a directory");
	CHECK_NUMBER(tpr_table_read(table, fd), TPR_EVENT_ERROR);
	close(fd);
	tpr_table_destroy(table);
}

/* One file of test/data/bad each, and what is said about it. */
static const struct bad {
	const char *file;
	const struct tpr_shape *shape;
	const char *message;
} bads[] = {
	{ "binary", &counters, "1: byte 1 is a control character, 0x00" },
	{ "blank-line", &counters, "4: 0 fields, but line 2 names 5 columns" },
	{ "column-twice", &counters, "2: column 'tcp4' stands there twice" },
	{ "crlf", &counters, "1: the line ends in CR LF: save the file again, unconverted" },
	{ "cut-head", &counters, "1: the line has no end: the file was cut short" },
	{ "cut-line", &counters, "4: the line has no end: the file was cut short" },
	{ "delete", &counters, "3: byte 2 is a control character, 0x7f" },
	{ "empty", &counters, "1: the file is empty" },
	{ "escape-big", &counters, "3: name: the value has a bad octal escape" },
	{ "escape-digit", &counters, "3: name: the value has a bad octal escape" },
	{ "escape-nul", &counters, "3: name: the value has a bad octal escape" },
	{ "escape-sequence", &counters, "3: byte 1 is a control character, 0x1b" },
	{ "escape-short", &counters, "3: name: the value has a bad octal escape" },
	{ "fact-count", &sockets, "1: held: 'some' is not a number" },
	{ "fact-escape", &counters, "1: x: the value has a bad octal escape" },
	{ "fact-no-key", &counters, "1: '=1' is not key=value" },
	{ "fact-no-value", &counters, "1: 'netns' is not key=value" },
	{ "fact-number", &counters, "1: netns: 'one' is not a number" },
	{ "fact-offset", &records, "1: wall_offset_ns: '--5' is not a number" },
	{ "fact-twice", &counters, "1: netns stands there twice" },
	{ "few-fields", &counters, "4: 4 fields, but line 2 names 5 columns" },
	{ "head-only", &counters, "1: no line 2 with column names: the file was cut short" },
	{ "lost-more", &counters, "3: '# lost' without a number of rows" },
	{ "lost-nothing", &counters, "3: '# lost' without a number of rows" },
	{ "lost-word", &counters, "3: '# lost' without a number of rows" },
	{ "many-columns", &counters, "2: more than 256 columns" },
	{ "many-facts", &counters, "1: more than 256 facts" },
	{ "many-fields", &counters, "3: more fields than the 5 columns of line 2" },
	{ "missing-column", &counters, "2: no column 'udp6'" },
	{ "missing-fact", &records, "1: no wall_offset_ns= in line 1" },
	{ "no-name", &counters,
	  "1: not a table of tuplewatch: those begin '# tuplewatch 2'" },
	{ "nul", &counters, "3: byte 9 is a control character, 0x00" },
	{ "number-all", &counters, "3: tcp6: 'all' is not a number" },
	{ "number-big", &counters, "3: tcp4: '18446744073709551616' is not a number" },
	{ "number-hex", &counters, "3: tcp4: '0x1' is not a number" },
	{ "number-hidden", &counters, "4: udp6: 'hid' is not a number" },
	{ "number-minus", &counters, "3: tcp6: '-2' is not a number" },
	{ "number-plus", &counters, "3: tcp4: '+1' is not a number" },
	{ "number-word", &counters, "3: tcp6: '2x' is not a number" },
	{ "other-file", &counters,
	  "1: not a table of tuplewatch: those begin '# tuplewatch 2'" },
	{ "other-mark", &counters,
	  "1: not a table of tuplewatch: those begin '# tuplewatch 2'" },
	{ "other-program", &counters,
	  "1: not a table of tuplewatch: those begin '# tuplewatch 2'" },
	{ "other-table", &counters, "1: this is the table 'hooks', not 'counters'" },
	{ "version", &counters, "1: format 3: this reader, " TPW_VERSION ", reads format 2; "
	  "use the tuplewatch that came with the module" },
	{ "version-1", &counters, "1: format 1: it was written by tuplewatch 1.0; "
	  "this reader, " TPW_VERSION ", reads format 2" },
	{ "version-word", &counters,
	  "1: not a table of tuplewatch: those begin '# tuplewatch 2'" },
};

#define BADS_NR	(sizeof(bads) / sizeof(bads[0]))

static void check_bad(const struct bad *bad)
{
	struct tpr_table *table;
	enum tpr_event event;
	char path[128], expected[256];
	int fd;

	snprintf(path, sizeof(path), "test/data/bad/%s", bad->file);
	snprintf(expected, sizeof(expected), "%s:%s", path, bad->message);
	fd = open(path, O_RDONLY);
	table = tpr_table_create(path, bad->shape);
	do {
		event = tpr_table_read(table, fd);
	} while (event != TPR_EVENT_ERROR && event != TPR_EVENT_END);
	CHECK_NUMBER(event, TPR_EVENT_ERROR);
	CHECK_STRING(tpr_table_error(table), expected);
	CHECK_NUMBER(tpr_table_next(table), TPR_EVENT_ERROR);
	tpr_table_destroy(table);
	close(fd);
}

static void bad_files(void)
{
	struct dirent *entry;
	size_t files_nr = 0, i;
	DIR *directory;

	for (i = 0; i < BADS_NR; i++)
		check_bad(&bads[i]);
	/* no file without its message */
	directory = opendir("test/data/bad");
	while ((entry = readdir(directory)))
		files_nr += entry->d_name[0] != '.';
	closedir(directory);
	CHECK_NUMBER(files_nr, BADS_NR);
}

const struct unit_case unit_table[] = {
	UNIT_CASE(rows, "table: facts, columns by name, fields decoded, unknown ones kept"),
	UNIT_CASE(marks, "table: numbers can be none, not known, or hidden"),
	UNIT_CASE(lost, "table: lost rows come in place, other remarks are skipped"),
	UNIT_CASE(set_fact, "table: facts can be replaced and added"),
	UNIT_CASE(chunks, "table: the same events however the bytes come"),
	UNIT_CASE(long_lines, "table: a line of 1 MiB is read, one byte more is refused"),
	UNIT_CASE(endless_line, "table: a line without end is refused within its limit"),
	UNIT_CASE(pipes, "table: a pipe gives rows as they come"),
	UNIT_CASE(read_error, "table: a read that fails is an error with the file's name"),
	UNIT_CASE(bad_files, "table: every bad file is refused with its line and reason"),
	{ 0 },
};
