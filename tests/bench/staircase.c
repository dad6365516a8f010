/* A benchmark binary whose memory is known at each iteration, a staircase: whoever samples it from
 * outside must see just that. Iteration k leaves one block more alive, up to the top. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/bench.h"

enum { STEPS = 20, STEP_BYTES = 256 * 1024, REST_NS = 8 * 1000 * 1000 };

static const struct acre_layout layout = {STEP_BYTES, 16, ACRE_PURPOSE_DATA};

struct staircase {
    struct acre_stage *stage;
    void *steps[STEPS];
    size_t count;
};

static void *staircase_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct staircase *staircase = calloc(1, sizeof *staircase);

    (void)spec;
    if (staircase != NULL)
        staircase->stage = stage;
    return staircase;
}

static enum acre_status climb(struct staircase *staircase)
{
    void *step;

    if (staircase->count == STEPS)
        return ACRE_OK;
    step = acre_allocate(staircase->stage->tops[0], layout);
    if (step == NULL)
        return ACRE_NO_MEMORY;
    memset(step, 1, layout.size);
    staircase->steps[staircase->count++] = step;
    return ACRE_OK;
}

/* The rest is for whoever looks on, so that it has something to see. */
static enum acre_status staircase_step(void *state, uint64_t iteration)
{
    struct staircase *staircase = state;
    const struct timespec rest = {0, REST_NS};
    enum acre_status status = acre_stage_begin(staircase->stage, iteration);

    if (status == ACRE_OK)
        status = climb(staircase);
    if (status != ACRE_OK)
        return status;
    acre_stage_end(staircase->stage);
    nanosleep(&rest, NULL);
    return ACRE_OK;
}

static uint64_t nothing(const void *state)
{
    (void)state;
    return 0;
}

static enum acre_status staircase_drain(void *state)
{
    struct staircase *staircase = state;

    while (staircase->count > 0)
        acre_free(staircase->stage->tops[0], staircase->steps[--staircase->count], layout);
    return acre_stage_drain(staircase->stage);
}

/* A limit that takes as long as a glance. */
static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    (void)memory;
    (void)spec;
    return malloc(1);
}

static void limit_step(void *limit, uint64_t iteration)
{
    *(volatile char *)limit = (char)iteration;
}

static const char *const examples[] = {"--json -", NULL};

static const struct acre_workload staircase = {
    .name = "staircase",
    .about = "Memory that grows by a block in each iteration, up to a top",
    .examples = examples,
    .iterations = 4,
    .rounds = 1,
    .open = staircase_open,
    .step = staircase_step,
    .checksum = nothing,
    .drain = staircase_drain,
    .close = free,
    .limit_open = limit_open,
    .limit_step = limit_step,
    .limit_checksum = nothing,
    .limit_close = free,
};

int main(int argc, char **argv)
{
    return acre_bench_binary(&staircase, argc, argv);
}
