// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch graph: what came in, the listeners and connections it matched, and the processes
 * behind them, for Graphviz: tuplewatch graph | dot -Tsvg. The numbers on the arrows that leave
 * the node of all segments add up to it.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/text.h"
#include "system/process.h"
#include "table/clock.h"
#include "table/rows.h"
#include "show/holder.h"
#include "show/share.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Connections of one listener, or of one process, that are drawn one by one */
#define SIBLINGS_MAX	20

/** struct graph - what is drawn */
struct graph {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @out: where to */
	FILE *out;
	/** @listeners: all of them */
	struct tpr_rows listeners;
	/** @connections: all of them */
	struct tpr_rows connections;
	/** @refused: endpoints without a socket */
	struct tpr_rows refused;
	/** @processes: who holds sockets; none of saved ones */
	struct tpr_processes processes;
	/** @seen: segments that came in */
	uint64_t seen;
	/** @drawn: of those, segments on an arrow */
	uint64_t drawn;
};

static const char *of(const struct tpr_rows *rows, size_t row, const char *column)
{
	return tpr_rows_get(rows, row, column);
}

/* Text inside the quotes of a label */
static void put(const struct graph *graph, const char *text)
{
	char *shown = NULL;
	size_t bytes;
	const char *c;
	FILE *out = open_memstream(&shown, &bytes);

	if (!out)
		return;
	tpr_text_show(out, text);
	if (!fclose(out)) {
		for (c = shown; *c; c++) {
			if (*c == '"' || *c == '\\')
				fputc('\\', graph->out);
			fputc(*c, graph->out);
		}
	}
	free(shown);
}

static void put_netns(const struct graph *graph, const struct tpr_rows *rows, size_t row)
{
	if (!graph->options->is_all)
		return;
	fputs("\\nnetns ", graph->out);
	put(graph, of(rows, row, "netns"));
}

/* An arrow from all segments to those that one node got */
static void put_segments(struct graph *graph, char kind, size_t node, uint64_t segments,
			 const char *attributes)
{
	graph->drawn += segments;
	if (segments)
		fprintf(graph->out, "\tin -> %c%zu [label=\"%" PRIu64 "\"%s];\n", kind, node,
			segments, attributes);
}

/* One process, and an arrow to it; dotted, if the socket is closed and he is who had it */
static void put_process(const struct graph *graph, struct tpr_who who, bool is_closed, char kind,
			size_t node)
{
	if (!tpr_table_is_value(who.pid) || !strcmp(who.pid, TPR_HOLDER_GONE))
		return;
	fprintf(graph->out, "\tp%s [label=\"%s/", who.pid, who.pid);
	put(graph, who.comm);
	fprintf(graph->out, "\", shape=component];\n\t%c%zu -> p%s%s;\n", kind, node, who.pid,
		is_closed ? " [style=dotted]" : "");
}

/* Who holds a listener; who accepted or opened a connection */
static struct tpr_who who_of(const struct graph *graph, const struct tpr_rows *rows, size_t row)
{
	return rows == &graph->listeners ? tpr_holder_who(rows, row, graph->options->from) :
					   tpr_holder_actor(rows, row);
}

/* The processes of a socket, and arrows to them. Nodes can be named twice. */
static void put_processes(const struct graph *graph, const struct tpr_rows *rows, size_t row,
			  char kind, size_t node)
{
	const struct tpr_holder *holder;
	uint64_t inode;
	size_t nr, i;

	if (!graph->options->has_processes) {
		put_process(graph, who_of(graph, rows, row),
			    !strcmp(of(rows, row, "state"), "CLOSED"), kind, node);
		return;
	}
	if (!tpr_text_u64(of(rows, row, "inode"), &inode) || !inode)
		return;
	holder = tpr_processes_find(&graph->processes, inode, &nr);
	for (i = 0; i < nr; i++) {
		fprintf(graph->out, "\tp%" PRIu64 " [label=\"%" PRIu64 "/", holder[i].pid,
			holder[i].pid);
		put(graph, holder[i].comm);
		fprintf(graph->out, "\", shape=component];\n\t%c%zu -> p%" PRIu64
			" [label=\"fd %" PRIu64 "\"];\n", kind, node, holder[i].pid, holder[i].fd);
	}
}

static void put_device(const struct graph *graph, const struct tpr_rows *rows, size_t row)
{
	if (!tpr_table_is_value(of(rows, row, "dev")))
		return;
	fputs("\\non ", graph->out);
	put(graph, of(rows, row, "dev"));
}

static void draw_listener(struct graph *graph, size_t row)
{
	const struct tpr_rows *rows = &graph->listeners;
	uint64_t members = tpr_share_members(rows, row);
	bool is_closed = !strcmp(of(rows, row, "state"), "CLOSED");

	fprintf(graph->out, "\tl%zu [label=\"%s ", row, of(rows, row, "proto"));
	put(graph, of(rows, row, "local"));
	put_device(graph, rows, row);
	if (members > 1)
		fprintf(graph->out, "\\none of %" PRIu64 ", chosen by %s", members,
			of(rows, row, "chooser"));
	if (!strncmp(of(rows, row, "proto"), "tcp", 3))
		fprintf(graph->out, "\\n%s", is_closed ? "CLOSED" : "LISTEN");
	if (!strcmp(who_of(graph, rows, row).pid, TPR_HOLDER_GONE))
		fputs("\\n(" TPR_HOLDER_GONE ")", graph->out);
	put_netns(graph, rows, row);
	fprintf(graph->out, "\", style=\"rounded%s\"];\n",
		is_closed ? ",dotted" : ",bold");
	put_segments(graph, 'l', row, tpr_rows_number(rows, row, "segments") +
		     tpr_rows_number(rows, row, "request_segments"), "");
	put_processes(graph, rows, row, 'l', row);
}

/* The listener of a connection, as an index, or the number of listeners if it is not there. */
static size_t find_listener(const struct graph *graph, size_t row)
{
	const char *cookie = of(&graph->connections, row, "listener_cookie");
	size_t i;

	for (i = 0; i < graph->listeners.nr; i++) {
		if (tpr_table_is_value(cookie) &&
		    !strcmp(of(&graph->listeners, i, "cookie"), cookie))
			break;
	}
	return i;
}

static void put_birth(const struct graph *graph, size_t row, size_t node)
{
	size_t listener = find_listener(graph, row);

	if (listener < graph->listeners.nr)
		fprintf(graph->out, "\tl%zu -> c%zu [style=dashed];\n", listener,
			node);
}

static void draw_connection(struct graph *graph, size_t row)
{
	const struct tpr_rows *rows = &graph->connections;
	const char *state = of(rows, row, "state");
	char span[TPR_CLOCK_BYTES];
	uint64_t waited_ns;

	fprintf(graph->out, "\tc%zu [label=\"%s ", row, of(rows, row, "proto"));
	put(graph, of(rows, row, "local"));
	fputs("\\n", graph->out);
	put(graph, of(rows, row, "foreign"));
	put_device(graph, rows, row);
	fprintf(graph->out, "\\n%s", state);
	if (!strcmp(of(rows, row, "role"), "server") && !strcmp(of(rows, row, "pid"), "-") &&
	    strcmp(state, "CLOSED") && tpr_text_u64(of(rows, row, "waited_ns"), &waited_ns)) {
		tpr_clock_span(span, waited_ns);
		fprintf(graph->out, "\\nunaccepted %s", span);
	}
	put_netns(graph, rows, row);
	fprintf(graph->out, "\"%s];\n", strcmp(state, "CLOSED") ? "" : ", style=dotted");
	put_segments(graph, 'c', row, tpr_rows_number(rows, row, "segments"), "");
	put_birth(graph, row, row);
	put_processes(graph, rows, row, 'c', row);
}

/* Many of one listener or process: one node. */
static void draw_many(struct graph *graph, const size_t *rows, size_t nr)
{
	uint64_t segments = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		segments += tpr_rows_number(&graph->connections, rows[i], "segments");
	fprintf(graph->out, "\tc%zu [label=\"%zu more connection%s\", peripheries=2];\n", rows[0],
		nr, tpr_text_plural(nr, "", "s"));
	put_segments(graph, 'c', rows[0], segments, "");
	put_birth(graph, rows[0], rows[0]);
	if (find_listener(graph, rows[0]) == graph->listeners.nr)
		put_processes(graph, &graph->connections, rows[0], 'c', rows[0]);
}

/* What connections have in common: their listener or, of clients, their process */
static int compare_parents(const void *left, const void *right, void *data)
{
	const struct graph *graph = data;
	const size_t *a = left, *b = right;
	int order = strcmp(of(&graph->connections, *a, "listener_cookie"),
			   of(&graph->connections, *b, "listener_cookie"));

	if (!order && !tpr_table_is_value(of(&graph->connections, *a, "listener_cookie")))
		order = strcmp(of(&graph->connections, *a, "pid"),
			       of(&graph->connections, *b, "pid"));
	return order;
}

static int compare_rows(const void *left, const void *right, void *data)
{
	const size_t *a = left, *b = right;
	int order = compare_parents(left, right, data);

	return order ? order : *a < *b ? -1 : *a > *b;
}

static int draw_connections(struct graph *graph)
{
	size_t nr = graph->connections.nr, begin, end, i;
	size_t *rows = calloc(nr + 1, sizeof(*rows));

	if (!rows) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	for (i = 0; i < nr; i++)
		rows[i] = i;
	qsort_r(rows, nr, sizeof(*rows), compare_rows, graph);
	for (begin = 0; begin < nr; begin = end) {
		for (end = begin + 1; end < nr; end++) {
			if (compare_parents(&rows[begin], &rows[end], graph))
				break;
		}
		for (i = begin; i < end && (i < begin + SIBLINGS_MAX || end - i == 1); i++)
			draw_connection(graph, rows[i]);
		if (i < end)
			draw_many(graph, rows + i, end - i);
	}
	free(rows);
	return 0;
}

static void draw_refused(struct graph *graph, size_t row)
{
	const struct tpr_rows *rows = &graph->refused;

	fprintf(graph->out, "\tr%zu [label=\"%s ", row, of(rows, row, "proto"));
	put(graph, of(rows, row, "local"));
	fputs("\\nno socket", graph->out);
	put_netns(graph, rows, row);
	fputs("\", shape=octagon, color=red];\n", graph->out);
	put_segments(graph, 'r', row, tpr_rows_number(rows, row, "count"), ", color=red");
}

static int draw(struct graph *graph)
{
	size_t i;
	int error;

	fputs("digraph tuplewatch {\n\trankdir=LR;\n\tranksep=1;\n"
	      "\tlabel=\"A number counts segments. Dashed: a connection was born from that listener. "
	      "Dotted: closed.\";\n\tfontname=\"sans-serif\";\n\tfontsize=11;\n"
	      "\tnode [shape=box, fontname=\"sans-serif\", fontsize=11];\n"
	      "\tedge [fontname=\"sans-serif\", fontsize=11];\n", graph->out);
	for (i = 0; i < graph->listeners.nr; i++)
		draw_listener(graph, i);
	error = draw_connections(graph);
	if (error)
		return error;
	for (i = 0; i < graph->refused.nr; i++)
		draw_refused(graph, i);
	/* the counters were read last, so with traffic going on they are the greater number */
	if (graph->seen > graph->drawn) {
		fputs("\to0 [label=\"no row of its own:\\ndropped before a socket,\\nor forgotten\", "
		      "shape=plaintext];\n", graph->out);
		put_segments(graph, 'o', 0, graph->seen - graph->drawn, "");
	}
	fprintf(graph->out, "\tin [label=\"%" PRIu64 " segment%s\\ncame in\", shape=cds, margin=\"0.2,0.05\"];\n}\n",
		graph->drawn, tpr_text_plural(graph->drawn, "", "s"));
	return 0;
}

static int load_seen(struct graph *graph)
{
	struct tpr_rows counters;
	int error = tpr_rows_load(&counters, graph->options, "counters", &tpr_counters_shape);

	if (!error) {
		tpr_table_warn_blind(counters.table);
		graph->seen = tpr_counters_total(&counters, "seen");
	}
	tpr_rows_free(&counters);
	return error;
}

static int load(struct graph *graph)
{
	int error = tpr_rows_load(&graph->listeners, graph->options, "listeners",
				  &tpr_listeners_shape);

	if (!error)
		error = tpr_rows_sort(&graph->listeners);
	if (!error)
		error = tpr_rows_load(&graph->connections, graph->options, "connections",
				      &tpr_connections_shape);
	if (!error)
		error = tpr_rows_sort(&graph->connections);
	if (!error)
		error = tpr_rows_load(&graph->refused, graph->options, "refused",
				      &tpr_refused_shape);
	if (!error && !graph->options->from)
		error = tpr_processes_scan(&graph->processes);
	if (!error && !graph->options->from)
		error = tpr_holder_add(&graph->listeners, &graph->processes);
	return error ? error : load_seen(graph);
}

/* Returns the status of writing to @out. */
static int draw_and_close(struct graph *graph, FILE *out)
{
	int error;

	graph->out = out;
	error = draw(graph);
	if (out == stdout)
		return error;
	errno = 0;
	if ((fflush(out) || ferror(out)) && !error) {
		error = errno ? -errno : -EIO;
		tpr_message("%s: %s", graph->options->output, strerror(-error));
	}
	fclose(out);
	return error;
}

/**
 * tpr_graph_main() - the command "graph"
 * @options: of the command line
 * @argc: 0
 * @argv: no operands
 *
 * Return: exit status.
 */
enum tpr_exit tpr_graph_main(const struct tpr_options *options, int argc, char **argv)
{
	struct graph graph = { .options = options };
	FILE *out = stdout;
	int error = load(&graph);

	(void)argc;
	(void)argv;
	if (!error && options->output) {
		out = fopen(options->output, "we");
		if (!out) {
			error = -errno;
			tpr_message("%s: %s", options->output, strerror(errno));
		}
	}
	if (!error)
		error = draw_and_close(&graph, out);
	tpr_rows_free(&graph.listeners);
	tpr_rows_free(&graph.connections);
	tpr_rows_free(&graph.refused);
	tpr_processes_free(&graph.processes);
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
