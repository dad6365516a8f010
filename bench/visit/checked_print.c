#include "bench/visit/checked.h"

#include <inttypes.h>
#include <string.h>

#include "report/format.h"
#include "report/group.h"

static void print_rails(FILE *stream, const struct acre_rails *rails)
{
    const char *separator = "  ";

    if (rails->guard_resets != 0) {
        fprintf(stream, "%sa guard keeps what is dead for %" PRIu64 " %s", separator,
                rails->guard_resets, rails->guard_resets == 1 ? "reset" : "resets");
        separator = "; ";
    }
    if (rails->fail_at != 0) {
        fprintf(stream, "%sallocation %" PRIu64 "%s", separator, rails->fail_at,
                rails->forever ? " and all after it fail" : " fails");
        separator = "; ";
    }
    if (rails->budget_bytes != 0)
        fprintf(stream, "%sno more than %s may be live", separator,
                acre_format_bytes((double)rails->budget_bytes).text);
    fputc('\n', stream);
}

static void print_result(FILE *stream, const struct acre_cell *cell, const struct acre_rails *rails)
{
    const struct acre_recorded *recorded = &cell->recorded;
    const char *count = acre_format_count(recorded->allocations).text;

    if (cell->failure != NULL) {
        fprintf(stream, "FAILED: %s\n", cell->failure);
    } else if (recorded->checksum[0] != '\0') {
        fprintf(stream, "finished: %s allocations", count);
        if (acre_rails_have_fault(rails))
            fprintf(stream,
                    recorded->failed == 0 ? ", none failed" : ", and without those that failed");
        fputc('\n', stream);
    } else if (rails->budget_bytes == 0) {
        fprintf(stream, "failed at allocation %" PRIu64 ": out of memory, nothing leaked\n",
                rails->fail_at);
    } else {
        fprintf(stream, "failed after allocation %s: out of memory, nothing leaked\n", count);
    }
}

/* The cells of one set of parameters, under its heading. */
static void print_group(FILE *stream, const struct acre_run *run, size_t first,
                        const struct acre_rails *rails)
{
    const struct acre_cell_key *key = &run->cells[first].key;
    int width = 0;

    if (acre_run_is_suite(run))
        fprintf(stream, "\n  %s  %s\n", key->workload, acre_group_title(key).text);
    else
        fprintf(stream, "\n  %s\n", acre_group_title(key).text);
    for (size_t i = first; i < run->cell_count; i++)
        if ((int)strlen(run->cells[i].key.backend) > width)
            width = (int)strlen(run->cells[i].key.backend);
    for (size_t i = first; i < run->cell_count; i++)
        if (acre_cell_key_same_group(&run->cells[i].key, key)) {
            fprintf(stream, "    %-*s  %-9s  ", width, run->cells[i].key.backend,
                    run->cells[i].key.lifetime);
            print_result(stream, &run->cells[i], rails);
        }
}

static bool is_first_of_group(const struct acre_run *run, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (acre_cell_key_same_group(&run->cells[i].key, &run->cells[index].key))
            return false;
    return true;
}

void acre_checked_print(FILE *stream, const struct acre_run *run, const struct acre_rails *rails)
{
    bool is_guarded = rails->guard_resets != 0;
    size_t failed = 0;

    fprintf(stream, "%s, checked once; nothing was measured\n",
            acre_run_is_suite(run) ? "all workloads"
            : run->cell_count > 0  ? run->cells[0].key.workload
                                   : "no cell");
    print_rails(stream, rails);
    for (size_t i = 0; i < run->cell_count; i++) {
        if (is_first_of_group(run, i))
            print_group(stream, run, i, rails);
        failed += run->cells[i].failure != NULL;
    }
    fprintf(stream, "\n%s: %zu %s, ", is_guarded ? "guarded" : "with faults", run->cell_count,
            run->cell_count == 1 ? "cell" : "cells");
    if (failed > 0)
        fprintf(stream, "%zu failed\n", failed);
    else
        fprintf(stream, "%s\n", is_guarded ? "no misuse found" : "nothing leaked");
}
