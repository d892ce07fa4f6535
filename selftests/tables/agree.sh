#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Random sockets, older and younger than the module: the tables agree with the kernel's own.

. "$(dirname "$0")/topic.sh"
require_tools ss
run_topic agree
