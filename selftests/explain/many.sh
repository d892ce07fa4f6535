#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# UDP sockets at random, and groups that they have joined: a multicast or a broadcast must be received by those that
# explain says get a copy, and by no other.

. "$(dirname "$0")/topic.sh"
run_topic many
