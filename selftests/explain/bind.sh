#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sockets at random that have a port: bind() must do what explain says, and who is in the way must be so.

. "$(dirname "$0")/topic.sh"
run_topic bind
