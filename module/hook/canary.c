// SPDX-License-Identifier: GPL-2.0
/*
 * The canary: a function that is hooked like all others and does nothing, so
 * that calling it tells whether hooks still fire.  The only function of the
 * module that can be traced.
 */
#include "hook/arm.h"

/**
 * tpw_canary() - do nothing
 *
 * Context: any.
 */
noinline void tpw_canary(void)
{
	/* A function without any effect would not even be called. */
	asm volatile("");
}
