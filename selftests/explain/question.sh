#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Questions that are wrong, and what asking leaves behind.

. "$(dirname "$0")/topic.sh"
run_topic question
