// SPDX-License-Identifier: GPL-2.0
/*
 * Lists that grow, and the order of segments: by their ends first, so that those of one connection
 * follow each other.
 */
#include "command/annotate/annotation.h"

#include "lib/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/**
 * tpr_annotation_room() - make room for one more in a list
 * @list: the address of the pointer to it
 * @nr: how many it has
 * @room: how many it has room for
 * @bytes: size of one
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_annotation_room(void *list, size_t nr, size_t *room, size_t bytes)
{
	size_t wanted = *room * 2 + 256;
	void *moved;

	if (nr < *room)
		return 0;
	memcpy(&moved, list, sizeof(moved));
	moved = reallocarray(moved, wanted, bytes);
	if (!moved) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	memcpy(list, &moved, sizeof(moved));
	*room = wanted;
	return 0;
}

/**
 * tpr_annotation_local() - note an address at our end
 * @annotation: the annotation
 * @local: the end
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_annotation_local(struct tpr_annotation *annotation, const struct tpr_endpoint *local)
{
	size_t nr = annotation->locals_nr;

	if (nr && !memcmp(annotation->locals[nr - 1].addr, local->addr, sizeof(local->addr)))
		return 0;
	if (tpr_annotation_room(&annotation->locals, annotation->locals_nr,
				&annotation->locals_room, sizeof(*annotation->locals)))
		return -ENOMEM;
	annotation->locals[annotation->locals_nr++] = *local;
	return 0;
}

/**
 * tpr_annotation_free() - free all that it has
 * @annotation: the annotation
 */
void tpr_annotation_free(struct tpr_annotation *annotation)
{
	tpr_texts_free(&annotation->texts);
	tpr_datagrams_exit(&annotation->datagrams);
	free(annotation->records);
	free(annotation->arrivals);
	free(annotation->notes);
	free(annotation->locals);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_endpoints(const struct tpr_endpoint *a, const struct tpr_endpoint *b)
{
	int order = memcmp(a->addr, b->addr, sizeof(a->addr));

	if (!order)
		order = compare_numbers(a->port, b->port);
	if (!order)
		order = compare_numbers(a->is_ipv4, b->is_ipv4);
	return order;
}

/**
 * tpr_segment_compare_ends() - the order of two segments by protocol and ends alone
 * @a: one
 * @b: the other
 *
 * Return: less than, equal to or greater than 0.
 */
int tpr_segment_compare_ends(const struct tpr_segment *a, const struct tpr_segment *b)
{
	int order = compare_numbers(a->is_udp, b->is_udp);

	if (!order)
		order = compare_endpoints(&a->foreign, &b->foreign);
	if (!order)
		order = compare_endpoints(&a->local, &b->local);
	return order;
}

/**
 * tpr_segment_compare() - the order of two segments
 * @a: one
 * @b: the other
 *
 * Return: less than, equal to or greater than 0; 0 if nothing but time tells them apart.
 */
int tpr_segment_compare(const struct tpr_segment *a, const struct tpr_segment *b)
{
	int order = tpr_segment_compare_ends(a, b);

	if (!order)
		order = compare_numbers(a->flags, b->flags);
	if (!order)
		order = compare_numbers(a->len, b->len);
	return order;
}
