// SPDX-License-Identifier: GPL-2.0
/*
 * Every packet gets a note; one that is a segment, or the fragment that completes one, becomes an
 * arrival as well. What the file calls sent becomes none.
 */
#include "command/annotate/arrivals.h"

#include "lib/message.h"

#include <errno.h>
#include <string.h>

static enum tpr_fate fate_of(enum tpr_packet_kind kind)
{
	switch (kind) {
	case TPR_PACKET_SEGMENT:
		return TPR_FATE_NO_ROW;
	case TPR_PACKET_FRAGMENT:
		return TPR_FATE_FRAGMENT;
	case TPR_PACKET_CUT:
		return TPR_FATE_CUT;
	case TPR_PACKET_DAMAGED:
		return TPR_FATE_DAMAGED;
	default:
		return TPR_FATE_OTHER;
	}
}

static int add_arrival(struct tpr_annotation *annotation, const struct tpr_arrival *arrival)
{
	if (tpr_annotation_room(&annotation->arrivals, annotation->arrivals_nr,
				&annotation->arrivals_room, sizeof(*arrival)))
		return -ENOMEM;
	annotation->arrivals[annotation->arrivals_nr++] = *arrival;
	return 0;
}

/* Of those that are forgotten the counts are left, where it is a fragment of what is not complete. */
static void note_part(struct tpr_annotation *annotation, uint64_t packet)
{
	if (packet >= annotation->forgotten_nr) {
		tpr_annotation_note_of(annotation, packet)->fate = TPR_FATE_PART;
		return;
	}
	annotation->forgotten[TPR_FATE_FRAGMENT]--;
	annotation->forgotten[TPR_FATE_PART]++;
}

/* The fragment that completes a datagram stands for it, the others are parts of it. */
static int add_fragment(struct tpr_annotation *annotation, const struct tpr_packet *packet,
			struct tpr_arrival *arrival)
{
	const struct tpr_datagram *datagram;
	size_t i;

	datagram = tpr_datagrams_add(&annotation->datagrams, arrival->place, packet,
				     arrival->packet);
	if (!datagram)
		return 0;
	for (i = 0; i < datagram->nr; i++)
		note_part(annotation, datagram->pieces[i].number);
	tpr_annotation_note_of(annotation, arrival->packet)->fate = TPR_FATE_NO_ROW;
	arrival->segment = datagram->segment;
	return add_arrival(annotation, arrival);
}

static int fill(struct tpr_annotation *annotation, struct tpr_arrival *arrival,
		const struct tpr_capture *capture, const struct tpr_frame *frame,
		const struct tpr_link *link)
{
	*arrival = (struct tpr_arrival){
		.has_macs = link->has_macs, .time_ns = frame->time_ns,
		.place = (uint64_t)frame->interface << 32 | link->device,
		.packet = annotation->forgotten_nr + annotation->notes_nr - 1, .record = TPR_RECORD_NONE,
	};
	memcpy(arrival->from, link->from, sizeof(arrival->from));
	memcpy(arrival->to, link->to, sizeof(arrival->to));
	return tpr_texts_add(&annotation->texts, capture->interfaces[frame->interface].name,
			     &arrival->dev);
}

static int add_packet(struct tpr_annotation *annotation, const struct tpr_packet *packet,
		      enum tpr_packet_kind kind, struct tpr_arrival *arrival)
{
	if (kind == TPR_PACKET_FRAGMENT)
		return add_fragment(annotation, packet, arrival);
	arrival->segment = packet->segment;
	return add_arrival(annotation, arrival);
}

/* What the packet is, and what that makes of it, if nothing else does */
static enum tpr_fate look(const struct tpr_capture *capture, const struct tpr_frame *frame,
			  struct tpr_link *link, struct tpr_packet *packet,
			  enum tpr_packet_kind *kind)
{
	struct tpr_span span = { frame->data, frame->bytes };
	size_t below;

	switch (tpr_link_read(capture->interfaces[frame->interface].link_type, &span, link)) {
	case TPR_LINK_UNKNOWN:
		return TPR_FATE_LINK;
	case TPR_LINK_CUT:
		return TPR_FATE_CUT;
	default:
		break;
	}
	below = frame->bytes - span.left;
	*kind = tpr_packet_read(link->ethertype, span,
				frame->wire_bytes > below ? frame->wire_bytes - below : 0, packet);
	if (*kind == TPR_PACKET_OTHER)
		return TPR_FATE_OTHER;
	if (frame->direction == TPR_DIRECTION_OUT || link->direction == TPR_DIRECTION_OUT)
		return TPR_FATE_SENT;
	if (!frame->has_time)
		return TPR_FATE_NO_TIME;
	return frame->is_sound ? fate_of(*kind) : TPR_FATE_DAMAGED;
}

/**
 * tpr_arrivals_add() - add a packet
 * @annotation: where to
 * @capture: the file
 * @frame: the packet
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_arrivals_add(struct tpr_annotation *annotation, const struct tpr_capture *capture,
		     const struct tpr_frame *frame)
{
	enum tpr_packet_kind kind = TPR_PACKET_OTHER;
	struct tpr_arrival arrival;
	struct tpr_packet packet;
	struct tpr_link link;
	enum tpr_fate fate = look(capture, frame, &link, &packet, &kind);

	if (tpr_annotation_room(&annotation->notes, annotation->notes_nr, &annotation->notes_room,
				sizeof(*annotation->notes)))
		return -ENOMEM;
	annotation->notes[annotation->notes_nr++] = (struct tpr_note){ .fate = (uint8_t)fate };
	if (fate != TPR_FATE_NO_ROW && fate != TPR_FATE_FRAGMENT)
		return 0;
	if (fill(annotation, &arrival, capture, frame, &link)) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	return add_packet(annotation, &packet, kind, &arrival);
}
