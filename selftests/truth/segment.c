// SPDX-License-Identifier: GPL-2.0
/*
 * The list of segments that came to the server while an exchange was played.
 */
#include "truth.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const field_names[F_NR] = {
	[F_VIA] = "via",
	[F_MATCH] = "match",
	[F_STATE] = "state",
	[F_OUTCOME] = "outcome",
	[F_COOKIE] = "cookie",
	[F_LISTENER] = "listener",
	[F_MODS] = "mods",
	[F_RECEIVERS] = "receivers",
	[F_REUSEPORT] = "reuseport",
	[F_RELOOKUP] = "relookup",
};

/* Room for one more, zeroed. Return: it, or NULL without memory */
struct segment *segments_add(struct segments *s)
{
	struct segment *list;

	if (s->nr == s->room) {
		s->room = s->room ? s->room * 2 : 64;
		list = realloc(s->list, s->room * sizeof(*list));
		if (!list)
			return NULL;
		s->list = list;
	}
	memset(&s->list[s->nr], 0, sizeof(s->list[0]));
	return &s->list[s->nr++];
}

static bool is_port_of(const struct play *p, uint16_t port)
{
	unsigned int i;

	for (i = 0; i < p->ports_nr; i++)
		if (p->ports[i].value == port)
			return true;
	return false;
}

static bool is_of(const struct play *p, const struct segment *s)
{
	char text[INET6_ADDRSTRLEN];

	if (!p->by_address)
		return is_port_of(p, s->local_port) || is_port_of(p, s->foreign_port);
	inet_ntop(p->family, place_bytes(p, STRANGER), text, sizeof(text));
	return !strcmp(text, s->foreign);
}

/* Drop what is not of this play: the fence, late segments of earlier plays. */
void segments_keep(struct segments *s, const struct play *p)
{
	unsigned int from, to = 0;

	for (from = 0; from < s->nr; from++)
		if (is_of(p, &s->list[from]))
			s->list[to++] = s->list[from];
	s->nr = to;
}

/* As diagnostics of KTAP. */
void segments_print(const struct segments *s)
{
	const struct segment *g;
	unsigned int i, f;

	for (i = 0; i < s->nr; i++) {
		g = &s->list[i];
		printf("#   %u: %s %s %s %u > %u %s", i + 1, g->dev, g->proto, g->foreign,
		       g->foreign_port, g->local_port, g->flags);
		for (f = 0; g->has_verdict && f < F_NR; f++)
			printf(" %s", g->field[f]);
		putchar('\n');
	}
}
