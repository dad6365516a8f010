/* Where the memory is: over time, when most is live, by iteration, by purpose, by size and lifetime. */

let hasOwnScales = true;

/* One small panel a strategy, one zoom for all. */
function overTime(group, shown, again) {
    const rows = shown.filter((row) => row.memory && row.memory.timeline.ms.length > 1);
    if (rows.length === 0)
        return null;
    const curves = [["live", "requested"], ["held", "held"], ["resident", "resident"], ["rss", "RSS of the process"]];
    const height = 150, last = roundUp(Math.max(...rows.map((row) => row.memory.timeline.ms.at(-1))));
    const highest = (row) => Math.max(...["live", "held", "resident"].flatMap((key) => row.memory.timeline[key]));
    const most = Math.max(...rows.map(highest));
    const option = () => ({
        legend: legend({ selected: { "RSS of the process": false } }),
        tooltip: tooltip({ trigger: "axis", valueFormatter: bytes }),
        axisPointer: { link: [{ xAxisIndex: "all" }] },
        dataZoom: [{ type: "slider", xAxisIndex: rows.map((_, i) => i), bottom: 4, height: 22, brushSelect: false,
                     textStyle: { color: color("--dim") }, labelFormatter: (ms) => `${digits(ms)} ms` },
                   { type: "inside", xAxisIndex: rows.map((_, i) => i), zoomOnMouseWheel: "ctrl" }],
        title: rows.map((row, i) => ({ text: row.strategy, left: 100, top: 30 + i * height,
                                       textStyle: { color: color("--ink"), fontSize: 14, fontWeight: 600 } })),
        grid: rows.map((_, i) => ({ left: 100, right: 28, top: 54 + i * height, height: height - 62 })),
        xAxis: rows.map((_, i) => axis(i === rows.length - 1 ? "time since the first iteration began in ms" : "", {
            type: "value", gridIndex: i, min: 0, max: last, nameGap: 28,
            axisLabel: { show: i === rows.length - 1, color: color("--dim"), fontSize: 13 } })),
        yAxis: rows.map((row, i) => bytesAxis("bytes", hasOwnScales ? highest(row) : most, 3, { gridIndex: i, nameGap: 72 })),
        series: rows.flatMap((row, i) => curves.map(([key, name], c) => ({
            type: "line", step: "end", showSymbol: false, name, xAxisIndex: i, yAxisIndex: i, sampling: "minmax",
            itemStyle: { color: palette()[c] }, lineStyle: { width: 2, type: c === 0 ? "solid" : ["solid", "dashed", "solid", "dotted"][c] },
            data: row.memory.timeline.ms.map((ms, at) => [ms, row.memory.timeline[key][at]]),
        }))),
    });
    const numbers = () => table("Memory over time",
        ["strategy", number("most requested"), number("resident at the end"), number("drained"), number("1 s later"), number("looks"), number("shown")],
        rows.map(({ strategy, memory }) => [strategy, bytes(memory.peak), bytes(memory.end.resident),
            bytes(memory.drained.resident), bytes(memory.later.resident), digits(memory.looks), digits(memory.timeline.ms.length)]));
    return section("Memory over time", "One run of each strategy, looked at from outside. Requested is what the program asked "
        + "for, held what the allocator has from the system, resident what of it is in memory.",
        figure(`Memory over time of ${rows.map((r) => r.strategy).join(", ")}; the numbers are in the table.`,
               54 + height * rows.length + 62, option, numbers, { controls: (entry) => {
                   const made = zoomButtons(entry);
                   made.append(element("label", {}, element("input", { type: "checkbox", checked: hasOwnScales,
                       onchange: (event) => { hasOwnScales = event.target.checked; draw(entry); } }),
                       "Each panel has its own scale"));
                   return made;
               } }));
}

function whereBytesGo(group, shown) {
    const terms = ["requested", "rounding", "slack", "bookkeeping", "kept free", "unexplained"], all = [...terms, "held", "resident"];
    const rows = shown.filter((row) => row.waste && row.waste.held !== undefined);
    if (rows.length === 0)
        return null;
    const sum = (row) => terms.reduce((bytes, term) => bytes + (row.waste[term] ?? 0), 0);
    const option = () => ({
        legend: legend(), grid: { left: 190, right: 40, top: 56, bottom: 56 },
        tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: bytes }),
        xAxis: bytesAxis("bytes held when most is live", Math.max(...rows.map((row) => Math.max(row.waste.held, sum(row)))), 6),
        yAxis: nameAxis("strategy", rows.map((row) => row.strategy).reverse(), 170),
        series: [
            ...terms.map((term, i) => ({ type: "bar", stack: "held", name: term, barMaxWidth: 22, itemStyle: { color: palette()[i] },
                                         data: rows.map((row) => row.waste[term] ?? 0).reverse() })),
            { type: "scatter", name: "resident", symbol: "diamond", symbolSize: 12, itemStyle: { color: color("--ink") },
              data: rows.map((row) => [row.waste.resident ?? "-", row.strategy]).reverse() },
        ],
    });
    const numbers = () => table("Bytes held when most is live", ["strategy", ...all.map(number)],
        rows.map((row) => [row.strategy, ...all.map((term) => bytes(row.waste[term]))]));
    return section("Where the bytes are", "When most is live: what was asked for, and what an allocator has beyond it. The "
        + "diamond is what of it is resident. What an allocator does not tell apart is unexplained, and ? in the table.",
        figure("What each strategy holds when most is live, by what it is held for; the numbers are in the table.",
               122 + 36 * rows.length, option, numbers));
}

/* A strategy's own ------------------------------------------------------------------------------ */

function byIteration(row) {
    const { iteration, peak, live, requested } = row.recorded.by_iteration;
    if (iteration.length < 2)
        return null;
    const curves = [["requested in it", requested], ["most live in it", peak], ["live at its end", live]];
    const option = () => ({
        legend: legend(), grid: { left: 92, right: 28, top: 40, bottom: 96 },
        tooltip: tooltip({ trigger: "axis", valueFormatter: bytes }),
        dataZoom: [{ type: "slider", bottom: 4, height: 22, brushSelect: false, textStyle: { color: color("--dim") } }, { type: "inside", zoomOnMouseWheel: "ctrl" }],
        xAxis: axis("iteration", { type: "value", min: 1, max: iteration.at(-1), minInterval: 1, nameGap: 28 }),
        yAxis: bytesAxis("bytes", Math.max(...peak, ...requested), 5, { nameGap: 70 }),
        series: curves.map(([name, values], c) => ({ type: "line", step: "middle", name, showSymbol: iteration.length < 60, symbolSize: 7,
            symbol: symbols[c], itemStyle: { color: palette()[c] }, lineStyle: { width: 2, type: ["dotted", "solid", "dashed"][c] },
            data: iteration.map((n, i) => [n, values[i]]) })),
    });
    const numbers = () => {
        const some = iteration.map((_, i) => i).filter((i) => i % Math.ceil(iteration.length / 30) === 0);
        return table(`Iterations of ${row.strategy}`, [number("iteration"), ...curves.map(([name]) => number(name))],
                     some.map((i) => [digits(iteration[i]), ...curves.map(([, values]) => bytes(values[i]))]));
    };
    const all = row.recorded.iterations === iteration.length ? "" : ` Of ${digits(row.recorded.iterations)} iterations `
        + `${digits(iteration.length)} are shown: of each stretch the first, and the one with the most live.`;
    return [element("h3", {}, "By iteration"), element("p", { class: "note" }, `What the recorded run asked for.${all}`),
            figure(`Bytes by iteration of ${row.strategy}; the numbers are in the table.`, 380, option, numbers, { controls: zoomButtons })];
}

function byPurpose(row) {
    const purposes = row.recorded.purposes.filter((p) => p.allocations > 0);
    if (purposes.length === 0)
        return null;
    const shown = [...purposes].sort((a, b) => a.requested - b.requested);
    const option = () => ({
        legend: legend(), grid: { left: 150, right: 40, top: 56, bottom: 56 },
        tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: bytes }),
        xAxis: logBytesAxis("bytes", shown.flatMap((p) => [p.requested, p.peak]).filter((b) => b > 0)),
        yAxis: nameAxis("purpose", shown.map((p) => p.name), 130),
        series: [{ type: "scatter", name: "requested in all", symbol: "circle", symbolSize: 12, data: shown.map((p) => [p.requested || "-", p.name]) },
                 { type: "scatter", name: "most at once", symbol: "diamond", symbolSize: 13, data: shown.map((p) => [p.peak || "-", p.name]) }],
    });
    const numbers = () => table(`Purposes of ${row.strategy}`,
        ["purpose", number("allocations"), number("requested"), number("most at once"), number("outlived their iteration"), number("leaked")],
        purposes.map((p) => [p.name, digits(p.allocations), bytes(p.requested), bytes(p.peak), digits(p.outlived), bytes(p.leaked)]));
    return [element("h3", {}, "By purpose"),
            figure(`Bytes by purpose of ${row.strategy}; the numbers are in the table.`, 124 + 34 * shown.length, option, numbers)];
}

/* Blocks that died, by their size and by what was allocated while they lived. */
function sizeAndLifetime(row) {
    const deaths = row.recorded.deaths ?? [];
    if (deaths.length === 0)
        return null;
    return [element("h3", {}, "By size and lifetime"),
            element("p", { class: "note" }, "Every block of the recorded run that died. A lifetime is what was allocated between "
                    + "birth and death; the stronger the colour the more, on a logarithmic scale."),
            heatMap({ cells: deaths, words: `Blocks by size and lifetime of ${row.strategy}`, caption: `Blocks of ${row.strategy} by size and lifetime`,
                      xTitle: "lifetime: bytes allocated between birth and death", xText: upTo })];
}

/* Everything that is exact about one strategy, which may be chosen. */
function allocations(group, shown, state) {
    const rows = shown.filter((row) => row.recorded);
    if (rows.length === 0)
        return null;
    const row = rows.find((r) => r.strategy === state.focus) ?? rows[0];
    const select = element("select", { id: "focus", onchange: () => state.setFocus(select.value) },
        rows.map((r) => element("option", { value: r.strategy, selected: r === row }, r.strategy)));
    return element("section", { id: "allocations" }, element("h2", {}, "What it allocates"),
        element("p", { class: "controls" }, element("label", { for: "focus" }, "Strategy"), select),
        element("p", {}, `${digits(row.recorded.allocations)} allocations in ${digits(row.recorded.iterations)} iterations, at most `
            + `${bytes(row.recorded.peak)} live at once, ${row.recorded.leaked > 0 ? `${bytes(row.recorded.leaked)} leaked` : "nothing leaked"}.`),
        byPurpose(row), byIteration(row), sizeAndLifetime(row));
}
