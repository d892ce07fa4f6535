#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sockets that come and go as fast as they can: no difference between two moments is a disagreement.

. "$(dirname "$0")/topic.sh"
run_topic churn
