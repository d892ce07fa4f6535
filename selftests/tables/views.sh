#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who sees what: containers, the initial namespace, users; and what is remembered of the past.

. "$(dirname "$0")/topic.sh"
run_topic views
