#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many connections: complete, in the memory that is printed; and a table too small.

. "$(dirname "$0")/topic.sh"
run_topic scale
