#include "profile/profile.h"

#include "alloc/grow.h"
#include "profile/threads.h"
#include "profile/timeline.h"

enum { EVENTS_A_PROGRESS = 1 << 20 };

/* What is known of a live object beside what the reader knows, by its id. */
struct life {
    uint64_t born_ns;
    uint64_t born_bytes; /* allocated by then, and by it: what is more at its death, others did */
    uint64_t waste_bytes;
    uint32_t site;
    uint32_t thread; /* 0: was inherited, from a thread of another process */
};

_Static_assert(sizeof(struct life) == 32, "of these there are as many as objects");

/* Figures that are kept up to date are accounts: those of a site, those of a purpose. What they had
 * at the peak is not written down at each peak, of which there may be as many as events, but before
 * the account changes for the first time after one. */
struct account {
    struct acre_profile_figures *figures;
    struct mark *mark;
};

/* Sums of times are wider: those of some ten million blocks would wrap within the hour. */
__extension__ typedef unsigned __int128 wide;

struct mark {
    uint64_t peak;        /* the number of peaks when peak_* was written down */
    uint64_t waste_bytes; /* of what is live */
    wide born_ns;         /* the sum over what is live */
};

struct profiling {
    struct acre_profile *profile;
    const struct acre_trace_reader *reader;
    struct acre_alloc *memory;
    uint64_t now_ns;
    uint64_t peaks; /* so far */

    struct mark purpose_marks[ACRE_TRACE_MOST_PURPOSES];
    struct mark *site_marks;
    size_t site_mark_capacity;
    uint32_t *site_of_stack; /* and one; 0: none yet */
    size_t stack_count, stack_capacity;
    struct life *lives;
    size_t life_count, life_capacity;
    struct acre_profile_timeline timeline;
    struct acre_threads_seen threads;
};

/* Figures --------------------------------------------------------------------------------------
 */

static uint64_t sum(uint64_t a, uint64_t b)
{
    uint64_t result;

    return __builtin_add_overflow(a, b, &result) ? UINT64_MAX : result;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void acre_profile_add(struct acre_profile_figures *a, const struct acre_profile_figures *b)
{
    a->blocks = sum(a->blocks, b->blocks);
    a->bytes = sum(a->bytes, b->bytes);
    a->resizes = sum(a->resizes, b->resizes);
    a->freed = sum(a->freed, b->freed);
    a->live_blocks = sum(a->live_blocks, b->live_blocks);
    a->live_bytes = sum(a->live_bytes, b->live_bytes);
    a->most_blocks = greater(a->most_blocks, b->most_blocks);
    a->most_bytes = greater(a->most_bytes, b->most_bytes);
    a->peak_blocks = sum(a->peak_blocks, b->peak_blocks);
    a->peak_bytes = sum(a->peak_bytes, b->peak_bytes);
    a->short_blocks = sum(a->short_blocks, b->short_blocks);
    a->short_bytes = sum(a->short_bytes, b->short_bytes);
    a->life_ns = sum(a->life_ns, b->life_ns);
    a->waste_bytes = sum(a->waste_bytes, b->waste_bytes);
    a->peak_waste_bytes = sum(a->peak_waste_bytes, b->peak_waste_bytes);
    a->other_thread = sum(a->other_thread, b->other_thread);
    a->inherited = sum(a->inherited, b->inherited);
    a->inherited_bytes = sum(a->inherited_bytes, b->inherited_bytes);
}

/* Before the account changes. */
static void settle(const struct profiling *profiling, struct account account)
{
    struct acre_profile_figures *figures = account.figures;

    if (account.mark->peak == profiling->peaks)
        return;
    account.mark->peak = profiling->peaks;
    figures->peak_blocks = figures->live_blocks;
    figures->peak_bytes = figures->live_bytes;
    figures->peak_waste_bytes = account.mark->waste_bytes;
}

static struct account account_of_site(struct profiling *profiling, uint32_t site)
{
    const struct account account = {
        &profiling->profile->sites[site].figures,
        &profiling->site_marks[site],
    };

    settle(profiling, account);
    return account;
}

static struct account account_of_purpose(struct profiling *profiling, uint32_t purpose)
{
    const struct account account = {
        &profiling->profile->purposes[purpose],
        &profiling->purpose_marks[purpose],
    };

    settle(profiling, account);
    return account;
}

/* `waste` is a difference modulo 2^64. */
static void live_more(struct account account, uint64_t blocks, uint64_t bytes, uint64_t waste)
{
    struct acre_profile_figures *figures = account.figures;

    figures->live_blocks += blocks;
    figures->live_bytes += bytes;
    figures->most_blocks = greater(figures->most_blocks, figures->live_blocks);
    figures->most_bytes = greater(figures->most_bytes, figures->live_bytes);
    account.mark->waste_bytes += waste;
}

static void live_less(struct account account, uint64_t blocks, uint64_t bytes, uint64_t waste)
{
    account.figures->live_blocks -= blocks;
    account.figures->live_bytes -= bytes;
    account.mark->waste_bytes -= waste;
}

/* Sites ----------------------------------------------------------------------------------------
 */

static bool add_site(struct profiling *profiling, uint32_t stack)
{
    struct acre_profile *profile = profiling->profile;

    if (!acre_grow(profiling->memory, &profile->sites, profile->site_count, &profile->site_capacity,
                   sizeof *profile->sites) ||
        !acre_grow(profiling->memory, &profiling->site_marks, profile->site_count,
                   &profiling->site_mark_capacity, sizeof *profiling->site_marks))
        return false;
    profile->sites[profile->site_count] = (struct acre_profile_site){.stack = stack};
    profiling->site_marks[profile->site_count] = (struct mark){.peak = profiling->peaks};
    profiling->site_of_stack[stack] = (uint32_t)++profile->site_count;
    return true;
}

static bool find_site(struct profiling *profiling, uint32_t stack, uint32_t *site)
{
    while (profiling->stack_count <= stack) {
        if (!acre_grow(profiling->memory, &profiling->site_of_stack, profiling->stack_count,
                       &profiling->stack_capacity, sizeof *profiling->site_of_stack))
            return false;
        profiling->site_of_stack[profiling->stack_count++] = 0;
    }
    if (profiling->site_of_stack[stack] == 0 && !add_site(profiling, stack))
        return false;
    *site = profiling->site_of_stack[stack] - 1;
    return true;
}

/* Lives ----------------------------------------------------------------------------------------
 */

/* Ids are dense: a new one is the next. */
static bool make_room_for_life(struct profiling *profiling, uint64_t id)
{
    if (id < profiling->life_count)
        return true;
    if (!acre_grow(profiling->memory, &profiling->lives, profiling->life_count,
                   &profiling->life_capacity, sizeof *profiling->lives))
        return false;
    profiling->life_count++;
    return true;
}

static uint64_t waste_of(const struct acre_trace_event *event)
{
    return event->usable_bytes != 0 ? event->usable_bytes - event->layout.size : 0;
}

static void count_birth(struct account account, const struct acre_trace_event *event,
                        uint64_t waste, uint64_t born_ns)
{
    struct acre_profile_figures *figures = account.figures;

    figures->blocks++;
    figures->bytes += event->layout.size;
    figures->waste_bytes = sum(figures->waste_bytes, waste);
    if (event->kind == ACRE_TRACE_INHERIT) {
        figures->inherited++;
        figures->inherited_bytes += event->layout.size;
    }
    account.mark->born_ns += born_ns;
    live_more(account, 1, event->layout.size, waste);
}

static bool bear(struct profiling *profiling, const struct acre_trace_event *event,
                 struct acre_profile_thread *thread)
{
    struct acre_profile *profile = profiling->profile;
    uint64_t waste = waste_of(event);
    size_t bytes = event->layout.size;
    uint32_t site;

    if (!find_site(profiling, event->stack, &site) || !make_room_for_life(profiling, event->object))
        return false;
    count_birth(account_of_site(profiling, site), event, waste, profiling->now_ns);
    count_birth(account_of_purpose(profiling, event->layout.purpose), event, waste,
                profiling->now_ns);
    profile->total.bytes += bytes;
    profile->total.live_bytes += bytes;
    profile->total.live_blocks++;
    profile->total.most_blocks = greater(profile->total.most_blocks, profile->total.live_blocks);
    profile->total.waste_bytes += waste;
    profile->sizes[acre_profile_class(bytes)]++;
    profiling->lives[event->object] = (struct life){
        .born_ns = profiling->now_ns,
        .born_bytes = profile->total.bytes,
        .waste_bytes = waste,
        .site = site,
        .thread = thread != NULL ? event->thread : 0,
    };
    if (thread != NULL) {
        thread->blocks++;
        thread->bytes += bytes;
    }
    return true;
}

static void count_death(struct account account, const struct life *life, uint64_t bytes,
                        uint64_t now_ns, bool is_short)
{
    struct acre_profile_figures *figures = account.figures;

    figures->freed++;
    figures->short_blocks += is_short;
    figures->short_bytes += is_short ? bytes : 0;
    figures->life_ns = sum(figures->life_ns, now_ns - life->born_ns);
    account.mark->born_ns -= life->born_ns;
    live_less(account, 1, bytes, life->waste_bytes);
}

static void die(struct profiling *profiling, uint64_t id, struct acre_layout layout)
{
    struct acre_profile *profile = profiling->profile;
    const struct life *life = &profiling->lives[id];
    bool is_short = profile->total.bytes - life->born_bytes <= ACRE_PROFILE_SHORT_BYTES;
    unsigned life_class = acre_profile_class(profiling->now_ns - life->born_ns);

    count_death(account_of_site(profiling, life->site), life, layout.size, profiling->now_ns,
                is_short);
    count_death(account_of_purpose(profiling, layout.purpose), life, layout.size, profiling->now_ns,
                is_short);
    profile->total.live_bytes -= layout.size;
    profile->total.live_blocks--;
    profile->total.waste_bytes -= life->waste_bytes;
    if (life_class >= ACRE_PROFILE_LIFE_CLASSES)
        life_class = ACRE_PROFILE_LIFE_CLASSES - 1;
    profile->lives[acre_profile_class(layout.size)][life_class]++;
}

static void count_foreign_free(struct profiling *profiling, const struct acre_trace_event *event)
{
    const struct life *life = &profiling->lives[event->object];

    if (life->thread == 0 || life->thread == event->thread)
        return;
    profiling->profile->sites[life->site].figures.other_thread++;
    profiling->profile->purposes[event->layout.purpose].other_thread++;
}

static void count_resize(struct account account, uint64_t old_bytes, uint64_t bytes, uint64_t waste)
{
    account.figures->resizes++;
    if (bytes < old_bytes) {
        live_less(account, 0, old_bytes - bytes, 0 - waste);
    } else {
        account.figures->bytes += bytes - old_bytes;
        live_more(account, 0, bytes - old_bytes, waste);
    }
}

static void resize(struct profiling *profiling, const struct acre_trace_event *event,
                   struct acre_profile_thread *thread)
{
    struct acre_profile *profile = profiling->profile;
    struct life *life = &profiling->lives[event->object];
    uint64_t waste = waste_of(event);
    uint64_t growth =
        event->layout.size > event->old_bytes ? event->layout.size - event->old_bytes : 0;

    count_resize(account_of_site(profiling, life->site), event->old_bytes, event->layout.size,
                 waste - life->waste_bytes);
    count_resize(account_of_purpose(profiling, event->layout.purpose), event->old_bytes,
                 event->layout.size, waste - life->waste_bytes);
    profile->total.bytes += growth;
    profile->total.live_bytes += event->layout.size - event->old_bytes;
    profile->total.waste_bytes += waste - life->waste_bytes;
    life->born_bytes += growth;
    life->waste_bytes = waste;
    thread->bytes += growth;
}

/* Events ---------------------------------------------------------------------------------------
 */

/* In an order that only the reader knows: they die at one time. */
static void drop(struct profiling *profiling, uint32_t source)
{
    const struct acre_trace_objects *objects = &profiling->reader->objects;

    for (uint32_t id = objects->newest[source]; id != ACRE_TRACE_NO_OBJECT;
         id = objects->slots[id].before)
        die(profiling, id, objects->slots[id].layout);
}

static bool note_block(struct profiling *profiling, const struct acre_trace_event *event,
                       struct acre_profile_thread *thread)
{
    struct acre_profile *profile = profiling->profile;

    profile->unknown += event->is_unknown;
    if (event->replaces) {
        profile->replaced++;
        die(profiling, event->replaced, event->replaced_layout);
    }
    switch (event->kind) {
    case ACRE_TRACE_ALLOCATE:
        return bear(profiling, event, thread);
    case ACRE_TRACE_INHERIT:
        return bear(profiling, event, NULL);
    case ACRE_TRACE_FREE:
        if (event->is_unknown)
            return true;
        count_foreign_free(profiling, event);
        die(profiling, event->object, event->layout);
        return true;
    case ACRE_TRACE_RESIZE:
    case ACRE_TRACE_MOVE:
        if (event->is_unknown)
            return event->kind != ACRE_TRACE_MOVE || bear(profiling, event, thread);
        resize(profiling, event, thread);
        return true;
    case ACRE_TRACE_RESET:
        profile->resets++;
        drop(profiling, event->source);
        return true;
    default:
        profile->refused++;
        return true;
    }
}

static struct acre_profile_point point_now(const struct profiling *profiling)
{
    const struct acre_profile *profile = profiling->profile;

    return (struct acre_profile_point){
        .time_ns = profiling->now_ns - profile->first_ns,
        .live_bytes = profile->total.live_bytes,
        .live_blocks = profile->total.live_blocks,
        .usable_bytes = profile->total.live_bytes + profile->total.waste_bytes,
        .allocated_bytes = profile->total.bytes,
    };
}

/* Of what a call left. While profiling, total.waste_bytes is that of what is live. */
static void look(struct profiling *profiling, const struct acre_trace_event *event)
{
    struct acre_profile *profile = profiling->profile;
    struct acre_profile_figures *total = &profile->total;
    const struct acre_profile_point point = point_now(profiling);

    acre_profile_timeline_add(&profiling->timeline, &point);
    if (total->live_bytes < total->peak_bytes || total->live_blocks == 0)
        return;
    total->peak_bytes = total->live_bytes;
    profiling->peaks++;
    profile->peak_ns = point.time_ns;
    profile->peak_event = event->number;
    acre_told_peak(&profile->told, event);
}

static bool note_call(struct profiling *profiling, const struct acre_trace_event *event)
{
    struct acre_profile_thread *thread = NULL;

    if (event->kind != ACRE_TRACE_INHERIT) {
        thread = acre_threads_seen_find(&profiling->threads, event->thread);
        if (thread == NULL)
            return false;
        thread->events++;
    }
    if (event->kind == ACRE_TRACE_SCOPE_BEGIN || event->kind == ACRE_TRACE_SCOPE_END)
        return true;
    profiling->profile->calls += event->kind != ACRE_TRACE_INHERIT;
    if (!note_block(profiling, event, thread))
        return false;
    look(profiling, event);
    return true;
}

static bool note(struct profiling *profiling, const struct acre_trace_event *event)
{
    struct acre_profile *profile = profiling->profile;

    profiling->now_ns = greater(profiling->now_ns, event->time_ns);
    if (event->number == 1)
        profile->first_ns = profiling->now_ns;
    if (event->kind != ACRE_TRACE_FRAME && event->kind != ACRE_TRACE_MODULE &&
        event->kind != ACRE_TRACE_OTHER && !note_call(profiling, event))
        return false;
    return acre_told_note(&profile->told, event, profile->total.live_bytes);
}

/* From the first to the last -------------------------------------------------------------------
 */

static bool begin(struct profiling *profiling)
{
    acre_threads_seen_init(&profiling->threads, profiling->memory, profiling->reader->objects.seed);
    acre_told_init(&profiling->profile->told, profiling->memory);
    return acre_profile_timeline_init(&profiling->timeline, profiling->memory);
}

static bool read_events(struct profiling *profiling, struct acre_trace_reader *reader,
                        void (*progress)(void *to, uint64_t events), void *to)
{
    struct acre_trace_event event;

    while (acre_trace_next(reader, &event) == ACRE_TRACE_READING) {
        if (!note(profiling, &event))
            return false;
        if (progress != NULL && event.number % EVENTS_A_PROGRESS == 0)
            progress(to, event.number);
    }
    return reader->input.state != ACRE_TRACE_NO_MEMORY;
}

/* Written down for the last time, with the lives up to now of what is live. */
static void close_account(const struct profiling *profiling, struct account account)
{
    wide living_ns = (wide)account.figures->live_blocks * profiling->now_ns - account.mark->born_ns;

    account.figures->life_ns =
        sum(account.figures->life_ns, living_ns > UINT64_MAX ? UINT64_MAX : (uint64_t)living_ns);
}

/* What was kept of the whole, and all else as the sum over purposes. */
static void add_up(struct profiling *profiling)
{
    struct acre_profile *profile = profiling->profile;
    uint64_t most_blocks = profile->total.most_blocks;
    uint64_t most_bytes = profile->total.peak_bytes;

    for (uint32_t site = 0; site < profile->site_count; site++)
        close_account(profiling, account_of_site(profiling, site));
    profile->total = (struct acre_profile_figures){0};
    for (uint32_t purpose = 0; purpose < ACRE_TRACE_MOST_PURPOSES; purpose++) {
        close_account(profiling, account_of_purpose(profiling, purpose));
        acre_profile_add(&profile->total, &profile->purposes[purpose]);
    }
    profile->total.most_blocks = most_blocks;
    profile->total.most_bytes = most_bytes;
}

static void take_over(struct profiling *profiling, struct acre_trace_reader *reader)
{
    struct acre_profile *profile = profiling->profile;

    profile->state = reader->input.state;
    memcpy(profile->sentence, reader->input.sentence, sizeof profile->sentence);
    profile->trailer = reader->input.trailer;
    profile->events = reader->events;
    profile->frames = reader->frames;
    profile->modules = reader->modules;
    profile->purpose_names = reader->purposes;
    acre_trace_frames_init(&reader->frames, profile->frames.memory);
    acre_trace_modules_init(&reader->modules, profile->modules.memory);
    profile->threads = profiling->threads.threads;
    profile->thread_count = profiling->threads.count;
    profile->thread_capacity = profiling->threads.capacity;
    profiling->threads.threads = NULL;
    profiling->threads.capacity = 0;
}

static void finish(struct profiling *profiling, struct acre_trace_reader *reader)
{
    struct acre_profile *profile = profiling->profile;
    struct acre_profile_point end;

    profiling->now_ns = greater(profiling->now_ns, reader->last_ns);
    if (reader->events == 0)
        profile->first_ns = profiling->now_ns;
    profile->last_ns = profiling->now_ns;
    end = point_now(profiling);
    profile->points = profiling->timeline.points;
    profile->point_count = acre_profile_timeline_finish(&profiling->timeline, &end);
    add_up(profiling);
    acre_threads_seen_sort(&profiling->threads);
    take_over(profiling, reader);
}

static void give_back(struct profiling *profiling)
{
    struct acre_alloc *memory = profiling->memory;

    acre_free_elements(memory, profiling->site_marks, profiling->site_mark_capacity,
                       sizeof *profiling->site_marks);
    acre_free_elements(memory, profiling->site_of_stack, profiling->stack_capacity,
                       sizeof *profiling->site_of_stack);
    acre_free_elements(memory, profiling->lives, profiling->life_capacity,
                       sizeof *profiling->lives);
    acre_threads_seen_fini(&profiling->threads);
}

bool acre_profile_read(struct acre_profile *profile, struct acre_alloc *memory,
                       struct acre_trace_reader *reader,
                       void (*progress)(void *to, uint64_t events), void *to)
{
    struct profiling profiling = {.profile = profile, .reader = reader, .memory = memory};
    bool done;

    *profile = (struct acre_profile){.memory = memory};
    done = begin(&profiling) && read_events(&profiling, reader, progress, to);
    if (done) {
        finish(&profiling, reader);
    } else {
        profile->points = profiling.timeline.points;
        acre_profile_fini(profile);
    }
    give_back(&profiling);
    return done;
}

void acre_profile_fini(struct acre_profile *profile)
{
    struct acre_alloc *memory = profile->memory;

    acre_free_elements(memory, profile->sites, profile->site_capacity, sizeof *profile->sites);
    acre_free_elements(memory, profile->threads, profile->thread_capacity,
                       sizeof *profile->threads);
    acre_profile_timeline_free(memory, profile->points);
    acre_told_fini(&profile->told);
    if (profile->frames.memory != NULL)
        acre_trace_frames_fini(&profile->frames);
    if (profile->modules.memory != NULL)
        acre_trace_modules_fini(&profile->modules);
    *profile = (struct acre_profile){.memory = memory};
}
