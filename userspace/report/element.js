/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Elements of the page. Text goes in as text nodes and nothing is ever parsed as markup: a row may
 * say what it likes.
 */
'use strict';

/* What becomes a property of the element; the rest become attributes. */
const ELEMENT_PROPERTIES = new Set(['hidden', 'value', 'checked', 'disabled', 'colSpan', 'tabIndex']);

function setAttribute(node, name, value) {
	if (name.startsWith('on'))
		node.addEventListener(name.slice(2), value);
	else if (ELEMENT_PROPERTIES.has(name))
		node[name] = value;
	else if (value !== null && value !== undefined && value !== false)
		node.setAttribute(name, value);
}

/* element('a', {href: '#x'}, 'text', other, [more]); null children are left out. */
function element(name, attributes, ...children) {
	const node = document.createElement(name);

	for (const [key, value] of Object.entries(attributes || {}))
		setAttribute(node, key, value);
	node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
	return node;
}

function byId(id) {
	return document.getElementById(id);
}

function refill(node, ...children) {
	node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
}
