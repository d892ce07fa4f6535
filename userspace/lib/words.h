/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of the module's tables, from the header that it has them from: a word that is not in
 * there does not compile. TPR_VIA_EARLY_DEMUX is "early-demux", and so on.
 */
#ifndef TPR_WORDS_H
#define TPR_WORDS_H

#include "module/uapi/tuplewatch.h"

#define TPR_DECLARE_VIA(id, word, meaning)		extern const char TPR_VIA_##id[];
#define TPR_DECLARE_MATCH(id, word, meaning)		extern const char TPR_MATCH_##id[];
#define TPR_DECLARE_OUTCOME(id, word, meaning)		extern const char TPR_OUTCOME_##id[];
#define TPR_DECLARE_RELOOKUP(id, word, meaning)		extern const char TPR_RELOOKUP_##id[];
#define TPR_DECLARE_FAMILY(id, word, meaning)		extern const char TPR_FAMILY_##id[];
#define TPR_DECLARE_STEP(id, word, meaning)		extern const char TPR_STEP_##id[];
#define TPR_DECLARE_STEP_STATE(id, word, meaning)	extern const char TPR_STEP_STATE_##id[];
#define TPR_DECLARE_FATE(id, word, meaning)		extern const char TPR_FATE_##id[];
#define TPR_DECLARE_POINT(id, word, meaning)		extern const char TPR_POINT_##id[];
#define TPR_DECLARE_AGREEMENT(id, word, meaning)	extern const char TPR_AGREEMENT_##id[];
#define TPR_DECLARE_NEAR(id, word, meaning)		extern const char TPR_NEAR_##id[];
#define TPR_DECLARE_DEVICE_SOURCE(id, word, meaning)	extern const char TPR_DEVICE_SOURCE_##id[];
#define TPR_DECLARE_LOCAL(id, word, meaning)		extern const char TPR_LOCAL_##id[];
#define TPR_DECLARE_SOCKET_FLAG(id, word, meaning)	extern const char TPR_SOCKET_FLAG_##id[];
#define TPR_DECLARE_CHOOSER(id, word, meaning)		extern const char TPR_CHOOSER_##id[];
#define TPR_DECLARE_GATE(id, word, meaning)		extern const char TPR_GATE_##id[];
#define TPR_DECLARE_GATE_FATE(id, word, meaning)	extern const char TPR_GATE_FATE_##id[];
#define TPR_DECLARE_AFTER(id, word, meaning)		extern const char TPR_AFTER_##id[];
#define TPR_DECLARE_HOLD(id, word, meaning)		extern const char TPR_HOLD_##id[];
#define TPR_DECLARE_BIND(id, word, meaning)		extern const char TPR_BIND_##id[];

TPW_VIA_NAMES(TPR_DECLARE_VIA)
TPW_MATCH_NAMES(TPR_DECLARE_MATCH)
TPW_OUTCOME_NAMES(TPR_DECLARE_OUTCOME)
TPW_RELOOKUP_NAMES(TPR_DECLARE_RELOOKUP)
TPW_FAMILY_NAMES(TPR_DECLARE_FAMILY)
TPW_STEP_NAMES(TPR_DECLARE_STEP)
TPW_STEP_STATE_NAMES(TPR_DECLARE_STEP_STATE)
TPW_FATE_NAMES(TPR_DECLARE_FATE)
TPW_POINT_NAMES(TPR_DECLARE_POINT)
TPW_AGREEMENT_NAMES(TPR_DECLARE_AGREEMENT)
TPW_NEAR_NAMES(TPR_DECLARE_NEAR)
TPW_DEVICE_SOURCE_NAMES(TPR_DECLARE_DEVICE_SOURCE)
TPW_LOCAL_NAMES(TPR_DECLARE_LOCAL)
TPW_SOCKET_FLAG_NAMES(TPR_DECLARE_SOCKET_FLAG)
TPW_CHOOSER_NAMES(TPR_DECLARE_CHOOSER)
TPW_GATE_NAMES(TPR_DECLARE_GATE)
TPW_GATE_FATE_NAMES(TPR_DECLARE_GATE_FATE)
TPW_AFTER_NAMES(TPR_DECLARE_AFTER)
TPW_HOLD_NAMES(TPR_DECLARE_HOLD)
TPW_BIND_NAMES(TPR_DECLARE_BIND)

#define TPR_COUNT_FAMILY(id, word, meaning)	+ 1

enum { TPR_FAMILIES_NR = TPW_FAMILY_NAMES(TPR_COUNT_FAMILY) };

/* All of them, in the order of their columns */
extern const char *const tpr_families[TPR_FAMILIES_NR];

#endif
