#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Chains of nftables, one after the other: what explain reads in them is what the kernel does with a segment.

. "$(dirname "$0")/topic.sh"
require_tools nft
run_topic chain
