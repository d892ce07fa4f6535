#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which listener a connection was born from: before accept(), and in every way to be born.

. "$(dirname "$0")/topic.sh"
run_topic lineage
