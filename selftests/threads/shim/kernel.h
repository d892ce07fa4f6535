/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module's lock-free parts use of the kernel, in user space. The compiler is told to
 * read this first; the headers that they name are then empty, or the C library's.
 *
 * A CPU is a thread with a number: what is per CPU is an array, and whoever runs on a CPU runs
 * there alone, as with BH off.
 */
#ifndef TPW_SHIM_KERNEL_H
#define TPW_SHIM_KERNEL_H

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/types.h>

#include "basics.h"
#include "atomic.h"
#include "lock.h"
#include "percpu.h"
#include "memory.h"
#include "list.h"
#include "rcu.h"
#include "wait.h"
#include "net.h"

#endif
