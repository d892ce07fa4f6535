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

/* Texts that nothing has are let be as long as they are few beside the others. */
#define TEXTS_MORE	512

/* No host has so many addresses. */
#define LOCALS_MAX	65536

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

/* Of the addresses, those that rows have now: there are so many only if somebody makes them up. */
static int keep_locals(struct tpr_annotation *annotation)
{
	size_t i;
	int error = 0;

	annotation->locals_nr = 0;
	for (i = 0; !error && i < annotation->records_nr; i++)
		error = tpr_annotation_local(annotation, &annotation->records[i].segment.local);
	return error;
}

static int keep_text(struct tpr_texts *kept, const struct tpr_texts *texts, uint32_t *number)
{
	return *number == TPR_TEXT_NONE ? 0 : tpr_texts_add(kept, texts->list[*number], number);
}

/* Numbers change, all of them or, without memory, some: then there is no going on. */
static int keep_texts(struct tpr_annotation *annotation)
{
	struct tpr_texts kept = { .nr = 0 };
	size_t i;
	int error = 0;

	for (i = 0; !error && i < annotation->records_nr; i++) {
		error = keep_text(&kept, &annotation->texts, &annotation->records[i].text);
		if (!error)
			error = keep_text(&kept, &annotation->texts, &annotation->records[i].dev);
	}
	for (i = 0; !error && i < annotation->arrivals_nr; i++)
		error = keep_text(&kept, &annotation->texts, &annotation->arrivals[i].dev);
	for (i = 0; !error && i < annotation->notes_nr; i++)
		error = keep_text(&kept, &annotation->texts, &annotation->notes[i].text);
	tpr_texts_free(&annotation->texts);
	annotation->texts = kept;
	annotation->texts_kept = kept.nr;
	return error;
}

/**
 * tpr_annotation_forget() - forget packets that nobody asks for any more, but for how many became what
 * @annotation: the annotation, none of whose arrivals is one of them
 * @first: the first packet that is kept
 *
 * Return: 0, or -ENOMEM after a message; then it is of no use any more.
 */
int tpr_annotation_forget(struct tpr_annotation *annotation, uint64_t first)
{
	size_t nr = (size_t)(first - annotation->forgotten_nr), i;
	int error = 0;

	for (i = 0; i < nr; i++)
		annotation->forgotten[annotation->notes[i].fate]++;
	if (nr)
		memmove(annotation->notes, annotation->notes + nr,
			(annotation->notes_nr - nr) * sizeof(*annotation->notes));
	annotation->notes_nr -= nr;
	annotation->forgotten_nr = first;
	if (annotation->texts.nr / 2 > annotation->texts_kept + TEXTS_MORE)
		error = keep_texts(annotation);
	if (!error && annotation->locals_nr > LOCALS_MAX)
		error = keep_locals(annotation);
	if (error)
		tpr_message("out of memory");
	return error;
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
