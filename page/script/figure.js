/* Figures: what a chart shows in words, the chart, its numbers in a table. ECharts draws. */

const charts = []; /* on the page: { place, option, chart }; not drawn before it comes into sight */

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/* Okabe and Ito's colours, which those who see fewer colours tell apart as well; darker on white,
 * lighter on black. */
function palette() {
    return matchMedia("(prefers-color-scheme: dark)").matches
        ? ["#56b4e9", "#e69f00", "#2fc998", "#f0e442", "#ff9a5c", "#e0a0c8", "#b8c4d0"]
        : ["#0072b2", "#a86400", "#00795a", "#8a6d00", "#c24e00", "#a8457f", "#4d5761"];
}

const symbols = ["circle", "rect", "triangle", "diamond", "pin"];

/* The same for a strategy in every chart; where colours come to an end, another symbol. */
const colorOf = (index) => palette()[index % palette().length];
const symbolOf = (index) => symbols[Math.floor(index / palette().length) % symbols.length];

/* Axes ------------------------------------------------------------------------------------------ */

function axis(name, more) {
    return Object.assign({
        name, nameLocation: "middle", nameGap: 34,
        nameTextStyle: { color: color("--dim"), fontSize: 14 },
        axisLabel: { color: color("--dim"), fontSize: 13, hideOverlap: true },
        axisLine: { lineStyle: { color: color("--line") } },
        splitLine: { lineStyle: { color: color("--line"), opacity: 0.6 } },
    }, more);
}

/* Names on the left, of what the title says; `width` is the room for them in px. */
const nameAxis = (title, names, width) => axis(title, {
    type: "category", data: names, nameLocation: "end", nameGap: 8,
    nameTextStyle: { color: color("--dim"), fontSize: 14, align: "right", padding: [0, 8, 0, 0] },
    axisLabel: { color: color("--ink"), fontSize: 14, width, overflow: "truncate" },
});

/* An axis of bytes has its marks at multiples of a power of two. */
function bytesAxis(name, most, marks, more) {
    const step = 2 ** Math.ceil(Math.log2(Math.max(most, 1) / marks));
    return axis(name, Object.assign({
        type: "value", interval: step, max: step * Math.max(1, Math.ceil(most / step)),
        axisLabel: { color: color("--dim"), fontSize: 13, formatter: bytes, hideOverlap: true },
    }, more));
}

/* Where marks stand on a logarithmic axis: of the finest rules the first that gives few of them. */
function logMarks(low, high) {
    const rules = [[1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8], [1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]];
    if (high / low < 2) {
        const rough = (high - low) / 5, ten = 10 ** Math.floor(Math.log10(rough));
        const step = ten * [1, 2, 5, 10].find((s) => s * ten >= rough);
        const first = Math.ceil(low / step);
        return Array.from({ length: Math.floor(high / step) - first + 1 },
                          (_, i) => Number(((first + i) * step).toPrecision(6)));
    }
    for (const rule of rules) {
        const marks = [];
        for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade++)
            marks.push(...rule.map((m) => Number((m * 10 ** decade).toPrecision(6)))
                .filter((m) => m >= low && m <= high));
        if (marks.length <= 9)
            return marks;
    }
    return undefined;
}

function markedAxis(name, low, high, customValues, formatter, more) {
    return axis(`${name}, log scale`, Object.assign({
        type: "log", min: low, max: high, axisTick: { customValues },
        axisLabel: { color: color("--dim"), fontSize: 13, formatter, customValues, hideOverlap: true },
    }, more));
}

function logAxis(name, values, more) {
    const low = Math.min(...values) / 1.08, high = Math.max(...values) * 1.08;
    return markedAxis(name, low, high, logMarks(low, high), digits, more);
}

/* Bytes have their marks at powers of two. */
function logBytesAxis(name, values, more) {
    const low = Math.min(...values) / 1.2, high = Math.max(...values) * 1.2;
    const first = Math.ceil(Math.log2(low)), last = Math.floor(Math.log2(high));
    const step = Math.max(1, Math.ceil((last - first) / 7));
    const marks = Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => 2 ** (first + i * step));
    return markedAxis(name, low, high, marks, bytes, more);
}

/* Charts ---------------------------------------------------------------------------------------- */

const legend = (more) => Object.assign({ top: 0, type: "scroll", textStyle: { color: color("--ink"), fontSize: 13 }, inactiveColor: color("--line"),
                                         pageTextStyle: { color: color("--ink") } }, more);

/* `option` is called again when colours change; `numbers` makes the table. */
function figure(words, height, option, numbers, more) {
    const place = element("div", { class: "chart", role: "img", "aria-label": words, style: `height: ${height}px` });
    const entry = { place, option, chart: null, onclick: more?.onclick };
    if (window.echarts)
        charts.push(entry);
    return element("figure", {},
                   window.echarts ? [place, more?.controls ? more.controls(entry) : null] : null,
                   element("details", { open: !window.echarts }, element("summary", {}, "The numbers"), numbers()));
}

function draw(entry) {
    if (entry.chart)
        entry.chart.dispose();
    entry.chart = window.echarts.init(entry.place, null, { renderer: "canvas" });
    entry.chart.setOption(Object.assign({
        animation: false, color: palette(), backgroundColor: "transparent",
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        tooltip: tooltip(),
    }, entry.option()));
    if (entry.onclick)
        entry.chart.on("click", entry.onclick);
}

const tooltip = (more) => Object.assign({
    trigger: "item", confine: true, backgroundColor: color("--panel"), borderColor: color("--line"),
    textStyle: { color: color("--ink"), fontSize: 13 },
}, more);

/* Lines of text in a tooltip, the first of them strong. */
const tip = (first, ...lines) => element("div", {}, element("strong", {}, first),
                                         lines.flatMap((line) => [element("br"), line]));

/* The first screen waits for nothing below it. */
const sight = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
        const entry = charts.find((c) => c.place === target);
        if (isIntersecting && entry && !entry.chart)
            draw(entry);
    }
}, { rootMargin: "300px" });

function watchCharts() {
    for (const entry of charts)
        if (!entry.chart)
            sight.observe(entry.place);
}

/* Of what is no longer on the page. */
function dropCharts(keep) {
    for (let i = charts.length - 1; i >= 0; i--) {
        if (keep.contains(charts[i].place))
            continue;
        sight.unobserve(charts[i].place);
        charts[i].chart?.dispose();
        charts.splice(i, 1);
    }
}

addEventListener("resize", () => charts.forEach((entry) => entry.chart?.resize()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change",
    () => charts.filter((entry) => entry.chart).forEach(draw));
addEventListener("beforeprint", () => charts.filter((entry) => !entry.chart).forEach(draw));

/* Buttons that do with the keyboard what the wheel and the slider do. */
function zoomButtons(entry) {
    const zoom = (change) => () => {
        const now = entry.chart?.getOption().dataZoom[0];
        if (!now)
            return;
        const [start, end] = change(now.start, now.end);
        entry.chart.dispatchAction({ type: "dataZoom", start: Math.max(0, start), end: Math.min(100, end) });
    };
    const button = (label, change) => element("button", { type: "button", onclick: zoom(change) }, label);
    return element("div", { class: "controls" },
        button("Zoom in", (s, e) => [s + (e - s) / 4, e - (e - s) / 4]),
        button("Zoom out", (s, e) => [s - (e - s) / 2, e + (e - s) / 2]),
        button("Earlier", (s, e) => [Math.max(0, s - (e - s) / 2), e - Math.min(s, (e - s) / 2)]),
        button("Later", (s, e) => [s + Math.min(100 - e, (e - s) / 2), Math.min(100, e + (e - s) / 2)]),
        button("All", () => [0, 100]));
}

/* Dots with their intervals and verdicts, a row each: rows are { name, ratio }. */
function dotSeries(rows, colors) {
    const words = (row) => [digits(row.ratio.point), row.ratio.verdict].filter((word) => word).join(" ");
    const shown = (row) => [row.ratio.low ?? row.ratio.point, row.ratio.high ?? row.ratio.point, row.name];
    return [
        { type: "custom", silent: true, z: 1, data: rows.map(shown), encode: { x: [0, 1], y: 2 },
          renderItem: (parameters, api) => {
              const low = api.coord([api.value(0), api.value(2)]);
              const high = api.coord([api.value(1), api.value(2)]);
              return { type: "line", shape: { x1: low[0], y1: low[1], x2: high[0], y2: high[1] },
                       style: { stroke: colors(rows[parameters.dataIndex]), lineWidth: 6, opacity: 0.4 } };
          } },
        { type: "scatter", symbolSize: 13, z: 2,
          data: rows.map((row) => ({ name: row.name, value: [row.ratio.point, row.name],
                                     itemStyle: { color: colors(row) } })),
          label: { show: true, position: "top", distance: 3, color: color("--ink"), fontSize: 13,
                   formatter: (at) => words(rows[at.dataIndex]) } },
    ];
}

/* A dashed line across a chart. */
const lineAt = (x) => ({ type: "line", data: [], markLine: {
    silent: true, symbol: "none", label: { show: false }, lineStyle: { color: color("--dim") }, data: [{ xAxis: x }] } });

const upTo = (bucket) => `≤ ${bytes(2 ** bucket)}`;

/* Blocks by size and lifetime: cells are [class of the size, of the lifetime, blocks]. */
function heatMap({ cells, words, caption, xTitle, xText }) {
    const range = (at) => {
        const low = Math.min(...cells.map((c) => c[at])), high = Math.max(...cells.map((c) => c[at]));
        return Array.from({ length: high - low + 1 }, (_, i) => low + i);
    };
    const sizes = range(0), lifetimes = range(1), most = Math.max(...cells.map((c) => c[2]));
    const option = () => ({
        grid: { left: 110, right: 130, top: 16, bottom: 86 },
        tooltip: tooltip({ formatter: (at) => tip(`${digits(at.value[3])} blocks`, `size ${upTo(sizes[at.value[1]])}`,
                                                  `lifetime ${xText(lifetimes[at.value[0]])}`) }),
        xAxis: axis(xTitle, { type: "category", data: lifetimes.map(xText), nameGap: 58,
                              axisLabel: { color: color("--dim"), fontSize: 12, rotate: 35 } }),
        yAxis: axis("size in bytes", { type: "category", data: sizes.map(upTo), nameGap: 86 }),
        visualMap: { type: "continuous", min: 0, max: Math.log10(most + 1), dimension: 2, right: 8, top: "middle", calculable: false,
                     text: [`${digits(most)} blocks`, "1"], textStyle: { color: color("--dim") },
                     inRange: { color: [color("--heat-low"), color("--heat-high")] } },
        series: [{ type: "heatmap", data: cells.map(([s, l, n]) => ({
            value: [l - lifetimes[0], s - sizes[0], Math.log10(n + 1), n],
            label: { color: color(n * n > most ? "--paper" : "--ink") } })),
                   label: { show: cells.length <= 60, formatter: (at) => digits(at.value[3]), fontSize: 12 } }],
    });
    const numbers = () => table(caption, [number("size"), number("lifetime"), number("blocks")],
                                cells.map(([s, l, n]) => [upTo(s), xText(l), digits(n)]));
    return figure(`${words}; the numbers are in the table.`, 140 + (sizes.length > 16 ? 22 : 34) * Math.max(sizes.length, 4), option, numbers);
}

const rangeOf = (rows) => rows.flatMap((row) => [row.ratio.low ?? row.ratio.point,
                                                 row.ratio.high ?? row.ratio.point]);

/* By what a verdict says, for charts of ratios around 1. */
const verdictColor = (row) => row.ratio.verdict === "faster" ? color("--good")
    : row.ratio.verdict === "slower" ? color("--bad") : color("--dim");
