#include "replay/compile.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "profile/threads.h"
#include "replay/lives.h"
#include "replay/output.h"
#include "replay/touch.h"

enum { EVENTS_A_PROGRESS = 1 << 20 };

struct compiling {
    struct acre_program program; /* the header, so far */
    const struct acre_trace_objects *objects;
    const struct acre_plan *plan;            /* or NULL */
    struct acre_plan_step step;              /* the plan's, of the event */
    uint32_t current[ACRE_PLAN_MOST_GROUPS]; /* region of each group that is filled */
    struct acre_output output;
    struct acre_lives lives;
    uint64_t live_bytes, first_ns;
    struct acre_threads_seen threads;
    enum acre_compiled state;
};

/* Regions ----------------------------------------------------------------------------------------
 */

static bool fail(struct compiling *compiling, enum acre_compiled why)
{
    if (compiling->state == ACRE_COMPILED)
        compiling->state = why;
    return false;
}

static uint32_t group_of_region(uint32_t region)
{
    return (region - 1) / ACRE_PLAN_MOST_ROTATION;
}

/* The region of a group where births go, and one. */
static uint32_t filled_region(const struct compiling *compiling, uint32_t group)
{
    return group * ACRE_PLAN_MOST_ROTATION + compiling->current[group] + 1;
}

/* Where the plan puts a birth: the region, and one; 0: nowhere. */
static uint32_t region_of(const struct compiling *compiling, const struct acre_trace_event *event)
{
    if (event->kind == ACRE_TRACE_INHERIT || compiling->step.group == 0)
        return 0;
    return filled_region(compiling, compiling->step.group - 1);
}

/* What lives outside of regions, and what regions have not given back. */
static uint64_t planned_bytes(const struct compiling *compiling)
{
    const struct acre_lives *lives = &compiling->lives;
    uint64_t bytes = compiling->live_bytes;

    if (compiling->plan != NULL)
        for (size_t i = 0; i < ACRE_LIVES_REGIONS; i++)
            bytes += lives->held_bytes[i] - lives->live_bytes[i];
    return bytes;
}

static void note_peak(struct compiling *compiling)
{
    uint64_t bytes = planned_bytes(compiling);

    if (bytes > compiling->program.peak_bytes)
        compiling->program.peak_bytes = bytes;
    if (compiling->live_bytes > compiling->program.live_peak_bytes)
        compiling->program.live_peak_bytes = compiling->live_bytes;
}

static void expect(struct compiling *compiling, const struct acre_life *life)
{
    for (unsigned touch = 0; touch < ACRE_TOUCHES; touch++)
        compiling->program.checksums[touch] +=
            acre_touch_expected((enum acre_touch)touch, life->layout.size, life->number);
}

/* Whoever lives there still is copied to the allocator. */
static void move_out(struct compiling *compiling, uint32_t slot)
{
    struct acre_life *life = &compiling->lives.lives[slot];

    compiling->program.moved_out++;
    compiling->program.moved_out_bytes += life->layout.size;
    acre_output_put_about(&compiling->output, ACRE_PLAY_MOVE_OUT, group_of_region(life->region),
                          slot, life->layout);
    acre_lives_leave(&compiling->lives, slot);
}

/* The older region of the group is emptied, and filled from here on. */
static void reset(struct compiling *compiling, uint32_t group)
{
    struct acre_lives *lives = &compiling->lives;
    uint32_t next = (compiling->current[group] + 1) % compiling->plan->rotation[group];
    uint32_t region = group * ACRE_PLAN_MOST_ROTATION + next;

    while (lives->newest[region] != ACRE_NO_SLOT)
        move_out(compiling, lives->newest[region]);
    note_peak(compiling);
    lives->held_bytes[region] = 0;
    compiling->current[group] = next;
    compiling->program.resets++;
    acre_output_put(&compiling->output, ACRE_PLAY_RESET, group, 0, 0);
}

static bool follow_plan(struct compiling *compiling, const struct acre_trace_event *event)
{
    const struct acre_plan *plan = compiling->plan;

    if (plan == NULL)
        return true;
    compiling->step = (struct acre_plan_step){0};
    if (!plan->follow(plan->state, event, &compiling->step))
        return fail(compiling, ACRE_COMPILE_NO_MEMORY);
    for (uint32_t group = 0; group < plan->group_count; group++)
        if ((compiling->step.resets >> group & 1) != 0)
            reset(compiling, group);
    return true;
}

/* Events -----------------------------------------------------------------------------------------
 */

static void count_live(struct compiling *compiling, uint64_t more, uint64_t less)
{
    compiling->live_bytes += more - less;
    if (more > less)
        note_peak(compiling);
}

static bool is_cleared(const struct acre_trace_event *event)
{
    return event->call == ACRE_TRACE_CALL_CALLOC && event->kind == ACRE_TRACE_ALLOCATE;
}

static void count_birth(struct compiling *compiling, const struct acre_trace_event *event,
                        uint32_t region)
{
    struct acre_program *program = &compiling->program;
    size_t size = event->layout.size;

    program->births++;
    program->inherited += event->kind == ACRE_TRACE_INHERIT;
    program->absorbed += region != 0;
    program->absorbed_bytes += region != 0 ? size : 0;
    program->requested_bytes += size;
    if (size > program->largest_bytes)
        program->largest_bytes = size;
}

static bool bear(struct compiling *compiling, const struct acre_trace_event *event)
{
    uint32_t region = region_of(compiling, event);
    uint32_t slot = (uint32_t)event->object;
    enum acre_operation_kind kind =
        is_cleared(event) ? ACRE_PLAY_ALLOCATE_CLEARED : ACRE_PLAY_ALLOCATE;
    struct acre_life *life;

    if (event->object >= ACRE_PLAY_MOST_SLOTS)
        return fail(compiling, ACRE_COMPILE_TOO_LARGE);
    life = acre_lives_at(&compiling->lives, slot);
    if (life == NULL)
        return fail(compiling, ACRE_COMPILE_NO_MEMORY);
    if (region != 0)
        kind = kind == ACRE_PLAY_ALLOCATE ? ACRE_PLAY_ALLOCATE_IN : ACRE_PLAY_ALLOCATE_CLEARED_IN;
    acre_output_put_about(&compiling->output, kind, region != 0 ? group_of_region(region) : 0, slot,
                          event->layout);
    *life = (struct acre_life){.number = compiling->output.count, .layout = event->layout};
    if (region != 0)
        acre_lives_enter(&compiling->lives, slot, region);
    count_birth(compiling, event, region);
    count_live(compiling, event->layout.size, 0);
    return true;
}

/* Where single blocks are given back. */
static bool is_in_filled_reap(const struct compiling *compiling, const struct acre_life *life)
{
    uint32_t group;

    if (life->region == 0)
        return false;
    group = group_of_region(life->region);
    return compiling->plan->is_reap[group] && life->region == filled_region(compiling, group);
}

static enum acre_operation_kind kind_of_free(const struct compiling *compiling,
                                             const struct acre_life *life)
{
    if (life->region == 0)
        return ACRE_PLAY_FREE;
    return is_in_filled_reap(compiling, life) ? ACRE_PLAY_FREE_FROM : ACRE_PLAY_FREE_IN;
}

static void die(struct compiling *compiling, uint32_t slot)
{
    struct acre_life *life = &compiling->lives.lives[slot];
    enum acre_operation_kind kind = kind_of_free(compiling, life);
    uint32_t region = life->region;

    expect(compiling, life);
    compiling->program.deaths++;
    acre_output_put_about(&compiling->output, kind, region != 0 ? group_of_region(region) : 0, slot,
                          life->layout);
    if (region != 0)
        acre_lives_leave(&compiling->lives, slot);
    if (kind == ACRE_PLAY_FREE_FROM)
        compiling->lives.held_bytes[region - 1] -= life->layout.size;
    count_live(compiling, 0, life->layout.size);
}

/* An arena pays each step of what grows, and gets nothing for what shrinks. */
static void change_size(struct compiling *compiling, struct acre_life *life, size_t size)
{
    struct acre_lives *lives = &compiling->lives;
    size_t old = life->layout.size;

    life->layout.size = size;
    if (life->region != 0)
        lives->live_bytes[life->region - 1] += size - old;
    if (is_in_filled_reap(compiling, life))
        lives->held_bytes[life->region - 1] += size - old;
    else if (life->region != 0)
        lives->held_bytes[life->region - 1] += size > old ? size : 0;
    count_live(compiling, size, old);
}

/* What is in the region that is not filled any more has its next form in the one that is. */
static void change_region(struct compiling *compiling, uint32_t slot, size_t size)
{
    struct acre_life *life = &compiling->lives.lives[slot];
    uint32_t group = group_of_region(life->region);
    size_t old = life->layout.size;

    acre_lives_leave(&compiling->lives, slot);
    life->layout.size = size;
    acre_lives_enter(&compiling->lives, slot, filled_region(compiling, group));
    count_live(compiling, size, old);
}

static enum acre_operation_kind kind_of_resize(const struct compiling *compiling,
                                               const struct acre_life *life)
{
    if (life->region == 0)
        return ACRE_PLAY_RESIZE;
    return life->region == filled_region(compiling, group_of_region(life->region))
               ? ACRE_PLAY_RESIZE_IN
               : ACRE_PLAY_RENEW_IN;
}

static void count_resize(struct compiling *compiling, size_t old, size_t size)
{
    struct acre_program *program = &compiling->program;

    program->resizes++;
    program->requested_bytes += size > old ? size - old : 0;
    if (size > program->largest_bytes)
        program->largest_bytes = size;
}

static void resize(struct compiling *compiling, uint32_t slot, size_t size)
{
    struct acre_life *life = &compiling->lives.lives[slot];
    enum acre_operation_kind kind = kind_of_resize(compiling, life);
    struct acre_layout wanted = {size, life->layout.align, life->layout.purpose};
    size_t old = life->layout.size;
    size_t kept = old < size ? old : size;

    expect(compiling, life);
    for (unsigned touch = ACRE_TOUCH_FIRST; touch < ACRE_TOUCHES; touch++)
        compiling->program.checksums[touch] += acre_touch_expected_first(kept, life->number);
    acre_output_put_about(&compiling->output, kind,
                          life->region != 0 ? group_of_region(life->region) : 0, slot, wanted);
    life->number = compiling->output.count;
    acre_output_put(&compiling->output, ACRE_PLAY_OLD_SIZE, 0, old >> 32, old);
    count_resize(compiling, old, size);
    if (kind == ACRE_PLAY_RENEW_IN)
        change_region(compiling, slot, size);
    else
        change_size(compiling, life, size);
}

/* From the newest of the source to the oldest. */
static void drop(struct compiling *compiling, uint32_t source)
{
    const struct acre_trace_objects *objects = compiling->objects;

    for (uint32_t id = objects->newest[source]; id != ACRE_TRACE_NO_OBJECT;
         id = objects->slots[id].before)
        die(compiling, id);
}

/* A block that nobody saw being born is born by its move. */
static bool compile_call(struct compiling *compiling, const struct acre_trace_event *event)
{
    compiling->program.unknown += event->is_unknown;
    if (event->replaces)
        die(compiling, (uint32_t)event->replaced);
    if (event->kind == ACRE_TRACE_ALLOCATE || event->kind == ACRE_TRACE_INHERIT ||
        (event->kind == ACRE_TRACE_MOVE && event->is_unknown))
        return bear(compiling, event);
    if (event->kind == ACRE_TRACE_REFUSE)
        compiling->program.refused++;
    else if (event->kind == ACRE_TRACE_RESET)
        drop(compiling, event->source);
    else if (!event->is_unknown && event->kind == ACRE_TRACE_FREE)
        die(compiling, (uint32_t)event->object);
    else if (!event->is_unknown)
        resize(compiling, (uint32_t)event->object, event->layout.size);
    return true;
}

/* Whether the event is about blocks; the threads of those that are calls are counted. */
static bool is_call(const struct acre_trace_event *event)
{
    switch (event->kind) {
    case ACRE_TRACE_ALLOCATE:
    case ACRE_TRACE_FREE:
    case ACRE_TRACE_RESIZE:
    case ACRE_TRACE_MOVE:
    case ACRE_TRACE_RESET:
    case ACRE_TRACE_REFUSE:
    case ACRE_TRACE_INHERIT:
        return true;
    default:
        return false;
    }
}

static bool compile_event(struct compiling *compiling, const struct acre_trace_event *event)
{
    if (event->number == 1)
        compiling->first_ns = event->time_ns;
    if (!follow_plan(compiling, event))
        return false;
    if (!is_call(event))
        return true;
    if (event->kind != ACRE_TRACE_INHERIT &&
        acre_threads_seen_find(&compiling->threads, event->thread) == NULL)
        return fail(compiling, ACRE_COMPILE_NO_MEMORY);
    return compile_call(compiling, event);
}

/* From the first to the last ---------------------------------------------------------------------
 */

static void watch(const struct compiling *compiling, const struct acre_compile_request *request,
                  const struct acre_trace_event *event)
{
    const struct acre_compile_moment moment = {event, &compiling->step, compiling->live_bytes,
                                               planned_bytes(compiling), compiling->output.count};

    request->watch(request->watcher, &moment);
}

static bool compile_events(struct compiling *compiling, struct acre_trace_reader *reader,
                           const struct acre_compile_request *request)
{
    struct acre_trace_event event;

    while ((request->most_events == 0 || reader->events < request->most_events) &&
           acre_trace_next(reader, &event) == ACRE_TRACE_READING) {
        if (!compile_event(compiling, &event))
            return false;
        if (request->watch != NULL && is_call(&event))
            watch(compiling, request, &event);
        if (request->progress != NULL && event.number % EVENTS_A_PROGRESS == 0)
            request->progress(request->to, event.number);
    }
    return reader->input.state != ACRE_TRACE_NO_MEMORY || fail(compiling, ACRE_COMPILE_NO_MEMORY);
}

static void end_regions(struct compiling *compiling)
{
    const struct acre_plan *plan = compiling->plan;

    for (uint32_t group = 0; plan != NULL && group < plan->group_count; group++)
        for (uint32_t i = 0; i < plan->rotation[group]; i++)
            reset(compiling, group);
}

static void end_what_lives(struct compiling *compiling)
{
    uint64_t deaths = compiling->program.deaths;

    for (uint32_t source = 0; source < ACRE_TRACE_MOST_SOURCES; source++)
        drop(compiling, source);
    compiling->program.remaining = compiling->program.deaths - deaths;
    end_regions(compiling);
    acre_output_put(&compiling->output, ACRE_PLAY_END, 0, 0, 0);
}

static bool write_header(struct compiling *compiling, const struct acre_trace_reader *reader)
{
    struct acre_program *program = &compiling->program;

    program->magic = ACRE_PROGRAM_MAGIC;
    program->operations = compiling->output.count;
    program->bytes = sizeof *program + program->operations * sizeof(struct acre_operation);
    program->slots = compiling->lives.count;
    program->events = program->births + program->deaths + program->resizes;
    program->threads = compiling->threads.count;
    program->recorded_ns = reader->last_ns - compiling->first_ns;
    program->overhead_ns = reader->input.trailer.overhead_ns;
    for (size_t i = 0; compiling->plan != NULL && i < compiling->plan->group_count; i++) {
        program->rotation[i] = compiling->plan->rotation[i];
        program->reaps |= (uint64_t)compiling->plan->is_reap[i] << i;
    }
    return acre_output_flush(&compiling->output) &&
           lseek(compiling->output.file, 0, SEEK_SET) == 0 &&
           acre_output_write(compiling->output.file, program, sizeof *program);
}

static bool compile(struct compiling *compiling, struct acre_trace_reader *reader,
                    const struct acre_compile_request *request)
{
    if (lseek(compiling->output.file, sizeof compiling->program, SEEK_SET) < 0)
        return fail(compiling, ACRE_COMPILE_NO_MEMORY);
    if (!compile_events(compiling, reader, request))
        return false;
    if (compiling->program.births == 0)
        return fail(compiling, reader->events == 0 && reader->input.state != ACRE_TRACE_COMPLETE
                                   ? ACRE_COMPILE_NO_TRACE
                                   : ACRE_COMPILE_EMPTY);
    end_what_lives(compiling);
    return write_header(compiling, reader) || fail(compiling, ACRE_COMPILE_NO_MEMORY);
}

static void set_name(char *to, const char *name)
{
    size_t i = 0;

    for (; i < ACRE_PROGRAM_NAME_BYTES - 1 && name[i] != '\0'; i++) {
        to[i] = name[i];
        if (name[i] < ' ' || name[i] > '~')
            to[i] = '?';
    }
    to[i] = '\0';
}

enum acre_compiled acre_compile(const struct acre_compile_request *request,
                                struct acre_trace_reader *reader, struct acre_alloc *memory)
{
    const struct acre_layout layout = ACRE_LAYOUT_OF(struct compiling, ACRE_PURPOSE_OTHER);
    struct compiling *compiling = acre_allocate(memory, layout);
    enum acre_compiled state;

    if (compiling == NULL)
        return ACRE_COMPILE_NO_MEMORY;
    memset(compiling, 0, sizeof *compiling);
    compiling->objects = &reader->objects;
    compiling->plan = request->plan;
    compiling->output.file = request->file;
    acre_lives_init(&compiling->lives, memory);
    set_name(compiling->program.name, request->name);
    acre_threads_seen_init(&compiling->threads, memory, reader->objects.seed);
    compile(compiling, reader, request);
    state = compiling->state;
    if (state == ACRE_COMPILED && request->header != NULL)
        *request->header = compiling->program;
    acre_threads_seen_fini(&compiling->threads);
    acre_lives_fini(&compiling->lives);
    acre_free(memory, compiling, layout);
    return state;
}

/* As a mapping -----------------------------------------------------------------------------------
 */

const struct acre_program *acre_program_map(int file)
{
    struct stat about;
    void *program;

    if (fstat(file, &about) != 0 || about.st_size < (off_t)sizeof(struct acre_program))
        return NULL;
    program = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED, file, 0);
    if (program == MAP_FAILED)
        return NULL;
    if (acre_program_is_whole(program, (size_t)about.st_size))
        return program;
    munmap(program, (size_t)about.st_size);
    return NULL;
}

void acre_program_unmap(const struct acre_program *program)
{
    if (program != NULL)
        munmap((void *)(uintptr_t)program, program->bytes);
}
