/* What every part of the page uses: elements and numbers. Whatever stands in a run becomes text,
 * never markup: elements are made, not written. */
"use strict";

const model = JSON.parse(document.getElementById("model").textContent);

/* `attributes`: "onclick" and the like are listeners; true is an attribute without a value. */
function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
        if (name.startsWith("on"))
            made.addEventListener(name.slice(2), value);
        else if (value !== false && value !== undefined)
            made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return made;
}

const number = (title) => ({ title, isNumber: true });

/* Columns are titles, or number(title); rows are lists of texts or elements. */
function table(caption, columns, rows) {
    const cell = (tag, column, content) => element(tag, {
        class: column.isNumber ? "number" : undefined,
        scope: tag === "th" ? "col" : undefined,
    }, content);
    return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
        element("table", {}, element("caption", {}, caption),
            element("thead", {}, element("tr", {}, columns.map((c) => cell("th", c, c.title ?? c)))),
            element("tbody", {}, rows.map((row) => element("tr", {},
                row.map((content, i) => cell("td", columns[i], content)))))));
}

function section(title, note, ...children) {
    return element("section", {}, element("h2", {}, title),
                   note ? element("p", { class: "note" }, note) : null, children);
}

/* Three significant digits, all of a whole number's. */
function digits(value) {
    if (Number.isInteger(value) || Math.abs(value) >= 1000)
        return Math.round(value).toLocaleString("en");
    return String(Number(value.toPrecision(3)));
}

function scaled(value, units, smallest) {
    for (const [unit, size] of units)
        if (Math.abs(value) >= size)
            return `${digits(Number((value / size).toPrecision(3)))} ${unit}`;
    return `${digits(Number(value.toPrecision(3)))} ${smallest}`;
}

/* To the next fifth of its first digit: 5000 for 4999, 120 for 101. */
function roundUp(value) {
    const step = value > 0 ? 10 ** Math.floor(Math.log10(value)) / 5 : 1;
    return step * Math.ceil(value / step);
}

/* What is unknown is no 0. */
function bytes(value) {
    return value === undefined || value === null ? "?"
        : scaled(value, [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]], "B");
}

const time = (ns) => scaled(ns, [["s", 1e9], ["ms", 1e6], ["us", 1e3]], "ns");

/* A verdict in the words of the terminal; green is faster, red is slower. */
function verdict(ratio) {
    if (!ratio)
        return "-";
    return element("span", { class: ["faster", "slower"].includes(ratio.verdict) ? ratio.verdict : undefined },
                   ratio.words);
}

/* Of a case: its workload and parameters. */
const nameOf = (group) => `${group.workload}${group.title ? `: ${group.title}` : ""}`;

function saveNumbers() {
    const blob = new Blob([document.getElementById("model").textContent], { type: "application/json" });
    const link = element("a", { href: URL.createObjectURL(blob), download: "page.json" });
    link.click();
    URL.revokeObjectURL(link.href);
}
