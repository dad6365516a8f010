/* Draws the page of a run from the JSON beside it. Whatever stands in a run becomes text, never
 * markup: elements are made, not written. Each chart has its numbers in a table as well. */
"use strict";
(() => {
    const model = JSON.parse(document.getElementById("data").textContent);
    const main = document.getElementById("page");
    const charts = [];
    const hidden = new Set(); /* strategies that nobody wants to see */

    /* Elements -------------------------------------------------------------------------------- */

    function element(tag, attributes, ...children) {
        const made = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes || {})) {
            if (name.startsWith("on"))
                made.addEventListener(name.slice(2), value);
            else if (value !== false && value !== undefined)
                made.setAttribute(name, value === true ? "" : value);
        }
        for (const child of children.flat())
            if (child !== null && child !== undefined)
                made.append(child);
        return made;
    }

    /* Columns: [title, is a number]; rows of texts or elements. */
    function table(columns, rows) {
        const cell = (tag, column, content) =>
            element(tag, { class: column[1] ? "number" : undefined, scope: tag === "th" ? "col" : undefined },
                    content);
        return element("div", { class: "scroll" }, element("table", {},
            element("thead", {}, element("tr", {}, columns.map((c) => cell("th", c, c[0])))),
            element("tbody", {}, rows.map((row) => element("tr", {},
                row.map((content, i) => cell("td", columns[i], content)))))));
    }

    function section(title, note, ...children) {
        return element("section", {}, element("h2", {}, title),
                       note ? element("p", { class: "note" }, note) : null, children);
    }

    /* Numbers --------------------------------------------------------------------------------- */

    function digits(value) {
        if (value === 0)
            return "0";
        return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en")
                                       : String(Number(value.toPrecision(3)));
    }

    function bytes(value) {
        if (value === undefined || value === null)
            return "?";
        for (const [unit, size] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]])
            if (Math.abs(value) >= size)
                return `${digits(value / size)} ${unit}`;
        return `${digits(value)} B`;
    }

    function time(ns) {
        for (const [unit, size] of [["s", 1e9], ["ms", 1e6], ["us", 1e3]])
            if (ns >= size)
                return `${digits(ns / size)} ${unit}`;
        return `${digits(ns)} ns`;
    }

    /* Charts ---------------------------------------------------------------------------------- */

    function color(name) {
        return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    }

    const isDark = () => matchMedia("(prefers-color-scheme: dark)").matches;

    /* Okabe and Ito's colours, which those who see fewer colours tell apart as well; lighter ones on
     * black. */
    function palette() {
        return isDark() ? ["#56b4e9", "#e69f00", "#2fc998", "#f0e442", "#ff9a5c", "#e0a0c8", "#b8c4d0"]
                        : ["#0072b2", "#a86400", "#00795a", "#8a6d00", "#c24e00", "#a8457f", "#4d5761"];
    }

    function axis(name, more) {
        return Object.assign({
            name, nameLocation: "middle", nameGap: 32,
            nameTextStyle: { color: color("--dim"), fontSize: 13 },
            axisLabel: { color: color("--dim"), fontSize: 12 },
            axisLine: { lineStyle: { color: color("--line") } },
            splitLine: { lineStyle: { color: color("--line"), opacity: 0.6 } },
        }, more);
    }

    /* An axis of bytes has its marks at multiples of a power of two. */
    function bytesAxis(name, most, marks, more) {
        const interval = 2 ** Math.ceil(Math.log2(Math.max(most, 1) / marks));
        return axis(name, Object.assign({ type: "value", interval, max: interval * Math.ceil(most / interval),
                    axisLabel: { color: color("--dim"), formatter: bytes, hideOverlap: true } }, more));
    }

    /* A figure: what it shows in words, the chart, its numbers. `option` is called again when the
     * colours change. */
    function figure(words, height, option, numbers) {
        const place = element("div", { class: "chart", role: "img", "aria-label": words,
                                       style: `height: ${height}px` });
        const made = element("figure", {}, place,
                             element("details", {}, element("summary", {}, "The numbers"), numbers()));
        if (window.echarts)
            charts.push({ place, option, chart: null });
        else
            place.replaceWith(element("p", { class: "note" },
                                      "No chart: this acre was built without ECharts."));
        return made;
    }

    function draw(entry) {
        if (entry.chart)
            entry.chart.dispose();
        entry.chart = window.echarts.init(entry.place, null, { renderer: "canvas" });
        entry.chart.setOption(Object.assign({
            animation: false, color: palette(), backgroundColor: "transparent",
            textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
            tooltip: { trigger: "item", confine: true },
        }, entry.option()));
    }

    /* Only what comes into sight: the first screen waits for nothing below it. */
    const sight = new IntersectionObserver((seen) => {
        for (const { target, isIntersecting } of seen) {
            const entry = charts.find((c) => c.place === target);
            if (isIntersecting && entry && !entry.chart)
                draw(entry);
        }
    }, { rootMargin: "400px" });

    function redraw() {
        for (const entry of charts)
            if (entry.chart)
                draw(entry);
    }

    /* The parts ------------------------------------------------------------------------------- */

    const shown = (group) => group.rows.filter((row) => !hidden.has(row.strategy));

    function verdict(ratio) {
        if (!ratio)
            return "";
        const kind = ["faster", "slower"].includes(ratio.verdict) ? ratio.verdict : undefined;
        return element("span", { class: kind }, ratio.words);
    }

    function ranking(group) {
        const rows = shown(group).filter((row) => row.x_limit || row.time_ns !== undefined);
        const ofLimit = rows.length > 0 && rows.every((row) => row.x_limit);
        if (rows.length === 0)
            return null;
        const point = (row) => ofLimit ? row.x_limit : { point: row.time_ns / 1000 };
        const reference = group.rows.find((row) => row.is_reference);
        const band = model.noise_floor && reference && ofLimit
            ? [reference.x_limit.point / model.noise_floor, reference.x_limit.point * model.noise_floor]
            : null;
        const names = rows.map((row) => row.strategy).reverse();
        const option = () => ({
            grid: { left: 170, right: 40, top: 16, bottom: 56 },
            tooltip: { trigger: "item", confine: true,
                       formatter: (at) => tip(rows.find((row) => row.strategy === at.name)) },
            xAxis: axis(ofLimit ? "times the hand-written limit (log scale; 1 is the limit)"
                                : "us an iteration (log scale)",
                        { type: "log", min: (v) => v.min * 0.92, max: (v) => v.max * 1.08,
                          axisLabel: { color: color("--dim"), formatter: digits } }),
            yAxis: axis("", { type: "category", data: names,
                              axisLabel: { color: color("--ink"), fontSize: 14 } }),
            series: [
                { type: "custom", silent: true, data: rows.map((row) => [
                    point(row).low ?? point(row).point, point(row).high ?? point(row).point, row.strategy]),
                  encode: { x: [0, 1], y: 2 },
                  renderItem: (parameters, api) => {
                      const low = api.coord([api.value(0), api.value(2)]);
                      const high = api.coord([api.value(1), api.value(2)]);
                      return { type: "line", shape: { x1: low[0], y1: low[1], x2: high[0], y2: high[1] },
                               style: { stroke: palette()[0], lineWidth: 5, opacity: 0.45 } };
                  } },
                { type: "scatter", symbolSize: 13, itemStyle: { color: palette()[0] },
                  data: rows.map((row) => ({ name: row.strategy, value: [point(row).point, row.strategy] })),
                  label: { show: true, position: "top", distance: 4, color: color("--ink"),
                           formatter: (at) => digits(at.value[0]) },
                  markArea: band ? { silent: true, itemStyle: { color: color("--dim"), opacity: 0.12 },
                                     data: [[{ xAxis: band[0] }, { xAxis: band[1] }]] } : undefined },
            ],
        });
        const numbers = () => table(
            [["strategy"], ["time", true], ["x limit"], ["against malloc/weak"], ["held", true]],
            group.rows.map((row) => [row.strategy, row.time ?? "-", row.x_limit ? row.x_limit.text : "-",
                                     row.is_reference ? "1" : row.failure ? `failed: ${row.failure}`
                                     : verdict(row.against) || "-", bytes(row.held)]));
        return section("How fast", ofLimit
            ? "Each dot is the median over rounds of the distance to the same work written by hand, "
              + "each bar its interval of 95 %."
              + (band ? " The grey band is the noise floor around malloc." : "")
            : "Each dot is the median time over rounds.",
            figure(`${group.sentence}`, 70 + 34 * rows.length, option, numbers));
    }

    function tip(row) {
        const box = element("div", {}, element("strong", {}, row.strategy), element("br"),
                            `${row.time} an iteration`);
        if (row.x_limit)
            box.append(element("br"), `x limit ${row.x_limit.text}`);
        if (row.against)
            box.append(element("br"), `against malloc: ${row.against.words}`);
        return box;
    }

    function overTime(group) {
        const rows = shown(group).filter((row) => row.memory && row.memory.timeline.length > 1);
        if (rows.length === 0)
            return null;
        const curves = [["live", "requested"], ["held", "held"], ["resident", "resident"]];
        const height = 150;
        const last = Math.max(...rows.map((row) => row.memory.timeline.at(-1).ms));
        const most = Math.max(...rows.flatMap((row) => row.memory.timeline.map(
            (s) => Math.max(s.live, s.held ?? 0, s.resident))));
        const option = () => ({
            legend: { top: 0, textStyle: { color: color("--ink") } },
            tooltip: { trigger: "axis", confine: true, valueFormatter: bytes },
            axisPointer: { link: [{ xAxisIndex: "all" }] },
            dataZoom: [
                { type: "slider", xAxisIndex: rows.map((r, i) => i), bottom: 8, height: 22 },
                { type: "inside", xAxisIndex: rows.map((r, i) => i), zoomOnMouseWheel: "ctrl" },
            ],
            title: rows.map((row, i) => ({ text: row.strategy, left: 78, top: 30 + i * height,
                                           textStyle: { color: color("--ink"), fontSize: 13 } })),
            grid: rows.map((row, i) => ({ left: 78, right: 24, top: 52 + i * height, height: height - 62 })),
            xAxis: rows.map((row, i) => axis(i === rows.length - 1 ? "ms since the first iteration began" : "",
                { type: "value", gridIndex: i, min: 0, max: last, nameGap: 26,
                  axisLabel: { show: i === rows.length - 1, color: color("--dim") } })),
            yAxis: rows.map((row, i) => bytesAxis("", most, 3, { gridIndex: i })),
            series: rows.flatMap((row, i) => curves.map(([key, name], c) => ({
                type: "line", step: "end", showSymbol: false, name, xAxisIndex: i, yAxisIndex: i,
                lineStyle: { width: c === 0 ? 1.5 : 2 }, itemStyle: { color: palette()[c] },
                sampling: "minmax",
                data: row.memory.timeline.filter((s) => s[key] !== undefined).map((s) => [s.ms, s[key]]),
            }))),
        });
        const numbers = () => table(
            [["strategy"], ["most requested", true], ["resident at the end", true], ["drained", true],
             ["1 s later", true]],
            rows.map((row) => [row.strategy, bytes(row.memory.peak),
                               bytes(row.memory.timeline.at(-1).resident),
                               bytes(row.memory.drained.resident), bytes(row.memory.later.resident)]));
        return section("Memory over time",
                       "In bytes; one run of each strategy, looked at from outside. Requested is what the "
                       + "program asked for, held what the allocator has from the system, resident what of "
                       + "it is in memory.",
                       figure(`Memory over time of ${rows.map((r) => r.strategy).join(", ")}, in bytes over `
                              + "milliseconds; the numbers are in the table.",
                              52 + height * rows.length + 56, option, numbers));
    }

    function whereBytesGo(group) {
        const terms = ["requested", "rounding", "slack", "bookkeeping", "kept free"];
        const rows = shown(group).filter((row) => row.waste && row.waste.held !== undefined);
        if (rows.length === 0)
            return null;
        const names = rows.map((row) => row.strategy).reverse();
        const option = () => ({
            legend: { top: 0, textStyle: { color: color("--ink") } },
            grid: { left: 170, right: 40, top: 40, bottom: 56 },
            tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, confine: true, valueFormatter: bytes },
            xAxis: bytesAxis("bytes held when most is live",
                             Math.max(...rows.map((row) => row.waste.held)), 6),
            yAxis: axis("", { type: "category", data: names,
                              axisLabel: { color: color("--ink"), fontSize: 14 } }),
            series: terms.map((term) => ({
                type: "bar", stack: "held", name: term, barMaxWidth: 22,
                data: rows.map((row) => row.waste[term] ?? 0).reverse(),
            })),
        });
        const numbers = () => table(
            [["strategy"], ...[...terms, "held", "resident"].map((t) => [t, true])],
            rows.map((row) => [row.strategy, ...[...terms, "held", "resident"].map((t) => bytes(row.waste[t]))]));
        return section("Where the bytes are",
                       "When most is live: what was asked for, and what an allocator has beyond it.",
                       figure("What each strategy holds when most is live, by what it is held for, in bytes; "
                              + "the numbers are in the table.", 100 + 34 * rows.length, option, numbers));
    }

    function lifetimes(group) {
        const row = shown(group).find((r) => r.lifetimes);
        if (!row)
            return null;
        const bars = (counts, title, name) => {
            const used = counts.map((count, i) => [i, count]);
            const first = used.findIndex((b) => b[1] > 0);
            const last = counts.length - 1 - [...counts].reverse().findIndex((c) => c > 0);
            const part = first < 0 ? [] : used.slice(first, last + 1);
            const option = () => ({
                grid: { left: 78, right: 24, top: 16, bottom: 64 },
                tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, confine: true },
                xAxis: axis(title, { type: "category", data: part.map((b) => `≤ ${bytes(2 ** b[0])}`),
                                     nameGap: 44 }),
                yAxis: axis("allocations", { type: "value", nameGap: 52 }),
                series: [{ type: "bar", name, data: part.map((b) => b[1]) }],
            });
            const numbers = () => table([[title], ["allocations", true]],
                part.map((b) => [`≤ ${bytes(2 ** b[0])}`, digits(b[1])]));
            return figure(`${name} of ${row.strategy}; the numbers are in the table.`, 260, option, numbers);
        };
        return section("What lives how long",
                       `Every allocation of the recorded run of ${row.strategy}. A lifetime is what was `
                       + "allocated between birth and death.",
                       bars(row.sizes, "bytes asked for", "Sizes"),
                       bars(row.lifetimes, "bytes allocated between birth and death", "Lifetimes"),
                       table([["purpose"], ["allocations", true], ["requested", true], ["peak", true],
                              ["outlived their iteration", true]],
                             row.purposes.map((p) => [p.name, digits(p.allocations), bytes(p.requested),
                                                      bytes(p.peak), digits(p.outlived)])));
    }

    function rawRounds(group) {
        const rows = shown(group).filter((row) => row.rounds && row.rounds.time_ns.length > 1);
        if (rows.length === 0)
            return null;
        const option = () => ({
            legend: { top: 0, type: "scroll", textStyle: { color: color("--ink") } },
            grid: { left: 78, right: 24, top: 40, bottom: 56 },
            tooltip: { trigger: "item", confine: true, formatter: (at) =>
                element("div", {}, `${at.seriesName}, round ${at.value[0]}: ${digits(at.value[1])} us`) },
            xAxis: axis("round", { type: "value", min: 0, minInterval: 1 }),
            yAxis: axis("us an iteration (log scale)", { type: "log", nameGap: 52, min: (v) => v.min * 0.9,
                        max: (v) => v.max * 1.1, axisLabel: { color: color("--dim"), formatter: digits } }),
            series: rows.map((row) => ({
                type: "scatter", symbolSize: 7, name: row.strategy,
                data: row.rounds.time_ns.map((ns, i) => [i + 1, ns / 1000]),
            })),
        });
        const numbers = () => table([["strategy"], ["rounds", true], ["least", true], ["most", true]],
            rows.map((row) => [row.strategy, String(row.rounds.time_ns.length),
                               time(Math.min(...row.rounds.time_ns)), time(Math.max(...row.rounds.time_ns))]));
        return section("The raw rounds",
                       "Times as measured, in the order in which they were: what drifts or jumps in all at "
                       + "once is the machine.",
                       figure("The time of each strategy in each round, in microseconds; the table has the "
                              + "range.", 360, option, numbers));
    }

    /* Groups of the workload that differ from this one in one number. */
    function growth(group) {
        const of = model.groups.filter((g) => g.workload === group.workload);
        let parameter = null, family = [];
        for (const name of Object.keys(group.parameters)) {
            const alike = of.filter((g) => Object.keys(g.parameters).length === Object.keys(group.parameters).length
                && Object.entries(g.parameters).every(([n, v]) => n === name ? !isNaN(Number(v))
                                                                             : v === group.parameters[n]));
            if (alike.length > family.length && alike.length > 1)
                [parameter, family] = [name, alike];
        }
        if (parameter === null)
            return null;
        family.sort((a, b) => a.parameters[parameter] - b.parameters[parameter]);
        const names = [...new Set(family.flatMap((g) => g.rows.filter((r) => r.time_ns).map((r) => r.strategy)))]
            .filter((name) => !hidden.has(name));
        const at = (g) => Number(g.parameters[parameter]);
        const curve = (name) => family.map((g) => [g, g.rows.find((r) => r.strategy === name)])
            .filter(([, r]) => r && r.time_ns).map(([g, r]) => [at(g), r.time_ns / at(g)]);
        const option = () => ({
            legend: { top: 0, type: "scroll", textStyle: { color: color("--ink") } },
            grid: { left: 78, right: 24, top: 40, bottom: 56 },
            tooltip: { trigger: "item", confine: true },
            xAxis: axis(`${parameter} (log scale)`, { type: "log" }),
            yAxis: axis(`ns an iteration for each of ${parameter} (log scale)`,
                        { type: "log", nameGap: 52, axisLabel: { color: color("--dim"), formatter: digits } }),
            series: [...names.map((name) => ({ type: "line", name, data: curve(name), symbolSize: 8 })),
                     { type: "line", name: "limit", symbol: "none",
                       lineStyle: { type: "dashed", color: color("--dim") }, itemStyle: { color: color("--dim") },
                       data: family.filter((g) => g.limit_ns).map((g) => [at(g), g.limit_ns / at(g)]) }],
        });
        const numbers = () => table([[parameter, true], ...names.map((n) => [n, true]), ["limit", true]],
            family.map((g) => [g.parameters[parameter], ...names.map((n) => {
                const r = g.rows.find((row) => row.strategy === n);
                return r && r.time ? r.time : "-";
            }), g.limit_ns ? time(g.limit_ns) : "-"]));
        return section("How it grows", null,
                       figure(`Time for each of ${parameter}, both on logarithmic scales; the numbers are in the `
                              + "table.", 420, option, numbers));
    }

    function howMeasured() {
        const facts = [["measured", `${model.started}, ${digits(model.seconds)} s, seed ${model.seed}, `
                                    + `acre ${model.version}`],
                       ["repeat", element("code", {}, model.command)], ...model.machine];
        if (model.noise)
            facts.unshift(["noise floor", `${digits((model.noise_floor - 1) * 100)} %: the same cell measured `
                + `twice a round, ${model.noise.text}, ${model.noise.words}`
                + (model.is_steady ? "; times are steady, divided by the limit's own in the same process" : "")]);
        return section("How it was measured", null, table([[""], [""]], facts),
                       element("h3", {}, "Libraries"),
                       table([["backend"], ["version"], ["file"], ["build id"]],
                             model.libraries.map((l) => [l[0], l[1], element("code", {}, l[2]),
                                                         element("code", {}, l[3])])));
    }

    /* The page -------------------------------------------------------------------------------- */

    const groupName = (group) => `${group.workload}: ${group.title}`;

    function chooser(group) {
        const nav = element("nav", { "aria-label": "What is shown" });
        if (model.groups.length > 1) {
            const select = element("select", { id: "group", onchange: () => show(Number(select.value)) },
                model.groups.map((g, i) => element("option", { value: i, selected: g === group },
                                                   groupName(g))));
            nav.append(element("label", { for: "group" }, "Workload"), select);
        }
        nav.append(element("fieldset", {}, element("legend", {}, "Strategies"), group.rows.map((row) =>
            element("label", {}, element("input", {
                type: "checkbox", checked: !hidden.has(row.strategy),
                onchange: (event) => {
                    event.target.checked ? hidden.delete(row.strategy) : hidden.add(row.strategy);
                    fill(group);
                } }), row.strategy))));
        return nav;
    }

    function fill(group) {
        const below = document.getElementById("below");
        for (const entry of charts)
            if (entry.chart)
                entry.chart.dispose();
        charts.length = 0;
        below.replaceChildren(...[ranking, overTime, whereBytesGo, lifetimes, growth, rawRounds]
            .map((part) => part(group)).filter((part) => part !== null), howMeasured());
        for (const entry of charts)
            sight.observe(entry.place);
    }

    function show(index) {
        const group = model.groups[index];
        if (!group) {
            main.replaceChildren(element("p", { class: "answer" }, "Nothing was measured."));
            return;
        }
        main.replaceChildren(element("h1", {}, groupName(group)),
                             element("p", { class: "answer", id: "answer" }, group.sentence),
                             chooser(group), element("div", { id: "below" }));
        fill(group);
    }

    show(0);
    addEventListener("resize", () => charts.forEach((entry) => entry.chart && entry.chart.resize()));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
})();
