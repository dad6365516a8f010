/* What a page knows of one strategy of a group. */
#include "page/model_parts.h"

#include <string.h>

#include "report/format.h"
#include "report/waste.h"

/* Which rows of a long list are shown. */
struct thinning {
    size_t count, stride;
};

/* Of each stretch two rows may be shown. */
static struct thinning thin(size_t count, size_t most)
{
    return (struct thinning){count, 1 + 2 * count / (most + 1)};
}

static json_t *column(struct acre_maker *maker, json_t *object, const char *name)
{
    json_t *made = json_array();

    acre_put(maker, object, name, made);
    return made;
}

static void add_count(struct acre_maker *maker, json_t *array, uint64_t count)
{
    acre_add(maker, array, json_integer((json_int_t)count));
}

/* Memory ------------------------------------------------------------------------------------- */

/* As columns, so that no name stands in the page a thousand times. */
struct timeline {
    json_t *ms, *live, *held, *resident, *rss;
};

static void add_sample(struct acre_maker *maker, const struct timeline *to,
                       const struct acre_memory_sample *row)
{
    acre_add(maker, to->ms, json_real((double)row->time_ns * 1e-6));
    add_count(maker, to->live, row->live_bytes);
    acre_add(maker, to->held,
             row->has_held ? json_integer((json_int_t)row->held_bytes) : json_null());
    add_count(maker, to->resident, row->resident_most_bytes);
    add_count(maker, to->rss, row->rss_bytes);
}

/* The first row of each stretch, and the one with the most resident: no peak is lost. */
static json_t *timeline(struct acre_maker *maker, const struct acre_cell_memory *memory,
                        size_t most_points)
{
    const struct acre_memory_sample *rows = memory->timeline;
    const struct thinning thinning = thin(memory->timeline_count, most_points);
    json_t *object = json_object();
    const struct timeline to = {
        .ms = column(maker, object, "ms"),
        .live = column(maker, object, "live"),
        .held = column(maker, object, "held"),
        .resident = column(maker, object, "resident"),
        .rss = column(maker, object, "rss"),
    };

    for (size_t at = 0; at < thinning.count; at += thinning.stride) {
        size_t most = at;

        for (size_t i = at; i < at + thinning.stride && i < thinning.count; i++)
            if (rows[i].resident_most_bytes > rows[most].resident_most_bytes)
                most = i;
        add_sample(maker, &to, &rows[at]);
        if (most != at)
            add_sample(maker, &to, &rows[most]);
    }
    return object;
}

static void put_bytes(struct acre_maker *maker, json_t *object, const char *name, bool is_known,
                      uint64_t bytes)
{
    if (is_known)
        acre_put_count(maker, object, name, bytes);
}

static json_t *moment(struct acre_maker *maker, const struct acre_memory_moment *from)
{
    json_t *object = json_object();

    put_bytes(maker, object, "live", true, from->live_bytes);
    put_bytes(maker, object, "held", from->has_held, from->held_bytes);
    put_bytes(maker, object, "resident", from->has_resident, from->resident_bytes);
    return object;
}

static json_t *memory(struct acre_maker *maker, const struct acre_cell_memory *from,
                      size_t most_points)
{
    json_t *object = json_object();

    acre_put(maker, object, "timeline", timeline(maker, from, most_points));
    acre_put_count(maker, object, "looks", from->timeline_count);
    acre_put_count(maker, object, "peak", from->peak_bytes);
    acre_put(maker, object, "end", moment(maker, &from->end));
    acre_put(maker, object, "drained", moment(maker, &from->drained));
    acre_put(maker, object, "later", moment(maker, &from->later));
    return object;
}

static json_t *waste(struct acre_maker *maker, const struct acre_waste_stack *from)
{
    static const char *const names[ACRE_WASTE_TERMS] = {
        [ACRE_WASTE_REQUESTED] = "requested", [ACRE_WASTE_ROUNDING] = "rounding",
        [ACRE_WASTE_SLACK] = "slack",         [ACRE_WASTE_BOOKKEEPING] = "bookkeeping",
        [ACRE_WASTE_KEPT_FREE] = "kept free", [ACRE_WASTE_HELD] = "held",
        [ACRE_WASTE_RESIDENT] = "resident",
    };
    json_t *object = json_object();
    double unexplained;

    for (int term = 0; term < ACRE_WASTE_TERMS; term++)
        put_bytes(maker, object, names[term], from->parts[term].is_known, from->parts[term].bytes);
    if (acre_waste_unexplained(from, &unexplained))
        acre_put_number(maker, object, "unexplained", unexplained > 0 ? unexplained : 0);
    return object;
}

/* What the ledger saw ------------------------------------------------------------------------ */

static json_t *purposes(struct acre_maker *maker, const struct acre_recorded *recorded)
{
    json_t *array = json_array();

    for (size_t i = 0; i < recorded->purpose_count; i++) {
        const struct acre_purpose_counts *from = &recorded->purposes[i];
        json_t *object = json_object();

        acre_put_text(maker, object, "name", from->name);
        acre_put_count(maker, object, "allocations", from->allocations);
        acre_put_count(maker, object, "requested", from->requested_bytes);
        acre_put_count(maker, object, "peak", from->peak_bytes);
        acre_put_count(maker, object, "outlived", from->outlived_blocks);
        acre_put_count(maker, object, "leaked", from->live_bytes);
        acre_add(maker, array, object);
    }
    return array;
}

/* As columns as well; of each stretch the first, and the one with the highest peak. */
static json_t *iterations(struct acre_maker *maker, const struct acre_recorded *recorded,
                          size_t most_points)
{
    const struct acre_iteration_counts *rows = recorded->by_iteration;
    const struct thinning thinning = thin(recorded->by_iteration_count, most_points);
    json_t *object = json_object();
    json_t *number = column(maker, object, "iteration"), *peak = column(maker, object, "peak"),
           *live = column(maker, object, "live"), *requested = column(maker, object, "requested");

    for (size_t at = 0; at < thinning.count; at += thinning.stride) {
        size_t chosen[2] = {at, at};

        for (size_t i = at; i < at + thinning.stride && i < thinning.count; i++)
            if (rows[i].peak_bytes > rows[chosen[1]].peak_bytes)
                chosen[1] = i;
        for (size_t c = 0; c < (chosen[1] != at ? 2u : 1u); c++) {
            add_count(maker, number, chosen[c] + 1);
            add_count(maker, peak, rows[chosen[c]].peak_bytes);
            add_count(maker, live, rows[chosen[c]].live_bytes);
            add_count(maker, requested, rows[chosen[c]].requested_bytes);
        }
    }
    return object;
}

/* [size, lifetime, blocks], the first two as buckets. */
static json_t *deaths(struct acre_maker *maker, const struct acre_recorded *recorded)
{
    json_t *array = json_array();

    for (size_t i = 0; i < recorded->death_count; i++) {
        const struct acre_death_count *from = &recorded->deaths[i];
        json_t *row = json_array();

        acre_add(maker, array, row);
        add_count(maker, row, from->size_bucket);
        add_count(maker, row, from->lifetime_bucket);
        add_count(maker, row, from->blocks);
    }
    return array;
}

static json_t *recorded(struct acre_maker *maker, const struct acre_recorded *from,
                        size_t most_points)
{
    json_t *object = json_object();

    acre_put_count(maker, object, "iterations", from->iterations);
    acre_put_count(maker, object, "allocations", from->allocations);
    acre_put_count(maker, object, "peak", from->peak_bytes);
    put_bytes(maker, object, "held", from->has_held, from->peak_held_bytes);
    acre_put_count(maker, object, "leaked", from->leaked_bytes);
    acre_put(maker, object, "purposes", purposes(maker, from));
    acre_put(maker, object, "by_iteration", iterations(maker, from, most_points));
    acre_put(maker, object, "deaths", deaths(maker, from));
    return object;
}

/* The row ------------------------------------------------------------------------------------ */

static void put_times(struct acre_maker *maker, json_t *object, const struct acre_group_row *row,
                      size_t most_points)
{
    acre_put_number(maker, object, "time_ns", row->ns_per_iteration);
    acre_put_text(maker, object, "time", acre_format_ns(row->ns_per_iteration).text);
    acre_put_count(maker, object, "rounds", row->cell->ns_per_iteration.count);
    acre_put(maker, object, "round_ns",
             acre_thinned(maker, &row->cell->ns_per_iteration, most_points));
}

static void put_cold(struct acre_maker *maker, json_t *object, const struct acre_group_row *row)
{
    acre_put_text(maker, object, "cold", acre_format_ns(row->cold_ns).text);
    acre_put_count(maker, object, "cold_iterations", row->cell->cold_iterations);
    if (row->has_cold_against)
        acre_put(maker, object, "cold_against", acre_judged_ratio(maker, &row->cold_against));
}

json_t *acre_model_row(struct acre_maker *maker, const struct acre_group *group,
                       const struct acre_group_row *row, size_t most_points)
{
    const struct acre_cell *cell = row->cell;
    json_t *object = json_object();

    acre_put_text(maker, object, "strategy", acre_strategy_name(&cell->key).text);
    if (row == group->reference)
        acre_put_flag(maker, object, "is_reference", true);
    acre_put_count(maker, object, "units", cell->units_per_iteration);
    if (cell->failure != NULL)
        acre_put_text(maker, object, "failure", cell->failure);
    if (row->is_timed)
        put_times(maker, object, row, most_points);
    if (row->has_x_limit) {
        acre_put(maker, object, "x_limit", acre_ratio_object(maker, &row->x_limit));
        acre_put_text(maker, object, "x_limit_text", acre_format_ratio(&row->x_limit, 2).text);
    }
    if (row->has_against)
        acre_put(maker, object, "against", acre_judged_ratio(maker, &row->against));
    if (row->has_cold)
        put_cold(maker, object, row);
    if (cell->has_recorded)
        acre_put(maker, object, "recorded", recorded(maker, &cell->recorded, most_points));
    if (cell->has_memory)
        acre_put(maker, object, "memory", memory(maker, &cell->memory, most_points));
    if (cell->has_waste)
        acre_put(maker, object, "waste", waste(maker, &cell->waste.peak));
    return object;
}
