// dhat.mjs DH_VIEW.js FILE.json FACTS.json: loads a file as a person does, in DHAT's own viewer over a page
// of stubs, and asks for each order what it shows. Leaves with 1 and a sentence where that is not so.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import vm from "node:vm";

const [viewer, file, factsFile] = process.argv.slice(2);
const facts = JSON.parse(readFileSync(factsFile, "utf8"));

class Element {
    constructor(text = "") {
        this.childNodes = [];
        this.text = text;
        this.classList = { add() {}, contains: () => false };
        this.selectedIndex = 0;
    }
    appendChild(child) {
        child.parentNode = this;
        this.childNodes.push(child);
        if (child.selected)
            this.selectedIndex = this.childNodes.length - 1;
        return child;
    }
    cloneNode() { return new Element(); }
    replaceChild(to, from) {
        this.childNodes[this.childNodes.indexOf(from)] = to;
        to.parentNode = this;
    }
    set textContent(text) { this.childNodes = [new Element(text)]; }
    get textContent() { return this.text + this.childNodes.map((child) => child.textContent).join(""); }
}

const document = {
    body: new Element(),
    location: { search: "" },
    createElement: () => new Element(),
    createTextNode: (text) => new Element(text),
};
class FileReader {
    readAsText(chosen) { this.onload({ target: { result: chosen.text } }); }
}
const context = vm.createContext({ document, FileReader, URLSearchParams, performance, console, Intl });
vm.runInContext(readFileSync(viewer, "utf8"), context);
vm.runInContext("onLoad()", context);
context.chosen = { name: "it", text: readFileSync(file, "utf8") };
vm.runInContext("gInput.files = [chosen]; loadFile()", context);

const root = vm.runInContext("gRoot", context);
for (const [field, expected] of Object.entries({
    _totalBytes: facts.bytes, _totalBlocks: facts.blocks, _totalLifetimes: facts.life_us, _atTGmaxBytes: facts.peak_bytes,
    _atTGmaxBlocks: facts.peak_blocks, _atTEndBytes: facts.live_bytes, _atTEndBlocks: facts.live_blocks,
}))
    assert.equal(root[field], expected, field);

// An order shows the figures that it is about, of the root at least.
const orders = vm.runInContext("gSelectData.map((order) => order.label())", context);
const lines = {
    "Total (bytes)": ["Total", facts.bytes],
    "At t-gmax (bytes)": ["At t-gmax", facts.peak_bytes],
    "At t-end (bytes)": ["At t-end", facts.live_bytes],
};
for (const [order, label] of orders.entries()) {
    if (/reads|writes|access/i.test(label))
        continue;
    vm.runInContext(`gSelect.selectedIndex = ${order}; changeSortMetric()`, context);
    const shown = vm.runInContext("gMainDiv", context).textContent;
    assert.match(shown, /Command: app/);
    if (label in lines)
        assert.match(shown, new RegExp(`${lines[label][0]}: +${lines[label][1].toLocaleString("en-US")} bytes`), label);
}
