// SPDX-License-Identifier: GPL-2.0
/*
 * A capture that goes on and on: what it keeps does not grow, and each packet still counts once.
 */
#include "command/capture/stream.h"

#include "test/unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PACKETS_NR	10000
#define TURN		500
#define PACKET_BYTES	54
#define NS_PER_S	1000000000LL

/* In front of the packets: microseconds, Ethernet */
static const uint32_t head[] = { 0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1 };

/** struct scene - a stream, its packets and what it writes */
struct scene {
	/** @stream: the stream */
	struct tpr_stream stream;
	/** @options: of it */
	struct tpr_options options;
	/** @packets: in a file */
	FILE *packets;
	/** @out: what was written */
	FILE *out;
};

static void write_packets(FILE *file, int64_t ago_s)
{
	/* TCP from 10.0.0.1:1 to 10.0.0.2:2, an ACK */
	static const uint8_t packet[PACKET_BYTES] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0,
		10, 0, 0, 1, 10, 0, 0, 2, 0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x10, 0, 1, 0, 0, 0, 0,
	};
	uint32_t before[] = { (uint32_t)(time(NULL) - ago_s), 0, PACKET_BYTES, PACKET_BYTES };
	int i;

	fwrite(head, 1, sizeof(head), file);
	for (i = 0; i < PACKETS_NR; i++) {
		fwrite(before, 1, sizeof(before), file);
		fwrite(packet, 1, sizeof(packet), file);
	}
	rewind(file);
}

static void begin(struct scene *scene, int64_t ago_s)
{
	*scene = (struct scene){ .options.from = "test/data/captures", .packets = tmpfile(),
				 .out = tmpfile() };
	write_packets(scene->packets, ago_s);
	tpr_stream_init(&scene->stream, &scene->options, scene->packets, scene->out);
}

static void end(struct scene *scene)
{
	tpr_stream_exit(&scene->stream);
	fclose(scene->packets);
	fclose(scene->out);
}

/* A row like none before it, of a connection that nothing was captured of */
static void add_row(struct tpr_annotation *annotation, int64_t time_ns, int number)
{
	struct tpr_record record = { .time_ns = time_ns, .segment.local.port = 7 };
	char text[32];

	snprintf(text, sizeof(text), "via=%d\n-\n-\n", number);
	CHECK_NUMBER(tpr_texts_add(&annotation->texts, text, &record.text), 0);
	CHECK_NUMBER(tpr_annotation_room(&annotation->records, annotation->records_nr,
					 &annotation->records_room, sizeof(record)), 0);
	annotation->records[annotation->records_nr++] = record;
}

static uint64_t count(const struct tpr_annotation *annotation, enum tpr_fate fate)
{
	uint64_t sum = annotation->forgotten[fate];
	size_t i;

	for (i = 0; i < annotation->notes_nr; i++)
		sum += annotation->notes[i].fate == fate;
	return sum;
}

/* All of it, a row for each packet, with a look at what can be written every now and then; returns the packets. */
static uint64_t play(struct scene *scene, int64_t ago_s)
{
	struct tpr_annotation *annotation = &scene->stream.annotation;
	uint64_t nr = 0;

	while (tpr_stream_take(&scene->stream) != TPR_CAPTURE_END) {
		add_row(annotation, (time(NULL) - ago_s) * NS_PER_S, (int)nr);
		if (++nr % TURN == 0)
			CHECK_NUMBER(tpr_stream_write(&scene->stream, false), 0);
	}
	return annotation->forgotten_nr + annotation->notes_nr;
}

static void old(void)
{
	struct scene scene;

	begin(&scene, 10);
	CHECK_NUMBER(play(&scene, 10), PACKETS_NR);
	CHECK_NUMBER(scene.stream.annotation.notes_nr <= TURN, true);
	CHECK_NUMBER(scene.stream.annotation.arrivals_nr <= TURN, true);
	CHECK_NUMBER(scene.stream.annotation.records_nr <= TURN + 1, true);
	CHECK_NUMBER(scene.stream.annotation.texts.nr <= 4 * TURN, true);
	CHECK_NUMBER(tpr_stream_write(&scene.stream, true), 0);
	CHECK_NUMBER(count(&scene.stream.annotation, TPR_FATE_NOT_HERE), PACKETS_NR);
	CHECK_NUMBER(scene.stream.bytes, 0);
	end(&scene);
}

/* Nothing comes on this device, and a lot on others. */
static void quiet(void)
{
	struct scene scene;
	int i;

	begin(&scene, 0);
	for (i = 0; i < PACKETS_NR; i++) {
		add_row(&scene.stream.annotation, (time(NULL) - 10) * NS_PER_S, i);
		if (i % TURN == 0)
			CHECK_NUMBER(tpr_stream_write(&scene.stream, false), 0);
	}
	CHECK_NUMBER(scene.stream.annotation.records_nr <= TURN, true);
	CHECK_NUMBER(scene.stream.annotation.texts.nr <= 4 * TURN, true);
	end(&scene);
}

/* The clock was set back: what waits is an hour from being decided. */
static void future(void)
{
	struct scene scene;
	size_t most = 100000;

	begin(&scene, -3600);
	scene.stream.bytes_max = most;
	CHECK_NUMBER(play(&scene, -3600), PACKETS_NR);
	CHECK_NUMBER(scene.stream.bytes <= most + TURN * (PACKET_BYTES + 16), true);
	CHECK_NUMBER(scene.stream.annotation.arrivals_nr <= most / PACKET_BYTES, true);
	CHECK_NUMBER(scene.stream.annotation.lost_nr > 0, true);
	CHECK_NUMBER(tpr_stream_write(&scene.stream, true), 0);
	CHECK_NUMBER(count(&scene.stream.annotation, TPR_FATE_TOO_MANY), PACKETS_NR);
	/* all are there: a head of 28 and 32 bytes, and 36 around each packet, which two bytes fill up */
	CHECK_NUMBER(ftell(scene.out), 60 + PACKETS_NR * (PACKET_BYTES + 2 + 36));
	end(&scene);
}

const struct unit_case unit_stream[] = {
	UNIT_CASE(old, "capture: what was written is forgotten"),
	UNIT_CASE(quiet, "capture: rows are forgotten where nothing is captured"),
	UNIT_CASE(future, "capture: more than fits is written without comments"),
	{ 0 },
};
