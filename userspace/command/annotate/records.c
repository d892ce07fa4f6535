// SPDX-License-Identifier: GPL-2.0
/*
 * All that is told of a row is one text: two rows with the same text are the same to who reads the comment,
 * whichever of them it was made of.
 */
#include "command/annotate/records.h"

#include "capture/time.h"
#include "command/annotate/comment.h"
#include "lib/message.h"
#include "lib/text.h"
#include "table/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S	1000000000

static const char *field(const struct tpr_table *table, const char *column)
{
	int at = tpr_table_column(table, column);

	return at < 0 ? "-" : table->fields[at];
}

static uint8_t read_flags(const char *text)
{
	static const struct { char letter; uint8_t flag; } letters[] = {
		{ 'F', TPR_FLAG_FIN }, { 'S', TPR_FLAG_SYN }, { 'R', TPR_FLAG_RST },
		{ 'P', TPR_FLAG_PSH }, { '.', TPR_FLAG_ACK }, { 'U', TPR_FLAG_URG },
	};
	uint8_t flags = 0;
	size_t i;

	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (strchr(text, letters[i].letter))
			flags |= letters[i].flag;
	}
	return flags;
}

/* By the family of the packet: an address of IPv6 may hold one of IPv4. */
static bool read_end(const struct tpr_table *table, const char *column, struct tpr_endpoint *end)
{
	const char *proto = field(table, "proto");

	if (!tpr_endpoint_parse(field(table, column), end))
		return false;
	end->is_ipv4 = proto[0] && !strchr(proto, '6');
	return true;
}

static bool read_segment(const struct tpr_table *table, struct tpr_record *record)
{
	struct tpr_segment *segment = &record->segment;
	uint64_t len, cpu;

	if (!read_end(table, "foreign", &segment->foreign) ||
	    !read_end(table, "local", &segment->local) ||
	    !tpr_text_u64(field(table, "len"), &len) ||
	    !tpr_clock_wall(table, field(table, "time_ns"), &record->time_ns) ||
	    record->time_ns < 0 || record->time_ns / NS_PER_S > TPR_CAPTURE_SECONDS_MAX)
		return false;
	segment->is_udp = field(table, "proto")[0] == 'u';
	segment->flags = segment->is_udp ? 0 : read_flags(field(table, "flags"));
	segment->len = (uint32_t)len;
	record->has_asked = read_end(table, "asked", &record->asked);
	if (tpr_text_u64(field(table, "cpu"), &cpu))
		record->cpu = (uint32_t)cpu;
	return true;
}

static int add_text(struct tpr_annotation *annotation, struct tpr_record *record,
		    const struct tpr_table *table)
{
	char *text = tpr_comment_text(table);
	int error = text ? tpr_texts_add(&annotation->texts, text, &record->text) : -ENOMEM;

	free(text);
	return error;
}

/* The numbers of the rows of a CPU and namespace have gaps where rows are missing. */
static void count_missing(struct tpr_annotation *annotation, const struct tpr_table *table,
			  uint32_t cpu)
{
	struct tpr_sequence *sequence;
	uint64_t seq, netns = 0;

	if (!tpr_text_u64(field(table, "seq"), &seq))
		return;
	tpr_text_u64(field(table, "netns"), &netns);
	sequence = &annotation->sequences[(cpu + netns * 61) % TPR_SEQUENCES_NR];
	if (sequence->seq && sequence->cpu == cpu && sequence->netns == netns &&
	    seq > sequence->seq + 1)
		annotation->missing_nr += seq - sequence->seq - 1;
	*sequence = (struct tpr_sequence){ cpu, netns, seq };
}

static int add_record(struct tpr_annotation *annotation, const struct tpr_record *record)
{
	int error = tpr_annotation_room(&annotation->records, annotation->records_nr,
					&annotation->records_room, sizeof(*record));

	if (error)
		return error;
	annotation->records[annotation->records_nr++] = *record;
	error = tpr_annotation_local(annotation, &record->segment.local);
	if (!error && record->has_asked)
		error = tpr_annotation_local(annotation, &record->asked);
	return error;
}

/**
 * tpr_records_add() - add a row of the log
 * @annotation: where to
 * @table: the log, at TPR_EVENT_ROW; a row that says too little is left out
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_records_add(struct tpr_annotation *annotation, const struct tpr_table *table)
{
	struct tpr_record record = { .home = TPR_PLACE_ANY };

	annotation->rows_nr++;
	if (!read_segment(table, &record))
		return 0;
	count_missing(annotation, table, record.cpu);
	if (add_text(annotation, &record, table) ||
	    tpr_texts_add(&annotation->texts, field(table, "dev"), &record.dev)) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	return add_record(annotation, &record);
}

/**
 * tpr_records_locals() - note the addresses at our end that connections have
 * @annotation: where to
 * @owners: the tables
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_records_locals(struct tpr_annotation *annotation, const struct tpr_owners *owners)
{
	const struct tpr_rows *rows = &owners->connections;
	struct tpr_endpoint local;
	size_t i;
	int error = 0;

	for (i = 0; !error && i < rows->nr; i++) {
		if (tpr_endpoint_parse(tpr_rows_get(rows, i, "local"), &local))
			error = tpr_annotation_local(annotation, &local);
	}
	return error;
}
