/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that nobody has accepted yet.
 */
#ifndef UNACCEPTED_H
#define UNACCEPTED_H

#define UNACCEPTED_RESULTS	3

void unaccepted_run(void);

#endif /* UNACCEPTED_H */
