/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the completions of bash, zsh and fish get: a word a line, a tab, and what it means. A line that begins with ":" asks
 * the shell for something that it knows best, as files.
 */
#ifndef TPR_COMPLETE_OFFERS_H
#define TPR_COMPLETE_OFFERS_H

#include <stddef.h>

/** struct tpr_offers - what can stand in place of a word that is being typed */
struct tpr_offers {
	/** @kept: what the offers begin with, as it was typed, before what they are about */
	const char *kept;
	/** @kept_bytes: how much of @kept that is */
	size_t kept_bytes;
	/** @typed: the rest: the beginning of what is offered */
	const char *typed;
};

void tpr_offer(const struct tpr_offers *offers, const char *word, const char *meaning);
void tpr_offer_list(const struct tpr_offers *offers, const char *const *words);
void tpr_offer_values(const struct tpr_offers *offers, const char *column);
void tpr_offer_states(const struct tpr_offers *offers);
void tpr_offer_columns(const struct tpr_offers *offers, const char *table);
void tpr_offer_by(const struct tpr_offers *offers, const char *table);
void tpr_offer_devices(const struct tpr_offers *offers);
void tpr_offer_namespaces(const struct tpr_offers *offers);

#endif
