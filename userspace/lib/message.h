/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages to the person at the terminal: on stderr, after the program's name. Data goes to
 * stdout and never through here.
 */
#ifndef TPR_MESSAGE_H
#define TPR_MESSAGE_H

__attribute__((format(printf, 1, 2)))
void tpr_message(const char *fmt, ...);

#endif
