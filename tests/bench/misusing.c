/* A benchmark binary whose workload misuses memory as it is told, in iteration 3: what --guard of
 * every benchmark makes of it. */
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

enum { NOTHING, OVERRUN, STALE_WRITE, STALE_READ, LEAK };

static const struct acre_word defects[] = {
    {"nothing", "nothing"},       {"overrun", "overrun"}, {"stale-write", "stale write"},
    {"stale-read", "stale read"}, {"leak", "leak"},
};

static const struct acre_parameter parameters[] = {
    {.name = "defect",
     .argument = "WORD",
     .help = "what is done",
     .defaults = "nothing",
     .words = defects,
     .word_count = 5},
};

static const struct acre_layout layout = {40, 16, ACRE_PURPOSE_NODE};

/* A block of the first region, taken beside the engine, so that nobody else writes there. */
struct misuse {
    struct acre_stage *stage;
    uint64_t defect;
    struct acre_alloc *alloc;
    volatile char *block;
    volatile char read;
};

static void *misuse_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct misuse *misuse = calloc(1, sizeof *misuse);

    if (misuse == NULL)
        return NULL;
    misuse->stage = stage;
    misuse->defect = spec->values[0];
    misuse->alloc = stage->tops[stage->region_count > 0 ? 1 : 0];
    return misuse;
}

static void take(struct misuse *misuse)
{
    misuse->block = acre_allocate(misuse->alloc, layout);
    if (misuse->block != NULL)
        memset((void *)misuse->block, 1, layout.size);
}

static void drop(struct misuse *misuse)
{
    if (misuse->block != NULL && misuse->stage->region_count == 0 && misuse->defect != LEAK)
        acre_free(misuse->alloc, (void *)misuse->block, layout);
}

static enum acre_status misuse_step(void *state, uint64_t iteration)
{
    struct misuse *misuse = state;
    volatile char *stale = misuse->block;
    enum acre_status status;

    drop(misuse);
    misuse->block = NULL;
    status = acre_stage_begin(misuse->stage, iteration);
    if (status != ACRE_OK)
        return status;
    take(misuse);
    if (misuse->block == NULL)
        return ACRE_NO_MEMORY;
    if (iteration == 3 && misuse->defect == OVERRUN)
        misuse->block[layout.size] = 2;
    if (iteration == 3 && misuse->defect == STALE_WRITE)
        stale[8] = 2;
    if (iteration == 3 && misuse->defect == STALE_READ)
        misuse->read = stale[8];
    acre_stage_end(misuse->stage);
    return ACRE_OK;
}

static uint64_t misuse_checksum(const void *state)
{
    (void)state;
    return 0;
}

static enum acre_status misuse_drain(void *state)
{
    struct misuse *misuse = state;

    drop(misuse);
    misuse->block = NULL;
    return acre_stage_drain(misuse->stage);
}

/* It has none: it is for --guard only. */
static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    (void)memory;
    (void)spec;
    return NULL;
}

static const char *const examples[] = {"--guard --defect overrun", NULL};

static const struct acre_workload misusing = {
    .name = "misusing",
    .about = "Misuse of memory",
    .parameters = parameters,
    .parameter_count = 1,
    .examples = examples,
    .iterations = 10,
    .rounds = 1,
    .open = misuse_open,
    .step = misuse_step,
    .checksum = misuse_checksum,
    .drain = misuse_drain,
    .close = free,
    .limit_open = limit_open,
};

int main(int argc, char **argv)
{
    return acre_bench_binary(&misusing, argc, argv);
}
