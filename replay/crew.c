#include "replay/crew.h"

#include <pthread.h>
#include <string.h>

/* Looks for the next pass, or the end of this one, before a thread sleeps: some microseconds. */
enum { MOST_LOOKS = 200 };

struct member {
    _Alignas(64) struct acre_player player;
    struct acre_crew *crew;
    struct acre_alloc *memory;        /* of the pass */
    const struct acre_operation *end; /* where it ended */
    uint32_t stream;
    pthread_t thread;
};

struct acre_crew {
    const struct acre_program *program;
    struct acre_alloc *own;
    const struct acre_operation **last; /* by slot, for a pass that fails */
    void **blocks;                      /* by slot, of all */
    uint32_t started;                   /* threads */

    pthread_mutex_t lock;
    pthread_cond_t begins, ends;
    _Atomic uint64_t passes; /* begun */
    _Atomic uint32_t busy;   /* threads that have not ended this one */
    _Atomic bool is_over;

    struct acre_fellows fellows;
    struct member members[ACRE_PLAY_MOST_STREAMS];
};

/* Passes -----------------------------------------------------------------------------------------
 */

static bool has_begun(struct acre_crew *crew, uint64_t pass)
{
    return atomic_load_explicit(&crew->passes, memory_order_acquire) >= pass ||
           atomic_load_explicit(&crew->is_over, memory_order_acquire);
}

static bool have_ended(struct acre_crew *crew)
{
    return atomic_load_explicit(&crew->busy, memory_order_acquire) == 0;
}

/* False: there is none any more. */
static bool wait_for_pass(struct acre_crew *crew, uint64_t pass)
{
    for (int i = 0; i < MOST_LOOKS && !has_begun(crew, pass); i++)
        acre_pause_a_moment();
    if (!has_begun(crew, pass)) {
        pthread_mutex_lock(&crew->lock);
        while (!has_begun(crew, pass))
            pthread_cond_wait(&crew->begins, &crew->lock);
        pthread_mutex_unlock(&crew->lock);
    }
    return !atomic_load_explicit(&crew->is_over, memory_order_acquire);
}

static void wait_for_others(struct acre_crew *crew)
{
    for (int i = 0; i < MOST_LOOKS && !have_ended(crew); i++)
        acre_pause_a_moment();
    if (have_ended(crew))
        return;
    pthread_mutex_lock(&crew->lock);
    while (!have_ended(crew))
        pthread_cond_wait(&crew->ends, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
}

/* Whoever sleeps has looked under the lock, and is woken; the last to leave wakes the caller. */
static void begin_pass(struct acre_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    atomic_store_explicit(&crew->busy, crew->started, memory_order_relaxed);
    atomic_fetch_add_explicit(&crew->passes, 1, memory_order_release);
    pthread_cond_broadcast(&crew->begins);
    pthread_mutex_unlock(&crew->lock);
}

static void leave_pass(struct acre_crew *crew)
{
    if (atomic_fetch_sub_explicit(&crew->busy, 1, memory_order_acq_rel) > 1)
        return;
    pthread_mutex_lock(&crew->lock);
    pthread_cond_signal(&crew->ends);
    pthread_mutex_unlock(&crew->lock);
}

static void play(struct member *member)
{
    member->end =
        acre_play_stream(&member->player, member->stream, member->memory, &member->crew->fellows);
}

static void *run(void *argument)
{
    struct member *member = argument;

    for (uint64_t pass = 1; wait_for_pass(member->crew, pass); pass++) {
        play(member);
        leave_pass(member->crew);
    }
    return NULL;
}

static bool has_failed(const struct acre_crew *crew)
{
    return atomic_load_explicit(&crew->fellows.is_given_up, memory_order_relaxed);
}

static void free_what_lives(struct acre_crew *crew)
{
    const struct acre_operation *ends[ACRE_PLAY_MOST_STREAMS];

    for (uint64_t i = 0; i < crew->program->streams; i++)
        ends[i] = crew->members[i].end;
    acre_free_streams(&crew->members[0].player, crew->members[0].memory, ends, crew->last);
}

bool acre_crew_play(struct acre_crew *crew, struct acre_alloc *const *memories)
{
    atomic_store_explicit(&crew->fellows.is_given_up, false, memory_order_relaxed);
    for (uint64_t i = 0; i < crew->program->streams; i++) {
        crew->members[i].memory = memories[i];
        atomic_store_explicit(&crew->fellows.done[i].last, 0, memory_order_relaxed);
    }
    begin_pass(crew);
    play(&crew->members[0]);
    wait_for_others(crew);
    if (!has_failed(crew))
        return true;
    free_what_lives(crew);
    return false;
}

/* Of the last one --------------------------------------------------------------------------------
 */

uint64_t acre_crew_sum(const struct acre_crew *crew)
{
    uint64_t sum = 0;

    for (uint64_t i = 0; i < crew->program->streams; i++)
        sum += crew->members[i].player.sum;
    return sum;
}

uint64_t acre_crew_failed_event(const struct acre_crew *crew)
{
    for (uint64_t i = 0; i < crew->program->streams; i++)
        if (crew->members[i].player.failed_event != 0)
            return crew->members[i].player.failed_event;
    return 0;
}

bool acre_crew_found_all(const struct acre_crew *crew)
{
    return acre_crew_sum(crew) == crew->program->stream_checksums[crew->members[0].player.touch];
}

/* From the first to the last ---------------------------------------------------------------------
 */

static struct acre_layout layout_of_slots(const struct acre_program *program)
{
    return (struct acre_layout){program->stream_slots * sizeof(void *), 64, ACRE_PURPOSE_OTHER};
}

static bool start(struct acre_crew *crew)
{
    for (uint32_t i = 1; i < crew->program->streams; i++) {
        if (pthread_create(&crew->members[i].thread, NULL, run, &crew->members[i]) != 0)
            return false;
        crew->started++;
    }
    return true;
}

struct acre_crew *acre_crew_new(const struct acre_program *program, enum acre_touch touch,
                                struct acre_alloc *own)
{
    struct acre_crew *crew = acre_allocate(own, ACRE_LAYOUT_OF(struct acre_crew, 0));

    if (crew == NULL)
        return NULL;
    memset(crew, 0, sizeof *crew);
    crew->program = program;
    crew->own = own;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->begins, NULL);
    pthread_cond_init(&crew->ends, NULL);
    crew->blocks = acre_allocate(own, layout_of_slots(program));
    crew->last = acre_allocate(own, layout_of_slots(program));
    for (uint32_t i = 0; i < program->streams; i++) {
        crew->members[i].crew = crew;
        crew->members[i].stream = i;
        crew->members[i].player =
            (struct acre_player){.program = program, .touch = touch, .blocks = crew->blocks};
    }
    if (crew->blocks != NULL && crew->last != NULL && start(crew))
        return crew;
    acre_crew_destroy(crew);
    return NULL;
}

void acre_crew_destroy(struct acre_crew *crew)
{
    if (crew == NULL)
        return;
    pthread_mutex_lock(&crew->lock);
    atomic_store_explicit(&crew->is_over, true, memory_order_release);
    pthread_cond_broadcast(&crew->begins);
    pthread_mutex_unlock(&crew->lock);
    for (uint32_t i = 1; i <= crew->started; i++)
        pthread_join(crew->members[i].thread, NULL);
    pthread_cond_destroy(&crew->ends);
    pthread_cond_destroy(&crew->begins);
    pthread_mutex_destroy(&crew->lock);
    acre_free(crew->own, (void *)crew->last, layout_of_slots(crew->program));
    acre_free(crew->own, crew->blocks, layout_of_slots(crew->program));
    acre_free(crew->own, crew, ACRE_LAYOUT_OF(struct acre_crew, 0));
}
