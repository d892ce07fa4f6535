#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Why a connection was closed, in every way that there is to end.

. "$(dirname "$0")/topic.sh"
require_tools nft ss
run_topic closing
