/*
 * The calls of another program, played from its trace: what would another allocator do for it?
 *
 *   trace ──> program (replay/compile.h) ──> one pass an iteration, from nothing alive to nothing
 *
 * Its limit is the same loop on an allocator that does nothing: what is above it is the
 * allocator's, with what touching its blocks costs more than touching none but the nearest.
 */
#include <stdlib.h>
#include <string.h>

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

enum { MOST_REGIONS = ACRE_PLAN_MOST_GROUPS * ACRE_PLAN_MOST_ROTATION };

_Static_assert(1 + MOST_REGIONS <= ACRE_BOOKS_SOURCES, "a ledger tells them apart");

/* What the loop itself needs lies outside of what is measured. */
struct replay {
    struct acre_stage *stage; /* NULL: the limit */
    struct acre_alloc *memory;
    struct acre_alloc *nothing;                 /* of the limit */
    struct acre_alloc *pages;                   /* of a stage's player: owned */
    struct acre_alloc *regions[MOST_REGIONS];   /* of a plan: arenas, or reaps */
    struct acre_alloc *recorders[MOST_REGIONS]; /* before them, of a ledger */
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

static void *replay_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct replay *replay = calloc(1, sizeof *replay);

    if (replay == NULL)
        return NULL;
    replay->stage = stage;
    replay->memory = stage->tops[0];
    replay->pages = acre_huge_pages_new();
    if (replay->pages != NULL && open_player(&replay->player, replay->pages, spec) &&
        open_regions(replay))
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

/* The same of all programs of a trace, planned or not, where in each block was found what was
 * written there. */
static uint64_t checksum_of(const struct acre_player *player, uint64_t sum)
{
    return sum - player->program->checksums[player->touch] + player->program->requested_bytes;
}

static uint64_t replay_checksum(const void *state)
{
    const struct acre_player *player = &((const struct replay *)state)->player;

    return checksum_of(player, player->sum);
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
    if (limit->nothing != NULL && open_player(&limit->player, memory, spec)) {
        for (uint32_t i = 0; i < MOST_REGIONS; i++)
            limit->player.regions[i / ACRE_PLAN_MOST_ROTATION][i % ACRE_PLAN_MOST_ROTATION] =
                limit->nothing;
        return limit;
    }
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

    return checksum_of(player, player->program->checksums[player->touch]);
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
