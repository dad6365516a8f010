#include "bench/join.h"

#include <stdlib.h>
#include <string.h>

static void clear_series(struct acre_cell *cell)
{
    struct acre_series *const all[] = {
        &cell->ns_per_iteration, &cell->limit_ns_per_iteration,  &cell->x_limit,
        &cell->cold_ns,          &cell->system_ns_per_iteration, &cell->cold_faults,
        &cell->rss_bytes,        &cell->faults_per_iteration,    &cell->pauses.p50_ns,
        &cell->pauses.p99_ns,    &cell->pauses.max_ns,           &cell->pauses.count,
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        free(all[i]->values);
        *all[i] = (struct acre_series){0};
    }
    cell->has_pauses = false;
}

static bool append_all(struct acre_series *to, const struct acre_series *from)
{
    for (size_t i = 0; i < from->count; i++)
        if (!acre_series_append(to, from->values[i]))
            return false;
    return true;
}

/* A cell that failed once has no result at all: half of its rounds would be a selection. */
static bool join_cell(struct acre_cell *cell, struct acre_cell *answer)
{
    if (answer->failure != NULL) {
        cell->failure = answer->failure;
        answer->failure = NULL;
        clear_series(cell);
        return true;
    }
    if (answer->has_recorded) {
        cell->has_recorded = true;
        cell->recorded = answer->recorded;
        answer->has_recorded = false;
        answer->recorded = (struct acre_recorded){0};
    }
    if (answer->has_waste) {
        cell->has_waste = true;
        cell->waste = answer->waste;
        answer->has_waste = false;
        answer->waste = (struct acre_cell_waste){0};
    }
    if (answer->has_memory) {
        cell->has_memory = true;
        cell->memory = answer->memory;
        answer->has_memory = false;
        answer->memory = (struct acre_cell_memory){0};
    }
    cell->has_pauses |= answer->has_pauses;
    if (answer->units_per_iteration != 0)
        cell->units_per_iteration = answer->units_per_iteration;
    if (answer->cold_iterations != 0)
        cell->cold_iterations = answer->cold_iterations;
    return append_all(&cell->ns_per_iteration, &answer->ns_per_iteration) &&
           append_all(&cell->limit_ns_per_iteration, &answer->limit_ns_per_iteration) &&
           append_all(&cell->x_limit, &answer->x_limit) &&
           append_all(&cell->faults_per_iteration, &answer->faults_per_iteration) &&
           append_all(&cell->system_ns_per_iteration, &answer->system_ns_per_iteration) &&
           append_all(&cell->rss_bytes, &answer->rss_bytes) &&
           append_all(&cell->pauses.p50_ns, &answer->pauses.p50_ns) &&
           append_all(&cell->pauses.p99_ns, &answer->pauses.p99_ns) &&
           append_all(&cell->pauses.max_ns, &answer->pauses.max_ns) &&
           append_all(&cell->pauses.count, &answer->pauses.count) &&
           append_all(&cell->cold_ns, &answer->cold_ns) &&
           append_all(&cell->cold_faults, &answer->cold_faults);
}

/* Each backend's library once, as the first child that used it identified it. */
static void join_library(struct acre_run *run, struct acre_run *answer)
{
    if (answer->library_count == 0)
        return;
    for (size_t i = 0; i < run->library_count; i++)
        if (strcmp(run->libraries[i].backend, answer->libraries[0].backend) == 0)
            return;
    run->libraries[run->library_count++] = answer->libraries[0];
    answer->libraries[0] = (struct acre_library){0};
    answer->library_count = 0;
}

bool acre_join(struct acre_run *run, size_t index, struct acre_run *answer)
{
    join_library(run, answer);
    return join_cell(&run->cells[index], &answer->cells[0]);
}
