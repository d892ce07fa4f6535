// SPDX-License-Identifier: GPL-2.0
/*
 * A datagram is complete when its fragments follow each other without a gap from the first to the last.
 * What overlaps the kernel throws away, all of it; here it is never complete.
 */
#include "capture/datagram.h"

#include <stdlib.h>
#include <string.h>

/* 64 KiB in fragments of 8 bytes */
#define PIECES_MAX	8192

static bool has_addresses(const struct tpr_datagram *datagram, const struct tpr_segment *segment)
{
	const struct tpr_endpoint *foreign = &datagram->segment.foreign;
	const struct tpr_endpoint *local = &datagram->segment.local;

	return !memcmp(foreign->addr, segment->foreign.addr, sizeof(foreign->addr)) &&
	       !memcmp(local->addr, segment->local.addr, sizeof(local->addr)) &&
	       foreign->is_ipv4 == segment->foreign.is_ipv4 &&
	       datagram->segment.is_udp == segment->is_udp;
}

static struct tpr_datagram *find(struct tpr_datagrams *datagrams, uint64_t place,
				 const struct tpr_packet *packet)
{
	size_t i;

	for (i = 0; i < TPR_DATAGRAMS_NR; i++) {
		struct tpr_datagram *datagram = &datagrams->list[i];

		if (datagram->used && datagram->place == place && datagram->id == packet->id &&
		    has_addresses(datagram, &packet->segment))
			return datagram;
	}
	return NULL;
}

/* The room of the one that was begun first is used again. */
static struct tpr_datagram *begin(struct tpr_datagrams *datagrams, uint64_t place,
				  const struct tpr_packet *packet)
{
	struct tpr_datagram *oldest = &datagrams->list[0];
	size_t i;

	for (i = 1; i < TPR_DATAGRAMS_NR; i++) {
		if (datagrams->list[i].used < oldest->used)
			oldest = &datagrams->list[i];
	}
	*oldest = (struct tpr_datagram){
		.segment = packet->segment, .pieces = oldest->pieces, .room = oldest->room,
		.place = place, .id = packet->id, .used = ++datagrams->count,
	};
	return oldest;
}

static bool add(struct tpr_datagram *datagram, const struct tpr_packet *packet, uint64_t number)
{
	if (datagram->nr == datagram->room) {
		size_t room = datagram->room * 2 + 16;
		struct tpr_piece *moved;

		moved = datagram->nr == PIECES_MAX ? NULL :
			realloc(datagram->pieces, room * sizeof(*moved));
		if (!moved)
			return false;
		datagram->pieces = moved;
		datagram->room = room;
	}
	datagram->pieces[datagram->nr++] =
		(struct tpr_piece){ packet->offset, packet->bytes, number };
	if (!packet->offset) {
		datagram->segment = packet->segment;
		datagram->header_bytes = packet->header_bytes;
	}
	if (packet->is_last)
		datagram->total = packet->offset + packet->bytes;
	return true;
}

static int compare(const void *left, const void *right)
{
	const struct tpr_piece *a = left, *b = right;

	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

static bool is_complete(struct tpr_datagram *datagram)
{
	uint64_t sum = 0;
	size_t i;

	if (!datagram->header_bytes || !datagram->total)
		return false;
	for (i = 0; i < datagram->nr; i++)
		sum += datagram->pieces[i].bytes;
	if (sum != datagram->total)
		return false;
	qsort(datagram->pieces, datagram->nr, sizeof(*datagram->pieces), compare);
	sum = 0;
	for (i = 0; i < datagram->nr && datagram->pieces[i].offset == sum; i++)
		sum += datagram->pieces[i].bytes;
	return i == datagram->nr && sum == datagram->total;
}

/**
 * tpr_datagrams_add() - add a fragment
 * @datagrams: the incomplete ones
 * @place: where it was captured: those of different places do not belong together
 * @packet: the fragment
 * @number: of the packet
 *
 * Return: the datagram that is complete with it, until the next one is added; else NULL.
 */
const struct tpr_datagram *tpr_datagrams_add(struct tpr_datagrams *datagrams, uint64_t place,
					     const struct tpr_packet *packet, uint64_t number)
{
	struct tpr_datagram *datagram = find(datagrams, place, packet);

	if (!datagram)
		datagram = begin(datagrams, place, packet);
	if (!add(datagram, packet, number) || !is_complete(datagram))
		return NULL;
	datagram->segment.len = datagram->total - datagram->header_bytes;
	datagram->used = 0;
	return datagram;
}

/**
 * tpr_datagrams_exit() - free what was put together
 * @datagrams: all of them
 */
void tpr_datagrams_exit(struct tpr_datagrams *datagrams)
{
	size_t i;

	for (i = 0; i < TPR_DATAGRAMS_NR; i++)
		free(datagrams->list[i].pieces);
}
