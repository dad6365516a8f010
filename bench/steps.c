/*
 * steps: one cell of a fixed list, for counting instead of timing: what `./dev instructions` runs.
 *
 *    a cell        WORKLOAD/SET/BACKEND/LIFETIME: node-churn/1/arena/region
 *    SET           number of one of the workload's tiny sets of values, from 1
 *    strategies    those whose memory is glibc's or our own: what they do depends on no clock
 *
 * A workload may say why it is not counted (struct acre_workload).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acre_config.h"
#include "bench/arguments.h"
#include "bench/bench.h"
#include "bench/names.h"
#include "bench/visit/visit.h"
#include "core/kernels.h"
#include "report/streams.h"

#ifdef ACRE_HAVE_VALGRIND
#include <valgrind/callgrind.h>
#endif

static const char name[] = "steps";

/* More than any table of an engine needs to have grown, any region to have come round. */
enum { WARM_UP = 16, MOST_COUNT = 1000000 };

static const struct {
    const char *backend;
    enum acre_lifetime lifetime;
} strategies[] = {
    {"malloc", ACRE_LIFETIME_WEAK},  {"malloc", ACRE_LIFETIME_COLLECTOR},
    {"pool", ACRE_LIFETIME_WEAK},    {"arena", ACRE_LIFETIME_WALKED},
    {"arena", ACRE_LIFETIME_REGION}, {"reap", ACRE_LIFETIME_REGION},
};

enum { STRATEGY_COUNT = sizeof strategies / sizeof strategies[0] };

struct counted_cell {
    const struct acre_workload *workload;
    struct acre_cell_spec spec;
    char name[ACRE_BACKEND_NAME_BYTES + 64];
};

/* The list ---------------------------------------------------------------------------------- */

/* Number `index` of the list; false past the last. */
static bool cell_at(size_t index, struct counted_cell *cell)
{
    const struct acre_workload *workload;

    for (size_t w = 0; (workload = acre_workload_at(w)) != NULL; w++)
        for (size_t set = 0; workload->uncounted == NULL && set < workload->tiny_count; set++)
            for (size_t s = 0; s < STRATEGY_COUNT; s++) {
                if (acre_workload_why_not(workload, strategies[s].backend,
                                          strategies[s].lifetime) != NULL ||
                    index-- > 0)
                    continue;
                *cell = (struct counted_cell){workload, {.seed = 1}, ""};
                cell->spec.lifetime = strategies[s].lifetime;
                snprintf(cell->spec.backend, sizeof cell->spec.backend, "%s",
                         strategies[s].backend);
                memcpy(cell->spec.values, workload->tiny[set], sizeof cell->spec.values);
                snprintf(cell->name, sizeof cell->name, "%s/%zu/%s/%s", workload->name, set + 1,
                         cell->spec.backend, acre_lifetime_name(cell->spec.lifetime));
                return true;
            }
    return false;
}

static bool find_cell(const char *wanted, struct counted_cell *cell)
{
    for (size_t i = 0; cell_at(i, cell); i++)
        if (strcmp(cell->name, wanted) == 0)
            return true;
    return false;
}

static enum acre_exit list(void)
{
    struct counted_cell cell;

    for (size_t i = 0; cell_at(i, &cell); i++)
        puts(cell.name);
    return acre_output_end(name);
}

/* Counters ---------------------------------------------------------------------------------- */

/* Of a recorded visit: exact, whatever the compiler. */
static enum acre_exit print_counters(const struct counted_cell *cell)
{
    const struct acre_visit visit = {
        .kind = ACRE_VISIT_RECORDED,
        .workload = cell->workload,
        .spec = cell->spec,
        .iterations = ACRE_TINY_ITERATIONS,
    };
    enum acre_exit status = ACRE_EXIT_OK;
    struct acre_run run;

    if (!acre_visit_run(&visit, &run)) {
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    } else if (run.cells[0].failure != NULL) {
        status = acre_complain(name, ACRE_EXIT_CELL, run.cells[0].failure);
    } else {
        const struct acre_recorded *recorded = &run.cells[0].recorded;

        printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n",
               recorded->allocations, recorded->frees, recorded->resets, recorded->requested_bytes,
               recorded->peak_bytes, recorded->leaked_bytes, recorded->checksum);
        status = acre_output_end(name);
    }
    acre_run_free(&run);
    return status;
}

/* Iterations -------------------------------------------------------------------------------- */

/* Callgrind writes down what it has counted, and begins again from 0. */
static bool dump(void)
{
#ifdef ACRE_HAVE_VALGRIND
    CALLGRIND_DUMP_STATS;
    return true;
#else
    return false;
#endif
}

/* Warms up, then runs so many and then twice as many: what a dump costs is in both and cancels. */
static enum acre_exit run_lengths(const struct counted_cell *cell, void *state, uint64_t count)
{
    const uint64_t lengths[] = {WARM_UP, count, 2 * count};
    uint64_t iteration = 0;

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        for (uint64_t end = iteration + lengths[i]; iteration < end; iteration++)
            if (cell->workload->step(state, iteration) != ACRE_OK)
                return acre_complain(name, ACRE_EXIT_CELL, "out of memory");
        if (!dump())
            return acre_complain(name, ACRE_EXIT_CELL,
                                 "built without Valgrind's headers: nothing is counted");
    }
    return ACRE_EXIT_OK;
}

static enum acre_exit run_cell(const struct counted_cell *cell, uint64_t count)
{
    struct acre_stage stage;
    enum acre_exit status = ACRE_EXIT_CELL;
    void *state;
    char why[256];

    if (!acre_workload_open_stage(cell->workload, &cell->spec, &stage, NULL, why, sizeof why))
        return acre_complain(name, ACRE_EXIT_CELL, why);
    state = cell->workload->open(&stage, &cell->spec);
    if (state != NULL) {
        status = run_lengths(cell, state, count);
        cell->workload->drain(state);
        cell->workload->close(state);
    } else {
        acre_complain(name, status, "out of memory");
    }
    acre_stage_close(&stage);
    return status;
}

/* The program ------------------------------------------------------------------------------- */

static enum acre_exit help(void)
{
    const struct acre_workload *workload;

    puts(
        "usage: steps --list\n"
        "       steps --built-by\n"
        "       steps CELL [COUNT]\n"
        "\n"
        "Runs one cell for counting: './dev instructions' does it with all of them.\n"
        "\n"
        "  --list        the names of all cells\n"
        "  --built-by    the compiler, and the kernels that this processor runs\n"
        "  CELL          exact counters of three recorded iterations: allocations, frees, resets,\n"
        "                requested bytes, peak bytes, leaked bytes, checksum\n"
        "  CELL COUNT    under callgrind: a warm-up, COUNT iterations, twice as many, and a dump\n"
        "                of its counts behind each\n"
        "  --help        this text\n"
        "\n"
        "not counted");
    for (size_t i = 0; (workload = acre_workload_at(i)) != NULL; i++)
        if (workload->uncounted != NULL)
            printf("  %-13s %s\n", workload->name, workload->uncounted);
    puts("\n"
         "example:\n"
         "  valgrind --tool=callgrind steps node-churn/1/arena/region 100\n"
         "\n"
         "exit status: 0 done, 2 wrong command line, 3 out of memory, 4 the output cannot be\n"
         "written, 6 the cell failed");
    return acre_output_end(name);
}

static enum acre_exit built_by(void)
{
#ifdef __clang__
    const char *compiler = __VERSION__;
#else
    const char *compiler = "gcc " __VERSION__;
#endif

    printf("%s, kernels %s\n", compiler, acre_kernels_best()->name);
    return acre_output_end(name);
}

static enum acre_exit run(int argc, char **argv)
{
    struct counted_cell cell;
    uint64_t count = 0;
    char error[256];
    const struct acre_refusal refusal = {error, sizeof error};
    bool is_option = argc == 2 && argv[1][0] == '-';

    if (is_option && strcmp(argv[1], "--list") == 0)
        return list();
    if (is_option && strcmp(argv[1], "--built-by") == 0)
        return built_by();
    if (is_option && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return help();
    if (argc < 2 || argc > 3)
        return acre_complain(name, ACRE_EXIT_USAGE, "which cell? --help shows all");
    if (!find_cell(argv[1], &cell)) {
        acre_refuse(&refusal, "no cell '%.60s'; --list shows all", argv[1]);
        return acre_complain(name, ACRE_EXIT_USAGE, error);
    }
    if (argc == 2)
        return print_counters(&cell);
    if (!acre_read_number(&refusal, "COUNT", argv[2], 1, MOST_COUNT, &count))
        return acre_complain(name, ACRE_EXIT_USAGE, error);
    return run_cell(&cell, count);
}

int main(int argc, char **argv)
{
    acre_streams_prepare();
    return (int)run(argc, argv);
}
