/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What brings a kernel's headers on each distribution, by ID or ID_LIKE of os-release(5). The
 * Makefile's hint reads the list too (packaging/headers-hint): one X("ID", "COMMAND") a line.
 */
#ifndef TPR_DISTRIBUTION_H
#define TPR_DISTRIBUTION_H

#define TPR_DISTRIBUTIONS(X)									\
	X("debian", "apt-get install linux-headers-$(uname -r)")				\
	X("ubuntu", "apt-get install linux-headers-$(uname -r)")				\
	X("fedora", "dnf install kernel-devel-$(uname -r)")					\
	X("rhel", "dnf install kernel-devel-$(uname -r)")					\
	X("suse", "zypper install kernel-$(uname -r | sed 's/.*-//')-devel")			\
	X("opensuse", "zypper install kernel-$(uname -r | sed 's/.*-//')-devel")		\
	X("arch", "pacman -S $(cat /usr/lib/modules/$(uname -r)/pkgbase)-headers")		\
	X("alpine", "apk add linux-$(uname -r | sed 's/.*-//')-dev")

/* Of a distribution that the list does not know */
#define TPR_DISTRIBUTION_OTHER	"install the headers of kernel $(uname -r)"

/* What needs no headers of this machine's kernel */
#define TPR_DISTRIBUTION_ELSE	"; or make demo"

const char *tpr_distribution_find(const char *os_release);
const char *tpr_distribution_headers(void);

#endif
