# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The series that the module was seen to work on: the reader has the list (userspace/system/tested.h).

tested_series() { sed -n 's/^\tX("\([0-9.]*\)").*/\1/p' "$TOP/userspace/system/tested.h"; }
