/* How fast: the strategies of a case, cases of a suite, sizes, aged heaps, raw rounds. */

/* A suite: arena/region against malloc and its best in each case, and a way to each. */
function suite(run, choose, chosen) {
    const rows = run.cases.map((c, i) => ({ name: `${run.groups[i].workload}: ${c.case}`, ratio: c.malloc }))
        .filter((row) => row.ratio).reverse();
    const option = () => ({
        grid: { left: 300, right: 90, top: 36, bottom: 56 },
        tooltip: tooltip({ formatter: (at) => {
            const row = rows.find((r) => r.name === at.name);
            return row ? tip(row.name, row.ratio.words) : "";
        } }),
        xAxis: logAxis("time of arena/region, times that of malloc/weak (below 1 is faster)", [...rangeOf(rows), 1]),
        yAxis: nameAxis("case", rows.map((row) => row.name), 280),
        series: [...dotSeries(rows, verdictColor), lineAt(1)],
    });
    const numbers = table("Each case: its fastest strategy, and arena/region against others",
        ["case", "fastest", "arena/region against malloc", "against the fastest that frees singly", "which is", "details"],
        run.cases.map((c, i) => [
            `${run.groups[i].workload}: ${c.case}`, c.fastest ?? "nothing was timed", verdict(c.malloc), verdict(c.single),
            c.single_name ?? "-",
            element("button", { type: "button", "aria-pressed": String(i === chosen), onclick: () => choose(i) },
                    "Show")]));
    return section("Case by case", "Each bar is the interval of 95 % of a ratio. A click on a case shows its details below.",
        rows.length === 0 ? null : figure("Time of arena/region against malloc in each case; the numbers are in the table.",
            80 + 30 * rows.length, option, () => numbers,
            { onclick: (at) => choose(run.cases.findIndex((c, i) => `${run.groups[i].workload}: ${c.case}` === at.name)) }),
        rows.length === 0 ? numbers : null);
}

function rankingNumbers(group) {
    return table("Strategies by time",
        ["strategy", number("time an iteration"), number("times the limit"), "against malloc/weak",
         number("first iterations of a process"), number("most live"), number("held")],
        group.rows.map((row) => [
            row.strategy, row.time ?? "-", row.x_limit_text ?? "-",
            row.failure ? `failed: ${row.failure}` : row.is_reference ? "1" : verdict(row.against),
            row.cold ? `${row.cold} for ${row.cold_iterations}` : "-",
            row.recorded ? bytes(row.recorded.peak) : "-", row.recorded ? bytes(row.recorded.held) : "-"]));
}

/* One row a strategy, sorted; around the reference the noise floor. */
function ranking(run, group, shown, focus) {
    const timed = shown.filter((row) => row.time_ns !== undefined);
    const ofLimit = timed.length > 0 && timed.every((row) => row.x_limit);
    const rows = timed.map((row) => ({ name: row.strategy, row, ratio: ofLimit ? row.x_limit : { point: row.time_ns / 1000 } }))
        .reverse();
    const reference = rows.find((row) => row.row.is_reference);
    // Of what was played the noise floor is that of the calls: of what is above the limit.
    const own = group.played ? 1 : 0;
    const band = run.noise && reference && ofLimit
        ? [1 / run.noise, run.noise].map((noise) => own + (reference.ratio.point - own) * noise) : [];
    const option = () => {
        const [dashes, dots] = dotSeries(rows, (row) => colorOf(group.rows.indexOf(row.row)));
        if (band.length > 0)
            dots.markArea = { silent: true, itemStyle: { color: color("--dim"), opacity: 0.14 },
                              data: [[{ xAxis: band[0] }, { xAxis: band[1] }]] };
        return {
            grid: { left: 190, right: 40, top: 36, bottom: 56 },
            tooltip: tooltip({ formatter: (at) => {
                const row = rows.find((r) => r.name === at.name)?.row;
                return row ? tip(row.strategy, `${row.time} an iteration`,
                                 row.x_limit_text ? `${row.x_limit_text} times the limit` : "",
                                 row.against ? `against ${reference?.name ?? "malloc"}: ${row.against.words}` : "") : "";
            } }),
            xAxis: logAxis(ofLimit ? group.played ? "time of a pass, times the limit"
                           : "time of an iteration, times the hand-written limit" : "time of an iteration in us",
                           [...rangeOf(rows), ...band]),
            yAxis: nameAxis("strategy", rows.map((row) => row.name), 170),
            series: [dashes, dots],
        };
    };
    return section("How fast", ofLimit
        ? `Each dot is the median over rounds of the distance to ${group.played ? "the same calls on an allocator that does nothing"
            : "the same work written by hand"}, each bar its interval of 95 %.`
          + (band.length > 0 ? ` The grey band is the noise floor around ${reference.name}.` : "")
          + " A click on a dot chooses the strategy whose allocations are shown below."
        : "Each dot is the median time over rounds.",
        rows.length === 0 ? rankingNumbers(group)
        : figure(`The strategies by time. ${group.answer} The numbers are in the table.`, 90 + 36 * rows.length, option,
                 () => rankingNumbers(group), { onclick: (at) => focus(at.name) }),
        group.notes.map((note) => element("p", { class: "note" }, note)));
}

function agedHeaps(run, group) {
    const pairs = run.aged.filter((pair) => pair.workload === group.workload && pair.title === group.title);
    if (pairs.length === 0)
        return null;
    const rows = pairs.filter((pair) => pair.ratio).map((pair) => ({ name: `${pair.strategy}, ${pair.heap}`, ratio: pair.ratio }))
        .reverse();
    const option = () => ({
        grid: { left: 330, right: 90, top: 36, bottom: 56 },
        tooltip: tooltip({ formatter: (at) => {
            const row = rows.find((r) => r.name === at.name);
            return row ? tip(row.name, `against the clean heap: ${row.ratio.words}`) : "";
        } }),
        xAxis: logAxis("time on the aged heap, times that on a clean one (below 1 is faster)", [...rangeOf(rows), 1]),
        yAxis: nameAxis("strategy, heap", rows.map((row) => row.name), 310),
        series: [...dotSeries(rows, verdictColor), lineAt(1)],
    });
    const numbers = () => table("Aged heaps against clean ones",
        ["strategy", "heap", number("clean"), number("aged"), "against clean", number("held clean"), number("held aged")],
        pairs.map((pair) => [pair.strategy, pair.heap, pair.ratio ? time(pair.clean_ns) : "-",
                             pair.ratio ? time(pair.aged_ns) : "-", verdict(pair.ratio), bytes(pair.held_clean),
                             bytes(pair.held_aged)]));
    return section("On an aged heap", "The same strategy in a process whose heap was littered before, against a clean one.",
        rows.length === 0 ? numbers()
        : figure("Time on aged heaps against clean ones; the numbers are in the table.", 90 + 32 * rows.length, option, numbers));
}

function rawRounds(group, shown) {
    const rows = shown.filter((row) => row.round_ns && row.round_ns.length > 1);
    if (rows.length === 0)
        return null;
    const step = (row) => Math.max(1, Math.round(row.rounds / row.round_ns.length));
    const points = (row) => row.round_ns.map((ns, i) => [1 + i * step(row), ns / 1000]);
    const option = () => ({
        legend: legend(), grid: { left: 86, right: 24, top: 40, bottom: 56 },
        tooltip: tooltip({ formatter: (at) => tip(at.seriesName, `round ${at.value[0]}: ${digits(at.value[1])} us`) }),
        xAxis: axis("round", { type: "value", min: 0, max: 1 + Math.max(...rows.map((row) => row.rounds)), minInterval: 1 }),
        yAxis: logAxis("time of an iteration in us", rows.flatMap((row) => points(row).map((p) => p[1])), { nameGap: 58 }),
        series: rows.map((row) => {
            const index = group.rows.indexOf(row);
            return { type: "scatter", symbolSize: 8, name: row.strategy, itemStyle: { color: colorOf(index), opacity: 0.85 },
                     symbol: symbolOf(index), data: points(row) };
        }),
    });
    const numbers = () => table("Rounds of each strategy", ["strategy", number("rounds"), number("shown"), number("least"), number("most")],
        rows.map((row) => [row.strategy, digits(row.rounds), digits(row.round_ns.length),
                           time(Math.min(...row.round_ns)), time(Math.max(...row.round_ns))]));
    return section("The raw rounds", "Times as they were measured, in their order: what drifts or jumps in all strategies at "
        + "once is the machine.",
        figure("The time of each strategy in each round; the table has their range.", 400, option, numbers));
}

function growth(run, group, shown) {
    const set = run.sizes.find((s) => s.groups.includes(run.groups.indexOf(group)));
    if (!set)
        return null;
    const { parameter, values } = set, groups = set.groups.map((i) => run.groups[i]);
    const unit = group.unit || (parameter === "elements" ? "element" : "");
    const each = unit ? `for each ${unit}` : "of an iteration";
    const at = (g) => values[groups.indexOf(g)];
    const per = (g, ns) => ns / (group.unit ? g.rows[0].units || 1 : unit ? at(g) : 1);
    const curves = shown.map((row) => ({ index: group.rows.indexOf(row), name: row.strategy, points: groups
        .map((g) => [g, g.rows.find((r) => r.strategy === row.strategy)])
        .filter(([, r]) => r?.time_ns).map(([g, r]) => [at(g), per(g, r.time_ns)]) })).filter((c) => c.points.length > 1);
    const limit = groups.filter((g) => g.limit_ns).map((g) => [at(g), per(g, g.limit_ns)]);
    if (curves.length === 0)
        return null;
    const ys = [...curves.flatMap((c) => c.points), ...limit].map((p) => p[1]);
    const [scale, ns] = [["ms", 1e6], ["us", 1e3], ["ns", 1]].find(([, size]) => Math.min(...ys) >= size) ?? ["ns", 1];
    const scaledPoints = (points) => points.map(([x, y]) => [x, y / ns]);
    const option = () => ({
        legend: legend(), grid: { left: 86, right: 32, top: 40, bottom: 56 },
        tooltip: tooltip({ formatter: (p) => tip(p.seriesName, `${parameter} ${digits(p.value[0])}: ${digits(p.value[1])} ${scale} ${each}`) }),
        xAxis: logAxis(parameter, groups.map(at)),
        yAxis: logAxis(`time ${each} in ${scale}`, ys.map((y) => y / ns), { nameGap: 58 }),
        series: [
            ...curves.map((c) => ({ type: "line", name: c.name, data: scaledPoints(c.points), symbolSize: 9, symbol: symbolOf(c.index),
                                    itemStyle: { color: colorOf(c.index) }, lineStyle: { color: colorOf(c.index) } })),
            ...limit.length === 0 ? [] : [{ type: "line", name: "limit", symbol: "none", data: scaledPoints(limit),
                lineStyle: { type: "dashed", color: color("--ink") }, itemStyle: { color: color("--ink") } }],
        ],
    });
    const numbers = () => table(`Time of an iteration by ${parameter}`,
        ["strategy", ...groups.map((g) => number(digits(at(g))))],
        [...shown.map((row) => [row.strategy, ...groups.map((g) =>
            g.rows.find((r) => r.strategy === row.strategy)?.time ?? "-")]),
         ["limit", ...groups.map((g) => g.limit_ns ? time(g.limit_ns) : "-")]]);
    return section("How it grows", `By ${parameter}, all else as above. The dashed line is the hand-written limit.`,
        set.notes.map((note) => element("p", {}, note)),
        figure(`Time ${each} against ${parameter}; the numbers are in the table.`, 460, option, numbers));
}
