// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch summary, or -s as with ss: how many sockets there are by protocol, state and family,
 * and how segments found theirs. It counts the rows that listeners and connections list with -a,
 * and adds up the table counters: numbers here are sums of what stands there.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/text.h"
#include "lib/words.h"
#include "table/watched.h"
#include "show/grid.h"
#include "show/print.h"
#include "where/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Fields of the column "state", in the order in which they are told; any other is the last. */
static const char *const states[] = {
	"LISTEN", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "CLOSE_WAIT",
	"LAST_ACK", "CLOSING", "TIME_WAIT", "-", "CLOSED", "?",
};

#define STATES_NR	(sizeof(states) / sizeof(states[0]))
#define CLOSED		(STATES_NR - 2)

static const char *const protos[] = { "tcp", "udp" };

#define PROTOS_NR	(sizeof(protos) / sizeof(protos[0]))

/** struct summary - what is counted */
struct summary {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @grid: where it goes, for people */
	struct tpr_grid *grid;
	/** @sockets: by protocol, state, and whether they are of IPv6 */
	uint64_t sockets[PROTOS_NR][STATES_NR][2];
	/** @listeners: the table */
	struct tpr_rows listeners;
	/** @connections: the table */
	struct tpr_rows connections;
	/** @counters: the table */
	struct tpr_rows counters;
};

static size_t state_index(const char *field)
{
	size_t i;

	for (i = 0; i < STATES_NR - 1; i++) {
		if (!strcmp(states[i], field))
			break;
	}
	return i;
}

static void count_sockets(struct summary *summary, const struct tpr_rows *rows)
{
	size_t i;

	for (i = 0; i < rows->nr; i++) {
		const char *proto = tpr_rows_get(rows, i, "proto");
		size_t state = state_index(tpr_rows_get(rows, i, "state"));

		summary->sockets[!strncmp(proto, protos[1], 3)][state][strlen(proto) > 3]++;
	}
}

static void put_number(struct tpr_grid *grid, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	tpr_grid_cell(grid, text, TPR_COLOUR_NONE);
}

/* What is not watched has no number. */
static void put_segments(const struct summary *summary, bool is_known, uint64_t number)
{
	if (!summary->options->is_json && is_known)
		put_number(summary->grid, number);
	else if (!summary->options->is_json)
		tpr_grid_cell(summary->grid, "?", TPR_COLOUR_NONE);
	else if (is_known)
		printf("%" PRIu64, number);
	else
		fputs("\"?\"", stdout);
}

static void put_sockets(const struct summary *summary, const char *before, const char *name,
			const uint64_t *nr)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%s", before, name);
	tpr_grid_cell(summary->grid, text, TPR_COLOUR_NONE);
	put_number(summary->grid, nr[0] + nr[1]);
	put_number(summary->grid, nr[0]);
	put_number(summary->grid, nr[1]);
}

static void write_sockets_json(const char *proto, const char *state, const uint64_t *nr)
{
	printf("{\"sockets\":\"%s\",\"state\":\"%s\",\"ipv4\":%" PRIu64 ",\"ipv6\":%" PRIu64
	       ",\"total\":%" PRIu64 "}\n", proto, tpr_state_word(state), nr[0], nr[1],
	       nr[0] + nr[1]);
}

/* The open ones of a protocol, then each of its states; what was closed is not among them. */
static void tell_proto(const struct summary *summary, size_t proto)
{
	uint64_t open[2] = { 0 };
	size_t i;

	for (i = 0; i < STATES_NR; i++) {
		open[0] += i == CLOSED ? 0 : summary->sockets[proto][i][0];
		open[1] += i == CLOSED ? 0 : summary->sockets[proto][i][1];
	}
	if (!summary->options->is_json)
		put_sockets(summary, "", protos[proto], open);
	for (i = 0; i < STATES_NR; i++) {
		const uint64_t *nr = summary->sockets[proto][i];

		if (!nr[0] && !nr[1])
			continue;
		if (summary->options->is_json)
			write_sockets_json(protos[proto], states[i], nr);
		else
			put_sockets(summary, i == CLOSED ? " and " : "  ", tpr_state_word(states[i]),
				    nr);
	}
}

static const struct tpr_grid_column socket_looks[] = {
	{ .title = "Sockets", .width = 20 }, { .title = "Total", .is_right = true },
	{ .title = "IPv4", .is_right = true }, { .title = "IPv6", .is_right = true },
};

/* Each word of via adds up to seen, and so does each of match. */
static const char *const kinds[] = { "seen", "match:", "via:" };

static const struct tpr_grid_column segment_looks[] = {
	{ .title = "Segments", .width = 20 }, { .title = "Total", .is_right = true },
	{ .title = "TCP4", .is_right = true }, { .title = "TCP6", .is_right = true },
	{ .title = "UDP4", .is_right = true }, { .title = "UDP6", .is_right = true },
};

/* Of all namespaces; returns the sum. */
static uint64_t sum_counter(const struct summary *summary, const char *name, uint64_t *sums)
{
	uint64_t total = 0;
	size_t i, j;

	memset(sums, 0, TPR_FAMILIES_NR * sizeof(*sums));
	for (i = 0; i < summary->counters.nr; i++) {
		if (strcmp(tpr_rows_get(&summary->counters, i, "name"), name))
			continue;
		for (j = 0; j < TPR_FAMILIES_NR; j++)
			sums[j] += tpr_rows_number(&summary->counters, i, tpr_families[j]);
	}
	for (j = 0; j < TPR_FAMILIES_NR; j++)
		total += sums[j];
	return total;
}

static void tell_counter(const struct summary *summary, const char *kind, const char *name)
{
	const struct tpr_table *table = summary->counters.table;
	const char *word = name + strcspn(name, ":");
	uint64_t sums[TPR_FAMILIES_NR], total = sum_counter(summary, name, sums);
	char text[80];
	size_t i;

	if (!total && *word)
		return;
	if (summary->options->is_json) {
		printf("{\"segments\":\"%.*s\",\"word\":", (int)strcspn(kind, ":"), kind);
		if (*word)
			tpr_text_json(stdout, word + 1);
		else
			fputs("null", stdout);
		for (i = 0; i < TPR_FAMILIES_NR; i++) {
			printf(",\"%s\":", tpr_families[i]);
			put_segments(summary, tpr_watched_has(table, i), sums[i]);
		}
		fputs(",\"total\":", stdout);
		put_segments(summary, tpr_watched_has_all(table), total);
		fputs("}\n", stdout);
		return;
	}
	snprintf(text, sizeof(text), "%s%.*s %s", *word ? "  " : "", (int)strcspn(kind, ":"), kind,
		 *word ? word + 1 : "");
	tpr_grid_cell(summary->grid, text, TPR_COLOUR_NONE);
	put_segments(summary, tpr_watched_has_all(table), total);
	for (i = 0; i < TPR_FAMILIES_NR; i++)
		put_segments(summary, tpr_watched_has(table, i), sums[i]);
}

/* Whether a row before this one was of the same counter: another namespace's */
static bool is_told(const struct tpr_rows *counters, size_t row)
{
	const char *name = tpr_rows_get(counters, row, "name");
	size_t i;

	for (i = 0; i < row; i++) {
		if (!strcmp(tpr_rows_get(counters, i, "name"), name))
			return true;
	}
	return false;
}

static void tell_sockets(const struct summary *summary)
{
	size_t i;

	for (i = 0; i < PROTOS_NR; i++)
		tell_proto(summary, i);
}

static void tell_segments(const struct summary *summary)
{
	size_t kind, i;

	for (kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		for (i = 0; i < summary->counters.nr; i++) {
			const char *name = tpr_rows_get(&summary->counters, i, "name");

			if (!strncmp(name, kinds[kind], strlen(kinds[kind])) &&
			    !is_told(&summary->counters, i))
				tell_counter(summary, kinds[kind], name);
		}
	}
}

static int print_grid(struct summary *summary, const struct tpr_grid_column *looks, size_t nr,
		      void (*tell)(const struct summary *summary))
{
	int error;

	summary->grid = tpr_grid_create(stdout, looks, nr);
	if (!summary->grid)
		return -ENOMEM;
	tpr_grid_colour(summary->grid, tpr_print_has_colour());
	if (!summary->options->has_no_header)
		tpr_grid_titles(summary->grid);
	tell(summary);
	error = tpr_grid_flush(summary->grid);
	tpr_grid_destroy(summary->grid);
	return error;
}

static int print_people(struct summary *summary)
{
	const char *netns = tpr_table_fact(summary->counters.table, "netns");
	int error;

	if (!summary->options->has_no_header) {
		fputs("netns ", stdout);
		tpr_text_show(stdout, netns ? netns : "?");
		printf(": %zu listener%s, %zu connection%s, closed ones too\n",
		       summary->listeners.nr, tpr_text_plural(summary->listeners.nr, "", "s"),
		       summary->connections.nr, tpr_text_plural(summary->connections.nr, "", "s"));
	}
	error = print_grid(summary, socket_looks, 4, tell_sockets);
	if (!error)
		putchar('\n');
	return error ? error : print_grid(summary, segment_looks, 6, tell_segments);
}

static int load(struct summary *summary)
{
	const struct tpr_options *options = summary->options;
	int error = tpr_rows_load(&summary->listeners, options, "listeners", &tpr_listeners_shape);

	if (!error)
		error = tpr_rows_load(&summary->connections, options, "connections",
				      &tpr_connections_shape);
	if (!error)
		error = tpr_rows_load(&summary->counters, options, "counters", &tpr_counters_shape);
	if (!error)
		tpr_table_warn_blind(summary->listeners.table);
	return error;
}

/**
 * tpr_summary_main() - the command "summary"
 * @options: of the command line
 * @argc: 0
 * @argv: no operands
 *
 * Return: exit status.
 */
enum tpr_exit tpr_summary_main(const struct tpr_options *options, int argc, char **argv)
{
	struct summary summary = { .options = options };
	int error = load(&summary);

	(void)argc;
	(void)argv;
	if (!error) {
		count_sockets(&summary, &summary.listeners);
		count_sockets(&summary, &summary.connections);
	}
	if (!error && options->is_json) {
		tell_sockets(&summary);
		tell_segments(&summary);
	} else if (!error && print_people(&summary)) {
		tpr_message("out of memory");
		error = -ENOMEM;
	}
	tpr_rows_free(&summary.listeners);
	tpr_rows_free(&summary.connections);
	tpr_rows_free(&summary.counters);
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
