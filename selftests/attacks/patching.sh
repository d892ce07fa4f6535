#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who opens and closes log_pipe in a container makes no other CPU do anything: no text of the kernel is patched for it,
# which would interrupt all of them each time.

. "$(dirname "$0")/common.sh"

OPENS=200

calls='' idle='' ms=''
begin awk
ktap_plan 1
tpw_load
said=$(attacks -u -c reopen /proc/net/tuplewatch/log_pipe $OPENS)
ktap_diag "$said"
value calls calls "$said"
value idle idle "$said"
value ms ms "$said"
# For each open there would be some nine on two CPUs.
ktap_within "function calls between CPUs while log_pipe is opened $OPENS times in $ms ms" "$calls" 0 \
	$((idle + OPENS / 2)) "idle $idle, now"
ktap_finish
