/* The page of a recorded program: its parts in their order. */

function memoryOverTime({ timeline, total }) {
    const { ns, live, blocks, usable, allocated, peak_ns: peakNs } = timeline;
    if (ns.length < 2)
        return null;
    const [unit, size] = ns.at(-1) >= 1e10 ? ["s", 1e9] : ["ms", 1e6];
    const hasUsable = usable.some((bytes, i) => bytes !== live[i]), at = ns.map((t) => t / size);
    const last = Math.max(at.at(-1), 1e-6), most = Math.max(...live, ...hasUsable ? usable : []);
    const line = (name, panel, values, c, more) => ({ type: "line", step: "end", showSymbol: false, name, xAxisIndex: panel, yAxisIndex: panel,
        itemStyle: { color: palette()[c] }, lineStyle: { width: 2 }, data: at.map((t, i) => [t, values[i]]), ...more });
    const panels = [0, 1];
    const option = () => ({
        legend: legend(), tooltip: tooltip({ trigger: "axis", valueFormatter: bytes }), axisPointer: { link: [{ xAxisIndex: "all" }] },
        dataZoom: [{ type: "slider", xAxisIndex: panels, bottom: 4, height: 22, brushSelect: false, textStyle: { color: color("--dim") },
                     labelFormatter: (t) => `${digits(t)} ${unit}` },
                   { type: "inside", xAxisIndex: panels, zoomOnMouseWheel: "ctrl" }],
        grid: [{ left: 104, right: 32, top: 40, height: 250 }, { left: 104, right: 32, top: 318, height: 110 }],
        xAxis: panels.map((panel) => axis(panel === 1 ? `time since the first event in ${unit}` : "", {
            type: "value", gridIndex: panel, min: 0, max: last, nameGap: 28,
            axisLabel: { show: panel === 1, color: color("--dim"), fontSize: 13, hideOverlap: true, formatter: digits } })),
        yAxis: [bytesAxis("live bytes", most, 5, { gridIndex: 0, nameGap: 78 }),
                bytesAxis("bytes so far", allocated.at(-1), 3, { gridIndex: 1, nameGap: 78 })],
        series: [
            line("live", 0, live, 0, { areaStyle: { opacity: 0.15 }, markPoint: {
                symbol: "circle", symbolSize: 12, silent: true, itemStyle: { color: color("--bad") },
                label: { show: true, position: peakNs / size > last / 2 ? "left" : "right", distance: 8, color: color("--ink"), fontSize: 13,
                         formatter: () => `peak ${bytes(total.peak_bytes)}`, textBorderColor: color("--paper"), textBorderWidth: 3 },
                data: total.peak_bytes > 0 ? [{ coord: [peakNs / size, total.peak_bytes] }] : [] } }),
            ...hasUsable ? [line("usable: as the allocator rounds it up", 0, usable, 1, { lineStyle: { width: 1.5, type: "dashed" } })] : [],
            line("allocated so far", 1, allocated, 2),
        ],
    });
    const numbers = () => {
        const few = ns.map((_, i) => i).filter((i) => i % Math.ceil(ns.length / 30) === 0 || ns[i] === peakNs || i === ns.length - 1);
        return table("Memory over time; the peak is among them",
            [number("after"), number("live"), number("blocks"), ...hasUsable ? [number("usable")] : [], number("allocated so far")],
            few.map((i) => [time(ns[i]), bytes(live[i]), digits(blocks[i]), ...hasUsable ? [bytes(usable[i])] : [], bytes(allocated[i])]));
    };
    return section("Memory over time", `What the program asked for and had not given back, looked at ${digits(ns.length)} times; the peak is `
        + "among them.",
        figure(`Live bytes over time: at most ${bytes(total.peak_bytes)} after ${time(peakNs)}; below, all bytes allocated so far. `
               + "The numbers are in the table.", 510, option, numbers, { controls: zoomButtons }));
}

function sizesAndLives({ lives }) {
    if (lives.length === 0)
        return null;
    return section("Sizes and lifetimes", "Every block that was freed, by its size and by the time that it lived; the stronger the colour the "
        + "more blocks, on a logarithmic scale.",
        heatMap({ cells: lives, words: "Blocks that were freed by size and lifetime", caption: "Blocks that were freed by size and lifetime",
                  xTitle: "lifetime: time from birth to death, ns to s", xText: (life) => `≤ ${time(2 ** life)}` }));
}

const several = (count, shown, what) => count > shown ? `${digits(shown)} of ${digits(count)} ${what} are shown.` : null;

function threadSection({ threads }) {
    const { count, rows } = threads;
    return section("Threads", several(count, rows.length, "threads"), table("What each thread called for",
        ["thread", number("events"), number("blocks"), number("bytes")],
        rows.map(([thread, events, blocks, size]) => [String(thread), digits(events), digits(blocks), bytes(size)])));
}

function moduleSection({ modules }) {
    const { count, rows } = modules;
    return count === 0 ? null : section("Files of code", `Of ${digits(count)} that were loaded, those that call stacks go through, and what is `
        + "known of their functions.",
        table("Files of code", ["file", "what is known", number("frames")],
              rows.map(([path, frames, known]) => [element("code", {}, path), known, digits(frames)])));
}

function processSection({ processes }) {
    const { count, rows } = processes;
    if (count < 2)
        return null;
    const list = table("Processes of the file", [number("N"), number("pid"), "program", number("events"), number("dropped"), "it", "here"],
        rows.map(([place, pid, events, dropped, end, program, isShown]) => [digits(place), String(pid), element("code", {}, program),
            digits(events), digits(dropped), end, isShown ? element("strong", {}, "this one") : ""]));
    return section("Processes", `The file has the traces of ${digits(count)} processes, and this page is about one of them. 'acre report `
        + `--process N' makes the page of another. ${several(count, rows.length, "processes") ?? ""}`,
        count > 12 ? element("details", {}, element("summary", {}, "All of them"), list) : list);
}

function factSection({ facts }) {
    return section("How it was recorded", "And what the recorder could not see, dropped and cost.",
        table("What the trace says of itself", ["what", "it was"], facts),
        element("p", { class: "controls" }, element("button", { type: "button", onclick: saveNumbers }, "Save the numbers of this page as JSON")));
}

const processes = model.recorded.processes;

document.getElementById("answer").classList.add("long");
document.getElementById("page").append(...[
    processes.count < 2 ? null : element("p", {}, `It is one of ${digits(processes.count)} processes, which are listed below.`),
    window.echarts ? null : element("p", { class: "note" }, "There are no charts but the flame graph: this acre was built without ECharts."),
    ...[memoryOverTime, flameSection, whereFrom, sizesAndLives, threadSection, moduleSection, processSection, factSection]
        .map((part) => part(model.recorded)),
].filter((part) => part !== null));
watchCharts();
