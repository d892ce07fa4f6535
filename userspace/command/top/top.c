// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch top: listeners and connections by what comes in for them, renewed every second. Where
 * there is no terminal, or no ncurses, pages follow each other as plain text.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/stop.h"
#include "lib/words.h"
#include "show/holder.h"
#include "show/print.h"
#include "command/top/page.h"
#include "command/top/screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS	1000000ULL
#define DEFAULT_MS	1000

/* Lines of a page that goes to no terminal */
#define PLAIN_HEIGHT	40

static const char *const listener_columns[] = { "segments", "syns", "overflows" };
static const char *const connection_columns[] = { "segments" };

/** struct top - one run of the command */
struct top {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @view: what of it is shown */
	struct tpr_view view;
	/** @moment: what is shown */
	struct tpr_moment moment;
	/** @page: what is shown, as lines */
	struct tpr_page page;
	/** @has_screen: it goes to a terminal */
	bool has_screen;
	/** @is_paused: the page is not renewed */
	bool is_paused;
	/** @began_s: when it began */
	double began_s;
	/** @last_s: when the last page was made */
	double last_s;
	/** @pages_nr: pages made so far */
	uint64_t pages_nr;
};

static volatile sig_atomic_t is_over;

static void stop(uint64_t now_ns)
{
	(void)now_ns;
	is_over = 1;
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void free_rows(struct tpr_moment *moment)
{
	tpr_rows_free(&moment->counters);
	tpr_rows_free(&moment->listeners);
	tpr_rows_free(&moment->connections);
	tpr_processes_free(&moment->processes);
}

static int load_sockets(struct tpr_moment *moment, const struct tpr_options *options)
{
	int error = tpr_rows_load(&moment->listeners, options, "listeners", &tpr_listeners_shape);

	if (!error)
		error = tpr_rows_sort(&moment->listeners);
	if (!error)
		error = tpr_rows_load(&moment->connections, options, "connections",
				      &tpr_connections_shape);
	if (!error)
		error = tpr_rows_sort(&moment->connections);
	if (!error)
		error = tpr_processes_scan(&moment->processes);
	return error ? error : tpr_holder_add(&moment->listeners, &moment->processes);
}

static int load(struct top *top)
{
	struct tpr_moment *moment = &top->moment;
	double at_s = now_s();
	int error;

	moment->seconds = at_s - top->last_s;
	moment->total_seconds = at_s - top->began_s;
	top->last_s = at_s;
	free_rows(moment);
	error = tpr_rows_load(&moment->counters, top->options, "counters", &tpr_counters_shape);
	if (!error)
		error = load_sockets(moment, top->options);
	return error ? error : tpr_view_bind(&top->view, moment);
}

/* What the next page is compared with */
static int mark(struct tpr_moment *moment)
{
	int error = tpr_mark_take(&moment->counters_last, &moment->counters, tpr_families,
				  TPR_FAMILIES_NR);

	if (!error)
		error = tpr_mark_take(&moment->listeners_last, &moment->listeners,
				      listener_columns, 3);
	if (!error)
		error = tpr_mark_take(&moment->connections_last, &moment->connections,
				      connection_columns, 1);
	return error;
}

/* The page of what has been read; the same again, after a key has changed the view */
static int draw(struct top *top)
{
	struct tpr_paper paper = { .width = tpr_print_width(), .height = PLAIN_HEIGHT };

	if (top->has_screen) {
		tpr_screen_size(&paper.width, &paper.height);
		paper.glyphs = tpr_drawing_glyphs();
	}
	tpr_page_free(&top->page);
	return tpr_page_make(&top->page, &top->view, &top->moment, &paper);
}

static int make_page(struct top *top)
{
	int error = mark(&top->moment);

	if (!error)
		error = load(top);
	top->pages_nr++;
	return error ? error : draw(top);
}

static int print_plain(const struct top *top)
{
	size_t i;

	if (top->pages_nr > 1)
		putchar('\n');
	for (i = 0; i < top->page.nr; i++)
		puts(top->page.lines[i].text);
	return fflush(stdout) ? -errno : 0;
}

/* What the keys do now */
static void show(struct top *top)
{
	char keys[128];

	snprintf(keys, sizeof(keys), "%s  q: quit  s: sort (%s)  t: states (%s)",
		 top->is_paused ? "PAUSED  space: go on" : "space: pause",
		 tpr_view_order(&top->view), tpr_view_states(&top->view));
	tpr_screen_show(&top->page, keys);
}

static void take_key(struct top *top, enum tpr_key key)
{
	if (key == TPR_KEY_PAUSE)
		top->is_paused = !top->is_paused;
	else if (key == TPR_KEY_SORT)
		tpr_view_next_order(&top->view);
	else if (key == TPR_KEY_STATES)
		tpr_view_next_states(&top->view);
	if ((key == TPR_KEY_SORT || key == TPR_KEY_STATES) && draw(top))
		return;
	show(top);
}

/* Wait till the next page is due. Returns false when it is time to end. */
static bool wait_screen(struct top *top, int timeout_ms)
{
	double until_s = now_s() + timeout_ms / 1000.0;

	for (;;) {
		double left_s = until_s - now_s();
		int left_ms = left_s > 0 ? (int)(left_s * 1000) : 0;

		enum tpr_key key = tpr_screen_wait(top->is_paused ? 1000 : left_ms);

		if (key == TPR_KEY_QUIT)
			return false;
		if (key != TPR_KEY_NONE)
			take_key(top, key);
		if (is_over)
			return false;
		if (!top->is_paused && now_s() >= until_s)
			return true;
	}
}

static bool wait_plain(int timeout_ms)
{
	/* only whether whoever reads us has gone */
	struct pollfd output = { .fd = STDOUT_FILENO };

	if (poll(&output, 1, timeout_ms) > 0 && output.revents & (POLLERR | POLLHUP))
		return false;
	return !is_over;
}

static int run(struct top *top)
{
	uint64_t limit = top->options->rows_nr;
	int interval_ms = top->options->delta_ns ? (int)(top->options->delta_ns / NS_PER_MS) :
						   DEFAULT_MS;
	int error = 0;
	bool goes_on = true;

	while (!error && goes_on) {
		error = make_page(top);
		if (error)
			break;
		if (top->has_screen)
			show(top);
		else
			error = print_plain(top);
		if (limit && top->pages_nr >= limit)
			break;
		goes_on = top->has_screen ? wait_screen(top, interval_ms) :
					    wait_plain(interval_ms);
	}
	return error;
}

/* The first page would show all that ever came as if it came at once: so a mark comes before it. */
static int begin(struct top *top)
{
	int error;

	top->began_s = now_s();
	top->last_s = top->began_s;
	error = load(top);
	if (!error)
		error = tpr_mark_take(&top->moment.listeners_first, &top->moment.listeners,
				      listener_columns, 3);
	return error;
}

static int begin_screen(struct top *top)
{
	const char *term = getenv("TERM");

	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		return 0;
	if (!tpr_screen_is_built()) {
		tpr_message("top: built without ncurses: one page after the other; Ctrl-C ends");
		return 0;
	}
	if (term && !strcmp(term, "dumb"))
		return 0;
	if (!tpr_screen_open()) {
		tpr_message("top: the terminal '%s' is not known; try TERM=xterm",
			    term ? term : "");
		return -ENOTTY;
	}
	top->has_screen = true;
	return 0;
}

/**
 * tpr_top_main() - the command "top"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpr_exit tpr_top_main(const struct tpr_options *options, int argc, char **argv)
{
	struct top top = { .options = options };
	int error = tpr_view_init(&top.view, options, argc, argv);

	tpr_stop_catch(stop, true);
	if (!error)
		error = begin(&top);
	if (!error)
		error = begin_screen(&top);
	if (!error) {
		/* long enough for the first rates to mean something */
		if (top.has_screen ? wait_screen(&top, DEFAULT_MS / 4) :
				     wait_plain(DEFAULT_MS / 4))
			error = run(&top);
		if (top.has_screen)
			tpr_screen_close();
	}
	tpr_page_free(&top.page);
	free_rows(&top.moment);
	tpr_mark_free(&top.moment.counters_last);
	tpr_mark_free(&top.moment.listeners_last);
	tpr_mark_free(&top.moment.connections_last);
	tpr_mark_free(&top.moment.listeners_first);
	tpr_view_exit(&top.view);
	if (error == -EDOM)
		return TPR_EXIT_USAGE;
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
