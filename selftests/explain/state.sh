#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Connections, requests and TIME_WAITs stand before listeners.

. "$(dirname "$0")/topic.sh"
run_topic state
