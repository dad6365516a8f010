/*
 * Whether an allocator keeps what it states about threads (enum acre_threads).
 *
 *   in turn  the examination goes on in one thread after the other, each of which ends before the
 *            next begins; blocks stay, and whoever comes later gives them back
 *   any      four threads at once, each with an examination of its own. After each round every one
 *            hands some of its blocks on, and gives back, or keeps, those that it was handed:
 *
 *              steps, pack │ are all blocks apart? │ unpack: verify, free or keep │ steps, pack ...
 *                        barrier                 barrier
 *
 * What each thread does follows from the seed alone, and not from how they are scheduled.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/conformance/exam.h"

enum {
    LEGS = 8,
    WORKERS = 4,
    ROUND_STEPS = 50,
    MOST_PACKED = 64,
    MOST_ALIVE = WORKERS * (ACRE_EXAM_BLOCKS + MOST_PACKED),
};

/* In turn ----------------------------------------------------------------------------------- */

struct leg {
    struct acre_exam *exam;
    uint64_t steps;
    bool begins_with_reset;
    bool is_kept_to;
};

static void *run_leg(void *argument)
{
    struct leg *leg = argument;

    leg->is_kept_to = !leg->begins_with_reset || acre_exam_reset(leg->exam);
    for (uint64_t i = 0; leg->is_kept_to && i < leg->steps; i++)
        leg->is_kept_to = acre_exam_step(leg->exam);
    return NULL;
}

/* Every other leg is this thread's: what ended with another is to be found where it was. */
static bool hand_over(struct acre_exam *exam)
{
    bool can_reset = acre_can(exam->alloc, ACRE_CAN_RESET);
    uint64_t steps = exam->conformance->steps / 4 / LEGS + 1;

    for (int i = 0; i < LEGS; i++) {
        struct leg leg = {exam, steps, can_reset && i % 3 == 2, false};
        pthread_t thread;

        if (i % 2 != 0)
            run_leg(&leg);
        else if (pthread_create(&thread, NULL, run_leg, &leg) == 0)
            pthread_join(thread, NULL);
        else
            return acre_exam_breach(exam, "not examined: there is no thread");
        if (!leg.is_kept_to)
            return false;
    }
    return acre_exam_give_all(exam) && acre_exam_is_sound_inside(exam);
}

/* Any --------------------------------------------------------------------------------------- */

struct parcel {
    struct acre_exam_block blocks[MOST_PACKED];
    size_t count;
};

struct worker {
    struct exchange *exchange;
    unsigned number;
    struct acre_exam exam;
    struct acre_conformance conformance;
    struct parcel parcels[2]; /* of rounds in turn: the other one may not be unpacked yet */
};

struct exchange {
    struct worker workers[WORKERS];
    const struct acre_exam_block *alive[MOST_ALIVE]; /* for the comparison of all */
    uint64_t rounds;
    pthread_mutex_t start; /* held until all are there, or will never be */
    bool is_complete;
    pthread_barrier_t barrier;
    atomic_int first; /* the number of the first that found a breach; -1: none has */
};

static bool is_over(struct exchange *exchange)
{
    return atomic_load(&exchange->first) >= 0;
}

static void end(struct worker *worker)
{
    int none = -1;

    atomic_compare_exchange_strong(&worker->exchange->first, &none, (int)worker->number);
}

static bool run_steps(struct worker *worker)
{
    for (int i = 0; i < ROUND_STEPS; i++)
        if (!acre_exam_step(&worker->exam))
            return false;
    return true;
}

/* Half of its blocks, drawn. */
static void pack(struct worker *worker, uint64_t round)
{
    struct acre_exam *exam = &worker->exam;
    struct parcel *parcel = &worker->parcels[round % 2];
    size_t wanted = exam->count / 2 < MOST_PACKED ? exam->count / 2 : MOST_PACKED;

    for (parcel->count = 0; parcel->count < wanted; parcel->count++) {
        size_t drawn = acre_random_below(&exam->random, exam->count);

        parcel->blocks[parcel->count] = exam->blocks[drawn];
        exam->blocks[drawn] = exam->blocks[--exam->count];
    }
}

/* From each of the others in turn. */
static bool unpack(struct worker *worker, uint64_t round)
{
    unsigned giver = (worker->number + 1 + (unsigned)(round % (WORKERS - 1))) % WORKERS;
    const struct parcel *parcel = &worker->exchange->workers[giver].parcels[round % 2];
    struct acre_exam *exam = &worker->exam;

    for (size_t i = 0; i < parcel->count; i++) {
        bool keeps = acre_random_below(&exam->random, 2) == 0;

        if (exam->count == ACRE_EXAM_BLOCKS - 1 && !acre_exam_give(exam, 0))
            return false;
        exam->blocks[exam->count++] = parcel->blocks[i];
        if (keeps ? !acre_exam_is_kept(exam, &parcel->blocks[i])
                  : !acre_exam_give(exam, exam->count - 1))
            return false;
    }
    return true;
}

static int compare_places(const void *a, const void *b)
{
    const struct acre_exam_block *const *left = a;
    const struct acre_exam_block *const *right = b;

    return ((*left)->bytes > (*right)->bytes) - ((*left)->bytes < (*right)->bytes);
}

/* While the others wait. */
static bool are_apart(struct worker *worker, uint64_t round)
{
    const struct acre_exam_block **alive = worker->exchange->alive;
    size_t count = 0;

    for (int w = 0; w < WORKERS; w++) {
        const struct worker *one = &worker->exchange->workers[w];
        const struct parcel *parcel = &one->parcels[round % 2];

        for (size_t i = 0; i < one->exam.count; i++)
            alive[count++] = &one->exam.blocks[i];
        for (size_t i = 0; i < parcel->count; i++)
            alive[count++] = &parcel->blocks[i];
    }
    qsort(alive, count, sizeof *alive, compare_places);
    for (size_t i = 1; i < count; i++)
        if (alive[i - 1]->bytes + acre_exam_room_of(alive[i - 1]) > alive[i]->bytes)
            return acre_exam_breach(
                &worker->exam, "a block of %zu bytes at %p overlaps another thread's of %zu at %p",
                alive[i - 1]->layout.size, (void *)alive[i - 1]->bytes, alive[i]->layout.size,
                (void *)alive[i]->bytes);
    return true;
}

/* Who has found something ends what all do, but comes to the barriers as everybody does. */
static void run_round(struct worker *worker, uint64_t round)
{
    struct exchange *exchange = worker->exchange;

    if (!is_over(exchange) && run_steps(worker))
        pack(worker, round);
    else
        end(worker);
    pthread_barrier_wait(&exchange->barrier);
    if (worker->number == 0 && !is_over(exchange) && !are_apart(worker, round))
        end(worker);
    pthread_barrier_wait(&exchange->barrier);
    if (!is_over(exchange) && !unpack(worker, round))
        end(worker);
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    bool is_complete;

    pthread_mutex_lock(&worker->exchange->start);
    is_complete = worker->exchange->is_complete;
    pthread_mutex_unlock(&worker->exchange->start);
    for (uint64_t round = 0; is_complete && round < worker->exchange->rounds; round++)
        run_round(worker, round);
    return NULL;
}

static bool run_workers(struct exchange *exchange)
{
    pthread_t threads[WORKERS];
    int count = 0;

    pthread_mutex_lock(&exchange->start);
    while (count < WORKERS &&
           pthread_create(&threads[count], NULL, work, &exchange->workers[count]) == 0)
        count++;
    exchange->is_complete = count == WORKERS;
    pthread_mutex_unlock(&exchange->start);
    while (count > 0)
        pthread_join(threads[--count], NULL);
    return exchange->is_complete;
}

static void open_worker(struct worker *worker, struct exchange *exchange, unsigned number,
                        const struct acre_exam *exam)
{
    worker->exchange = exchange;
    worker->number = number;
    worker->exam.alloc = exam->alloc;
    worker->exam.conformance = &worker->conformance;
    acre_random_init(&worker->exam.random, exam->conformance->seed, 1 + number);
}

/* What is alive in the end outlives the threads that made it. */
static bool add_up(struct exchange *exchange, struct acre_exam *exam)
{
    int first = atomic_load(&exchange->first);

    for (int w = 0; w < WORKERS; w++) {
        struct worker *worker = &exchange->workers[w];

        if (first < 0 && !acre_exam_give_all(&worker->exam))
            first = w;
        exam->conformance->calls += worker->conformance.calls;
    }
    return first < 0 || acre_exam_breach(exam, "among %d threads: %s", WORKERS,
                                         exchange->workers[first].conformance.breach);
}

static bool exchange_blocks(struct acre_exam *exam)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    bool is_kept_to;

    if (exchange == NULL)
        return acre_exam_breach(exam, "not examined: out of memory");
    exchange->rounds = exam->conformance->steps / 2 / WORKERS / ROUND_STEPS + 4;
    exchange->first = -1;
    pthread_mutex_init(&exchange->start, NULL);
    pthread_barrier_init(&exchange->barrier, NULL, WORKERS);
    for (unsigned w = 0; w < WORKERS; w++)
        open_worker(&exchange->workers[w], exchange, w, exam);
    is_kept_to = run_workers(exchange)
                     ? add_up(exchange, exam)
                     : acre_exam_breach(exam, "not examined: there are no %d threads", WORKERS);
    pthread_barrier_destroy(&exchange->barrier);
    pthread_mutex_destroy(&exchange->start);
    free(exchange);
    return is_kept_to;
}

bool acre_exam_check_threads(struct acre_exam *exam)
{
    switch (exam->alloc->ops->threads) {
    case ACRE_THREADS_IN_TURN:
        return hand_over(exam);
    case ACRE_THREADS_ANY:
        return exchange_blocks(exam);
    default:
        return true; /* nothing may be done there that has not been done already */
    }
}
