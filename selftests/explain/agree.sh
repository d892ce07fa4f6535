#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Populations of sockets at random: explain must name the socket that then gets the segment.

. "$(dirname "$0")/topic.sh"
run_topic agree
