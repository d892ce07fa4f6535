#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# /proc/tuplewatch is one page, of 50 lines and 80 columns, whatever the number of sockets; what it shows and
# what it folds add up to what the kernel has.

. "$(dirname "$0")/topic.sh"
run_topic page
