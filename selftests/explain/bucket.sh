#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 16,000 listeners in one bucket: explain lists them all.

. "$(dirname "$0")/topic.sh"
run_topic bucket
