/*
 * oom_sweep WORKLOAD: every allocation of a run fails in turn, once and from then on, with each
 * tiny set of parameters on every backend under every lifetime, until the run is finished. It ends
 * with ACRE_NO_MEMORY or gets along, nothing is left, every allocator is sound: acre_checked_run.
 * Prints TAP. strong is left out, since it leaks by design. On one backend that frees and on one
 * that resets the bytes that may be live are swept as well, in steps of 7: what fails then depends
 * on what lives, and is large more often than small.
 *
 * Lua's way: the number of allocations that a finished run needs is a figure of its own. It is the
 * same on all backends, and any change of it is one of the engine.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alloc/track.h"
#include "bench/visit/checked.h"

/* Allocations of a finished run: of each workload, tiny set and lifetime. 0: unsuited. */
struct figure {
    const char *workload;
    size_t tiny;
    uint64_t weak, collector, walked, region;
};

static const struct figure figures[] = {
    {"square-chain", 0, 51, 52, 55, 55},   {"square-chain", 1, 70, 71, 74, 76},
    {"square-chain", 2, 70, 70, 71, 72},   {"node-churn", 0, 125, 130, 125, 125},
    {"node-churn", 1, 125, 130, 125, 125}, {"weak-churn", 0, 47, 0, 47, 47},
    {"weak-churn", 1, 47, 0, 47, 47},      {"weak-churn", 2, 127, 0, 127, 127},
    {"weak-churn", 3, 258, 0, 259, 259},   {"cycles", 0, 67, 69, 67, 65},
    {"cycles", 1, 97, 99, 97, 95},         {"deep-chain", 0, 185, 190, 185, 185},
    {"handoff", 0, 25, 0, 0, 25},          {"mlp", 0, 163, 165, 164, 165},
    {"rnn", 0, 280, 282, 281, 282},        {"rnn", 1, 594, 597, 595, 597},
    {"tree", 0, 124, 125, 124, 124},       {"tree", 1, 113, 114, 113, 114},
    {"handoff", 0, 25, 0, 0, 25},          {"script", 0, 559, 0, 559, 559}, /* of Lua 5.4.4 */
};

static uint64_t figure_of(const struct acre_workload *workload, size_t tiny,
                          enum acre_lifetime lifetime)
{
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        const struct figure *figure = &figures[i];

        if (strcmp(figure->workload, workload->name) != 0 || figure->tiny != tiny)
            continue;
        return lifetime == ACRE_LIFETIME_WEAK        ? figure->weak
               : lifetime == ACRE_LIFETIME_COLLECTOR ? figure->collector
               : lifetime == ACRE_LIFETIME_WALKED    ? figure->walked
                                                     : figure->region;
    }
    return 0;
}

static struct {
    unsigned tests, failed;
    uint64_t runs, ended, got_along;
} totals;

static void report(const struct acre_cell_spec *spec, size_t tiny, const char *wrong,
                   uint64_t allocations)
{
    totals.tests++;
    totals.failed += wrong[0] != '\0';
    printf("%s %u - set %zu, %s/%s: %" PRIu64 " allocations\n", wrong[0] != '\0' ? "not ok" : "ok",
           totals.tests, tiny, spec->backend, acre_lifetime_name(spec->lifetime), allocations);
    if (wrong[0] != '\0')
        fprintf(stderr, "set %zu, %s/%s: %s\n", tiny, spec->backend,
                acre_lifetime_name(spec->lifetime), wrong);
}

/* Checkers are slow: the first 10, when things are half open, then each 29th. */
static uint64_t after(uint64_t k)
{
    return acre_track_is_listening() && k >= 10 ? k + 29 : k + 1;
}

/* One run with memory that fails. False with a sentence. */
static bool run(const struct acre_workload *workload, const struct acre_cell_spec *spec,
                const struct acre_rails *rails, struct acre_checked *result, char *wrong,
                size_t wrong_bytes)
{
    bool is_sound = acre_checked_run(workload, spec, ACRE_TINY_ITERATIONS, rails, result);

    totals.runs++;
    totals.ended += result->status == ACRE_NO_MEMORY;
    totals.got_along += result->status == ACRE_OK && result->failures > 0;
    if (!is_sound)
        snprintf(wrong, wrong_bytes, "%s", result->breach);
    return is_sound;
}

/* False with a sentence. */
static bool sweep(const struct acre_workload *workload, const struct acre_cell_spec *spec,
                  bool forever, uint64_t *allocations, char *wrong, size_t wrong_bytes)
{
    struct acre_checked result = {.failures = 1};

    for (uint64_t k = 1; result.failures > 0; k = after(k)) {
        const struct acre_rails rails = {.fail_at = k, .forever = forever};

        if (!run(workload, spec, &rails, &result, wrong, wrong_bytes))
            fprintf(stderr, "allocation %" PRIu64 "%s:\n", k, forever ? " and all after it" : "");
        else if (forever && result.failures > 0 && result.status == ACRE_OK)
            snprintf(wrong, wrong_bytes, "finished though all from allocation %" PRIu64 " failed",
                     k);
        else if (k > 2 * ACRE_TINY_ALLOCATIONS)
            snprintf(wrong, wrong_bytes, "not finished after %" PRIu64 " allocations", k);
        if (wrong[0] != '\0')
            return false;
    }
    *allocations = result.allocations;
    return true;
}

/* As above; `bytes`: the least budget that does. */
static bool sweep_budget(const struct acre_workload *workload, const struct acre_cell_spec *spec,
                         uint64_t *bytes, char *wrong, size_t wrong_bytes)
{
    const uint64_t step = acre_track_is_listening() ? 7 * 101 : 7;
    struct acre_checked result = {.failures = 1};

    for (*bytes = 1;; *bytes += step) {
        const struct acre_rails rails = {.budget_bytes = *bytes};

        if (!run(workload, spec, &rails, &result, wrong, wrong_bytes)) {
            fprintf(stderr, "a budget of %" PRIu64 " bytes:\n", *bytes);
            return false;
        }
        if (result.failures == 0)
            return true;
    }
}

static bool is_swept_by_budget(const struct acre_cell_spec *spec)
{
    return strcmp(spec->backend, "malloc") == 0 || strcmp(spec->backend, "arena") == 0;
}

static void sweep_cell(const struct acre_workload *workload, const struct acre_cell_spec *spec,
                       size_t tiny)
{
    uint64_t expected = figure_of(workload, tiny, spec->lifetime);
    uint64_t allocations = 0;
    uint64_t budget_bytes = 0;
    char wrong[512] = "";

    if (sweep(workload, spec, false, &allocations, wrong, sizeof wrong) &&
        sweep(workload, spec, true, &allocations, wrong, sizeof wrong)) {
        if (allocations != expected)
            snprintf(wrong, sizeof wrong, "%" PRIu64 " allocations, not %" PRIu64, allocations,
                     expected);
        else if (allocations > ACRE_TINY_ALLOCATIONS)
            snprintf(wrong, sizeof wrong, "more than %d allocations", ACRE_TINY_ALLOCATIONS);
        else if (is_swept_by_budget(spec) &&
                 sweep_budget(workload, spec, &budget_bytes, wrong, sizeof wrong))
            printf("# within %" PRIu64 " bytes:\n", budget_bytes);
    }
    report(spec, tiny, wrong, allocations);
}

static void sweep_backend(const struct acre_workload *workload, size_t tiny, const char *backend)
{
    struct acre_cell_spec spec = {.seed = 1};

    snprintf(spec.backend, sizeof spec.backend, "%s", backend);
    memcpy(spec.values, workload->tiny[tiny], sizeof spec.values);
    for (int l = 0; l < ACRE_LIFETIME_COUNT; l++) {
        spec.lifetime = (enum acre_lifetime)l;
        if (spec.lifetime != ACRE_LIFETIME_STRONG &&
            acre_workload_why_not(workload, backend, spec.lifetime) == NULL)
            sweep_cell(workload, &spec, tiny);
    }
}

/* Tried, since a sanitizer's malloc cannot be tuned. */
static bool can_be_opened(const char *name, char *why, size_t why_bytes)
{
    struct acre_backend backend;

    if (!acre_backend_open(&backend, name, why, why_bytes))
        return false;
    acre_backend_close(&backend);
    return true;
}

int main(int argc, char **argv)
{
    const struct acre_workload *workload = argc > 1 ? acre_workload_find(argv[1]) : NULL;
    const struct acre_backend_kind *kind;
    char why[256];

    if (workload == NULL || workload->tiny_count == 0) {
        printf("Bail out! oom_sweep WORKLOAD, which has tiny parameters\n");
        return 1;
    }
    for (size_t i = 0; (kind = acre_backend_kind_at(i)) != NULL; i++)
        if (kind->takes_path)
            continue; /* the libraries have kinds of their own */
        else if (can_be_opened(kind->name, why, sizeof why))
            for (size_t tiny = 0; tiny < workload->tiny_count; tiny++)
                sweep_backend(workload, tiny, kind->name);
        else
            printf("ok %u - %s # SKIP %s\n", ++totals.tests, kind->name, why);
    printf("1..%u\n", totals.tests);
    printf("# figure: %" PRIu64 " runs: %" PRIu64 " ended with out of memory, %" PRIu64
           " got along, %u cells with a fault\n",
           totals.runs, totals.ended, totals.got_along, totals.failed);
    return totals.failed > 0;
}
