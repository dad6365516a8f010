/* What needs no names of functions: memory over time, lifetimes, threads, modules, processes. */
#include <stdlib.h>

#include "alloc/grow.h"
#include "page/recorded_parts.h"
#include "report/info_parts.h"

enum { MOST_ROWS = 200 };

static json_t *column(struct acre_maker *maker, json_t *object, const char *name)
{
    json_t *made = json_array();

    acre_put(maker, object, name, made);
    return made;
}

json_t *acre_recorded_timeline(struct acre_maker *maker, const struct acre_profile *profile)
{
    json_t *object = json_object();
    json_t *ns = column(maker, object, "ns"), *live = column(maker, object, "live"),
           *blocks = column(maker, object, "blocks"), *usable = column(maker, object, "usable"),
           *allocated = column(maker, object, "allocated");

    for (size_t i = 0; i < profile->point_count; i++) {
        const struct acre_profile_point *point = &profile->points[i];

        acre_add(maker, ns, acre_recorded_count(point->time_ns));
        acre_add(maker, live, acre_recorded_count(point->live_bytes));
        acre_add(maker, blocks, acre_recorded_count(point->live_blocks));
        acre_add(maker, usable, acre_recorded_count(point->usable_bytes));
        acre_add(maker, allocated, acre_recorded_count(point->allocated_bytes));
    }
    acre_put(maker, object, "peak_ns", acre_recorded_count(profile->peak_ns));
    return object;
}

json_t *acre_recorded_lives(struct acre_maker *maker, const struct acre_profile *profile)
{
    json_t *rows = json_array();

    for (unsigned size = 0; size < ACRE_PROFILE_SIZE_CLASSES; size++)
        for (unsigned life = 0; life < ACRE_PROFILE_LIFE_CLASSES; life++) {
            json_t *row;

            if (profile->lives[size][life] == 0)
                continue;
            row = json_array();
            acre_add(maker, row, json_integer(size));
            acre_add(maker, row, json_integer(life));
            acre_add(maker, row, acre_recorded_count(profile->lives[size][life]));
            acre_add(maker, rows, row);
        }
    return rows;
}

/* {"count", "rows"}: of a table that may have many more. */
static json_t *table_of(struct acre_maker *maker, uint64_t count, json_t **rows)
{
    json_t *object = json_object();

    acre_put(maker, object, "count", acre_recorded_count(count));
    *rows = column(maker, object, "rows");
    return object;
}

json_t *acre_recorded_threads(struct acre_maker *maker, const struct acre_profile *profile)
{
    json_t *rows, *object = table_of(maker, profile->thread_count, &rows);

    for (size_t i = 0; i < profile->thread_count && i < MOST_ROWS; i++) {
        const struct acre_profile_thread *thread = &profile->threads[i];
        json_t *row = json_array();

        acre_add(maker, row, json_integer(thread->thread));
        acre_add(maker, row, acre_recorded_count(thread->events));
        acre_add(maker, row, acre_recorded_count(thread->blocks));
        acre_add(maker, row, acre_recorded_count(thread->bytes));
        acre_add(maker, rows, row);
    }
    return object;
}

/* Modules ---------------------------------------------------------------------------------------
 */

struct counted {
    uint32_t module, frames;
};

static int more_frames_first(const void *a, const void *b)
{
    const struct counted *one = a, *other = b;

    if (one->frames != other->frames)
        return one->frames > other->frames ? -1 : 1;
    return one->module < other->module ? -1 : one->module > other->module;
}

static void count_frames(const struct acre_profile *profile, struct counted *counted)
{
    for (uint32_t i = 0; i < profile->modules.count; i++)
        counted[i] = (struct counted){i + 1, 0};
    for (uint32_t frame = 1; frame <= profile->frames.count; frame++) {
        uint32_t module = acre_trace_frame_of(&profile->frames, frame)->module;

        if (module != 0)
            counted[module - 1].frames++;
    }
    qsort(counted, profile->modules.count, sizeof *counted, more_frames_first);
}

static void add_module(struct acre_maker *maker, json_t *rows, const struct acre_info *info,
                       const struct counted *counted)
{
    enum acre_symbols_state state;
    json_t *row = json_array();

    if (!acre_names_module(info->names, counted->module, &state)) {
        maker->failed = true;
        state = ACRE_SYMBOLS_NONE;
    }
    acre_add(maker, row,
             acre_page_text(acre_trace_module_of(&info->profile->modules, counted->module)->path));
    acre_add(maker, row, json_integer(counted->frames));
    acre_add(maker, row, acre_text(acre_symbols_state_text(state)));
    acre_add(maker, rows, row);
}

/* Those that call stacks go through: no other file is opened. */
json_t *acre_recorded_modules(struct acre_maker *maker, const struct acre_info *info)
{
    uint32_t count = info->profile->modules.count;
    const struct acre_layout layout = acre_layout_of_elements(count, sizeof(struct counted));
    json_t *rows, *object = table_of(maker, count, &rows);
    struct counted *counted;

    if (count == 0)
        return object;
    counted = acre_allocate(info->memory, layout);
    if (counted == NULL) {
        maker->failed = true;
        return object;
    }
    count_frames(info->profile, counted);
    for (uint32_t i = 0; i < count && i < MOST_ROWS && counted[i].frames > 0; i++)
        add_module(maker, rows, info, &counted[i]);
    acre_free(info->memory, counted, layout);
    return object;
}

/* The file --------------------------------------------------------------------------------------
 */

json_t *acre_recorded_processes(struct acre_maker *maker,
                                const struct acre_page_recording *recording)
{
    const struct acre_trace_bundle *bundle = recording->bundle;
    json_t *rows, *object = table_of(maker, bundle->count, &rows);

    for (size_t i = 0; i < bundle->count; i++) {
        const struct acre_trace_stream *stream = &bundle->streams[i];
        char end[128];
        json_t *row;

        if (i >= MOST_ROWS && stream != recording->shown)
            continue;
        acre_trace_end_text(stream->end, stream->error, end, sizeof end);
        row = json_array();
        acre_add(maker, row, acre_recorded_count(i + 1));
        acre_add(maker, row, acre_recorded_count(stream->pid));
        acre_add(maker, row, acre_recorded_count(stream->events));
        acre_add(maker, row, acre_recorded_count(stream->dropped));
        acre_add(maker, row, acre_text(end));
        acre_add(maker, row, acre_text(stream->program));
        acre_add(maker, row, json_boolean(stream == recording->shown));
        acre_add(maker, rows, row);
    }
    return object;
}

json_t *acre_recorded_facts(struct acre_maker *maker, const struct acre_info *info)
{
    struct acre_grid grid;
    json_t *rows = json_array();
    bool done = acre_info_facts(info, &grid);

    for (size_t i = 0; i < grid.row_count; i++) {
        const struct acre_grid_cell *cells = &grid.cells[i * grid.column_count];
        json_t *row = json_array();

        acre_add(maker, row, acre_text(cells[0].text));
        acre_add(maker, row, acre_text(cells[1].text));
        acre_add(maker, rows, row);
    }
    maker->failed = maker->failed || grid.failed || !done;
    acre_grid_free(&grid);
    return rows;
}
