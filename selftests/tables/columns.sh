#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Columns that are rarely anything but 0: time_wait, assigned, sk_lookup, waits_us, multicast_copies.

. "$(dirname "$0")/topic.sh"
run_topic columns
