/* Runs against each other: what `acre compare` says, with a picture of it. */

function comparedNumbers(cells, title) {
    const hasUnpaired = cells.some((cell) => cell.unpaired);
    const ratio = (cell, which) => cell[which] ? [cell[which].text, " ", verdict(cell[which])]
        : which === "x_limit" ? "-" : cell.failure ?? "not timed";
    return table(`B against A: ${title}`,
        ["strategy", number("A"), number("B"), "time B/A", ...hasUnpaired ? ["unpaired"] : [], "times the limit B/A",
         number("counters that differ")],
        cells.map((cell) => [cell.strategy, cell.before_ns ? time(cell.before_ns) : "-", cell.after_ns ? time(cell.after_ns) : "-",
            element("span", {}, ratio(cell, "time")), ...hasUnpaired ? [cell.unpaired ?? "-"] : [],
            element("span", {}, ratio(cell, "x_limit")), digits(cell.differences)]));
}

function comparedCase(cells) {
    const title = nameOf(cells[0]), numbers = () => comparedNumbers(cells, title);
    const rows = cells.filter((cell) => cell.time).map((cell) => ({ name: cell.strategy, ratio: cell.time })).reverse();
    const option = () => ({
        grid: { left: 190, right: 90, top: 36, bottom: 56 },
        tooltip: tooltip({ formatter: (at) => {
            const row = rows.find((r) => r.name === at.name);
            return row ? tip(row.name, `${row.ratio.text} times`, row.ratio.words) : "";
        } }),
        xAxis: logAxis("time in B, times that in A (below 1 is faster)", [...rangeOf(rows), 1]),
        yAxis: nameAxis("strategy", rows.map((row) => row.name), 170),
        series: [...dotSeries(rows, verdictColor), lineAt(1)],
    });
    return [element("h3", {}, title), rows.length === 0 ? numbers()
        : figure(`B against A: ${title}; the numbers are in the table.`, 96 + 32 * rows.length, option, numbers)];
}

function comparisonSection(comparison, isOnly) {
    const cases = new Map();
    for (const cell of comparison.cells) {
        const key = JSON.stringify([cell.workload, cell.title]);
        cases.set(key, [...cases.get(key) ?? [], cell]);
    }
    const files = element("p", { class: "note" }, "A is ", element("code", {}, comparison.before.join(", ")), ", B is ",
                          element("code", {}, comparison.after.join(", ")), ".");
    return section(isOnly ? "B against A" : `${comparison.after.join(", ")} against ${comparison.before.join(", ")}`, null,
        isOnly ? null : element("p", { class: "said" }, comparison.answer), files,
        element("p", { class: "note" }, "Each dot is the median ratio over paired rounds, each bar its interval of 95 %. Green is shown to "
                + "be faster, red to be slower, grey is neither."),
        [...cases.values()].map(comparedCase),
        comparison.notes.map((note) => element("p", { class: "note" }, note)));
}
