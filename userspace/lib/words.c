// SPDX-License-Identifier: GPL-2.0
/*
 * The words of the module's tables.
 */
#include "lib/words.h"

#define TPR_DEFINE_VIA(id, word, meaning)		const char TPR_VIA_##id[] = word;
#define TPR_DEFINE_MATCH(id, word, meaning)		const char TPR_MATCH_##id[] = word;
#define TPR_DEFINE_OUTCOME(id, word, meaning)		const char TPR_OUTCOME_##id[] = word;
#define TPR_DEFINE_RELOOKUP(id, word, meaning)		const char TPR_RELOOKUP_##id[] = word;
#define TPR_DEFINE_FAMILY(id, word, meaning)		const char TPR_FAMILY_##id[] = word;
#define TPR_DEFINE_STEP(id, word, meaning)		const char TPR_STEP_##id[] = word;
#define TPR_DEFINE_STEP_STATE(id, word, meaning)	const char TPR_STEP_STATE_##id[] = word;
#define TPR_DEFINE_FATE(id, word, meaning)		const char TPR_FATE_##id[] = word;
#define TPR_DEFINE_POINT(id, word, meaning)		const char TPR_POINT_##id[] = word;
#define TPR_DEFINE_AGREEMENT(id, word, meaning)		const char TPR_AGREEMENT_##id[] = word;
#define TPR_DEFINE_NEAR(id, word, meaning)		const char TPR_NEAR_##id[] = word;
#define TPR_DEFINE_DEVICE_SOURCE(id, word, meaning)	const char TPR_DEVICE_SOURCE_##id[] = word;
#define TPR_DEFINE_LOCAL(id, word, meaning)		const char TPR_LOCAL_##id[] = word;
#define TPR_DEFINE_SOCKET_FLAG(id, word, meaning)	const char TPR_SOCKET_FLAG_##id[] = word;
#define TPR_DEFINE_CHOOSER(id, word, meaning)		const char TPR_CHOOSER_##id[] = word;
#define TPR_DEFINE_GATE(id, word, meaning)		const char TPR_GATE_##id[] = word;
#define TPR_DEFINE_GATE_FATE(id, word, meaning)		const char TPR_GATE_FATE_##id[] = word;
#define TPR_DEFINE_AFTER(id, word, meaning)		const char TPR_AFTER_##id[] = word;
#define TPR_DEFINE_HOLD(id, word, meaning)		const char TPR_HOLD_##id[] = word;
#define TPR_DEFINE_BIND(id, word, meaning)		const char TPR_BIND_##id[] = word;

TPW_VIA_NAMES(TPR_DEFINE_VIA)
TPW_MATCH_NAMES(TPR_DEFINE_MATCH)
TPW_OUTCOME_NAMES(TPR_DEFINE_OUTCOME)
TPW_RELOOKUP_NAMES(TPR_DEFINE_RELOOKUP)
TPW_FAMILY_NAMES(TPR_DEFINE_FAMILY)
TPW_STEP_NAMES(TPR_DEFINE_STEP)
TPW_STEP_STATE_NAMES(TPR_DEFINE_STEP_STATE)
TPW_FATE_NAMES(TPR_DEFINE_FATE)
TPW_POINT_NAMES(TPR_DEFINE_POINT)
TPW_AGREEMENT_NAMES(TPR_DEFINE_AGREEMENT)
TPW_NEAR_NAMES(TPR_DEFINE_NEAR)
TPW_DEVICE_SOURCE_NAMES(TPR_DEFINE_DEVICE_SOURCE)
TPW_LOCAL_NAMES(TPR_DEFINE_LOCAL)
TPW_SOCKET_FLAG_NAMES(TPR_DEFINE_SOCKET_FLAG)
TPW_CHOOSER_NAMES(TPR_DEFINE_CHOOSER)
TPW_GATE_NAMES(TPR_DEFINE_GATE)
TPW_GATE_FATE_NAMES(TPR_DEFINE_GATE_FATE)
TPW_AFTER_NAMES(TPR_DEFINE_AFTER)
TPW_HOLD_NAMES(TPR_DEFINE_HOLD)
TPW_BIND_NAMES(TPR_DEFINE_BIND)

#define TPR_LIST_FAMILY(id, word, meaning)	TPR_FAMILY_##id,

const char *const tpr_families[] = { TPW_FAMILY_NAMES(TPR_LIST_FAMILY) };
