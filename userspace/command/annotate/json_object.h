/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of JSON that is one object, as the commands write it with -j.
 */
#ifndef TPR_ANNOTATE_JSON_OBJECT_H
#define TPR_ANNOTATE_JSON_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

/* Far more than a row has */
#define TPR_JSON_MEMBERS	512

/** struct tpr_json_object - its members; all texts are in the line, which was changed for that */
struct tpr_json_object {
	/** @keys: their names */
	const char *keys[TPR_JSON_MEMBERS];
	/** @values: texts; a number as it stands there; "-" for null; a list with commas between */
	const char *values[TPR_JSON_MEMBERS];
	/** @nr: number of both */
	size_t nr;
};

bool tpr_json_object_parse(struct tpr_json_object *object, char *line);
const char *tpr_json_object_get(const struct tpr_json_object *object, const char *key);

#endif
