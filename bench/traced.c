#include "bench/traced.h"

#include <stdio.h>

#include "acre_config.h"
#include "bench/sitting.h"

struct tracing {
    struct acre_sitting sitting;
    const struct acre_trace_request *request;
    struct acre_alloc *pages; /* of the writer */
    struct acre_trace_writer writer;
};

/* Who serves the calls, and whether it tells what is usable: asked before the header is written. */
static enum acre_exit identify(const struct tracing *tracing, struct acre_identity *identity,
                               bool *tells_usable)
{
    struct acre_backend backend;
    char why[256];

    if (!acre_backend_open(&backend, tracing->sitting.spec->backend, why, sizeof why))
        return acre_sitting_fail(&tracing->sitting, ACRE_EXIT_CELL, why);
    *identity = backend.identity;
    *tells_usable = acre_can(backend.pinned, ACRE_CAN_USABLE);
    for (size_t i = 0; i < ACRE_BACKEND_REGIONS; i++)
        if (backend.regions[i] != NULL)
            *tells_usable &= acre_can(backend.regions[i], ACRE_CAN_USABLE);
    acre_backend_close(&backend);
    return ACRE_EXIT_OK;
}

static enum acre_exit open_writer(struct tracing *tracing)
{
    struct acre_sitting *sitting = &tracing->sitting;
    const struct acre_trace_request *request = tracing->request;
    struct acre_identity identity;
    bool tells_usable = false;
    enum acre_exit status = identify(tracing, &identity, &tells_usable);
    const struct acre_trace_options options = {.limit_bytes = request->limit_bytes};
    char strategy[ACRE_BACKEND_NAME_BYTES + 32];
    const struct acre_trace_about about = {
        .producer = "acre " ACRE_VERSION,
        .command = request->command,
        .workload = sitting->workload->name,
        .strategy = strategy,
        .allocator = &identity,
    };

    if (status != ACRE_EXIT_OK)
        return status;
    snprintf(strategy, sizeof strategy, "%s/%s", sitting->spec->backend,
             acre_lifetime_name(sitting->spec->lifetime));
    tracing->pages = acre_pages_new();
    if (tracing->pages == NULL)
        return acre_sitting_fail_for_memory(sitting);
    if (!acre_trace_writer_open(&tracing->writer, tracing->pages, request->path, &options, &about,
                                sitting->error, sitting->error_bytes))
        return ACRE_EXIT_IO;
    tracing->writer.sink.wants_usable = tells_usable;
    return ACRE_EXIT_OK;
}

static enum acre_exit run(struct tracing *tracing)
{
    struct acre_sitting *sitting = &tracing->sitting;
    const struct acre_layers layers = {.trace = &tracing->writer};
    enum acre_exit status = acre_sitting_begin(sitting, &layers);

    if (status == ACRE_EXIT_OK)
        status = acre_sitting_play(sitting, tracing->request->iterations);
    if (status == ACRE_EXIT_OK)
        status = acre_sitting_drain(sitting);
    acre_sitting_end(sitting);
    return status;
}

/* The first failure is told: what a workload that failed has written is kept all the same. */
static enum acre_exit close_writer(struct tracing *tracing, enum acre_exit status)
{
    const struct acre_sitting *sitting = &tracing->sitting;
    char unused[1];

    if (status != ACRE_EXIT_OK)
        acre_trace_writer_close(&tracing->writer, NULL, unused, sizeof unused);
    else if (!acre_trace_writer_close(&tracing->writer, NULL, sitting->error, sitting->error_bytes))
        status = ACRE_EXIT_IO;
    return status;
}

enum acre_exit acre_bench_trace(const struct acre_workload *workload,
                                const struct acre_cell_spec *spec,
                                const struct acre_trace_request *request,
                                struct acre_traced *traced, char *error, size_t error_bytes)
{
    struct tracing tracing = {
        .sitting = {.workload = workload, .spec = spec, .error = error, .error_bytes = error_bytes},
        .request = request,
    };
    enum acre_exit status = open_writer(&tracing);

    if (status == ACRE_EXIT_OK)
        status = close_writer(&tracing, run(&tracing));
    *traced = (struct acre_traced){tracing.writer.events, tracing.writer.file_bytes};
    acre_destroy(tracing.pages);
    return status;
}
