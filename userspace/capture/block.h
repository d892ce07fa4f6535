/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The blocks of pcapng, and the options at their ends.
 */
#ifndef TPR_BLOCK_H
#define TPR_BLOCK_H

#include "capture/bytes.h"

/* Kinds of blocks. The obsolete one was for packets, too. */
#define TPR_BLOCK_INTERFACE	1
#define TPR_BLOCK_OBSOLETE	2
#define TPR_BLOCK_SIMPLE	3
#define TPR_BLOCK_STATISTICS	5
#define TPR_BLOCK_PACKET	6
#define TPR_BLOCK_SECTION	0x0a0d0d0a

/* Type and length before its body, the length again behind it */
#define TPR_BLOCK_HEAD		8
#define TPR_BLOCK_FRAME		12

#define TPR_OPTION_END		0
#define TPR_OPTION_COMMENT	1

/** struct tpr_option - one option of a block */
struct tpr_option {
	/** @code: which one */
	uint16_t code;
	/** @bytes: of @value, without what fills it up to four */
	uint16_t bytes;
	/** @value: in the file */
	const uint8_t *value;
};

/* What fills up to the next four bytes */
static inline size_t tpr_block_padded(size_t bytes)
{
	return (bytes + 3) & ~(size_t)3;
}

bool tpr_option_next(struct tpr_span *options, bool is_big, struct tpr_option *option);
bool tpr_options_are_sound(struct tpr_span options, bool is_big);

#endif
