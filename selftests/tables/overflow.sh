#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A full accept queue: whose it is, who waits in it, and how many found it full.

. "$(dirname "$0")/topic.sh"
run_topic overflow
