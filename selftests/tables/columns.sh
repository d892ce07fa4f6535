#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Columns that are rarely anything but 0: time-wait, assigned, sk-lookup, waits, copies.

. "$(dirname "$0")/topic.sh"
run_topic columns
