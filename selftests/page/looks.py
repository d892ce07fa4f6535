# SPDX-License-Identifier: GPL-2.0
"""How a page looks, measured: the contrast of its colours and of its texts, and what colours it has."""

# Colours of the style sheet that stand out too little from each other
CONTRAST = """
const style = getComputedStyle(document.documentElement);
const light = (name) => {
    const context = document.createElement('canvas').getContext('2d');
    context.fillStyle = style.getPropertyValue(name).trim();
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(context.fillStyle.slice(at, at + 2), 16) / 255)
        .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
const boxes = [...document.styleSheets[0].cssRules].find((rule) => rule.selectorText === ':root');
return [...boxes.style].filter((name) => name.startsWith('--box-')).map((name) => [name, ratio(name, '--card'), 3])
    .concat([['--soft', ratio('--soft', '--card'), 4.5], ['--soft', ratio('--soft', '--back'), 4.5], ['--ink', ratio('--ink', '--card'), 7],
             ['--accent', ratio('--accent', '--card'), 4.5], ['--on-accent', ratio('--on-accent', '--accent'), 4.5],
             ['--ink', ratio('--ink', '--hit'), 7]])
    .filter(([, got, wanted]) => got < wanted);
"""

# Texts that stand out too little from what is behind them, as they are drawn: with the backgrounds of all around them
AUDIT = """
const parse = (text) => {
    const numbers = text.match(/[\\d.]+/g).map(Number);
    const scale = text.startsWith('color(') ? 255 : 1;
    return [...numbers.slice(0, 3).map((one) => one * scale), numbers.length > 3 ? numbers[3] : 1];
};
const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
const light = (colour) => colour.slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const around = (node) => (node ? [node, ...around(node.parentElement)] : []);
const weak = (node, style, text) => {
    const backs = around(node).map((one) => parse(getComputedStyle(one).backgroundColor)).reverse();
    const back = backs.reduce((under, top) => over(top, under), [255, 255, 255, 1]);
    const ink = parse(style.color);
    ink[3] *= around(node).reduce((product, one) => product * getComputedStyle(one).opacity, 1);
    const a = light(over(ink, back)), b = light(back), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return ratio < 4.5 ? [`${node.tagName}.${node.className} ${ratio.toFixed(2)}: ${text.slice(0, 30)}`] : [];
};
const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let texts = 0;
while (walker.nextNode()) {
    const node = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
    if (!text || !node.checkVisibility({ visibilityProperty: true }) || node.closest('script, style'))
        continue;
    texts++;
    found.push(...weak(node, getComputedStyle(node), text));
}
for (const input of document.querySelectorAll('input[placeholder]'))
    found.push(...weak(input, getComputedStyle(input, '::placeholder'), input.placeholder));
return [texts, [...new Set(found)].slice(0, 5)];
"""


def weak_colours(browser):
    return browser.run(CONTRAST)


def weak_texts(browser):
    """How many texts there are, and those"""
    return browser.run(AUDIT)


def colours_of(browser):
    """Of the page, and of what is on its canvas beside the names of lanes"""
    return browser.driver.execute_async_script("""
        const done = arguments[0];
        const pixel = (canvas, x, y) => {
            const copy = element('canvas', { width: canvas.width, height: canvas.height }).getContext('2d', { willReadFrequently: true });
            copy.drawImage(canvas, 0, 0);
            return [...copy.getImageData(x, y, 1, 1).data.slice(0, 3)].join(',');
        };
        requestAnimationFrame(() => requestAnimationFrame(() => done([
            getComputedStyle(document.body).backgroundColor, pixel(document.querySelector('.lanes canvas'), 1, 1),
            getComputedStyle(document.querySelector('.box-early')).getPropertyValue('--tone').trim(),
            pixel(document.querySelector('.box-early .sign'), 18, 18)])));""")
