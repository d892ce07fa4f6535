#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A flood of spoofed SYNs: counted to the last one, and no table grows by it.

. "$(dirname "$0")/topic.sh"
require_tools ip
run_topic flood
