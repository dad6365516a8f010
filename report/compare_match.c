#include "report/compare_match.h"
#include "report/format.h"
#include "report/google_benchmark.h"
#include "report/group.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct refusal {
    char *error;
    size_t error_bytes;
};

static size_t file_count(const struct acre_comparison *comparison)
{
    return comparison->before.count + comparison->after.count;
}

static const struct acre_run *file_at(const struct acre_comparison *comparison, size_t file)
{
    size_t before = comparison->before.count;
    return file < before ? &comparison->before.runs[file] : &comparison->after.runs[file - before];
}

struct acre_file_label acre_file_label(const struct acre_comparison *comparison, size_t file)
{
    bool is_after = file >= comparison->before.count;
    const struct acre_runs *side = is_after ? &comparison->after : &comparison->before;
    struct acre_file_label label;
    if (side->count == 1)
        snprintf(label.text, sizeof label.text, "%s", is_after ? "B" : "A");
    else
        snprintf(label.text, sizeof label.text, "%s%zu", is_after ? "B" : "A",
                 file - (is_after ? comparison->before.count : 0) + 1);
    return label;
}

/*
 * What must be equal for times and counters to mean the same. A kernel or a library may differ:
 * that is often what a comparison is made for, and the print names it. A file of another program
 * knows nothing of a seed and mostly nothing of a cpu: what it does not know is not compared.
 */
static bool same_setting(const struct acre_comparison *comparison, size_t file,
                         const struct refusal *refusal)
{
    const struct acre_run *a = file_at(comparison, 0), *b = file_at(comparison, file);
    const struct acre_file_label in_a = acre_file_label(comparison, 0);
    const struct acre_file_label in_b = acre_file_label(comparison, file);
    bool are_ours = !acre_run_is_foreign(a) && !acre_run_is_foreign(b);
    if (are_ours && a->seed != b->seed) {
        snprintf(refusal->error, refusal->error_bytes,
                 "the runs differ in seed: %" PRIu64 " in %s, %" PRIu64 " in %s", a->seed,
                 in_a.text, b->seed, in_b.text);
        return false;
    }
    const char *cpu_a = acre_run_fact(a, "cpu"), *cpu_b = acre_run_fact(b, "cpu");
    if (!are_ours && (!cpu_a || !cpu_b))
        return true;
    if (strcmp(acre_or_empty(cpu_a), acre_or_empty(cpu_b)) != 0) {
        snprintf(refusal->error, refusal->error_bytes,
                 "the runs differ in machine: cpu '%s' in %s, '%s' in %s",
                 cpu_a ? cpu_a : "not known", in_a.text, cpu_b ? cpu_b : "not known", in_b.text);
        return false;
    }
    return true;
}

/* A file's cells in the order of their keys. */
struct queue {
    const struct acre_cell **cells;
    size_t at, count;
};

static const struct acre_cell *front(const struct queue *queue)
{
    return queue->at < queue->count ? queue->cells[queue->at] : NULL;
}

/* The first key that any of them still has; NULL: all are at their end. */
static const struct acre_cell *least(const struct queue *queues, size_t count)
{
    const struct acre_cell *found = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct acre_cell *cell = front(&queues[i]);
        if (cell && (!found || acre_cell_key_compare(&cell->key, &found->key) < 0))
            found = cell;
    }
    return found;
}

/* The first cell that not every file has: who has it and who lacks it. */
struct lonely {
    const struct acre_cell *cell; /* NULL: there is none */
    size_t has, lacks;
};

/* Takes the cell from all queues that have it. *has and *lacks: the first of each; a count: none.
 */
static void take(struct queue *queues, size_t count, const struct acre_cell *wanted,
                 const struct acre_cell **row, size_t *has, size_t *lacks)
{
    *has = *lacks = count;
    for (size_t i = 0; i < count; i++) {
        const struct acre_cell *cell = front(&queues[i]);
        bool is_here = cell && acre_cell_key_compare(&cell->key, &wanted->key) == 0;
        size_t *first = is_here ? has : lacks;
        *first = *first == count ? i : *first;
        row[i] = is_here ? cell : NULL;
        queues[i].at += is_here;
    }
}

static void match(struct acre_comparison *comparison, struct queue *queues, struct lonely *lonely)
{
    size_t files = file_count(comparison);
    for (const struct acre_cell *next; (next = least(queues, files)) != NULL;) {
        /* The row behind the last is always there: see make_room. */
        const struct acre_cell **row = comparison->matched + comparison->cell_count * files;
        size_t has, lacks;
        take(queues, files, next, row, &has, &lacks);
        if (lacks == files) {
            const struct acre_cell **after = row + comparison->before.count;
            comparison->cells[comparison->cell_count++] = (struct acre_compared_cell){
                .all_before = row, .all_after = after, .before = row[0], .after = after[0]};
            continue;
        }
        *(has < comparison->before.count ? &comparison->only_before : &comparison->only_after) += 1;
        if (!lonely->cell)
            *lonely = (struct lonely){.cell = next, .has = has, .lacks = lacks};
    }
}

static bool same_cells(const struct acre_comparison *comparison, const struct lonely *lonely,
                       const struct refusal *refusal)
{
    if (!lonely->cell || (comparison->options.common && comparison->cell_count > 0))
        return true;
    const struct acre_cell_key *key = &lonely->cell->key;
    const struct acre_file_label has = acre_file_label(comparison, lonely->has);
    const struct acre_file_label lacks = acre_file_label(comparison, lonely->lacks);
    if (comparison->cell_count == 0) {
        snprintf(refusal->error, refusal->error_bytes, "the runs have no cell in common: %s has %s",
                 has.text, acre_cell_name(key).text);
        return false;
    }
    size_t others = comparison->only_before + comparison->only_after - 1;
    char more[48] = "";
    if (others > 0)
        snprintf(more, sizeof more, " and %zu more cell%s", others, others == 1 ? "" : "s");
    if (file_count(comparison) == 2)
        snprintf(refusal->error, refusal->error_bytes,
                 "the runs differ in cells: only %s has %s%s; --common compares the others",
                 has.text, acre_cell_name(key).text, more);
    else
        snprintf(refusal->error, refusal->error_bytes,
                 "the runs differ in cells: %s has %s%s, %s does not; --common compares the "
                 "others",
                 has.text, acre_cell_name(key).text, more, lacks.text);
    return false;
}

static bool same_recording(const struct acre_comparison *comparison,
                           const struct acre_compared_cell *cell, const struct refusal *refusal)
{
    const struct acre_cell *a = cell->before;
    for (size_t i = 1; i < file_count(comparison); i++) {
        const struct acre_cell *b = cell->all_before[i]; /* the row runs on through both sides */
        if (!a->has_recorded || !b->has_recorded ||
            a->recorded.iterations == b->recorded.iterations)
            continue;
        snprintf(refusal->error, refusal->error_bytes,
                 "the runs differ in recorded iterations of %s: %" PRIu64 " in %s, %" PRIu64
                 " in %s",
                 acre_cell_name(&a->key).text, a->recorded.iterations,
                 acre_file_label(comparison, 0).text, b->recorded.iterations,
                 acre_file_label(comparison, i).text);
        return false;
    }
    return true;
}

/* Room for as many cells as the first file has, and for the row in which another one is looked for.
 */
static bool make_room(struct acre_comparison *comparison, struct queue *queues)
{
    size_t files = file_count(comparison), most = comparison->before.runs[0].cell_count + 1;
    comparison->cells = calloc(most, sizeof *comparison->cells);
    comparison->matched =
        most <= SIZE_MAX / files ? calloc(most * files, sizeof *comparison->matched) : NULL;
    bool good = comparison->cells && comparison->matched;
    for (size_t i = 0; i < files; i++) {
        const struct acre_run *run = file_at(comparison, i);
        queues[i] = (struct queue){.cells = acre_run_sorted_cells(run), .count = run->cell_count};
        good = good && queues[i].cells;
    }
    return good;
}

enum acre_exit acre_compare_match(struct acre_comparison *comparison, char *error,
                                  size_t error_bytes)
{
    const struct refusal refusal = {.error = error, .error_bytes = error_bytes};
    size_t files = file_count(comparison);
    struct lonely lonely = {0};
    for (size_t i = 1; i < files; i++)
        if (!same_setting(comparison, i, &refusal))
            return ACRE_EXIT_INPUT;
    struct queue *queues = calloc(files, sizeof *queues);
    bool good = queues && make_room(comparison, queues);
    if (good)
        match(comparison, queues, &lonely);
    for (size_t i = 0; queues && i < files; i++)
        free(queues[i].cells);
    free(queues);
    if (!good)
        return ACRE_EXIT_MEMORY;
    if (!same_cells(comparison, &lonely, &refusal))
        return ACRE_EXIT_INPUT;
    for (size_t i = 0; i < comparison->cell_count; i++)
        if (!same_recording(comparison, &comparison->cells[i], &refusal))
            return ACRE_EXIT_INPUT;
    return ACRE_EXIT_OK;
}
