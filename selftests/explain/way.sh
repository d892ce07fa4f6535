#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Firewalls, routes, queues at random: a segment must come as far as explain says, and what becomes of it there must
# be what explain says.

. "$(dirname "$0")/topic.sh"
require_tools nft tc iptables-legacy
run_topic way
