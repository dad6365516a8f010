// What is asked of the page of a recorded program: numbers of `acre info --json`, the flame graph by the
// keyboard, searching, sorting, names that would like to be markup.
import { readFileSync } from "node:fs";

const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export const recordedChecks = ({ ok, open, scrollThrough }) => {
    const modelOf = (page) => page.evaluate(() => JSON.parse(document.getElementById("model").textContent).recorded);

    // The figures of each place, of both.
    function checkSites(kind, model, info) {
        const text = (number) => number === null ? undefined : [model.texts[number]].flat().at(-1);
        const key = (name, file, line) => JSON.stringify([name, file ?? "", line ?? 0]);
        const told = new Map(info.sites.map((site) => [key(site.function.slice(0, 400), site.file, site.line), site]));
        const leaked = new Map((info.leaks?.sites ?? []).map((site) => [key(site.function.slice(0, 400), site.file, site.line), site]));
        const differ = model.sites.rows.filter((row) => {
            const [name, file, line] = model.places[row.place];
            const site = told.get(key(text(name).slice(0, 400), text(file), line || undefined));
            const leak = leaked.get(key(text(name).slice(0, 400), text(file), line || undefined));
            return !site || site.peak_bytes !== row.peak || site.bytes !== row.bytes || site.blocks + site.resizes !== row.calls
                || site.short_blocks !== row.short || site.stacks !== row.stacks || (leak?.not_freed_bytes ?? 0) !== row.leaked;
        });
        ok(model.sites.rows.length > 3 && differ.length === 0, `${kind}: places have the figures of acre info`, differ.slice(0, 3));
        ok(model.sites.count === info.sites.length, `${kind}: and there are as many`, model.sites.count, info.sites.length);
    }

    // Each bar has what its children have, or more; all of it is the total.
    function checkFlame(kind, model, info) {
        const { nodes, metrics } = model.flame, sums = {};
        for (const { key } of metrics) {
            const below = nodes.depth.map(() => 0), way = [];
            nodes.depth.forEach((depth, node) => {
                way[depth] = node;
                if (depth > 0)
                    below[way[depth - 1]] += nodes[key][node];
            });
            sums[key] = below.every((sum, node) => sum <= nodes[key][node]);
        }
        ok(Object.values(sums).every((is) => is), `${kind}: no bar of the flame graph has less than what it calls`, sums);
        ok(nodes.peak[0] === info.total.peak_bytes && nodes.bytes[0] === info.total.bytes && nodes.short[0] === info.total.short_blocks
           && (!info.leaks || nodes.leaked[0] === info.leaks.bytes), `${kind}: all of the flame graph is the total of acre info`);
    }

    async function checkInfo(browser, { page: file, info: infoFile, kind, events }) {
        const { page } = await open(browser, file, 1024, "light"), model = await modelOf(page);
        const info = JSON.parse(readFileSync(infoFile, "utf8"));
        ok(["blocks", "bytes", "peak_blocks", "peak_bytes", "short_blocks"].every((name) => model.total[name] === info.total[name])
           && model.total.calls === info.calls && model.total.lasted_ns === info.lasted_ns && model.timeline.peak_ns === info.peak_ns,
           `${kind}: totals are those of acre info`, model.total, info.total);
        ok(events === undefined || info.events >= events, `${kind}: there are enough events`, info.events);
        checkSites(kind, model, info);
        checkFlame(kind, model, info);
        const { ns, live, blocks, usable, allocated } = model.timeline;
        ok(equal(ns.map((t, i) => [t, live[i], blocks[i], usable[i], allocated[i]]), info.points), `${kind}: so is memory over time`);
        ok(equal(model.lives.map(([size, life, n]) => [2 ** size, 2 ** life, n]), info.lives), `${kind}: and sizes with lifetimes`);
        ok(equal(model.threads.rows, info.threads.slice(0, 200)), `${kind}: and threads`);
        await page.close();
    }

    const said = (page) => page.$eval(".flame-said", (e) => e.textContent);
    const bars = (page) => page.evaluate(() => flameGraph.rows.map((row) => row.length));

    async function useFlame(browser, { page: file, kind }) {
        const { page, noted } = await open(browser, file, 1024, "light");
        await scrollThrough(page);
        await page.focus("#flame");
        const all = await bars(page);
        ok(all[0] === 1 && all.length > 3, `${kind}: the flame graph has bars`, all);
        for (let i = 0; i < 3; i++)
            await page.keyboard.press("ArrowDown");
        const third = await said(page);
        ok(/, bytes at the peak: /.test(third), `${kind}: arrows go to a call, which is told`, third);
        await page.keyboard.press("Enter");
        ok(await page.evaluate(() => flameGraph.tree.nodes.depth[flameGraph.root]) === 3, `${kind}: Enter zooms`);
        ok(await page.evaluate(() => flameGraph.bars.get(flameGraph.root).width) === 1, `${kind}: what is zoomed is as wide as the graph`);
        await page.keyboard.press("Escape");
        ok(await page.evaluate(() => flameGraph.tree.nodes.depth[flameGraph.root]) === 2, `${kind}: Escape goes up`);
        await page.select("#flame-metric", "1");
        ok(/, bytes allocated: /.test(await said(page)), `${kind}: another figure is chosen`, await said(page));
        await page.type("#find-call", third.split(", ")[0].slice(0, 40));
        const words = await page.$eval(".flame-figure .note[role=status]", (e) => e.textContent);
        ok(/^\d[\d,]* calls?; /.test(words), `${kind}: a function is found in the graph`, words);
        const took = await page.evaluate(async () => {
            const began = performance.now();
            flameGraph.zoom(0);
            const script = performance.now() - began;
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            return [script, performance.now() - began, flameGraph.tree.shown.length, flameGraph.rows.length];
        });
        console.log(`# figure: ${kind}: the flame graph of ${took[2]} calls, ${took[3]} deep: a zoom takes ${took[0].toFixed(0)} ms of script, on the screen `
            + `after ${took[1].toFixed(0)} ms`);
        ok(noted.length === 0, `${kind}: nothing is complained of`, noted);
        await page.close();
    }

    async function useSites(browser, { page: file, kind }) {
        const { page, noted } = await open(browser, file, 1024, "light");
        const names = () => page.$$eval("button.place", (all) => all.map((e) => e.textContent));
        const before = await names();
        await page.focus("th[aria-sort=none] button.sort");
        await page.keyboard.press("Enter");
        const byName = await names();
        ok(equal(byName, [...byName].sort((a, b) => a.localeCompare(b, "en"))), `${kind}: places are sorted by the keyboard`, byName);
        await page.type("#find-site", before[1]);
        const some = await names();
        ok(some.length > 0 && some.length < before.length && some.some((name) => name === before[1]), `${kind}: a place is found`, some);
        await page.focus("button.place");
        await page.keyboard.press("Enter");
        ok(await page.$eval("button.place", (e) => e.getAttribute("aria-expanded") === "true"
            && e.closest("tr").nextElementSibling.querySelectorAll("li").length > 0), `${kind}: a place opens its call stack`);
        ok(noted.length === 0, `${kind}: nothing is complained of, either`, noted);
        await page.close();
    }

    async function checkHostileNames(browser, { page: file, kind, names }) {
        const { page, noted } = await open(browser, file, 1024, "dark");
        await scrollThrough(page);
        const text = await page.$eval("#page", (e) => e.textContent);
        ok(names.every((name) => text.includes(name)), `${kind}: the names are there, as text`, names.filter((name) => !text.includes(name)));
        for (const place of await page.$$(".chart, #flame")) {
            await place.scrollIntoView();
            const box = await place.boundingBox();
            for (let y = 5; y < Math.min(box.height, 400); y += 22)
                await page.mouse.move(box.x + box.width / 2, box.y + y);
        }
        for (const open of await page.$$("button.place"))
            await open.click();
        const seen = await page.evaluate(() => ({ scripts: document.scripts.length, images: document.images.length, hacked: window.hacked,
            handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on"))).length }));
        ok(seen.scripts === 3 && seen.images === 0 && seen.handlers === 0 && seen.hacked === undefined, `${kind}: no markup, no script of a name's`, seen);
        ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${kind}: opened, nothing is wider than the window`);
        ok(noted.length === 0, `${kind}: nothing is complained of`, noted);
        await page.close();
    }

    return { checkInfo, useFlame, useSites, checkHostileNames };
};
