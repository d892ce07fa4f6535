#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A row of connections must not take longer to read than a line of /proc/net/tcp.

. "$(dirname "$0")/topic.sh"
run_topic speed
