/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Times. The rows have them in UTC with nanoseconds, and as numbers of the kernel's clock.
 */
'use strict';

/* "14:02:01.334120" of "2026-11-30T14:02:01.334120512Z" */
function clockOf(time) {
	return typeof time === 'string' && time.length > 26 ? time.slice(11, 26) : show(time);
}

function dayOf(time) {
	return typeof time === 'string' && time.length > 26 ? time.slice(0, 10) : '';
}

const SPAN_UNITS = [[1e3, 'ns', 1], [1e6, 'µs', 1e3], [1e9, 'ms', 1e6], [120e9, 's', 1e9], [7200e9, 'min', 60e9]];

/* Three digits and a unit */
function spanOf(ns) {
	if (typeof ns !== 'number')
		return show(ns);
	const [, unit, size] = SPAN_UNITS.find(([limit]) => ns < limit) || [0, 'h', 3600e9];
	const value = ns / size;

	return `${value < 10 && unit !== 'ns' ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
