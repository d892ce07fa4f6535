// SPDX-License-Identifier: GPL-2.0
/*
 * Compares a row of the table with what was seen.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct name *find(const struct name *list, unsigned int nr, const char *text,
			       size_t len)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!strncmp(list[i].text, text, len) && !list[i].text[len])
			return &list[i];
	return NULL;
}

static bool is_cookie_of_play(const struct play *p, uint64_t cookie)
{
	unsigned int i;

	for (i = 0; i < p->cookies_nr; i++)
		if (p->cookies[i].value == cookie)
			return true;
	return false;
}

/*
 * $R is a socket that the play does not hold, a request for instance: any
 * cookie that is none of the play's, but the same one wherever it says $R.
 */
static bool is_bound(struct evidence *e, const char *text, const char *got)
{
	const struct name *n = find(e->bound, e->bound_nr, text, strlen(text));
	char *end;
	uint64_t cookie = strtoull(got, &end, 16);

	if (!cookie || *end || is_cookie_of_play(e->play, cookie))
		return false;
	if (n)
		return n->value == cookie;
	if (e->bound_nr == ARRAY_SIZE(e->bound))
		return false;
	snprintf(e->bound[e->bound_nr].text, sizeof(e->bound[0].text), "%s", text);
	e->bound[e->bound_nr++].value = cookie;
	return true;
}

static bool is_cookie(struct evidence *e, const char *want, const char *got)
{
	const struct name *n = find(e->play->cookies, e->play->cookies_nr, want, strlen(want));
	char hex[20];

	if (want[0] == '$')
		return is_bound(e, want, got);
	if (!n)
		return (!strcmp(want, "-") || !strcmp(want, "?")) && !strcmp(want, got);
	snprintf(hex, sizeof(hex), "%llx", (unsigned long long)n->value);
	return !strcmp(hex, got);
}

static bool is_as_wanted(struct evidence *e, enum field f, const char *want, const char *got)
{
	char alternatives[128];
	char *save = NULL;
	char *a;

	snprintf(alternatives, sizeof(alternatives), "%s", want);
	for (a = strtok_r(alternatives, "|", &save); a; a = strtok_r(NULL, "|", &save)) {
		if (f == F_COOKIE || f == F_LISTENER) {
			if (is_cookie(e, a, got))
				return true;
		} else if (!strcmp(a, got)) {
			return true;
		}
	}
	return false;
}

/* The row in a line, for people. */
void check_describe(const struct row *row, char *text, size_t size)
{
	char *const *want = row->want;
	int f, n;

	if (row->mib) {
		snprintf(text, size, "%s on %s: %s of the kernel grows by %s", row->exchange,
			 row->on, row->mib, row->amount);
		return;
	}
	if (row->counter) {
		snprintf(text, size, "%s on %s: %s of %s grows by %s", row->exchange, row->on,
			 row->counter, row->column, row->amount);
		return;
	}
	if (row->amount) {
		snprintf(text, size, "%s on %s: %s segments", row->exchange, row->on,
			 row->amount);
		return;
	}
	n = snprintf(text, size, "%s on %s: %s via %s, %s %s, %s, cookie %s listener %s",
		     row->exchange, row->on, row->selector, want[F_VIA], want[F_MATCH],
		     want[F_STATE], want[F_OUTCOME], want[F_COOKIE], want[F_LISTENER]);
	for (f = F_MODS; f < F_NR; f++)
		if (strcmp(want[f], "-") && n > 0 && (size_t)n < size)
			n += snprintf(text + n, size - n, ", %s %s", field_names[f], want[f]);
	if (row->dev && n > 0 && (size_t)n < size)
		snprintf(text + n, size - n, ", dev %s", row->dev);
}

static uint16_t port_of(const struct play *p, const char *text, size_t len)
{
	const struct name *n = find(p->ports, p->ports_nr, text, len);

	return n ? n->value : 0;
}

/*
 * A selector is TO[<FROM]:FLAGS:N, the N-th segment with these flags that
 * came to the port TO (from the port FROM); or *:N, the N-th of all.
 */
static const struct segment *select_segment(const struct evidence *e, const char *selector)
{
	const char *colon = strchr(selector, ':');
	const char *flags = colon ? colon + 1 : "";
	const char *last = strrchr(selector, ':');
	const char *from = strchr(selector, '<');
	bool all = selector[0] == '*';
	const struct segment *g;
	unsigned int nth, i;
	uint16_t to_port = 0, from_port = 0;

	if (!colon)
		return NULL;
	nth = strtoul(last + 1, NULL, 10);
	if (!all) {
		to_port = port_of(e->play, selector, (from ? from : colon) - selector);
		if (from)
			from_port = port_of(e->play, from + 1, colon - from - 1);
		if (!to_port || (from && !from_port))
			return NULL;
	}
	for (i = 0; i < e->segments->nr; i++) {
		g = &e->segments->list[i];
		if (!all && (g->local_port != to_port ||
			     (from && g->foreign_port != from_port) ||
			     strncmp(g->flags, flags, last - flags) ||
			     g->flags[last - flags]))
			continue;
		if (!--nth)
			return g;
	}
	return NULL;
}

static bool check_range(const char *want, long got, char *why, size_t size)
{
	char *end;
	long low = strtol(want, &end, 10);
	long high = *end == '-' ? strtol(end + 1, NULL, 10) : low;

	snprintf(why, size, "%ld seen", got);
	return got >= low && got <= high;
}

static bool check_counter(const struct row *row, const struct evidence *e, char *why,
			  size_t size)
{
	char column[16];

	if (!e->has_counters)
		return true;
	if (!e->before || !e->after) {
		snprintf(why, size, "counters could not be read");
		return false;
	}
	snprintf(column, sizeof(column), "%s%c", row->column,
		 e->play->family == AF_INET6 ? '6' : '4');
	return check_range(row->amount,
			   counters_growth(e->before, e->after, row->counter, column), why, size);
}

static bool check_mib(const struct row *row, const struct evidence *e, char *why, size_t size)
{
	long growth;

	if (!e->mib_before || !e->mib_after ||
	    !mib_growth(e->mib_before, e->mib_after, e->play->family, row->mib, &growth)) {
		snprintf(why, size, "the kernel has no counter %s", row->mib);
		return false;
	}
	return check_range(row->amount, growth, why, size);
}

static size_t add(char *why, size_t size, size_t at, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = at < size ? vsnprintf(why + at, size - at, fmt, ap) : 0;
	va_end(ap);
	return at + (n > 0 ? n : 0);
}

/* What holds for every segment of a play, whatever its verdict. */
static size_t check_identity(const struct segment *g, const struct play *p, const char *dev,
			     char *why, size_t size)
{
	bool is6 = strchr(g->proto, '6');
	size_t at = 0;

	if (strcmp(g->dev, dev))
		at = add(why, size, at, " dev %s, not %s;", g->dev, dev);
	if (g->netns != place_netns())
		at = add(why, size, at, " netns %llu, not %llu;", (unsigned long long)g->netns,
			 (unsigned long long)place_netns());
	if (is6 ? p->family != AF_INET6 : p->family != AF_INET)
		at = add(why, size, at, " proto %s;", g->proto);
	return at;
}

/* Is the row true? If not, @why says what was seen instead. */
bool check_row(const struct row *row, struct evidence *e, char *why, size_t size)
{
	const struct segment *g;
	size_t at;
	int f;

	snprintf(why, size, "the exchange failed");
	if (!e->played)
		return false;
	if (row->mib)
		return check_mib(row, e, why, size);
	if (row->counter)
		return check_counter(row, e, why, size);
	if (row->amount)
		return check_range(row->amount, e->segments->nr, why, size);
	g = select_segment(e, row->selector);
	if (!g) {
		snprintf(why, size, "no such segment");
		return false;
	}
	*why = '\0';
	at = check_identity(g, e->play, row->dev ? row->dev : place_device(e->play), why, size);
	for (f = 0; g->has_verdict && f < F_NR; f++)
		if (!is_as_wanted(e, f, row->want[f], g->field[f]))
			at = add(why, size, at, " %s %s, not %s;", field_names[f], g->field[f],
				 row->want[f]);
	return !at;
}
