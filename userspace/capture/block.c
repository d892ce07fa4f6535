// SPDX-License-Identifier: GPL-2.0
/*
 * Options end where the block ends, or at one that says so.
 */
#include "capture/block.h"

#define OPTION_HEAD	4

/**
 * tpr_option_next() - the next option
 * @options: those that are left; moves on
 * @is_big: byte order
 * @option: filled in
 *
 * Return: false if there is none, or it is damaged; then @options stays where it was.
 */
bool tpr_option_next(struct tpr_span *options, bool is_big, struct tpr_option *option)
{
	struct tpr_span rest = *options;

	if (rest.left < OPTION_HEAD)
		return false;
	option->code = tpr_get16(rest.at, is_big);
	option->bytes = tpr_get16(rest.at + 2, is_big);
	tpr_span_skip(&rest, OPTION_HEAD);
	option->value = rest.at;
	if (option->code == TPR_OPTION_END || !tpr_span_skip(&rest, tpr_block_padded(option->bytes)))
		return false;
	*options = rest;
	return true;
}

/**
 * tpr_options_are_sound() - whether options end as they should
 * @options: all of them
 * @is_big: byte order
 *
 * Return: whether they do.
 */
bool tpr_options_are_sound(struct tpr_span options, bool is_big)
{
	struct tpr_option option;

	while (tpr_option_next(&options, is_big, &option))
		;
	if (!options.left)
		return true;
	return options.left == OPTION_HEAD && !tpr_get32(options.at, is_big);
}
