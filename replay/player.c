#include "replay/player.h"

#include <sched.h>

#include "replay/touch.h"

/* Looks at what another stream has done before the processor is given away: a few microseconds. */
enum { MOST_LOOKS = 100 };

static inline size_t old_size_of(struct acre_operation operation)
{
    return (size_t)acre_operation_slot(operation) << 32 | operation.size;
}

/* What an operation is about where nothing stands in front of it, and where a WIDE does. */
static inline struct acre_layout layout_of(const struct acre_operation *operation)
{
    return (struct acre_layout){operation->size, ACRE_PLAY_ALIGN, ACRE_PURPOSE_OTHER};
}

static inline struct acre_layout wide_layout_of(const struct acre_operation *operation)
{
    return (struct acre_layout){
        (size_t)operation[-1].size << 32 | operation->size,
        1u << acre_operation_slot(operation[-1]),
        ACRE_PURPOSE_OTHER,
    };
}

static inline uint64_t number_of(const struct acre_player *player,
                                 const struct acre_operation *operation)
{
    return (uint64_t)(operation - acre_program_operations(player->program)) + 1;
}

/* A pass under way. */
struct pass {
    struct acre_player *player;
    struct acre_alloc *memory;
    uint64_t sum;
    uint32_t current[ACRE_PLAN_MOST_GROUPS]; /* which region of each group is filled */
};

static inline struct acre_alloc *region_of(const struct pass *pass,
                                           const struct acre_operation *operation)
{
    uint32_t group = acre_operation_group(*operation);

    return pass->player->regions[group][pass->current[group]];
}

/* What an operation does; false: there is no memory. All are inlined into the one loop of a touch.
 */
static inline bool play_allocate(struct pass *pass, struct acre_alloc *memory,
                                 const struct acre_operation *operation, struct acre_layout layout,
                                 enum acre_touch touch, bool is_cleared)
{
    void *block = acre_allocate(memory, layout);

    if (__builtin_expect(block == NULL, 0))
        return false;
    if (is_cleared)
        memset(block, 0, layout.size);
    acre_touch_write(touch, block, layout.size, number_of(pass->player, operation));
    pass->player->blocks[acre_operation_slot(*operation)] = block;
    return true;
}

static inline bool play_free(struct pass *pass, const struct acre_operation *operation,
                             struct acre_layout layout, enum acre_touch touch)
{
    void *block = pass->player->blocks[acre_operation_slot(*operation)];

    pass->sum += acre_touch_read(touch, block, layout.size);
    acre_free(pass->memory, block, layout);
    return true;
}

static inline bool play_free_in(struct pass *pass, const struct acre_operation *operation,
                                struct acre_layout layout, enum acre_touch touch)
{
    pass->sum +=
        acre_touch_read(touch, pass->player->blocks[acre_operation_slot(*operation)], layout.size);
    return true;
}

static inline bool play_free_from(struct pass *pass, const struct acre_operation *operation,
                                  struct acre_layout layout, enum acre_touch touch)
{
    void *block = pass->player->blocks[acre_operation_slot(*operation)];

    pass->sum += acre_touch_read(touch, block, layout.size);
    acre_free(region_of(pass, operation), block, layout);
    return true;
}

/* The other region keeps the old one until its reset. */
static inline void *renew(struct acre_alloc *memory, const void *block, struct acre_layout old,
                          size_t size)
{
    void *renewed = acre_allocate(memory, (struct acre_layout){size, old.align, old.purpose});

    if (renewed != NULL)
        memcpy(renewed, block, old.size < size ? old.size : size);
    return renewed;
}

static inline bool play_resize(struct pass *pass, struct acre_alloc *memory,
                               const struct acre_operation *operation, struct acre_layout layout,
                               enum acre_touch touch, bool is_renewed)
{
    struct acre_layout old = {old_size_of(operation[1]), layout.align, layout.purpose};
    void **slot = &pass->player->blocks[acre_operation_slot(*operation)];
    uint64_t before = acre_touch_read(touch, *slot, old.size);
    void *block = is_renewed ? renew(memory, *slot, old, layout.size)
                             : acre_reallocate(memory, *slot, old, layout.size);

    if (__builtin_expect(block == NULL, 0))
        return false;
    pass->sum += before;
    if (touch != ACRE_TOUCH_NONE)
        pass->sum += acre_touch_read_first(block, old.size < layout.size ? old.size : layout.size);
    acre_touch_write(touch, block, layout.size, number_of(pass->player, operation));
    *slot = block;
    return true;
}

static inline bool play_move_out(struct pass *pass, const struct acre_operation *operation,
                                 struct acre_layout layout)
{
    void **slot = &pass->player->blocks[acre_operation_slot(*operation)];
    void *block = renew(pass->memory, *slot, layout, layout.size);

    if (__builtin_expect(block == NULL, 0))
        return false;
    *slot = block;
    return true;
}

static inline bool play_reset(struct pass *pass, const struct acre_operation *operation)
{
    uint32_t group = acre_operation_group(*operation);

    pass->current[group]++;
    if (pass->current[group] == pass->player->program->rotation[group])
        pass->current[group] = 0;
    acre_reset(region_of(pass, operation));
    return true;
}

static inline __attribute__((always_inline)) bool play_one(struct pass *pass,
                                                           const struct acre_operation *operation,
                                                           struct acre_layout layout,
                                                           enum acre_touch touch)
{
    switch (acre_operation_kind_of(*operation)) {
    case ACRE_PLAY_ALLOCATE:
        return play_allocate(pass, pass->memory, operation, layout, touch, false);
    case ACRE_PLAY_ALLOCATE_CLEARED:
        return play_allocate(pass, pass->memory, operation, layout, touch, true);
    case ACRE_PLAY_FREE:
        return play_free(pass, operation, layout, touch);
    case ACRE_PLAY_RESIZE:
        return play_resize(pass, pass->memory, operation, layout, touch, false);
    case ACRE_PLAY_ALLOCATE_IN:
        return play_allocate(pass, region_of(pass, operation), operation, layout, touch, false);
    case ACRE_PLAY_ALLOCATE_CLEARED_IN:
        return play_allocate(pass, region_of(pass, operation), operation, layout, touch, true);
    case ACRE_PLAY_FREE_IN:
        return play_free_in(pass, operation, layout, touch);
    case ACRE_PLAY_RESIZE_IN:
        return play_resize(pass, region_of(pass, operation), operation, layout, touch, false);
    case ACRE_PLAY_RENEW_IN:
        return play_resize(pass, region_of(pass, operation), operation, layout, touch, true);
    case ACRE_PLAY_MOVE_OUT:
        return play_move_out(pass, operation, layout);
    case ACRE_PLAY_RESET:
        return play_reset(pass, operation);
    case ACRE_PLAY_FREE_FROM:
        return play_free_from(pass, operation, layout, touch);
    default:
        return true; /* of the operation in front of it, or behind it */
    }
}

/* Rare: kept out of the loop, with its layout that is no constant. */
static __attribute__((noinline)) bool play_wide(struct pass *pass,
                                                const struct acre_operation *operation)
{
    return play_one(pass, operation, wide_layout_of(operation), pass->player->touch);
}

/* From the begin to the END: NULL; or the operation that could not be done. */
static inline __attribute__((always_inline)) const struct acre_operation *
play(struct acre_player *player, struct acre_alloc *memory, enum acre_touch touch)
{
    struct pass pass = {.player = player, .memory = memory};
    const struct acre_operation *at = acre_program_operations(player->program);

    for (; at->what != ACRE_PLAY_END; at++) {
        if (__builtin_expect(acre_operation_kind_of(*at) == ACRE_PLAY_WIDE, 0)
                ? !play_wide(&pass, ++at)
                : !play_one(&pass, at, layout_of(at), touch))
            return at;
    }
    player->sum = pass.sum;
    return NULL;
}

/* Whether what lives behind such an operation is the allocator's, not a region's. */
static bool leaves_a_block(enum acre_operation_kind kind)
{
    return kind == ACRE_PLAY_ALLOCATE || kind == ACRE_PLAY_ALLOCATE_CLEARED ||
           kind == ACRE_PLAY_RESIZE || kind == ACRE_PLAY_MOVE_OUT;
}

static bool is_about_a_block(enum acre_operation_kind kind)
{
    return kind != ACRE_PLAY_OLD_SIZE && kind != ACRE_PLAY_WIDE && kind != ACRE_PLAY_RESET;
}

/*
 * Frees what lives in front of an operation. From there back to the begin the last operation about
 * a slot says whether it lives, and how large; then it is done with, which its NULL remembers.
 */
static void free_what_lives(struct acre_player *player, struct acre_alloc *memory,
                            const struct acre_operation *end)
{
    const struct acre_operation *begin = acre_program_operations(player->program);

    for (const struct acre_operation *at = end; at-- > begin;) {
        enum acre_operation_kind kind = acre_operation_kind_of(*at);
        bool is_wide = at > begin && acre_operation_kind_of(at[-1]) == ACRE_PLAY_WIDE;
        void **slot;

        if (!is_about_a_block(kind))
            continue;
        slot = &player->blocks[acre_operation_slot(*at)];
        if (*slot != NULL && leaves_a_block(kind))
            acre_free(memory, *slot, is_wide ? wide_layout_of(at) : layout_of(at));
        *slot = NULL;
    }
    for (size_t group = 0; group < ACRE_PLAN_MOST_GROUPS; group++)
        for (size_t i = 0; i < player->program->rotation[group]; i++)
            acre_reset(player->regions[group][i]);
}

static const struct acre_operation *play_by_touch(struct acre_player *player,
                                                  struct acre_alloc *memory)
{
    switch (player->touch) {
    case ACRE_TOUCH_NONE:
        return play(player, memory, ACRE_TOUCH_NONE);
    case ACRE_TOUCH_FIRST:
        return play(player, memory, ACRE_TOUCH_FIRST);
    case ACRE_TOUCH_ALL:
        return play(player, memory, ACRE_TOUCH_ALL);
    default:
        return play(player, memory, ACRE_TOUCH_FIRST_LAST);
    }
}

bool acre_play(struct acre_player *player, struct acre_alloc *memory)
{
    const struct acre_operation *failed = play_by_touch(player, memory);

    player->failed_event = failed != NULL ? number_of(player, failed) : 0;
    if (failed == NULL)
        return true;
    free_what_lives(player, memory, failed);
    return false;
}

/* Streams ----------------------------------------------------------------------------------------
 */

/* The player of a stream, and what it knows of the others. */
struct listener {
    struct acre_fellows *fellows;
    uintptr_t heard[ACRE_PLAY_MOST_STREAMS]; /* what they had done when they were looked at */
};

/* False: somebody has given up. */
static __attribute__((noinline)) bool listen(struct listener *listener, uint32_t stream,
                                             uintptr_t awaited)
{
    const _Atomic uintptr_t *last = &listener->fellows->done[stream].last;

    for (unsigned looks = 0;; looks++) {
        listener->heard[stream] = atomic_load_explicit(last, memory_order_acquire);
        if (listener->heard[stream] >= awaited)
            return true;
        if (atomic_load_explicit(&listener->fellows->is_given_up, memory_order_relaxed))
            return false;
        if (looks < MOST_LOOKS)
            acre_pause_a_moment();
        else
            sched_yield();
    }
}

/* What a stream was seen to have done it has done: then nobody else's memory is looked at. */
static inline bool play_wait(struct listener *listener, const struct acre_program *program,
                             const struct acre_operation *operation)
{
    uint32_t stream = acre_operation_awaited(*operation);
    uintptr_t awaited =
        (uintptr_t)(acre_program_operations(program) + acre_operation_place(*operation));

    return listener->heard[stream] >= awaited || listen(listener, stream, awaited);
}

/* What comes next in a stream: chunks follow each other as they have room. */
static inline const struct acre_operation *step(const struct acre_program *program,
                                                const struct acre_operation *at)
{
    return at->what == ACRE_PLAY_END && at->size != 0 ? acre_program_chunk(program, at->size) : at;
}

static inline __attribute__((always_inline)) const struct acre_operation *
play_stream(struct acre_player *player, uint32_t stream, struct acre_alloc *memory,
            struct acre_fellows *fellows, enum acre_touch touch)
{
    struct pass pass = {.player = player, .memory = memory};
    struct listener listener = {.fellows = fellows};
    _Atomic uintptr_t *done = &fellows->done[stream].last;
    const struct acre_program *program = player->program;
    const struct acre_operation *at = acre_program_chunk(program, stream);

    for (; (at = step(program, at))->what != ACRE_PLAY_END; at++) {
        enum acre_operation_kind kind = acre_operation_kind_of(*at);

        if (kind == ACRE_PLAY_WAIT) {
            if (!play_wait(&listener, program, at))
                return at;
        } else if (__builtin_expect(kind == ACRE_PLAY_WIDE, 0)
                       ? !play_wide(&pass, ++at)
                       : !play_one(&pass, at, layout_of(at), touch)) {
            player->failed_event = number_of(player, at);
            atomic_store_explicit(&fellows->is_given_up, true, memory_order_relaxed);
            return at;
        }
        atomic_store_explicit(done, (uintptr_t)at, memory_order_release);
    }
    player->sum = pass.sum;
    return at;
}

const struct acre_operation *acre_play_stream(struct acre_player *player, uint32_t stream,
                                              struct acre_alloc *memory,
                                              struct acre_fellows *fellows)
{
    player->failed_event = 0;
    switch (player->touch) {
    case ACRE_TOUCH_NONE:
        return play_stream(player, stream, memory, fellows, ACRE_TOUCH_NONE);
    case ACRE_TOUCH_FIRST:
        return play_stream(player, stream, memory, fellows, ACRE_TOUCH_FIRST);
    case ACRE_TOUCH_ALL:
        return play_stream(player, stream, memory, fellows, ACRE_TOUCH_ALL);
    default:
        return play_stream(player, stream, memory, fellows, ACRE_TOUCH_FIRST_LAST);
    }
}

/* A pass that did not come to its end, done again without an allocator, in one thread: by slot the
 * operation that had it last, where it lives. */
struct reconstruction {
    const struct acre_program *program;
    const struct acre_operation *at[ACRE_PLAY_MOST_STREAMS];
    const struct acre_operation *const *ends;
    const struct acre_operation **last;
};

/* Whether the stream came any further: up to where it waits for one that is behind, or its end. */
static bool reconstruct(struct reconstruction *of, uint32_t stream)
{
    const struct acre_operation **at = &of->at[stream];
    const struct acre_operation *begin = *at;

    for (; (*at = step(of->program, *at)) != of->ends[stream]; ++*at) {
        enum acre_operation_kind kind = acre_operation_kind_of(**at);

        if (kind == ACRE_PLAY_WAIT &&
            of->at[acre_operation_awaited(**at)] <=
                acre_program_operations(of->program) + acre_operation_place(**at))
            break;
        if (leaves_a_block(kind))
            of->last[acre_operation_slot(**at)] = *at;
        else if (kind == ACRE_PLAY_FREE)
            of->last[acre_operation_slot(**at)] = NULL;
    }
    return *at != begin;
}

void acre_free_streams(struct acre_player *player, struct acre_alloc *memory,
                       const struct acre_operation *const *ends, const struct acre_operation **last)
{
    const struct acre_program *program = player->program;
    struct reconstruction of = {.program = program, .ends = ends, .last = last};
    bool goes_on = true;

    memset(last, 0, program->stream_slots * sizeof *last);
    for (uint32_t i = 0; i < program->streams; i++)
        of.at[i] = acre_program_chunk(program, i);
    while (goes_on) {
        goes_on = false;
        for (uint32_t i = 0; i < program->streams; i++)
            goes_on |= reconstruct(&of, i);
    }
    for (uint64_t slot = 0; slot < program->stream_slots; slot++)
        if (last[slot] != NULL)
            acre_free(memory, player->blocks[slot],
                      acre_operation_kind_of(last[slot][-1]) == ACRE_PLAY_WIDE
                          ? wide_layout_of(last[slot])
                          : layout_of(last[slot]));
}

bool acre_player_found_all(const struct acre_player *player)
{
    return player->sum == player->program->checksums[player->touch];
}
