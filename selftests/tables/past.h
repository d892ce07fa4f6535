/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tables remember of what is gone.
 */
#ifndef PAST_H
#define PAST_H

#define PAST_RESULTS	8

void past_run(void);

#endif /* PAST_H */
