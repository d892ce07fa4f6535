#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Where a BPF program chooses: a classic one is simulated, an extended one never runs.

. "$(dirname "$0")/topic.sh"
run_topic programs
