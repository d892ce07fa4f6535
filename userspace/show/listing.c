// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of sockets. Options and filter words choose rows in the same way for people and for JSON.
 * What -e adds are all columns of the table that are not shown anyway, so nothing that the module
 * says gets lost here, also of a newer one.
 */
#include "show/listing.h"

#include "lib/message.h"
#include "lib/text.h"
#include "table/clock.h"
#include "where/parse.h"
#include "show/holder.h"
#include "show/json.h"
#include "show/print.h"
#include "show/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* More columns than fit on a screen */
#define LOOKS_MAX	32

/* What most pids with their names take */
#define OWNER_WIDTH	16

static bool has_rare(const struct tpr_listing *listing)
{
	size_t i;

	for (i = 0; listing->kind->rare && i < listing->rows.nr; i++) {
		if (tpr_table_is_value(tpr_rows_get(&listing->rows, i, listing->kind->rare)))
			return true;
	}
	return false;
}

static bool is_shown(const struct tpr_listing *listing, const char *column)
{
	const char *const *shown = listing->kind->shown;

	for (; *shown; shown++) {
		if (!strcmp(*shown, column))
			return true;
	}
	if (listing->has_rare && !strcmp(listing->kind->rare, column))
		return true;
	return !strcmp(column, "netns") && !listing->options->is_all;
}

/* The whole path, then what it says, each as a word of its own */
static void write_cgroup(FILE *out, const struct tpr_listing *listing, const char *field)
{
	const struct tpr_cgroup *cgroup = tpr_cgroups_find(listing->cgroups, field);

	fprintf(out, " cgroup=%s%s", cgroup ? cgroup->path : field, cgroup ? cgroup->parts : "");
}

/* One column behind the others: what is there, and is not 0. */
static void write_detail(FILE *out, const struct tpr_listing *listing, size_t row, size_t column)
{
	const struct tpr_column *look = &listing->rows.table->columns[column];
	const char *field = listing->rows.rows[row][column];
	size_t bytes = strlen(look->name);
	char span[TPR_CLOCK_BYTES];
	uint64_t ns;

	if (!strcmp(field, "-") || !strcmp(field, "0"))
		return;
	if (!strcmp(look->name, "cgroup")) {
		write_cgroup(out, listing, field);
	} else if (!strcmp(look->name, "waited_ns") && tpr_text_u64(field, &ns)) {
		tpr_clock_span(span, ns);
		fprintf(out, " waited=%.*s%s", (int)strcspn(span, " "), span,
			strchr(span, ' ') + 1);
	} else if (bytes > 3 && !strcmp(look->name + bytes - 3, "_ns") &&
		   tpr_listing_ago(listing, row, look->name, span)) {
		fprintf(out, " %.*s=%.*s%s-ago", (int)bytes - 3, look->name,
			(int)strcspn(span, " "), span, strchr(span, ' ') + 1);
	} else {
		fprintf(out, " %s=%s", look->name, field);
	}
}

/* What follows the columns, to be freed; NULL without memory. */
static char *make_details(const struct tpr_listing *listing, size_t row)
{
	const struct tpr_options *options = listing->options;
	char *text = NULL, *users;
	size_t bytes, i;
	FILE *out;

	/* a stream costs more than the rest of the row */
	if (!options->has_processes && !options->is_all && !options->is_extended)
		return strdup("");
	out = open_memstream(&text, &bytes);
	if (!out)
		return NULL;
	if (options->has_processes) {
		users = tpr_processes_text(&listing->processes,
					   tpr_rows_get(&listing->rows, row, "inode"));
		fprintf(out, "%s", users ? users : "");
		free(users);
	}
	if (options->is_all && !options->is_extended)
		fprintf(out, " netns=%s", tpr_rows_get(&listing->rows, row, "netns"));
	for (i = 0; options->is_extended && i < listing->rows.table->columns_nr; i++) {
		if (!is_shown(listing, listing->rows.table->columns[i].name))
			write_detail(out, listing, row, i);
	}
	return fclose(out) ? NULL : text;
}

/** struct choice - which rows were asked for */
struct choice {
	/** @listing: counts what is not listed for being closed */
	struct tpr_listing *listing;
	/** @expression: the filter */
	const struct tpr_expression *expression;
	/** @has_closed: closed sockets too */
	bool has_closed;
};

static bool is_wanted(const struct tpr_rows *rows, size_t row, void *data)
{
	struct choice *choice = data;

	if (!tpr_options_want_proto(choice->listing->options, tpr_rows_get(rows, row, "proto")) ||
	    !tpr_expression_match(choice->expression, rows->rows[row]))
		return false;
	if (choice->has_closed || strcmp(tpr_rows_get(rows, row, "state"), "CLOSED"))
		return true;
	choice->listing->closed_nr++;
	return false;
}

static void choose(struct tpr_listing *listing, const struct tpr_expression *expression)
{
	struct choice choice = {
		.listing = listing,
		.expression = expression,
		.has_closed = listing->options->has_closed ||
			      tpr_expression_has_state(expression),
	};

	tpr_rows_keep(&listing->rows, is_wanted, &choice);
}

/* "netns 4026532201, 7 listeners, 3 closed ones (-a)" */
static void describe(const struct tpr_listing *listing)
{
	const char *netns = tpr_table_fact(listing->rows.table, "netns");

	if (netns) {
		fputs("netns ", stdout);
		tpr_text_show(stdout, netns);
		fputs(", ", stdout);
	}
	printf("%zu", listing->rows.nr);
	if (listing->closed_nr)
		printf(", and %zu closed (-a shows %s)", listing->closed_nr,
		       tpr_text_plural(listing->closed_nr, "it", "them"));
	if (listing->options->has_processes && listing->processes.hidden)
		printf("; %zu %s (sudo shows it)", listing->processes.hidden,
		       tpr_text_plural(listing->processes.hidden, "process hides what it holds",
				       "processes hide what they hold"));
	if (listing->kind->remark)
		listing->kind->remark(listing);
	putchar('\n');
}

/* How the columns look, with what does not fit behind them. Returns their number. */
static size_t choose_looks(const struct tpr_listing *listing, struct tpr_grid_column *looks)
{
	const struct tpr_listing_kind *kind = listing->kind;
	size_t nr = 0, i;

	for (i = 0; i < kind->looks_nr; i++) {
		if (listing->has_rare && i == kind->rare_at)
			looks[nr++] = kind->rare_look;
		looks[nr++] = kind->looks[i];
	}
	looks[nr++] = (struct tpr_grid_column){ .title = "", .is_wrapped = true };
	return nr;
}

static int print_people(struct tpr_listing *listing)
{
	const struct tpr_listing_kind *kind = listing->kind;
	struct tpr_grid_column looks[LOOKS_MAX];
	int error;
	size_t i;

	listing->has_rare = has_rare(listing);
	listing->grid = tpr_grid_create(stdout, looks, choose_looks(listing, looks));
	if (!listing->grid)
		return -ENOMEM;
	tpr_grid_colour(listing->grid, tpr_print_has_colour());
	if (!listing->options->is_oneline) {
		tpr_grid_limit(listing->grid, tpr_print_width() - OWNER_WIDTH);
		tpr_grid_wrap(listing->grid, tpr_print_width());
	}
	if (!listing->options->has_no_header) {
		describe(listing);
		tpr_grid_titles(listing->grid);
	}
	for (i = 0; i < listing->rows.nr; i++) {
		char *details = make_details(listing, i);

		if (!details)
			return -ENOMEM;
		kind->cells(listing, i);
		tpr_grid_cell(listing->grid, details, TPR_COLOUR_NONE);
		free(details);
	}
	error = tpr_grid_flush(listing->grid);
	return error;
}

static int print_json(const struct tpr_listing *listing)
{
	const struct tpr_rows *rows = &listing->rows;
	size_t i;

	if (!listing->options->has_no_header)
		tpr_json_head(stdout, rows->table);
	for (i = 0; i < rows->nr; i++) {
		tpr_json_open(stdout, rows->table, rows->rows[i]);
		if (listing->options->has_processes) {
			fputs(",\"users\":", stdout);
			tpr_processes_json(stdout, &listing->processes,
					   tpr_rows_get(rows, i, "inode"));
		}
		fputs("}\n", stdout);
	}
	return 0;
}

/* Who holds sockets is looked up right behind the table, and not for saved ones. */
static int add_holders(struct tpr_listing *listing)
{
	int error;

	if (listing->options->from)
		return tpr_holder_add(&listing->rows, NULL);
	error = tpr_processes_scan(&listing->processes);
	return error ? error : tpr_holder_add(&listing->rows, &listing->processes);
}

/* Cgroups are counted by what people call them: several may have one name. */
static int count_cgroup(const struct tpr_listing *listing, struct tpr_tally *tally, size_t row)
{
	const char *field = tpr_rows_get(&listing->rows, row, "cgroup");
	const struct tpr_cgroup *cgroup = tpr_cgroups_find(listing->cgroups, field);

	return tpr_tally_count(tally, listing->rows.rows[row], cgroup ? cgroup->text : field);
}

/* Listeners are counted by who is shown beside them, who may not be who opened them. */
static int count_row(const struct tpr_listing *listing, struct tpr_tally *tally, size_t row)
{
	const char *by = listing->options->by;
	struct tpr_who who;

	if (!strcmp(by, "cgroup"))
		return count_cgroup(listing, tally, row);
	if (!listing->kind->has_holders || (strcmp(by, "pid") && strcmp(by, "comm")))
		return tpr_tally_row(tally, listing->rows.rows[row]);
	who = tpr_holder_who(&listing->rows, row, listing->options->from);
	if (!strcmp(who.pid, TPR_HOLDER_GONE))
		who.pid = who.comm = "(" TPR_HOLDER_GONE ")";
	return tpr_tally_count(tally, listing->rows.rows[row],
			       !strcmp(by, "pid") || !tpr_table_is_value(who.pid) ? who.pid : who.comm);
}

/* How many there are of each, with --by */
static int print_tally(const struct tpr_listing *listing)
{
	struct tpr_tally *tally = tpr_tally_create(listing->options);
	int error = tally ? tpr_tally_head(tally, listing->rows.table) : -ENOMEM;
	size_t i;

	for (i = 0; !error && i < listing->rows.nr; i++)
		error = count_row(listing, tally, i);
	if (!error && !listing->options->is_json && !listing->options->has_no_header)
		describe(listing);
	if (!error)
		error = tpr_tally_print(tally, tpr_print_has_colour());
	tpr_tally_destroy(tally);
	return error;
}

static int print(struct tpr_listing *listing)
{
	if (listing->options->by)
		return print_tally(listing);
	return listing->options->is_json ? print_json(listing) : print_people(listing);
}

/**
 * tpr_listing_load() - read a table of sockets
 * @listing: filled in; for tpr_listing_free(), whatever is returned
 * @kind: of what
 * @options: of the command line
 *
 * Return: 0, or -errno after a message.
 */
int tpr_listing_load(struct tpr_listing *listing, const struct tpr_listing_kind *kind,
		     const struct tpr_options *options)
{
	int error;

	*listing = (struct tpr_listing){ .kind = kind, .options = options };
	error = tpr_rows_load(&listing->rows, options, kind->file, kind->shape);
	if (!error)
		tpr_table_warn_blind(listing->rows.table);
	if (!error)
		error = tpr_rows_sort(&listing->rows);
	if (!error && kind->prepare)
		error = kind->prepare(&listing->rows);
	if (!error && kind->has_holders)
		error = add_holders(listing);
	return error;
}

/**
 * tpr_listing_print() - print the rows that are left in a listing
 * @listing: from tpr_listing_load()
 *
 * Return: 0, or -errno after a message.
 */
int tpr_listing_print(struct tpr_listing *listing)
{
	int error;

	if (listing->options->has_processes && !listing->kind->has_holders) {
		error = tpr_processes_scan(&listing->processes);
		if (error)
			return error;
	}
	if ((listing->options->is_extended || listing->options->by) && !listing->options->from)
		listing->cgroups = tpr_cgroups_create();
	error = print(listing);
	if (error && error != -EDOM)
		tpr_message("out of memory");
	return error;
}

/**
 * tpr_listing_free() - free a listing
 * @listing: from tpr_listing_load()
 */
void tpr_listing_free(struct tpr_listing *listing)
{
	tpr_grid_destroy(listing->grid);
	tpr_processes_free(&listing->processes);
	tpr_rows_free(&listing->rows);
	tpr_cgroups_destroy(listing->cgroups);
}

static enum tpr_exit exit_of(int error)
{
	if (error == -EDOM)
		return TPR_EXIT_USAGE;
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}

/**
 * tpr_listing_main() - a command that lists a table
 * @kind: of what
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpr_exit tpr_listing_main(const struct tpr_listing_kind *kind,
			       const struct tpr_options *options, int argc, char **argv)
{
	struct tpr_expression *expression;
	enum tpr_exit status = TPR_EXIT_FAILED;
	struct tpr_listing listing;

	if (tpr_tally_check(kind->file, options->by))
		return TPR_EXIT_USAGE;
	expression = tpr_expression_parse(argc, argv);
	if (!expression)
		return TPR_EXIT_USAGE;
	if (!tpr_listing_load(&listing, kind, options)) {
		if (tpr_expression_bind(expression, listing.rows.table)) {
			status = TPR_EXIT_USAGE;
		} else {
			choose(&listing, expression);
			status = exit_of(tpr_listing_print(&listing));
		}
	}
	tpr_expression_destroy(expression);
	tpr_listing_free(&listing);
	return status;
}
