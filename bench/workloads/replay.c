/*
 * The calls of another program, played from its trace: what would another allocator do for it?
 *
 *   trace ──> program (replay/compile.h) ──> one pass an iteration, from nothing alive to nothing
 *
 * Its limit is the same loop on an allocator that does nothing: what is above it is the
 * allocator's, with what touching its blocks costs more than touching none but the nearest.
 *
 * Threads as recorded play the program's streams (replay/streams.h) where nobody has to see each
 * call: whoever keeps books or guards can be used by one thread, which plays the program then.
 */
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "bench/bench.h"
#include "bench/workloads/replay.h"
#include "replay/crew.h"
#include "replay/nothing.h"

static const struct acre_word touches[] = {
    [ACRE_TOUCH_NONE] = {"none", "nothing touched"},
    [ACRE_TOUCH_FIRST] = {"first", "first 8 bytes touched"},
    [ACRE_TOUCH_FIRST_LAST] = {"first+last", "both ends touched"},
    [ACRE_TOUCH_ALL] = {"all", "all touched"},
};

static const struct acre_word threads[] = {
    [ACRE_REPLAY_ONE_THREAD] = {"one", "all by one thread"},
    [ACRE_REPLAY_RECORDED_THREADS] = {"recorded", "each thread on its own"},
};

static const char *why_not_by(const struct acre_backend_kind *kind, uint64_t value)
{
    return value == ACRE_REPLAY_RECORDED_THREADS && kind->threads != ACRE_THREADS_ANY
               ? "recorded threads play at the same time, and the backend is not for several"
               : NULL;
}

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
    [ACRE_REPLAY_THREADS] = {.name = "threads",
                             .argument = "WORD",
                             .help =
                                 "who plays: one (default), all calls in their order; recorded,\n"
                                 "each recorded thread its own, at the same time, a block\n"
                                 "behind whoever had it last",
                             .defaults = "one",
                             .is_list = true,
                             .is_aside = true,
                             .words = threads,
                             .word_count = sizeof threads / sizeof threads[0],
                             .why_not = why_not_by},
};

enum { MOST_REGIONS = ACRE_PLAN_MOST_GROUPS * ACRE_PLAN_MOST_ROTATION };

_Static_assert(1 + MOST_REGIONS <= ACRE_BOOKS_SOURCES, "a ledger tells them apart");

/* What the loop itself needs lies outside of what is measured. */
struct replay {
    struct acre_stage *stage; /* NULL: the limit */
    struct acre_alloc *memory;
    struct acre_alloc *nothings[ACRE_PLAY_MOST_STREAMS]; /* of the limit: each player's */
    struct acre_alloc *pages;                            /* of a stage's player: owned */
    struct acre_alloc *regions[MOST_REGIONS];            /* of a plan: arenas, or reaps */
    struct acre_alloc *recorders[MOST_REGIONS];          /* before them, of a ledger */
    struct acre_player player;
    struct acre_crew *crew;                              /* who plays, or NULL: the player, alone */
    struct acre_alloc *memories[ACRE_PLAY_MOST_STREAMS]; /* ... of a stage: all the same */
};

static bool plays_streams(const struct acre_cell_spec *spec)
{
    return spec->values[ACRE_REPLAY_THREADS] == ACRE_REPLAY_RECORDED_THREADS &&
           spec->program->streams > 1;
}

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

    acre_crew_destroy(replay->crew);
    for (size_t i = 0; i < MOST_REGIONS; i++) {
        acre_destroy(replay->recorders[i]);
        acre_destroy(replay->regions[i]);
    }
    if (replay->player.blocks != NULL)
        acre_free(replay->pages, replay->player.blocks, layout_of_blocks(replay->player.program));
    acre_destroy(replay->pages);
    free(replay);
}

static bool open_region(struct replay *replay, uint32_t group, uint32_t turn)
{
    struct acre_ledger *ledger = replay->stage->layers.ledger;
    uint32_t number = group * ACRE_PLAN_MOST_ROTATION + turn;
    struct acre_alloc **region = &replay->player.regions[group][turn];

    *region = replay->regions[number] = (replay->player.program->reaps >> group & 1) != 0
                                            ? acre_reap_new(replay->pages, NULL)
                                            : acre_arena_new(replay->pages, NULL);
    if (*region == NULL || ledger == NULL)
        return *region != NULL;
    ledger->observed[1 + number] = *region;
    *region = replay->recorders[number] = acre_record_new(*region, &ledger->sink, 1 + number);
    return *region != NULL;
}

/* A plan's regions are of our own, beside the backend, whichever that is. They come before
 * the stage's own layers, of which only the ledger has to know of them. */
static bool open_regions(struct replay *replay)
{
    for (uint32_t group = 0; group < ACRE_PLAN_MOST_GROUPS; group++)
        for (uint32_t i = 0; i < replay->player.program->rotation[group]; i++)
            if (!open_region(replay, group, i))
                return false;
    return true;
}

/* Decorators are for one thread at a time, and say so. */
static bool open_crew(struct replay *replay, const struct acre_cell_spec *spec)
{
    if (!plays_streams(spec) || replay->memory->ops->threads != ACRE_THREADS_ANY)
        return true;
    for (size_t i = 0; i < ACRE_PLAY_MOST_STREAMS; i++)
        replay->memories[i] = replay->memory;
    replay->crew = acre_crew_new(spec->program, replay->player.touch, replay->pages);
    return replay->crew != NULL;
}

static void *replay_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct replay *replay = calloc(1, sizeof *replay);

    if (replay == NULL)
        return NULL;
    replay->stage = stage;
    replay->memory = stage->tops[0];
    replay->pages = acre_huge_pages_new();
    if (replay->pages != NULL && open_player(&replay->player, replay->pages, spec) &&
        open_regions(replay) && open_crew(replay, spec))
        return replay;
    replay_close(replay);
    return NULL;
}

static bool play(struct replay *replay)
{
    return replay->crew != NULL ? acre_crew_play(replay->crew, replay->memories)
                                : acre_play(&replay->player, replay->memory);
}

static enum acre_status replay_step(void *state, uint64_t iteration)
{
    struct replay *replay = state;
    enum acre_status status = acre_stage_begin(replay->stage, iteration);

    if (status == ACRE_OK && !play(replay))
        status = ACRE_NO_MEMORY;
    if (status == ACRE_OK)
        status = acre_stage_settle(replay->stage);
    acre_stage_end(replay->stage);
    return status;
}

/* What has to be found. */
static uint64_t expected(const struct replay *replay)
{
    const struct acre_program *program = replay->player.program;

    return replay->crew != NULL ? program->stream_checksums[replay->player.touch]
                                : program->checksums[replay->player.touch];
}

/* The same of all programs of a trace, planned or not, by one thread or by several, where in each
 * block was found what was written there. */
static uint64_t checksum_of(const struct replay *replay, uint64_t sum)
{
    return sum - expected(replay) + replay->player.program->requested_bytes;
}

static uint64_t replay_checksum(const void *state)
{
    const struct replay *replay = state;

    return checksum_of(replay,
                       replay->crew != NULL ? acre_crew_sum(replay->crew) : replay->player.sum);
}

static enum acre_status replay_drain(void *state)
{
    return acre_stage_drain(((struct replay *)state)->stage);
}

static void limit_close(void *state)
{
    struct replay *limit = state;

    acre_crew_destroy(limit->crew);
    for (size_t i = 0; i < ACRE_PLAY_MOST_STREAMS; i++)
        acre_destroy(limit->nothings[i]); /* their blocks go with their arena */
    free(limit);
}

/* One for each player. */
static bool open_nothings(struct replay *limit, const struct acre_cell_spec *spec)
{
    size_t count = plays_streams(spec) ? spec->program->streams : 1;

    for (size_t i = 0; i < count; i++) {
        limit->nothings[i] = acre_nothing_new(limit->memory, spec->program->largest_bytes);
        if (limit->nothings[i] == NULL)
            return false;
    }
    for (uint32_t i = 0; i < MOST_REGIONS; i++)
        limit->player.regions[i / ACRE_PLAN_MOST_ROTATION][i % ACRE_PLAN_MOST_ROTATION] =
            limit->nothings[0];
    return true;
}

static bool open_limit_crew(struct replay *limit, const struct acre_cell_spec *spec)
{
    if (plays_streams(spec))
        limit->crew = acre_crew_new(spec->program, limit->player.touch, limit->memory);
    return limit->crew != NULL || !plays_streams(spec);
}

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    struct replay *limit = calloc(1, sizeof *limit);

    if (limit == NULL)
        return NULL;
    limit->memory = memory;
    if (open_player(&limit->player, memory, spec) && open_nothings(limit, spec) &&
        open_limit_crew(limit, spec))
        return limit;
    limit_close(limit);
    return NULL;
}

static void limit_step(void *state, uint64_t iteration)
{
    struct replay *limit = state;

    (void)iteration;
    if (limit->crew != NULL)
        acre_crew_play(limit->crew, limit->nothings);
    else
        acre_play(&limit->player, limit->nothings[0]);
}

/* What has to be found: what the limit itself finds in its rings is not what was written there. */
static uint64_t limit_checksum(const void *state)
{
    const struct replay *limit = state;

    return checksum_of(limit, expected(limit));
}

static uint64_t events_of(const struct acre_cell_spec *spec)
{
    return spec->program->events;
}

static void tell_plan(struct acre_played *played, const struct acre_program *planned)
{
    played->rotation = planned->rotation[0];
    played->reap = planned->reaps & 1;
    played->absorbed = planned->absorbed;
    played->resets = planned->resets;
    played->moved_out = planned->moved_out;
    played->planned_peak_bytes = planned->peak_bytes;
}

struct acre_played acre_played_of(const struct acre_workload *workload, const char *region,
                                  double run_seconds)
{
    const struct acre_program *program = workload->program;
    struct acre_played played = {
        .events = program->events,
        .births = program->births,
        .deaths = program->deaths,
        .resizes = program->resizes,
        .inherited = program->inherited,
        .remaining = program->remaining,
        .refused = program->refused,
        .unknown = program->unknown,
        .threads = program->threads,
        .players = program->streams,
        .handed_over = program->handed_over,
        .waits = program->waits,
        .recorded_ns = program->recorded_ns,
        .overhead_ns = program->overhead_ns,
        .region = strdup(region != NULL ? region : ""),
        .peak_bytes = program->peak_bytes,
        .has_run_ns = run_seconds > 0,
        .run_ns = (uint64_t)(run_seconds * 1e9),
    };

    if (workload->planned != NULL)
        tell_plan(&played, workload->planned);
    return played;
}

static const char *const examples[] = {
    "app.acre",
    "--backends all --json replay.json app.acre",
    "--touch none,first+last,all --backends malloc,mimalloc app.acre",
    "--region handle_request --backends malloc,mimalloc app.acre",
    "--threads one,recorded --backends malloc,jemalloc,mimalloc app.acre",
    NULL,
};

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
