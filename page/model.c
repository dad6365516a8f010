#include "page/model.h"

#include <stdlib.h>
#include <string.h>

#include "report/format.h"
#include "report/group.h"
#include "report/sentence.h"
#include "report/steady.h"

/* Every `put` may fail for want of memory; then the object is not whole and `failed` says so. */
struct maker {
    bool failed;
};

static void put(struct maker *maker, json_t *object, const char *name, json_t *value)
{
    if (value == NULL || json_object_set_new(object, name, value) != 0)
        maker->failed = true;
}

static void add(struct maker *maker, json_t *array, json_t *value)
{
    if (value == NULL || json_array_append_new(array, value) != 0)
        maker->failed = true;
}

static void put_text(struct maker *maker, json_t *object, const char *name, const char *text)
{
    put(maker, object, name, json_string(acre_or_empty(text)));
}

static void put_number(struct maker *maker, json_t *object, const char *name, double number)
{
    put(maker, object, name, json_real(number));
}

static json_t *series(struct maker *maker, const struct acre_series *from)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < from->count; i++)
        add(maker, array, json_real(from->values[i]));
    return array;
}

/* A ratio with its interval, and the verdict in words where it has one. */
static json_t *ratio(struct maker *maker, const struct acre_ratio *from, bool has_verdict)
{
    json_t *object = json_object();

    put_number(maker, object, "point", from->point);
    if (from->has_interval) {
        put_number(maker, object, "low", from->low);
        put_number(maker, object, "high", from->high);
    }
    put_text(maker, object, "text", acre_format_ratio(from, 2).text);
    if (has_verdict) {
        put_text(maker, object, "verdict", acre_verdict_words(from->verdict));
        put_text(maker, object, "words", acre_format_verdict(from, true).text);
    }
    return object;
}

/* Memory ---------------------------------------------------------------------------------------
 */

static void put_bytes(struct maker *maker, json_t *object, const char *name, bool is_known,
                      uint64_t bytes)
{
    if (is_known)
        put(maker, object, name, json_integer((json_int_t)bytes));
}

static json_t *sample(struct maker *maker, const struct acre_memory_sample *from)
{
    json_t *object = json_object();

    put_number(maker, object, "ms", (double)from->time_ns * 1e-6);
    put_bytes(maker, object, "iteration", true, from->iteration);
    put_bytes(maker, object, "live", true, from->live_bytes);
    put_bytes(maker, object, "usable", from->has_usable, from->usable_bytes);
    put_bytes(maker, object, "held", from->has_held, from->held_bytes);
    put_bytes(maker, object, "resident", true, from->resident_bytes);
    put_bytes(maker, object, "resident_most", true, from->resident_most_bytes);
    put_bytes(maker, object, "rss", true, from->rss_bytes);
    put_bytes(maker, object, "pss", true, from->pss_bytes);
    put_bytes(maker, object, "faults", true, from->faults);
    return object;
}

static json_t *moment(struct maker *maker, const struct acre_memory_moment *from)
{
    json_t *object = json_object();

    put_bytes(maker, object, "live", true, from->live_bytes);
    put_bytes(maker, object, "held", from->has_held, from->held_bytes);
    put_bytes(maker, object, "resident", from->has_resident, from->resident_bytes);
    return object;
}

/* Every k-th sample, and the one with the most resident of each stretch: a peak is never lost. */
static json_t *timeline(struct maker *maker, const struct acre_cell_memory *memory)
{
    json_t *array = json_array();
    size_t stride = 1 + memory->timeline_count / (ACRE_PAGE_MOST_POINTS / 2);

    for (size_t at = 0; at < memory->timeline_count; at += stride) {
        const struct acre_memory_sample *rows = memory->timeline;
        size_t most = at;

        for (size_t i = at; i < at + stride && i < memory->timeline_count; i++)
            if (rows[i].resident_most_bytes > rows[most].resident_most_bytes)
                most = i;
        add(maker, array, sample(maker, &rows[at]));
        if (most != at)
            add(maker, array, sample(maker, &rows[most]));
    }
    return array;
}

static json_t *memory(struct maker *maker, const struct acre_cell_memory *from)
{
    json_t *object = json_object();

    put(maker, object, "timeline", timeline(maker, from));
    put(maker, object, "drained", moment(maker, &from->drained));
    put(maker, object, "later", moment(maker, &from->later));
    put_bytes(maker, object, "peak", true, from->peak_bytes);
    put_bytes(maker, object, "iterations", true, from->iterations);
    return object;
}

static json_t *waste(struct maker *maker, const struct acre_waste_stack *from)
{
    static const char *const names[ACRE_WASTE_TERMS] = {
        [ACRE_WASTE_REQUESTED] = "requested",     [ACRE_WASTE_ROUNDING] = "rounding",
        [ACRE_WASTE_SLACK] = "slack",             [ACRE_WASTE_BOOKKEEPING] = "bookkeeping",
        [ACRE_WASTE_KEPT_FREE] = "kept free",     [ACRE_WASTE_HELD] = "held",
        [ACRE_WASTE_RESIDENT] = "resident",
    };
    json_t *object = json_object();

    for (int term = 0; term < ACRE_WASTE_TERMS; term++)
        if (names[term] != NULL)
            put_bytes(maker, object, names[term], from->parts[term].is_known,
                      from->parts[term].bytes);
    return object;
}

/* What the ledger saw --------------------------------------------------------------------------
 */

static json_t *purposes(struct maker *maker, const struct acre_recorded *recorded)
{
    json_t *array = json_array();

    for (size_t i = 0; i < recorded->purpose_count; i++) {
        const struct acre_purpose_counts *from = &recorded->purposes[i];
        json_t *object = json_object();

        put_text(maker, object, "name", from->name);
        put_bytes(maker, object, "allocations", true, from->allocations);
        put_bytes(maker, object, "requested", true, from->requested_bytes);
        put_bytes(maker, object, "peak", true, from->peak_bytes);
        put_bytes(maker, object, "outlived", true, from->outlived_blocks);
        put_bytes(maker, object, "leaked", true, from->live_bytes);
        add(maker, array, object);
    }
    return array;
}

/* As of the timeline: each stretch by its first, and by the one with the highest peak. */
static json_t *iterations(struct maker *maker, const struct acre_recorded *recorded)
{
    json_t *array = json_array();
    size_t stride = 1 + recorded->by_iteration_count / (ACRE_PAGE_MOST_POINTS / 2);

    for (size_t at = 0; at < recorded->by_iteration_count; at += stride) {
        const struct acre_iteration_counts *rows = recorded->by_iteration;
        size_t chosen[2] = {at, at};

        for (size_t i = at; i < at + stride && i < recorded->by_iteration_count; i++)
            if (rows[i].peak_bytes > rows[chosen[1]].peak_bytes)
                chosen[1] = i;
        for (size_t c = 0; c < (chosen[1] != at ? 2u : 1u); c++) {
            json_t *object = json_object();

            put_bytes(maker, object, "iteration", true, chosen[c] + 1);
            put_bytes(maker, object, "allocations", true, rows[chosen[c]].allocations);
            put_bytes(maker, object, "peak", true, rows[chosen[c]].peak_bytes);
            put_bytes(maker, object, "live", true, rows[chosen[c]].live_bytes);
            add(maker, array, object);
        }
    }
    return array;
}

static json_t *histogram(struct maker *maker, const uint64_t *buckets)
{
    json_t *array = json_array();

    for (size_t i = 0; i < ACRE_HISTOGRAM_BUCKETS; i++)
        add(maker, array, json_integer((json_int_t)buckets[i]));
    return array;
}

static void put_recorded(struct maker *maker, json_t *row, const struct acre_cell *cell)
{
    const struct acre_recorded *recorded = &cell->recorded;

    if (!cell->has_recorded)
        return;
    put_bytes(maker, row, "allocations", true, recorded->allocations);
    put_bytes(maker, row, "peak", true, recorded->peak_bytes);
    put_bytes(maker, row, "held", recorded->has_held, recorded->peak_held_bytes);
    put_bytes(maker, row, "leaked", true, recorded->leaked_bytes);
    put(maker, row, "purposes", purposes(maker, recorded));
    put(maker, row, "iterations", iterations(maker, recorded));
    put(maker, row, "sizes", histogram(maker, recorded->size_histogram));
    put(maker, row, "lifetimes", histogram(maker, recorded->lifetime_histogram));
}

/* Groups ---------------------------------------------------------------------------------------
 */

static json_t *rounds(struct maker *maker, const struct acre_group_row *row)
{
    json_t *object = json_object();

    put(maker, object, "time_ns", series(maker, &row->cell->ns_per_iteration));
    put(maker, object, "x_limit", series(maker, &row->cell->x_limit));
    return object;
}

static json_t *group_row(struct maker *maker, const struct acre_group *group,
                         const struct acre_group_row *row)
{
    const struct acre_cell *cell = row->cell;
    json_t *object = json_object();

    put_text(maker, object, "strategy", acre_strategy_name(&cell->key).text);
    put_text(maker, object, "backend", cell->key.backend);
    put_text(maker, object, "lifetime", cell->key.lifetime);
    if (cell->failure != NULL)
        put_text(maker, object, "failure", cell->failure);
    if (row->is_timed) {
        put_number(maker, object, "time_ns", row->ns_per_iteration);
        put_text(maker, object, "time", acre_format_ns(row->ns_per_iteration).text);
        put(maker, object, "rounds", rounds(maker, row));
    }
    if (row->has_x_limit)
        put(maker, object, "x_limit", ratio(maker, &row->x_limit, false));
    if (row->has_against)
        put(maker, object, "against", ratio(maker, &row->against, true));
    if (row == group->reference)
        put(maker, object, "is_reference", json_true());
    if (row->has_cold) {
        put_number(maker, object, "cold_ns", row->cold_ns);
        if (row->has_cold_against)
            put(maker, object, "cold_against", ratio(maker, &row->cold_against, true));
    }
    put_recorded(maker, object, cell);
    if (cell->has_memory)
        put(maker, object, "memory", memory(maker, &cell->memory));
    if (cell->has_waste)
        put(maker, object, "waste", waste(maker, &cell->waste.peak));
    return object;
}

static json_t *parameters(struct maker *maker, const struct acre_cell_key *key)
{
    json_t *object = json_object();

    for (size_t i = 0; i < key->parameter_count; i++)
        put_text(maker, object, key->parameters[i].name, key->parameters[i].value);
    return object;
}

static json_t *group_object(struct maker *maker, const struct acre_group *group)
{
    json_t *object = json_object(), *rows = json_array();
    char *sentence = acre_group_sentence(group);

    if (sentence == NULL)
        maker->failed = true;
    put_text(maker, object, "workload", group->key->workload);
    put_text(maker, object, "title", acre_group_title(group->key).text);
    put_text(maker, object, "sentence", sentence);
    put(maker, object, "parameters", parameters(maker, group->key));
    put(maker, object, "rounds", json_integer((json_int_t)group->rounds));
    if (group->has_limit)
        put_number(maker, object, "limit_ns", group->limit_ns);
    for (size_t i = 0; i < group->row_count; i++)
        add(maker, rows, group_row(maker, group, &group->rows[i]));
    put(maker, object, "rows", rows);
    free(sentence);
    return object;
}

static void put_groups(struct maker *maker, json_t *model, const struct acre_run *run)
{
    const struct acre_cell **cells = acre_run_sorted_cells(run);
    json_t *array = json_array();
    struct acre_judging judging;

    if (cells == NULL || !acre_judging_of(run, &judging))
        maker->failed = true;
    for (size_t at = 0, length; !maker->failed && at < run->cell_count; at += length) {
        struct acre_group group;

        length = acre_group_length(cells + at, run->cell_count - at);
        if (!acre_group_init(&group, cells + at, length, &judging)) {
            maker->failed = true;
            break;
        }
        add(maker, array, group_object(maker, &group));
        acre_group_fini(&group);
    }
    put(maker, model, "groups", array);
    free(cells);
}

/* How it was measured --------------------------------------------------------------------------
 */

static void put_noise(struct maker *maker, json_t *model, const struct acre_run *run)
{
    struct acre_judging judging;
    struct acre_noise noise;

    if (!acre_judging_of(run, &judging) ||
        !acre_noise_of(judging.is_steady ? &run->self_x_limit_log_ratio : &run->self_log_ratio,
                       &noise)) {
        maker->failed = true;
        return;
    }
    if (!noise.is_known)
        return;
    put(maker, model, "noise", ratio(maker, &noise.self, true));
    put_number(maker, model, "noise_floor", noise.ratio);
    put(maker, model, "is_steady", json_boolean(judging.is_steady));
}

static void put_provenance(struct maker *maker, json_t *model, const struct acre_run *run)
{
    json_t *machine = json_array(), *libraries = json_array();

    for (size_t i = 0; i < run->machine_count; i++)
        add(maker, machine,
            json_pack("[s,s]", acre_or_empty(run->machine[i].name),
                      acre_or_empty(run->machine[i].value)));
    for (size_t i = 0; i < run->library_count; i++)
        add(maker, libraries,
            json_pack("[s,s,s,s]", acre_or_empty(run->libraries[i].backend),
                      acre_or_empty(run->libraries[i].version),
                      acre_or_empty(run->libraries[i].path),
                      acre_or_empty(run->libraries[i].build_id)));
    put(maker, model, "machine", machine);
    put(maker, model, "libraries", libraries);
    put_text(maker, model, "command", run->command);
    put_text(maker, model, "started", run->started);
    put_text(maker, model, "version", run->acre_version);
    put(maker, model, "seed", json_integer((json_int_t)run->seed));
    put_number(maker, model, "seconds", run->duration_seconds);
}

json_t *acre_page_model(const struct acre_run *run)
{
    struct maker maker = {false};
    json_t *model = json_object();

    put_groups(&maker, model, run);
    put_noise(&maker, model, run);
    put_provenance(&maker, model, run);
    if (maker.failed) {
        json_decref(model);
        return NULL;
    }
    return model;
}
