/* Places in a recorded program, and where its memory comes from: a table to search and to sort. */

/* The short form of a text, and the whole. */
const textOf = (number) => number === null ? ["", ""] : [model.recorded.texts[number]].flat();
const shortText = (number) => textOf(number)[0];
const wholeText = (number) => textOf(number).at(-1);

const lastPart = (path) => path.slice(path.lastIndexOf("/") + 1);

/* What stands at a place; `where` is a line, or else a module. */
function placeOf(number) {
    const [name, file, line, module] = model.recorded.places[number];
    const path = wholeText(file), inModule = wholeText(module);
    return {
        name: shortText(name), whole: wholeText(name), file: path, module: inModule,
        where: path ? `${lastPart(path)}${line > 0 ? `:${line}` : ""}` : lastPart(inModule),
        whereWhole: path ? `${path}${line > 0 ? `:${line}` : ""}` : inModule,
    };
}

const percent = (part, whole) => {
    const of = whole > 0 ? 100 * part / whole : 0;
    return of > 0 && of < 1 ? "<1 %" : `${Math.round(of)} %`;
};

/* A call stack, the innermost first. */
function stackOf(row) {
    return element("ol", { class: "stack" }, row.stack.map((number) => {
        const place = placeOf(number);
        return element("li", {}, element("code", { title: place.whole }, place.name), " ",
                       element("span", { class: "note", title: place.whereWhole }, place.where));
    }));
}

function siteTable({ rows, knowsLeaks }) {
    const page = 25, state = { query: "", key: "peak", isDown: true, shown: page, open: new Set() };
    const columns = [
        { key: "name", title: "function, line" }, { key: "peak", title: "at the peak", show: bytes },
        { key: "bytes", title: "allocated", show: bytes }, { key: "calls", title: "calls", show: digits },
        { key: "short", title: "short-lived blocks", show: digits },
        ...knowsLeaks ? [{ key: "leaked", title: "not freed", show: bytes }] : [],
        { key: "stacks", title: "call stacks", show: digits },
    ];
    const sites = rows.map((row) => ({ row, ...placeOf(row.place) }));
    for (const site of sites)
        site.searched = `${site.whole} ${site.whereWhole} ${site.module}`.toLowerCase();
    const body = element("tbody"), said = element("p", { class: "note", role: "status" });
    const more = element("button", { type: "button", onclick: () => { state.shown += page; fillRows(); } }, `Show ${page} more`);
    const heads = columns.map((column) => element("th", { scope: "col", class: column.show ? "number" : undefined },
        element("button", { type: "button", class: "sort", onclick: () => sortBy(column) }, column.title)));

    function sortBy(column) {
        state.isDown = state.key === column.key ? !state.isDown : Boolean(column.show);
        state.key = column.key;
        fillRows();
    }

    function compare(a, b) {
        const order = state.key === "name" ? a.name.localeCompare(b.name, "en") : a.row[state.key] - b.row[state.key];
        return state.isDown ? -order : order;
    }

    function siteRow(site) {
        const below = element("tr", { hidden: !state.open.has(site) },
            element("td", { colspan: columns.length }, element("p", { class: "note" },
                site.row.stacks > 1 ? `The heaviest of ${digits(site.row.stacks)} call stacks, from the inside out:`
                                    : "The call stack, from the inside out:"), stackOf(site.row)));
        const name = element("button", {
            type: "button", class: "place", title: site.whole, "aria-expanded": String(state.open.has(site)), onclick: () => {
                state.open.has(site) ? state.open.delete(site) : state.open.add(site);
                below.hidden = !state.open.has(site);
                name.setAttribute("aria-expanded", String(!below.hidden));
            } }, site.name);
        return [element("tr", {}, columns.map((column) => column.show
            ? element("td", { class: "number" }, column.show(site.row[column.key]))
            : element("td", {}, name, " ", element("span", { class: "note", title: site.whereWhole }, site.where)))), below];
    }

    function fillRows() {
        const found = sites.filter((site) => site.searched.includes(state.query)).sort(compare);
        body.replaceChildren(...found.slice(0, state.shown).flatMap(siteRow));
        heads.forEach((head, i) => head.setAttribute("aria-sort", columns[i].key !== state.key ? "none"
            : state.isDown ? "descending" : "ascending"));
        more.hidden = found.length <= state.shown;
        said.textContent = found.length === 0 ? "No place has that in its function, file or module."
            : `${digits(Math.min(state.shown, found.length))} of ${digits(found.length)} places`
              + `${state.query ? " that were found" : ""}.`;
    }

    const search = element("input", { type: "search", id: "find-site", oninput: () => {
        state.query = search.value.toLowerCase();
        state.shown = page;
        fillRows();
    } });
    fillRows();
    return [element("p", { class: "controls" }, element("label", { for: "find-site" }, "Find a function, file or module"), search),
            said,
            element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Where memory comes from" },
                element("table", { class: "sites" }, element("thead", {}, element("tr", {}, heads)), body)),
            element("p", { class: "controls" }, more)];
}

function whereFrom({ sites, knows_leaks: knowsLeaks }) {
    const all = sites.count === sites.rows.length ? `All ${digits(sites.count)} places.`
        : `Of ${digits(sites.count)} places the greatest by each figure, ${digits(sites.rows.length)}.`;
    return section("Where memory comes from", `${all} A place is the first function on the call stack that is no plumbing, and its `
        + "line. Short-lived blocks were freed before 64 KiB of others had been allocated. A name opens its call stack.",
        siteTable({ rows: sites.rows, knowsLeaks }));
}
