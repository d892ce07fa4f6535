#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What comes nearest to an endpoint that nobody is bound to, and who may see it.

. "$(dirname "$0")/topic.sh"
run_topic near
