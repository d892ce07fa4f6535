/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the faults are made with: one program, a kind of trouble a command.
 * Each prints its numbers as key=value on one line; the scripts judge them.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include "../lib/c/command.h"

#include <stdint.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

int files_main(int argc, char **argv);
int load_main(int argc, char **argv);
int netns_main(int argc, char **argv);
int readers_main(int argc, char **argv);

#endif /* FAULTS_H */
