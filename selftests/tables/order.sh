#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which of several listeners on a port gets the segments, and that their counts say so.

. "$(dirname "$0")/topic.sh"
run_topic order
