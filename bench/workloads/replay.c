/*
 * The calls of another program, played from its trace: what would another allocator do for it?
 *
 *   trace ──> program (replay/compile.h) ──> one pass an iteration, from nothing alive to nothing
 *
 * Its limit is the same loop on an allocator that does nothing: what is above it is the
 * allocator's, with what touching its blocks costs more than touching none but the nearest.
 */
#include <stdlib.h>

#include "alloc/backends.h"
#include "bench/bench.h"
#include "bench/workloads/replay.h"
#include "replay/nothing.h"
#include "replay/player.h"

static const struct acre_word touches[] = {
    [ACRE_TOUCH_NONE] = {"none", "nothing touched"},
    [ACRE_TOUCH_FIRST] = {"first", "first 8 bytes touched"},
    [ACRE_TOUCH_FIRST_LAST] = {"first+last", "both ends touched"},
    [ACRE_TOUCH_ALL] = {"all", "all touched"},
};

static const struct acre_parameter parameters[ACRE_REPLAY_PARAMETERS] = {
    [ACRE_REPLAY_TOUCH] =
        {.name = "touch",
         .argument = "WORD",
         .help = "what is done with blocks: none, first (8 bytes, written at birth, read\n"
                 "at death), first+last (default), all (every byte written, every line\n"
                 "read); none sees nothing of where blocks lie",
         .defaults = "first+last",
         .is_list = true,
         .words = touches,
         .word_count = sizeof touches / sizeof touches[0]},
    [ACRE_REPLAY_PROCESS] = {.name = "process",
                             .argument = "N",
                             .help =
                                 "of a trace of several: the one with this pid, or at this place\n"
                                 "(default: the one with most events)",
                             .defaults = "0",
                             .is_aside = true,
                             .most = INT64_MAX,
                             .before = "process ",
                             .after = ""},
};

/* What the loop itself needs lies outside of what is measured. */
struct replay {
    struct acre_stage *stage; /* NULL: the limit */
    struct acre_alloc *memory;
    struct acre_alloc *nothing; /* of the limit */
    struct acre_alloc *pages;   /* of a stage's player: owned */
    struct acre_player player;
};

static struct acre_layout layout_of_blocks(const struct acre_program *program)
{
    return (struct acre_layout){program->slots * sizeof(void *), 64, ACRE_PURPOSE_OTHER};
}

static bool open_player(struct acre_player *player, struct acre_alloc *memory,
                        const struct acre_cell_spec *spec)
{
    *player = (struct acre_player){
        .program = spec->program,
        .touch = (enum acre_touch)spec->values[ACRE_REPLAY_TOUCH],
        .blocks = acre_allocate(memory, layout_of_blocks(spec->program)),
    };
    return player->blocks != NULL;
}

static void replay_close(void *state)
{
    struct replay *replay = state;

    if (replay->player.blocks != NULL)
        acre_free(replay->pages, replay->player.blocks, layout_of_blocks(replay->player.program));
    acre_destroy(replay->pages);
    free(replay);
}

static void *replay_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct replay *replay = calloc(1, sizeof *replay);

    if (replay == NULL)
        return NULL;
    replay->stage = stage;
    replay->memory = stage->tops[0];
    replay->pages = acre_huge_pages_new();
    if (replay->pages != NULL && open_player(&replay->player, replay->pages, spec))
        return replay;
    replay_close(replay);
    return NULL;
}

static enum acre_status replay_step(void *state, uint64_t iteration)
{
    struct replay *replay = state;
    enum acre_status status = acre_stage_begin(replay->stage, iteration);

    if (status == ACRE_OK && !acre_play(&replay->player, replay->memory))
        status = ACRE_NO_MEMORY;
    if (status == ACRE_OK)
        status = acre_stage_settle(replay->stage);
    acre_stage_end(replay->stage);
    return status;
}

static uint64_t replay_checksum(const void *state)
{
    return ((const struct replay *)state)->player.sum;
}

static enum acre_status replay_drain(void *state)
{
    return acre_stage_drain(((struct replay *)state)->stage);
}

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    struct replay *limit = calloc(1, sizeof *limit);

    if (limit == NULL)
        return NULL;
    limit->nothing = acre_nothing_new(memory, spec->program->largest_bytes);
    if (limit->nothing != NULL && open_player(&limit->player, memory, spec))
        return limit;
    acre_destroy(limit->nothing);
    free(limit);
    return NULL;
}

static void limit_step(void *state, uint64_t iteration)
{
    struct replay *limit = state;

    (void)iteration;
    acre_play(&limit->player, limit->nothing);
}

/* What has to be found: what the limit itself finds in its ring is not what was written there. */
static uint64_t limit_checksum(const void *state)
{
    const struct acre_player *player = &((const struct replay *)state)->player;

    return player->program->checksums[player->touch];
}

static void limit_close(void *state)
{
    struct replay *limit = state;

    acre_destroy(limit->nothing); /* its blocks go with their arena */
    free(limit);
}

static uint64_t events_of(const struct acre_cell_spec *spec)
{
    return spec->program->events;
}

struct acre_played acre_played_of(const struct acre_program *program, double run_seconds)
{
    return (struct acre_played){
        .events = program->events,
        .births = program->births,
        .deaths = program->deaths,
        .resizes = program->resizes,
        .inherited = program->inherited,
        .remaining = program->remaining,
        .refused = program->refused,
        .unknown = program->unknown,
        .threads = program->threads,
        .recorded_ns = program->recorded_ns,
        .overhead_ns = program->overhead_ns,
        .has_run_ns = run_seconds > 0,
        .run_ns = (uint64_t)(run_seconds * 1e9),
    };
}

static const char *const examples[] = {
    "app.acre",
    "--backends all --json replay.json app.acre",
    "--touch none,first+last,all --backends malloc,mimalloc app.acre",
    NULL,
};

static const char only_weak[] = "a recorded program says itself when its blocks end";

const struct acre_workload acre_replay = {
    .name = "replay",
    .about = "The calls of a recorded program, on other allocators",
    .parameters = parameters,
    .parameter_count = ACRE_REPLAY_PARAMETERS,
    .plays_program = true,
    .examples = examples,
    .iterations = 1,
    .rounds = 12,
    .unit = "event",
    .units = events_of,
    .unsuited = {[ACRE_LIFETIME_STRONG] = only_weak,
                 [ACRE_LIFETIME_COLLECTOR] = only_weak,
                 [ACRE_LIFETIME_WALKED] = only_weak,
                 [ACRE_LIFETIME_REGION] = only_weak},
    .open = replay_open,
    .step = replay_step,
    .checksum = replay_checksum,
    .drain = replay_drain,
    .close = replay_close,
    .limit_open = limit_open,
    .limit_step = limit_step,
    .limit_checksum = limit_checksum,
    .limit_close = limit_close,
};
