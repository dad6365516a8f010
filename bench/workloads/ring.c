#include "bench/workloads/ring.h"

#include <stdlib.h>

#include "acre_config.h"

/*
 * Helgrind knows locks, not atomics: it is told which are meant, and that what was written before a
 * store comes before what is done after its load. ThreadSanitizer sees both.
 */
#ifdef ACRE_HAVE_VALGRIND
#include <valgrind/helgrind.h>
#else
#define ANNOTATE_HAPPENS_BEFORE(counter)            (void)(counter)
#define ANNOTATE_HAPPENS_AFTER(counter)             (void)(counter)
#define VALGRIND_HG_DISABLE_CHECKING(memory, bytes) (void)(memory)
#define VALGRIND_HG_ENABLE_CHECKING(memory, bytes)  (void)(memory)
#endif

enum { SPINS = 2000 };

bool acre_ring_open(struct acre_ring *ring, uint32_t slot_count)
{
    *ring = (struct acre_ring){
        .slots = calloc(slot_count, sizeof *ring->slots),
        .slot_count = slot_count,
    };
    if (ring->slots == NULL)
        return false;
    pthread_mutex_init(&ring->lock, NULL);
    pthread_cond_init(&ring->change, NULL);
    VALGRIND_HG_DISABLE_CHECKING(&ring->published, sizeof ring->published);
    VALGRIND_HG_DISABLE_CHECKING(&ring->done, sizeof ring->done);
    VALGRIND_HG_DISABLE_CHECKING(&ring->is_closed, sizeof ring->is_closed);
    VALGRIND_HG_DISABLE_CHECKING(&ring->sleepers, sizeof ring->sleepers);
    return true;
}

void acre_ring_end(struct acre_ring *ring)
{
    if (ring->slots == NULL)
        return;
    VALGRIND_HG_ENABLE_CHECKING(ring, sizeof *ring);
    pthread_cond_destroy(&ring->change);
    pthread_mutex_destroy(&ring->lock);
    free(ring->slots);
    ring->slots = NULL;
}

/* Waiting ----------------------------------------------------------------------------------- */

typedef bool condition(struct acre_ring *ring);

/* Whoever is about to sleep says so and looks again; whoever changes something does so and looks
 * for sleepers then. All four are sequentially consistent: one of the two sees the other. */
static void wait_for(struct acre_ring *ring, condition *is_met)
{
    for (int i = 0; i < SPINS; i++)
        if (is_met(ring))
            return;
    pthread_mutex_lock(&ring->lock);
    atomic_fetch_add(&ring->sleepers, 1);
    while (!is_met(ring))
        pthread_cond_wait(&ring->change, &ring->lock);
    atomic_fetch_sub(&ring->sleepers, 1);
    pthread_mutex_unlock(&ring->lock);
}

static void wake(struct acre_ring *ring)
{
    if (atomic_load(&ring->sleepers) == 0)
        return;
    pthread_mutex_lock(&ring->lock);
    pthread_cond_broadcast(&ring->change);
    pthread_mutex_unlock(&ring->lock);
}

/* The producer ------------------------------------------------------------------------------ */

static uint64_t published_by_me(struct acre_ring *ring)
{
    return atomic_load_explicit(&ring->published, memory_order_relaxed);
}

bool acre_ring_has_room(struct acre_ring *ring)
{
    bool has_room = published_by_me(ring) - atomic_load(&ring->done) < ring->slot_count;

    if (has_room)
        ANNOTATE_HAPPENS_AFTER(&ring->done);
    return has_room;
}

void acre_ring_wait_for_room(struct acre_ring *ring)
{
    wait_for(ring, acre_ring_has_room);
}

static uint32_t after(const struct acre_ring *ring, uint32_t at)
{
    return at + 1 < ring->slot_count ? at + 1 : 0;
}

void acre_ring_publish(struct acre_ring *ring, struct acre_parcel parcel)
{
    ring->slots[ring->room_at] = parcel;
    ring->room_at = after(ring, ring->room_at);
    ANNOTATE_HAPPENS_BEFORE(&ring->published);
    atomic_store(&ring->published, published_by_me(ring) + 1);
    wake(ring);
}

static bool is_empty(struct acre_ring *ring)
{
    bool is_empty = published_by_me(ring) == atomic_load(&ring->done);

    if (is_empty)
        ANNOTATE_HAPPENS_AFTER(&ring->done);
    return is_empty;
}

void acre_ring_wait_until_empty(struct acre_ring *ring)
{
    wait_for(ring, is_empty);
}

void acre_ring_close(struct acre_ring *ring)
{
    atomic_store(&ring->is_closed, true);
    wake(ring);
}

/* The consumer ------------------------------------------------------------------------------ */

static bool is_published(struct acre_ring *ring)
{
    return atomic_load(&ring->published) != atomic_load_explicit(&ring->done, memory_order_relaxed);
}

static bool is_published_or_closed(struct acre_ring *ring)
{
    return is_published(ring) || atomic_load(&ring->is_closed);
}

bool acre_ring_has_next(struct acre_ring *ring, struct acre_parcel *parcel)
{
    if (!is_published(ring))
        return false;
    ANNOTATE_HAPPENS_AFTER(&ring->published);
    *parcel = ring->slots[ring->next_at];
    return true;
}

bool acre_ring_wait_for_next(struct acre_ring *ring, struct acre_parcel *parcel)
{
    wait_for(ring, is_published_or_closed);
    return acre_ring_has_next(ring, parcel);
}

void acre_ring_done(struct acre_ring *ring)
{
    ring->next_at = after(ring, ring->next_at);
    ANNOTATE_HAPPENS_BEFORE(&ring->done);
    atomic_store(&ring->done, atomic_load_explicit(&ring->done, memory_order_relaxed) + 1);
    wake(ring);
}
