// SPDX-License-Identifier: GPL-2.0
/*
 * The columns are those that this program knows. A key that is missing is a mark, so that the parser of
 * tables has the last word on what is a row.
 */
#include "command/annotate/json_log.h"

#include "command/annotate/json_object.h"
#include "lib/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LOG	"log"

/* A field holds no blank; what is none, no backslash either, is as it is. */
static void write_field(FILE *out, const char *text)
{
	if (!*text)
		fputc('-', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c == '\\' || c == 0x7f)
			fprintf(out, "\\%03o", c);
		else
			fputc(c, out);
	}
}

static void write_endpoint(FILE *out, const struct tpr_json_object *object, const char *name)
{
	char address_key[64], port_key[64];
	const char *address, *port;

	snprintf(address_key, sizeof(address_key), "%s_address", name);
	snprintf(port_key, sizeof(port_key), "%s_port", name);
	address = tpr_json_object_get(object, address_key);
	port = tpr_json_object_get(object, port_key);
	if (!address || !port)
		fputc('?', out);
	else if (!tpr_table_is_value(address))
		fputs(address, out);
	else if (strchr(address, ':'))
		fprintf(out, "[%s]:%s", address, port);
	else
		fprintf(out, "%s:%s", address, port);
}

static void write_row(FILE *out, const struct tpr_json_object *object)
{
	const char *name, *value;
	size_t i;

	for (i = 0; (name = tpr_column_name(LOG, i)); i++) {
		if (i)
			fputc(' ', out);
		value = tpr_json_object_get(object, name);
		if (tpr_column_kind(LOG, name) == TPR_KIND_ENDPOINT)
			write_endpoint(out, object, name);
		else
			write_field(out, value ? value : "?");
	}
	fputc('\n', out);
}

static void write_head(FILE *out, const struct tpr_json_object *object)
{
	static const char *const facts[] = { "netns", "watching", "wall_offset_ns" };
	const char *name, *value;
	size_t i;

	fprintf(out, "# tuplewatch %d " LOG, TPW_FORMAT);
	for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		value = tpr_json_object_get(object, facts[i]);
		if (!value)
			continue;
		fprintf(out, " %s=", facts[i]);
		write_field(out, value);
	}
	fputc('\n', out);
	for (i = 0; (name = tpr_column_name(LOG, i)); i++)
		fprintf(out, "%s%s", i ? " " : "", name);
	fputc('\n', out);
}

static bool is_log(const struct tpr_json_object *object)
{
	const char *table = tpr_json_object_get(object, "table");

	return table && (!strcmp(table, LOG) || !strcmp(table, LOG "_pipe"));
}

/* Its lines as those of a table. False after a message. */
static bool convert(FILE *out, struct tpr_json_object *object, FILE *file, const char *path)
{
	size_t room = 0, nr = 0;
	char *line = NULL;
	bool is_good = true;

	while (is_good && getline(&line, &room, file) > 0) {
		is_good = tpr_json_object_parse(object, line) && (nr || is_log(object));
		if (!is_good)
			tpr_message("%s:%zu: not a line of log -j%s", path, nr + 1,
				    nr ? "" : ", which begins with {\"table\":\"log\"");
		else if (!nr)
			write_head(out, object);
		else if (tpr_json_object_get(object, "lost"))
			fprintf(out, "# lost %s\n", tpr_json_object_get(object, "lost"));
		else
			write_row(out, object);
		nr++;
	}
	free(line);
	return is_good;
}

/**
 * tpr_json_log_push() - hand a file to the parser of tables
 * @table: the parser
 * @file: the file
 * @path: its name
 *
 * Return: 0, or -errno after a message.
 */
int tpr_json_log_push(struct tpr_table *table, FILE *file, const char *path)
{
	struct tpr_json_object *object = malloc(sizeof(*object));
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	bool is_good = object && out && convert(out, object, file, path);

	if (!object || !out || fclose(out)) {
		tpr_message("out of memory");
		is_good = false;
	}
	if (is_good)
		tpr_table_push(table, text, bytes);
	tpr_table_finish(table);
	free(text);
	free(object);
	return is_good ? 0 : -EINVAL;
}
