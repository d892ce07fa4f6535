/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration of the running kernel, from wherever its distribution keeps it.
 */
#ifndef TPR_KERNEL_CONFIG_H
#define TPR_KERNEL_CONFIG_H

char *tpr_kernel_config_read(const char *release);

#endif
