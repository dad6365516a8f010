/* The page of an advice: its parts in their order. */

const percent = (value) => `${digits(Number(value.toPrecision(3)))} %`;
const between = (points) => points.least === undefined ? percent(points.point)
    : `${percent(points.point)} [${digits(points.least)}, ${digits(points.most)}]`;
const whereIs = ({ function: name, file, line }) => [element("code", {}, name || "?"), file ? ` ${file.split("/").at(-1)}:${line}` : ""];

/* What was measured ----------------------------------------------------------------------------- */

function savedBy(recording, isOne) {
    const { proof, file } = recording;
    if (!proof || proof.rows.length === 0)
        return null;
    const isSample = proof.events < proof.all_events, names = proof.rows.map((row) => row.backend).reverse();
    const bar = (name, key, c) => ({ type: "bar", name, barMaxWidth: 18, itemStyle: { color: palette()[c] },
                                     data: [...proof.rows].reverse().map((row) => row[key] / 1e6) });
    const option = () => ({
        legend: legend(), grid: { left: 150, right: 40, top: 40, bottom: 56 },
        tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (ms) => time(ms * 1e6) }),
        xAxis: axis("time of the calls in ms", { type: "value", min: 0, axisLabel: { color: color("--dim"), fontSize: 13, formatter: digits } }),
        yAxis: nameAxis("allocator", names, 130),
        series: [bar("as it is", "ns", 0), bar("with regions", "region_ns", 1)],
    });
    const numbers = () => table(`What the calls of ${file} take`,
        ["allocator", number("calls take"), number("with regions"), number("saved"), number("95 %"), number("of the run")],
        proof.rows.map((row) => [row.backend, time(row.ns), time(row.region_ns), percent(100 * (1 - row.region_ratio.point)),
            row.region_ratio.low === undefined ? "" : `[${digits(100 * (1 - row.region_ratio.high))}, ${digits(100 * (1 - row.region_ratio.low))}]`,
            proof.share_percent === undefined ? "?" : percent(100 * (row.ns - row.region_ns) / proof.run_ns)]));
    const share = proof.share_percent === undefined ? "Which part of the run that is cannot be told; 'acre advise --run' does."
        : `The calls on malloc are ${percent(proof.share_percent)} of the run. Saved of it: ${between(proof.gained)} on malloc, `
          + `${between(proof.on_best)} beside ${proof.best}, which alone saves ${percent(proof.alone.point)}.`
          + (proof.passes === undefined ? "" : " The blocks are large: where they lie counts beside the calls. To write and read all of their bytes "
             + `once takes ${percent(proof.passes.pass_percent)} of the run, and saves ${percent(proof.passes.gained.point)} of it on malloc, calls and all; `
             + `there is time for ${digits(Number(proof.passes.most.toPrecision(3)))} such passes. The brackets hold programs that make none, up to those that make all.`);
    return section(isOne ? "What is saved" : `What is saved in ${file}`,
        `${isSample ? "A sample, the first " : ""}${digits(proof.events)} calls, replayed as they are and with regions, in turn. ${share}`,
        figure(`Time of the calls on ${proof.rows.map((row) => row.backend).join(", ")}, as they are and with regions; the numbers are in the table.`,
               110 + 52 * names.length, option, numbers));
}

/* Memory ---------------------------------------------------------------------------------------- */

function memoryPrice({ memory, advice }) {
    const { event, live, planned } = memory, [first] = advice.recordings;
    if (event.length < 2)
        return null;
    const line = (name, values, c, more) => ({ type: "line", step: "end", showSymbol: false, name, itemStyle: { color: palette()[c] },
        lineStyle: { width: 2, ...more }, data: event.map((at, i) => [at, values[i]]) });
    const option = () => ({
        legend: legend(), tooltip: tooltip({ trigger: "axis", valueFormatter: bytes }),
        dataZoom: [{ type: "slider", bottom: 4, height: 22, brushSelect: false, textStyle: { color: color("--dim") }, labelFormatter: digits },
                   { type: "inside", zoomOnMouseWheel: "ctrl" }],
        grid: { left: 104, right: 32, top: 40, bottom: 96 },
        xAxis: axis("events of the recording", { type: "value", min: 0, max: event.at(-1), nameGap: 28,
            axisLabel: { color: color("--dim"), fontSize: 13, hideOverlap: true, formatter: digits } }),
        yAxis: bytesAxis("bytes", Math.max(...planned), 5, { nameGap: 78 }),
        series: [line("with regions: lives, or waits for a reset", planned, 1), line("lives", live, 0, { type: "dashed" })],
    });
    const numbers = () => {
        const few = event.map((_, i) => i).filter((i) => i % Math.ceil(event.length / 30) === 0 || i === event.length - 1);
        return table("Memory with regions and without", [number("event"), number("lives"), number("with regions")],
                     few.map((i) => [digits(event[i]), bytes(live[i]), bytes(planned[i])]));
    };
    return section("What it costs in memory", `What the program has asked for in ${first.file}, and what it would be with what waits for a reset: `
        + `the peak is ${bytes(first.planned_peak_bytes - first.peak_bytes)} higher than ${bytes(first.peak_bytes)}. Of each stretch the most is shown.`,
        figure("Bytes that live, and bytes with regions, over the events of the recording; the numbers are in the table.", 400, option, numbers,
               { controls: zoomButtons }));
}

/* A region -------------------------------------------------------------------------------------- */

/* Lives of blocks as lines, in the order of their births, against the resets. */
function livesAgainstResets({ each, first_reset: firstReset, resets, blocks }, index) {
    if (resets.length < 2 || blocks.length === 0)
        return null;
    const last = resets.at(-1), end = (died) => died === 0 || died > last ? last : died, kinds = [[1, "goes in"], [0, "stays outside"]];
    const lives = ([kind, name]) => ({ type: "custom", name, itemStyle: { color: palette()[kind === 1 ? 0 : 4] }, encode: { x: [0, 1], y: 2 },
        data: blocks.flatMap(([born, died, isIn], i) => isIn === kind ? [[born, end(died), i, died]] : []),
        renderItem: (_, api) => {
            const [x1, y] = api.coord([api.value(0), api.value(2)]), [x2] = api.coord([api.value(1), api.value(2)]);
            return { type: "rect", shape: { x: x1, y: y - 1, width: Math.max(x2 - x1, 2), height: 2 }, style: { fill: api.visual("color") } };
        } });
    const option = () => ({
        legend: legend(), grid: { left: 90, right: 32, top: 40, bottom: 56 },
        tooltip: tooltip({ formatter: ({ value: [born, , , died] }) => tip(`block ${digits(born)}`, `born by event ${digits(born)}`,
            died === 0 ? "lived on" : `died by event ${digits(died)}`) }),
        xAxis: axis("events of the recording; upright: resets", { type: "value", min: resets[0], max: last, nameGap: 28, splitLine: { show: false },
            axisLabel: { color: color("--dim"), fontSize: 13, hideOverlap: true, formatter: digits } }),
        yAxis: axis("blocks by birth", { type: "value", inverse: true, min: 0, max: blocks.length, nameGap: 54,
                                         axisLabel: { show: false }, splitLine: { show: false } }),
        series: [...kinds.map(lives), { type: "line", name: "reset", data: [], itemStyle: { color: color("--bad") }, markLine: { silent: true,
            symbol: "none", label: { show: false }, lineStyle: { color: color("--bad"), type: "solid", width: 1.5 }, data: resets.map((xAxis) => ({ xAxis })) } }],
    });
    const numbers = () => table("Blocks by turn", [number("turn from event"), number("born in it"), number("of these go in"), number("that outlive it")],
        resets.slice(0, -1).map((from, i) => {
            const born = blocks.filter(([at]) => at >= from && at < resets[i + 1]), inside = born.filter(([, , isIn]) => isIn === 1);
            return [digits(from), digits(born.length), digits(inside.length),
                    digits(inside.filter(([, died]) => died === 0 || died >= resets[i + 1]).length)];
        }));
    return [element("h3", {}, "Lives against resets"),
            element("p", { class: "note" }, `Turns ${digits(firstReset + 1)} to ${digits(firstReset + resets.length - 1)}`
                    + `${each > 1 ? `, each ${digits(each)}th block` : ", each block"}: a line from birth to death.`),
            figure(`Lives of blocks of region ${index + 1} against its resets; the numbers are in the table.`, 460, option, numbers)];
}

const sitesTable = (caption, sites, more, counted = "births") => sites.length === 0 ? null : table(caption, [number(counted), "where", "called by", ...more.map(([title]) => title)],
    sites.slice(0, 40).map((site) => [digits(site[counted]), element("span", {}, whereIs(site)),
                                      element("code", {}, site.stack.slice(1, 6).join(" < ")), ...more.map(([, of]) => of(site))]));

function whyItStays(site) {
    if (site.is_refuted)
        return "outlives it in another recording";
    if (site.has_threads)
        return "made or freed in several threads";
    return site.outliving > 0 ? `${percent(100 * site.outliving / site.births)} outlive it` : "born in too few turns";
}

function regionSection(region, index, { windows, advice }) {
    const { boundary, rotation, stride, sites, staying, lasting, doubts, recordings: [counts] } = region, isOne = rotation === 1;
    const moment = boundary.scope ? ["each begin of the scope ", element("code", {}, boundary.scope)]
        : [boundary.kind === "entry" ? "the call in " : "the allocation in ", whereIs(boundary)];
    const steps = [isOne ? "One region, as long as the loop lasts." : "Two regions in turn, as long as the loop lasts.",
        element("span", {}, "In front of ", moment, stride > 1 ? `, once in ${digits(stride)} times` : "", isOne ? ": reset it." : ": fill the other one from here on, and reset it first."),
        "What goes in is allocated there; its frees are left out."];
    return section(`Region ${index + 1}${isOne ? "" : ", two in rotation"}`,
        `${percent(100 * counts.births / advice.births)} of all births, ${digits(counts.resets)} resets.${doubts.length ? ` Doubts: ${doubts.join(", ")}.` : ""}`,
        element("ol", {}, steps.map((step) => element("li", {}, step))),
        boundary.stack ? element("p", { class: "note" }, "The boundary's call stack: ", element("code", {}, boundary.stack.join(" < "))) : null,
        livesAgainstResets(windows[index], index),
        sitesTable("What goes in", sites, []),
        sites.length > 40 ? element("p", { class: "note" }, `The first 40 of ${digits(sites.length)} sites are shown.`) : null,
        sitesTable("What stays", staying, [["why", whyItStays]]),
        sitesTable("Made before the loop by the same lines, and live through it: not these", lasting, [], "blocks"));
}

const { advised } = model, { advice } = advised;

document.getElementById("answer").classList.add("long");
document.getElementById("page").append(...[
    ...advised.notes.map((note) => element("p", {}, note)),
    ...advice.recordings.map((recording) => savedBy(recording, advice.recordings.length === 1)),
    advice.regions.length > 0 ? memoryPrice(advised) : null,
    ...advice.regions.map((region, index) => regionSection(region, index, advised)),
    element("p", { class: "controls" }, element("button", { type: "button", onclick: saveNumbers }, "Save the numbers of this page as JSON")),
].filter((part) => part !== null));
watchCharts();
