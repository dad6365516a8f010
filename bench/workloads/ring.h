/*
 * A bounded ring from one producer to one consumer, threads or not.
 *
 *    slots   │ taken │ published │ published │ room │ room │
 *              ^ next                          ^ room
 *
 * A slot is free again when the consumer has done with what it stands for, not before: so a
 * producer that gets room also knows that what it put there one turn ago is no longer used.
 *
 * Both sides spin for some microseconds and sleep then, so that neither burns a processor while the
 * other is held up.
 */
#ifndef ACRE_BENCH_RING_H
#define ACRE_BENCH_RING_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct acre_parcel {
    void *content;
    struct acre_alloc *region; /* handed over whole; NULL: none is */
};

struct acre_ring {
    struct acre_parcel *slots; /* owned */
    uint32_t slot_count;
    _Alignas(64) uint32_t room_at; /* of the producer alone */
    _Alignas(64) uint32_t next_at; /* of the consumer alone */
    _Alignas(64) _Atomic uint64_t published;
    _Alignas(64) _Atomic uint64_t done;
    _Atomic bool is_closed;
    atomic_int sleepers;
    pthread_mutex_t lock; /* of those who sleep */
    pthread_cond_t change;
};

/* False for want of memory. A ring is ended when both sides have left it. */
bool acre_ring_open(struct acre_ring *ring, uint32_t slot_count);
void acre_ring_end(struct acre_ring *ring);

/* The producer: whether there is room for one more; waits for it; hands a parcel over, for which
 * there must be room; waits until the consumer has done with all; publishes nothing more. */
bool acre_ring_has_room(struct acre_ring *ring);
void acre_ring_wait_for_room(struct acre_ring *ring);
void acre_ring_publish(struct acre_ring *ring, struct acre_parcel parcel);
void acre_ring_wait_until_empty(struct acre_ring *ring);
void acre_ring_close(struct acre_ring *ring);

/* The consumer: whether there is a parcel; waits for one, false when the ring is closed and empty;
 * has done with the oldest. */
bool acre_ring_has_next(struct acre_ring *ring, struct acre_parcel *parcel);
bool acre_ring_wait_for_next(struct acre_ring *ring, struct acre_parcel *parcel);
void acre_ring_done(struct acre_ring *ring);

#endif
