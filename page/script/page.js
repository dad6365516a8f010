/* The page: what is chosen, and its parts in their order. */

const state = {
    run: 0, group: 0, focus: null,
    hidden: new Set(), /* strategies that nobody wants to see */
    setFocus(strategy) {
        state.focus = strategy;
        fill();
        document.getElementById("focus")?.focus();
    },
};

function howMeasured(run) {
    const facts = [["measured", `${run.started}, ${run.duration}, seed ${run.seed}, acre ${run.version}`],
                   ["repeat", element("code", {}, run.command)], ...run.machine];
    return section("How it was measured", null, run.notes.map((note) => element("p", {}, note)),
                   table("The machine and the command", ["what", "it was"], facts),
                   table("The libraries that served the calls", ["backend", "version", "file", "build id"],
                         run.libraries.map(([backend, version, path, id]) => [backend, version,
                             path ? element("code", {}, path) : "code of acre itself", element("code", {}, id)])),
                   element("p", { class: "controls" }, element("button", { type: "button", onclick: saveNumbers },
                                                               "Save the numbers of this page as JSON")));
}

function select(id, label, names, chosen, choose) {
    const made = element("select", { id, onchange: () => choose(Number(made.value)) },
                         names.map((name, i) => element("option", { value: i, selected: i === chosen }, name)));
    return names.length > 1 ? element("span", {}, element("label", { for: id }, label), " ", made) : null;
}

function chooser(run, group) {
    return element("nav", { "aria-label": "What is shown" },
        select("run", "Run", model.runs.map((r) => r.name), state.run, (i) => { state.run = i; state.group = 0; fill("run"); }),
        select("group", "Case", run.groups.map(nameOf), state.group, (i) => choose(i, "group")),
        element("fieldset", {}, element("legend", {}, "Strategies"), group.rows.map((row, i) =>
            element("label", {}, element("input", {
                type: "checkbox", id: `strategy-${i}`, checked: !state.hidden.has(row.strategy),
                onchange: (event) => {
                    event.target.checked ? state.hidden.delete(row.strategy) : state.hidden.add(row.strategy);
                    fill(`strategy-${i}`);
                } }), row.strategy))));
}

function choose(index, focused) {
    if (index < 0)
        return;
    state.group = index;
    fill(focused);
    if (!focused)
        document.getElementById("case").scrollIntoView();
}

function caseParts(run, group) {
    const shown = group.rows.filter((row) => !state.hidden.has(row.strategy));
    return [ranking(run, group, shown, state.setFocus), agedHeaps(run, group), overTime(group, shown), whereBytesGo(group, shown),
            allocations(group, shown, state), growth(run, group, shown), rawRounds(group, shown)];
}

/* All that depends on what is chosen; `focused` is the element that the keyboard was on. */
function fill(focused) {
    const run = model.runs[state.run], group = run.groups[state.group], below = document.getElementById("below");
    const isAnswer = model.comparisons.length === 0 && !run.cases;
    below.replaceChildren(...[
        model.comparisons.length > 0 && run.cases ? element("p", { class: "said" }, run.answer) : null,
        run.cases ? suite(run, choose, state.group) : null,
        group ? element("h2", { id: "case", class: "case" }, nameOf(group)) : null,
        group && !isAnswer ? element("p", { class: "said" }, group.answer) : null,
        group ? chooser(run, group) : null,
        group ? caseParts(run, group) : null, howMeasured(run),
    ].flat().filter((part) => part !== null));
    if (isAnswer)
        document.getElementById("answer").textContent = group ? group.answer : run.answer;
    dropCharts(document.getElementById("page"));
    watchCharts();
    if (focused)
        document.getElementById(focused)?.focus();
}

document.getElementById("page").append(
    window.echarts ? "" : element("p", { class: "note" }, "There are no charts: this acre was built without ECharts."),
    ...model.comparisons.map((comparison) => comparisonSection(comparison, model.comparisons.length === 1)),
    element("div", { id: "below" }));
fill();
