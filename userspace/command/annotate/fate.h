/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What became of a packet of a capture: it got a comment, needs none, or there is a reason why it has
 * none.
 */
#ifndef TPR_ANNOTATE_FATE_H
#define TPR_ANNOTATE_FATE_H

#include <stdbool.h>

/* X(ID, word, meaning). Those behind OTHER are reasons why an incoming segment has no comment. */
#define TPR_FATES(X)							\
	X(ANNOTATED, "annotated",					\
	  "incoming segments that have a comment now")			\
	X(SENT, "sent",							\
	  "packets that this host sent")				\
	X(PART, "parts",						\
	  "fragments of a datagram whose last one is counted elsewhere") \
	X(OTHER, "others",						\
	  "packets of neither TCP nor UDP")				\
	X(AMBIGUOUS, "ambiguous",					\
	  "several packets are alike, and the log has fewer rows, or different ones") \
	X(NO_ROW, "no-row",						\
	  "no row at that time: a filter, or it was dropped before TCP or UDP") \
	X(OTHER_LENGTH, "other-length",					\
	  "rows at that time have another length or flags: merged or split since") \
	X(BEFORE_LOG, "before-log",					\
	  "it is older than what the log has")				\
	X(AFTER_LOG, "after-log",					\
	  "it is younger than what the log has")			\
	X(ELSEWHERE, "elsewhere",					\
	  "the row is of another device of the capture, where it has the comment") \
	X(NOT_HERE, "not-here",						\
	  "for an address that nothing in the log has: forwarded, or another host's") \
	X(FRAGMENT, "fragment",						\
	  "a fragment of a datagram that is not complete")		\
	X(CUT, "cut",							\
	  "too little of it was captured")				\
	X(DAMAGED, "damaged",						\
	  "its lengths contradict each other")				\
	X(LINK, "link-type",						\
	  "a kind of link that is not known here")			\
	X(NO_TIME, "no-time",						\
	  "the file does not tell when it came")			\
	X(TOO_MANY, "too-many",						\
	  "more came at a time than capture keeps: written before it was decided")

#define TPR_FATE_ENUM(id, word, meaning)	TPR_FATE_##id,

enum tpr_fate { TPR_FATES(TPR_FATE_ENUM) TPR_FATES_NR };

const char *tpr_fate_word(enum tpr_fate fate);
const char *tpr_fate_meaning(enum tpr_fate fate);

/* An incoming segment, as far as that is known, without a comment */
static inline bool tpr_fate_is_reason(enum tpr_fate fate)
{
	return fate > TPR_FATE_OTHER;
}

#endif
