/* The flame graph: a bar for each call, as wide as what is allocated in it, below its caller. Drawn on
 * a canvas that is no larger than what is seen of it: stacks may be hundreds of calls deep. */

const barHeight = 22, leastBar = 0.5;

/* Nodes come in the order of a walk that goes down first: depths say who is below whom. */
function flameTree({ nodes }) {
    const parents = [], children = nodes.depth.map(() => []), way = [];
    nodes.depth.forEach((depth, node) => {
        way[depth] = node;
        parents.push(depth > 0 ? way[depth - 1] : -1);
        if (depth > 0)
            children[way[depth - 1]].push(node);
    });
    const shown = nodes.place.map((place) => place === null ? { name: "all", whole: "all", where: "", whereWhole: "", module: "" }
        : place >= 0 ? placeOf(place)
        : { name: `(${digits(-place)} smaller)`, whole: `${digits(-place)} places that are too small to be shown`,
            where: "", whereWhole: "", module: "", isFolded: true });
    for (const bar of shown)
        bar.shade = shadeOf(bar.name);
    return { nodes, parents, children, shown };
}

/* Bars by row, from 0 to 1 across: whom `root` is called by, `root`, and all below. */
function flameRows(tree, weights, root, width) {
    const rows = [], way = [];
    for (let node = tree.parents[root]; node >= 0; node = tree.parents[node])
        way.unshift(node);
    way.forEach((node, row) => { rows[row] = [{ node, row, x: 0, width: 1, isAbove: true }]; });
    const add = (node, row, x, w) => {
        (rows[row] ??= []).push({ node, row, x, width: w });
        const heaviest = tree.children[node].filter((child) => weights[child] > 0).sort((a, b) =>
            Boolean(tree.shown[a].isFolded) - Boolean(tree.shown[b].isFolded) || weights[b] - weights[a]);
        return heaviest.map((child) => {
            const made = [child, row + 1, x, w * weights[child] / weights[node]];
            x += made[3];
            return made;
        }).filter((made) => made[3] * width >= leastBar);
    };
    let level = weights[root] > 0 ? [[root, way.length, 0, 1]] : [];
    while (level.length > 0)
        level = level.flatMap((bar) => add(...bar));
    return rows;
}

/* Neighbours of one colour differ a little, and the same function is everywhere the same. */
function shadeOf(name) {
    let hash = 0;
    for (let i = 0; i < name.length; i++)
        hash = (31 * hash + name.charCodeAt(i)) % 65521;
    return 0.27 + 0.05 * (hash % 5);
}

/* Files of code by how many bars are theirs: the first ones have a colour of their own. */
function flameModules(tree) {
    const counts = new Map();
    for (const { module } of tree.shown)
        if (module)
            counts.set(module, (counts.get(module) ?? 0) + 1);
    return [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a)).slice(0, 6);
}

class Flame {
    constructor(flame) {
        this.flame = flame;
        this.tree = flameTree(flame);
        this.modules = flameModules(this.tree);
        for (const shown of this.tree.shown)
            shown.color = this.modules.includes(shown.module) ? this.modules.indexOf(shown.module) : 6;
        this.metric = flame.metrics[0];
        this.root = this.focus = 0;
        this.query = "";
        this.canvas = element("canvas", { "aria-hidden": "true" });
        this.spacer = element("div");
        this.tip = element("div", { class: "tip", hidden: true });
        this.said = element("p", { class: "flame-said", role: "status" });
        this.found = element("span", { class: "note", role: "status" });
        this.scroller = element("div", {
            class: "flame", tabindex: 0, role: "application", id: "flame", "aria-describedby": "flame-help",
            "aria-label": "Flame graph of where memory is allocated", onscroll: () => this.draw(),
            onkeydown: (event) => this.key(event), onclick: (event) => this.click(event),
            onmousemove: (event) => this.hover(event), onmouseleave: () => { this.tip.hidden = true; },
            onfocus: () => this.draw(), onblur: () => this.draw(),
        }, element("div", { class: "flame-view" }, this.canvas), this.spacer);
        new ResizeObserver(() => this.layout()).observe(this.scroller);
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { this.colorLegend(); this.draw(); });
    }

    get weights() { return this.flame.nodes[this.metric.key]; }
    show(weight) { return this.metric.is_bytes ? bytes(weight) : digits(weight); }
    share(node) { return percent(this.weights[node], this.weights[0]); }

    layout() {
        const width = this.scroller.clientWidth;
        if (width === 0)
            return;
        this.rows = flameRows(this.tree, this.weights, this.root, width);
        this.bars = new Map(this.rows.flat().map((bar) => [bar.node, bar]));
        this.spacer.style.height = `${Math.max(0, this.rows.length * barHeight - this.viewHeight())}px`;
        this.canvas.parentElement.style.height = `${this.viewHeight()}px`;
        this.draw();
    }

    viewHeight() { return Math.min(this.rows.length * barHeight, 28 * barHeight); }

    /* Drawing ------------------------------------------------------------------------------------ */

    matches(shown) {
        return this.query !== "" && `${shown.whole} ${shown.whereWhole}`.toLowerCase().includes(this.query);
    }

    draw() {
        const width = this.scroller.clientWidth, height = this.viewHeight(), ratio = devicePixelRatio || 1;
        this.canvas.width = Math.round(width * ratio);
        this.canvas.height = Math.round(height * ratio);
        this.canvas.style.width = `${width}px`;
        this.canvas.style.height = `${height}px`;
        const to = this.canvas.getContext("2d"), top = this.scroller.scrollTop;
        to.scale(ratio, ratio);
        to.translate(0, -top);
        to.font = `13px ${getComputedStyle(document.body).fontFamily}`;
        to.textBaseline = "middle";
        const colors = { ink: color("--ink"), paper: color("--paper"), accent: color("--accent"), modules: palette(),
                         hasFocus: document.activeElement === this.scroller };
        const last = Math.min(this.rows.length, Math.ceil((top + height) / barHeight));
        for (let row = Math.floor(top / barHeight); row < last; row++)
            for (const bar of this.rows[row])
                this.drawBar(to, bar, width, colors);
    }

    drawBar(to, { node, row, x, width, isAbove }, across, colors) {
        const shown = this.tree.shown[node], isFound = this.matches(shown);
        const left = x * across, w = Math.max(width * across - 1, leastBar), y = row * barHeight;
        to.globalAlpha = isFound ? 1 : isAbove || shown.isFolded || node === 0 || this.query ? 0.16 : shown.shade;
        to.fillStyle = isFound ? colors.accent : colors.modules[shown.color];
        to.fillRect(left, y, w, barHeight - 1);
        to.globalAlpha = 1;
        if (w > 24) {
            to.fillStyle = isFound ? colors.paper : colors.ink;
            to.fillText(this.fit(to, shown.name, w - 8), left + 4, y + barHeight / 2);
        }
        if (node === this.focus && colors.hasFocus) {
            to.strokeStyle = colors.accent;
            to.lineWidth = 3;
            to.strokeRect(left + 1.5, y + 1.5, Math.max(w - 3, 1), barHeight - 4);
        }
    }

    /* As much of a name as there is room for. */
    fit(to, name, room) {
        const whole = to.measureText(name).width;
        if (whole <= room)
            return name;
        const some = Math.floor(name.length * (room - 12) / whole);
        return some > 1 ? `${name.slice(0, some)}…` : "";
    }

    /* What is chosen ----------------------------------------------------------------------------- */

    zoom(node) {
        if (this.tree.shown[node].isFolded)
            return;
        this.root = node;
        this.layout();
        this.choose(node);
    }

    choose(node) {
        this.focus = node;
        const bar = this.bars.get(node);
        if (bar) {
            const y = bar.row * barHeight, top = this.scroller.scrollTop, height = this.viewHeight();
            if (y < top || y + barHeight > top + height)
                this.scroller.scrollTop = Math.max(0, y - height / 2);
        }
        this.said.textContent = this.words(node).join(", ");
        this.draw();
    }

    words(node) {
        const shown = this.tree.shown[node];
        return [shown.whole, ...shown.whereWhole ? [shown.whereWhole] : [],
                `${this.metric.title}: ${this.show(this.weights[node])}, ${this.share(node)}`];
    }

    key(event) {
        this.tip.hidden = true;
        const { parents, children } = this.tree, node = this.focus;
        const drawn = (other) => this.bars.has(other);
        const sides = (this.rows[this.bars.get(node)?.row] ?? []).map((bar) => bar.node);
        const next = {
            ArrowUp: () => parents[node],
            ArrowDown: () => (this.rows[(this.bars.get(node)?.row ?? -1) + 1] ?? []).map((bar) => bar.node)
                .find((other) => children[node].includes(other)),
            ArrowLeft: () => sides[sides.indexOf(node) - 1],
            ArrowRight: () => sides[sides.indexOf(node) + 1],
            Home: () => 0,
        }[event.key];
        if (next) {
            const to = next();
            if (to !== undefined && to >= 0 && drawn(to))
                this.choose(to);
        } else if (event.key === "Enter") {
            this.zoom(node);
        } else if (event.key === "Escape") {
            this.zoom(Math.max(0, parents[this.root]));
        } else {
            return;
        }
        event.preventDefault();
    }

    at(event) {
        const box = this.canvas.getBoundingClientRect();
        const x = (event.clientX - box.left) / box.width;
        const row = Math.floor((event.clientY - box.top + this.scroller.scrollTop) / barHeight);
        return (this.rows[row] ?? []).find((bar) => x >= bar.x && x < bar.x + bar.width);
    }

    click(event) {
        const bar = this.at(event);
        if (bar)
            this.zoom(bar.node);
    }

    hover(event) {
        const bar = this.at(event), box = this.scroller.parentElement.getBoundingClientRect();
        this.tip.hidden = !bar;
        if (!bar)
            return;
        const shown = this.tree.shown[bar.node];
        const figures = this.flame.metrics.map((metric) => {
            const weights = this.flame.nodes[metric.key];
            return element("tr", {}, element("td", { class: "number" }, (metric.is_bytes ? bytes : digits)(weights[bar.node])),
                           element("td", {}, `${metric.title}, ${percent(weights[bar.node], weights[0])}`));
        });
        this.tip.replaceChildren(element("strong", {}, shown.whole), ...shown.whereWhole ? [element("div", { class: "note" }, shown.whereWhole)] : [],
                                 element("table", {}, element("tbody", {}, figures)));
        const x = Math.min(event.clientX - box.left + 12, box.width - this.tip.offsetWidth - 4);
        const below = event.clientY - box.top + 18, room = innerHeight - box.top - this.tip.offsetHeight - 4;
        this.tip.style.left = `${Math.max(0, x)}px`;
        this.tip.style.top = `${below <= room ? below : event.clientY - box.top - this.tip.offsetHeight - 10}px`;
    }

    search(query) {
        this.query = query.trim().toLowerCase();
        const { shown, parents } = this.tree, found = new Set([...shown.keys()].filter((node) => this.matches(shown[node])));
        const isInner = (node) => {
            for (let at = parents[node]; at >= 0; at = parents[at])
                if (found.has(at))
                    return true;
            return false;
        };
        let sum = 0;
        for (const node of found)
            sum += isInner(node) ? 0 : this.weights[node];
        this.found.textContent = this.query === "" ? "" : found.size === 0 ? "not found"
            : `${digits(found.size)} ${found.size === 1 ? "call" : "calls"}; ${this.metric.title}: ${this.show(sum)}, ${percent(sum, this.weights[0])}`;
        this.draw();
    }

    /* Around it ---------------------------------------------------------------------------------- */

    setMetric(metric) {
        this.metric = metric;
        if (!(this.weights[this.root] > 0))
            this.root = 0;
        this.layout();
        this.choose(this.bars.has(this.focus) ? this.focus : this.root);
        this.search(this.query);
        this.fillTable();
    }

    fillTable() {
        const nodes = [...this.weights.keys()].filter((node) => node > 0 && this.weights[node] > 0 && !this.tree.shown[node].isFolded)
            .sort((a, b) => this.weights[b] - this.weights[a]).slice(0, 40);
        this.numbers.replaceChildren(table(`The widest calls, by ${this.metric.title}`,
            ["function", "line or module", "called by", number(this.metric.title), number("of all")],
            nodes.map((node) => [this.tree.shown[node].name, this.tree.shown[node].where, this.tree.shown[this.tree.parents[node]].name,
                                 this.show(this.weights[node]), this.share(node)])));
    }

    colorLegend() {
        this.legend.replaceChildren(...[...this.modules, null].map((module, i) => element("li", {},
            element("span", { class: "swatch", style: `background: ${palette()[module === null ? 6 : i]}` }),
            module === null ? "other" : lastPart(module))));
    }

    controls() {
        const metrics = element("select", { id: "flame-metric", onchange: () => this.setMetric(this.flame.metrics[metrics.value]) },
            this.flame.metrics.map((metric, i) => element("option", { value: i }, metric.title)));
        const find = element("input", { type: "search", id: "find-call", oninput: () => this.search(find.value) });
        return element("div", { class: "controls" }, element("label", { for: "flame-metric" }, "Width"), metrics,
            element("label", { for: "find-call" }, "Find a function or file"), find,
            element("button", { type: "button", onclick: () => this.zoom(Math.max(0, this.tree.parents[this.root])) }, "Up"),
            element("button", { type: "button", onclick: () => this.zoom(0) }, "All"), this.found);
    }

    figure() {
        this.numbers = element("div");
        this.legend = element("ul", { class: "legend" });
        this.colorLegend();
        this.fillTable();
        return element("figure", { class: "flame-figure" }, this.controls(),
            element("div", { class: "flame-box" }, this.scroller, this.tip), this.said, this.legend,
            element("p", { id: "flame-help", class: "note" }, "A click zooms. With the keyboard: arrows go from call to call, Enter zooms, "
                    + "Escape goes up, Home to all."),
            element("details", {}, element("summary", {}, "The numbers"), this.numbers));
    }
}

const flameGraph = model.recorded.flame && new Flame(model.recorded.flame);

function flameSection({ flame }) {
    if (!flameGraph)
        return section("Who allocates", "The trace has no call stacks.");
    const folded = flame.kept < flame.all
        ? ` ${digits(flame.all - flame.kept)} of ${digits(flame.all)} calls, which have less than ${digits(flame.per_mille / 10)} % of every `
          + `figure, are shown as the smaller ones of their caller. They have together: ${flame.metrics.map((m) =>
              `${m.title} ${(m.is_bytes ? bytes : digits)(m.folded)}`).join(", ")}.` : "";
    const deeper = flame.has_deeper ? ` Calls deeper than ${digits(flame.most_depth)} count as their callers'.` : "";
    return section("Who allocates", `Each bar is a call, as wide as what is allocated in it and in what it calls, below its caller. Colours `
        + `are files of code.${folded}${deeper}`, flameGraph.figure());
}
