#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many connections: complete, fast to read, in the memory that is printed; and a table too small for them.

. "$(dirname "$0")/topic.sh"
run_topic scale
