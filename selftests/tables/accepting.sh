#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who accepts, what waits, and what is lost or handed on when a listener is closed.

. "$(dirname "$0")/topic.sh"
run_topic accepting
