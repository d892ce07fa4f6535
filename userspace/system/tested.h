/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The series of Linux that the module was seen to work on. The README names them, selftests/README.md has what was seen of each,
 * and selftests/vm takes them from here.
 */
#ifndef TPR_TESTED_H
#define TPR_TESTED_H

#define TPR_TESTED_SERIES(X)	\
	X("5.10")		\
	X("6.1")		\
	X("6.12")		\
	X("7.2")		\
	X("7.3")

#endif /* TPR_TESTED_H */
