/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers out of bytes that somebody else wrote. Who calls these has looked whether they are there.
 */
#ifndef TPR_BYTES_H
#define TPR_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** struct tpr_span - bytes that may be looked at */
struct tpr_span {
	/** @at: the first */
	const uint8_t *at;
	/** @left: how many */
	size_t left;
};

static inline bool tpr_span_skip(struct tpr_span *span, size_t bytes)
{
	if (span->left < bytes)
		return false;
	span->at += bytes;
	span->left -= bytes;
	return true;
}

static inline uint16_t tpr_get16(const uint8_t *at, bool is_big)
{
	return (uint16_t)(is_big ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}

static inline uint32_t tpr_get32(const uint8_t *at, bool is_big)
{
	uint32_t first = tpr_get16(at, is_big), second = tpr_get16(at + 2, is_big);

	return is_big ? first << 16 | second : second << 16 | first;
}

static inline uint64_t tpr_get64(const uint8_t *at, bool is_big)
{
	uint64_t first = tpr_get32(at, is_big), second = tpr_get32(at + 4, is_big);

	return is_big ? first << 32 | second : second << 32 | first;
}

static inline void tpr_put16(uint8_t *at, uint16_t number, bool is_big)
{
	at[is_big ? 0 : 1] = (uint8_t)(number >> 8);
	at[is_big ? 1 : 0] = (uint8_t)number;
}

static inline void tpr_put32(uint8_t *at, uint32_t number, bool is_big)
{
	tpr_put16(at + (is_big ? 0 : 2), (uint16_t)(number >> 16), is_big);
	tpr_put16(at + (is_big ? 2 : 0), (uint16_t)number, is_big);
}

/* As the headers of the net have them */
static inline uint16_t tpr_net16(const uint8_t *at)
{
	return tpr_get16(at, true);
}

static inline uint32_t tpr_net32(const uint8_t *at)
{
	return tpr_get32(at, true);
}

#endif
