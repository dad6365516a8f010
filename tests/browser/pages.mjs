// pages.mjs PAGES.json: opens pages in headless Chromium and says in TAP what it saw. PAGES.json lists
// them: { "page", "answer", "kind", "checks", ... }. Figures of speed are printed and never judged here.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";
import { recordedChecks } from "./recorded.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.ACRE_SHOTS; // a directory for screenshots, to be looked at
let number = 0;

function ok(is, what, ...why) {
    number++;
    console.log(`${is ? "ok" : "not ok"} ${number} - ${what.replace(/[#\n]/g, " ")}`);
    if (!is)
        console.error(`${what}: ${why.map((w) => JSON.stringify(w)).join(" ").slice(0, 2000)}`);
}

// A page with everything that it says or asks for noted down.
async function open(browser, file, width, scheme) {
    const page = await browser.newPage(), noted = [];
    page.on("console", (message) => noted.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => noted.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => { noted.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on("request", (request) => {
        if (request.url() !== `file://${file}` && !request.url().startsWith("data:"))
            noted.push(`request: ${request.url()}`);
    });
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(`file://${file}`);
    return { page, noted };
}

// Charts are drawn as they come into sight: all of them.
async function scrollThrough(page) {
    await page.evaluate(async () => {
        for (let y = 0; y < document.documentElement.scrollHeight; y += 500) {
            scrollTo(0, y);
            await new Promise((done) => setTimeout(done, 30));
        }
        scrollTo(0, 0);
    });
}

// What each chart is to a reader who sees it, and to one who does not.
const chartsOf = (page) => page.evaluate(() => [...document.querySelectorAll(".chart")].map((place) => {
    const option = window.echarts.getInstanceByDom(place)?.getOption();
    const axes = [...(option?.xAxis ?? []), ...(option?.yAxis ?? [])].filter((axis) => axis.show !== false);
    return {
        words: place.getAttribute("aria-label") ?? "", role: place.getAttribute("role"), isDrawn: Boolean(option),
        hasTable: place.closest("figure").querySelectorAll("details table tbody tr").length > 0,
        titles: axes.map((axis) => axis.name), series: option?.series.length ?? 0,
        points: (option?.series ?? []).reduce((sum, series) => sum + (series.data?.length ?? 0), 0),
    };
}));

const unit = /\b(log scale|events?|blocks|allocator|bytes?|s|ms|us|ns|B|round|iteration|strategy|strategy, heap|case|purpose)\b/;

async function look(browser, { page: file, answer, kind }, width, scheme) {
    const name = `${kind}, ${width} px, ${scheme}`, { page, noted } = await open(browser, file, width, scheme);
    await scrollThrough(page);
    const charts = await chartsOf(page);
    ok(noted.length === 0, `${name}: no console message, no error, no request`, noted);
    ok(answer === undefined || await page.$eval("#answer", (e) => e.textContent) === answer, `${name}: the answer is that of the terminal`,
       await page.$eval("#answer", (e) => e.textContent), answer);
    ok(charts.length > 0 && charts.every((c) => c.isDrawn && c.series > 0 && c.points > 0), `${name}: every chart is drawn`, charts);
    ok(charts.every((c) => c.role === "img" && c.words.length > 20 && c.hasTable), `${name}: every chart has its words and its table`, charts);
    // Panels above each other share the axis of the last.
    ok(charts.every((c) => c.titles.some((t) => t) && c.titles.filter((t) => t).every((t) => unit.test(t) || /^[a-z-]+, log scale$/.test(t))),
       `${name}: axes have titles with units`, charts.map((c) => c.titles));
    ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: nothing is wider than the window`);
    if (shots)
        await page.screenshot({ path: `${shots}/${kind}-${width}-${scheme}.png`, fullPage: true });
    await page.evaluate(axe);
    const violations = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] })
        .then((result) => result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ").slice(0, 300)}`)));
    ok(violations.length === 0, `${name}: axe finds nothing that a reader could not use`, violations);
    await page.close();
}

// By the keyboard alone: a strategy goes and comes, the focus stays; the zoom moves.
async function useKeyboard(browser, { page: file, kind }) {
    const { page, noted } = await open(browser, file, 1024, "light");
    await scrollThrough(page);
    const rows = () => page.evaluate(() => window.echarts.getInstanceByDom(document.querySelector("#case ~ section .chart")).getOption().yAxis[0].data);
    const before = await rows();
    await page.focus("#strategy-0");
    await page.keyboard.press("Space");
    await page.waitForFunction((count) => window.echarts.getInstanceByDom(document.querySelector("#case ~ section .chart"))?.getOption().yAxis[0].data.length < count,
                               {}, before.length);
    ok((await rows()).length === before.length - 1, `${kind}: a strategy is hidden by the keyboard`, before, await rows());
    ok(await page.evaluate(() => document.activeElement.id) === "strategy-0", `${kind}: the focus stays where it was`);
    await page.keyboard.press("Space");
    const zoomed = await page.evaluate(async () => {
        const button = [...document.querySelectorAll("button")].find((b) => b.textContent === "Zoom in");
        const place = button.closest("figure").querySelector(".chart");
        button.scrollIntoView();
        await new Promise((done) => setTimeout(done, 300));
        const began = performance.now();
        button.click();
        const took = performance.now() - began;
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return { took, painted: performance.now() - began, ...window.echarts.getInstanceByDom(place).getOption().dataZoom[0] };
    });
    ok(zoomed.start === 25 && zoomed.end === 75, `${kind}: a button zooms`, zoomed.start, zoomed.end);
    console.log(`# figure: ${kind}: zoom in ${zoomed.took.toFixed(0)} ms of script, on the screen after ${zoomed.painted.toFixed(0)} ms`);
    ok(noted.length === 0, `${kind}: nothing is complained of`, noted);
    await page.close();
}

async function timePaint(browser, { page: file, kind }) {
    const paints = [];
    for (let i = 0; i < 5; i++) {
        const { page } = await open(browser, file, 1024, "light");
        paints.push(await page.evaluate(() => new Promise((done) => {
            const seen = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
            if (seen())
                done(seen());
            new PerformanceObserver(() => seen() && done(seen())).observe({ type: "paint", buffered: true });
        })));
        await page.close();
    }
    paints.sort((a, b) => a - b);
    console.log(`# figure: ${kind}: ${(readFileSync(file).length / 2 ** 20).toFixed(2)} MiB, first paint after `
        + `${paints[2].toFixed(0)} ms (of five: ${paints[0].toFixed(0)} to ${paints[4].toFixed(0)})`);
    ok(readFileSync(file).length < 3e6, `${kind}: under 3 MB`);
}

const middle = (values) => {
    const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

// Counted again from the run, by other code than acre's: which strategy is named, how far from the limit.
function checkAnswer(_, { answer, runs: [file], kind }) {
    const run = JSON.parse(readFileSync(file, "utf8")), key = (cell) => JSON.stringify(cell.key.parameters);
    const cells = run.cells.filter((cell) => key(cell) === key(run.cells[0]) && cell.x_limit.length > 0);
    const [, strategy, limit] = /^(\S+) runs at (\S+) of the hand-written limit/.exec(answer) ?? [];
    const named = cells.find((cell) => `${cell.key.backend}/${cell.key.lifetime}` === strategy);
    const distance = named && Math.exp(middle(named.x_limit.map(Math.log)));
    ok(named && Math.abs(distance - Number(limit)) <= 0.006 * distance, `${kind}: the answer's number is the run's`, answer, distance);
    ok(named && cells.every((cell) => middle(cell.x_limit) >= 0.999 * middle(named.x_limit)
                                      || middle(cell.ns_per_iteration) >= middle(named.ns_per_iteration)),
       `${kind}: no strategy is faster than the one that is named`, strategy);
}

// The same of a replay, whose times are without the limit: which share of malloc's time an allocator takes.
function checkPlayed(_, { answer, runs: [file], kind }) {
    const run = JSON.parse(readFileSync(file, "utf8"));
    const calls = (backend) => run.cells.find((cell) => cell.key.backend === backend).x_limit.map((x) => x - 1);
    const said = [...answer.matchAll(/(\w+) (?:takes )?(\d+) % (less|more) time/g)];
    ok(answer.startsWith(`For this program's calls, of ${run.cells.length} allocators:`), `${kind}: the answer comes first`, answer);
    ok(run.played.births > 0 && run.played.events === run.played.births + run.played.deaths + run.played.resizes,
       `${kind}: the calls add up`, run.played);
    for (const [, backend, percent, less] of said) {
        const own = calls(backend), reference = calls("malloc");
        const ratio = Math.exp(middle(own.map((x, i) => Math.log(x / reference[i]))));
        ok(Math.abs(100 * (less === "less" ? 1 - ratio : ratio - 1) - Number(percent)) <= 8,
           `${kind}: the percentage of ${backend} is the run's`, percent, ratio);
    }
}

// An advice: its figures are those of its JSON, memory has both peaks, and what goes in dies before the reset.
async function checkAdvice(browser, { page: file, json, kind }) {
    const { page } = await open(browser, file, 1024, "light"), { advised } = await page.evaluate(() => model);
    const printed = JSON.parse(readFileSync(json, "utf8")), [recording] = printed.recordings, [region] = printed.regions;
    const most = (values) => Math.max(...values);
    const written = (value) => JSON.stringify(value, (_, inner) => typeof inner === "number" ? Number(inner.toPrecision(6)) : inner);
    ok(written(advised.advice) === written(printed), `${kind}: the advice is that of --json`);
    ok(most(advised.memory.live) === recording.peak_bytes && most(advised.memory.planned) === recording.planned_peak_bytes,
       `${kind}: memory over time has both peaks`, recording);
    const [{ resets, blocks }] = advised.windows, inside = blocks.filter(([, , isIn]) => isIn === 1);
    const next = (event) => resets.find((reset) => reset > event) ?? Infinity;
    ok(resets.length === 7 && inside.length > 100, `${kind}: six turns with their blocks`, resets, inside.length);
    ok(inside.every(([born, died]) => died > born && died <= next(born)), `${kind}: what goes in dies before its reset`);
    const rows = await page.evaluate(() => [...document.querySelectorAll("table")].filter((t) => /What goes in|What stays/.test(t.caption.textContent))
        .map((t) => [...t.tBodies[0].rows].map((row) => row.cells[1].textContent.split(" ")[0])));
    ok(JSON.stringify(rows) === JSON.stringify([region.sites, region.staying].map((sites) => sites.map((site) => site.function))),
       `${kind}: all sites stand there`, rows);
    await page.close();
}

// The words of each verdict, as `acre compare` printed them.
async function checkVerdicts(browser, { page: file, printed, kind }) {
    const { page } = await open(browser, file, 1024, "light");
    await scrollThrough(page);
    const words = await page.evaluate(() => JSON.parse(document.getElementById("model").textContent).comparisons[0].cells
        .filter((cell) => cell.time).map((cell) => `${cell.time.text} ${cell.time.words}`));
    const text = await page.evaluate(() => document.getElementById("page").textContent.replace(/\s+/g, " "));
    const terminal = readFileSync(printed, "utf8").replace(/\s+/g, " ");
    ok(words.length > 0 && words.every((w) => terminal.includes(w)), `${kind}: each verdict is that of acre compare`, words);
    ok(words.every((w) => text.includes(w)), `${kind}: each verdict stands in the page`, words);
    await page.close();
}

async function checkHostile(browser, { page: file, kind }) {
    const { page, noted } = await open(browser, file, 1024, "dark");
    await scrollThrough(page);
    const found = await page.evaluate(() => ({
        scripts: document.scripts.length, images: document.images.length, hacked: window.hacked,
        handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on"))).length,
    }));
    ok(found.scripts === 3 && found.images === 0 && found.handlers === 0 && found.hacked === undefined, `${kind}: no markup, no script of a name's`, found);
    // Over every chart, for what tooltips make of a name.
    for (const place of await page.$$(".chart")) {
        await place.scrollIntoView();
        const box = await place.boundingBox();
        for (const [x, y] of [[0.25, 0.3], [0.5, 0.5], [0.75, 0.7]])
            await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
    }
    ok(await page.evaluate(() => document.images.length === 0 && window.hacked === undefined), `${kind}: nor in a tooltip`);
    ok(noted.length === 0, `${kind}: nothing is complained of`, noted);
    await page.close();
}

const checks = { useKeyboard, timePaint, checkAnswer, checkPlayed, checkAdvice, checkVerdicts, checkHostile, ...recordedChecks({ ok, open, scrollThrough }) };
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", pipe: true,
                                         args: ["--no-sandbox", "--disable-gpu"] });
for (const page of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
    for (const [width, scheme] of page.views ?? [[1024, "light"], [1024, "dark"], [2560, "light"], [2560, "dark"]])
        await look(browser, page, width, scheme);
    for (const check of page.checks)
        await checks[check](browser, page);
}
await browser.close();
console.log(`1..${number}`);
