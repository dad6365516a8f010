/*
 * Messages from a producer to a consumer: blocks that one thread takes and another gives back.
 *
 *    producer                           ring                      consumer, a thread
 *    takes, fills ──> message ──> │ m │ m │ m │   │ ──> hashes, frees                       weak
 *    takes, fills ──> a batch in a region ──> │ r │ r │ ──> hashes, resets the region       region
 *                        ^                                     │
 *                        └───────── the region again ──────────┘
 *
 *   shape      messages of 32 to 4,095 bytes, each linked to the next of its batch
 *   lifetime   a message lives until it was read; two batches at most are on their way
 *   stresses   blocks freed by another thread than their own, and lines in another core's cache
 *
 * No thread ever touches what it has handed over. Where a layer stands in front of an allocator
 * (recorder, fault, guard) nothing is run at once: the consumer's part is done by the producer's
 * thread, whenever there is no room and when an iteration ends. So books are exact, and allocations
 * come in one order.
 */
#include <stdlib.h>

#include "bench/bench.h"
#include "bench/random.h"
#include "bench/workloads/hash.h"
#include "bench/workloads/ring.h"

enum { MESSAGES, BATCH, PARAMETERS };

/* The most bytes of a message, and how far apart the limit's buffers lie: no power of two, or all
 * of them would begin in one set of a cache. */
enum { MOST_BYTES = 4096, BUFFER_BYTES = MOST_BYTES + 192 };

static const struct acre_parameter parameters[PARAMETERS] = {
    [MESSAGES] = {.name = "messages",
                  .argument = "N[,N...]",
                  .help = "messages of an iteration (default 1000)",
                  .defaults = "1000",
                  .is_list = true,
                  .least = 1,
                  .most = UINT32_MAX,
                  .before = "",
                  .after = " messages"},
    [BATCH] = {.name = "batch",
               .argument = "N[,N...]",
               .help = "messages that a region holds; twice as many are on their way\n"
                       "at most, under every lifetime (default 64)",
               .defaults = "64",
               .is_list = true,
               .least = 1,
               .most = 65536,
               .before = "batches of ",
               .after = ""},
};

/* messages, batch */
static const uint64_t tiny[][ACRE_MOST_PARAMETERS] = {{7, 2}};

struct message {
    struct message *next; /* of the batch, or NULL */
    uint64_t size_bytes;  /* of the whole message */
    uint64_t words[];
};

_Static_assert(sizeof(struct message) == 16, "the least message has room for words");

/* A producer, its ring and its consumer; the limit is one without allocators. */
struct handoff {
    struct acre_stage *stage;  /* NULL: the limit */
    struct acre_alloc *single; /* weak: takes and frees messages */
    struct acre_alloc *regions[ACRE_BACKEND_REGIONS];
    char *buffers; /* of the limit, for all that are on their way */
    uint64_t seed, messages;
    uint32_t batch, slot_count; /* messages in a parcel; parcels in the ring */
    struct acre_ring ring;
    bool has_thread;
    pthread_t consumer;
    uint64_t hash; /* of this iteration's messages; the consumer's while there are any */
};

static struct acre_layout layout_of(size_t size_bytes)
{
    return (struct acre_layout){size_bytes, 16, ACRE_PURPOSE_NODE};
}

/* The consumer ------------------------------------------------------------------------------ */

static void consume(struct handoff *handoff, struct acre_parcel parcel)
{
    struct message *message = parcel.content;

    while (message != NULL) {
        struct message *next = message->next;
        size_t size_bytes = message->size_bytes;

        handoff->hash =
            acre_hash_bytes(handoff->hash, &message->size_bytes, size_bytes - sizeof message->next);
        if (handoff->single != NULL)
            acre_free(handoff->single, message, layout_of(size_bytes));
        message = next;
    }
    if (parcel.region != NULL)
        acre_reset(parcel.region);
    acre_ring_done(&handoff->ring);
}

static void *consume_all(void *argument)
{
    struct handoff *handoff = argument;
    struct acre_parcel parcel;

    while (acre_ring_wait_for_next(&handoff->ring, &parcel))
        consume(handoff, parcel);
    return NULL;
}

static void consume_in_step(struct handoff *handoff)
{
    struct acre_parcel parcel;

    while (acre_ring_has_next(&handoff->ring, &parcel))
        consume(handoff, parcel);
}

/* The producer ------------------------------------------------------------------------------ */

static void wait_for_room(struct handoff *handoff)
{
    if (handoff->has_thread)
        acre_ring_wait_for_room(&handoff->ring);
    else if (!acre_ring_has_room(&handoff->ring))
        consume_in_step(handoff);
}

static void wait_until_empty(struct handoff *handoff)
{
    if (handoff->has_thread)
        acre_ring_wait_until_empty(&handoff->ring);
    else
        consume_in_step(handoff);
}

/* From 2^k to 2^(k+1) - 1 bytes, k from 5 to 11, all k alike: many small ones, and most bytes in
 * the large ones. */
static size_t draw_size(struct acre_random *random)
{
    uint64_t drawn = acre_random_next(random);
    size_t least = (size_t)32 << (drawn >> 32) % 7;

    return least + (size_t)(drawn & (least - 1));
}

/* The words of it; what is behind the last whole one is the last word as far as it goes. */
static void fill(struct message *message, size_t size_bytes, uint64_t number)
{
    size_t words_bytes = size_bytes - sizeof *message;
    size_t count = words_bytes / sizeof(uint64_t);

    message->size_bytes = size_bytes;
    for (size_t i = 0; i < count; i++)
        message->words[i] = (number + i) * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = count * sizeof(uint64_t); i < words_bytes; i++)
        ((unsigned char *)message->words)[i] = (unsigned char)number;
}

/* Whose turn it is; NULL: messages go singly. */
static struct acre_alloc *region_of(const struct handoff *handoff, uint64_t parcel)
{
    return handoff->regions[0] != NULL ? handoff->regions[parcel % handoff->slot_count] : NULL;
}

static struct message *take(const struct handoff *handoff, uint64_t parcel, uint32_t place,
                            size_t size_bytes)
{
    struct acre_alloc *region = region_of(handoff, parcel);
    uint64_t slot = parcel % handoff->slot_count;
    void *buffer;

    if (handoff->stage != NULL)
        return acre_allocate(region != NULL ? region : handoff->single, layout_of(size_bytes));
    buffer = handoff->buffers + (slot * handoff->batch + place) * BUFFER_BYTES;
    return buffer;
}

struct batch {
    struct handoff *handoff;
    struct acre_random random;
    uint64_t parcel; /* how many came before, ever: says which region is its turn */
    uint64_t number; /* of the next message */
};

/* A parcel is built and handed over whole. When it cannot be, nothing of it is left. */
static enum acre_status send(struct batch *batch, uint64_t count)
{
    struct handoff *handoff = batch->handoff;
    struct acre_alloc *region = region_of(handoff, batch->parcel);
    struct message *first = NULL;
    struct message **last = &first;

    wait_for_room(handoff);
    for (uint32_t place = 0; place < count; place++) {
        size_t size_bytes = draw_size(&batch->random);
        struct message *message = take(handoff, batch->parcel, place, size_bytes);

        if (message == NULL) {
            if (region != NULL)
                acre_reset(region);
            return acre_fail(handoff->stage->engine, ACRE_NO_MEMORY,
                             "out of memory for a message of %zu bytes", size_bytes);
        }
        fill(message, size_bytes, batch->number++);
        message->next = NULL;
        *last = message;
        last = &message->next;
    }
    acre_ring_publish(&handoff->ring, (struct acre_parcel){first, region});
    batch->parcel++;
    return ACRE_OK;
}

static enum acre_status run(struct handoff *handoff, uint64_t iteration)
{
    struct batch batch = {.handoff = handoff, .number = iteration << 32};
    enum acre_status status = ACRE_OK;
    uint64_t left = handoff->messages;

    acre_random_init(&batch.random, handoff->seed, iteration);
    handoff->hash = 0;
    while (status == ACRE_OK && left > 0) {
        uint64_t count = left < handoff->batch ? left : handoff->batch;

        status = send(&batch, count);
        left -= count;
    }
    wait_until_empty(handoff);
    return status;
}

/* The workload ------------------------------------------------------------------------------ */

static void handoff_close(void *state)
{
    struct handoff *handoff = state;

    if (handoff->has_thread) {
        acre_ring_close(&handoff->ring);
        pthread_join(handoff->consumer, NULL);
    }
    acre_ring_end(&handoff->ring);
    free(handoff);
}

/* Regions are handed over by the batch; else single messages. */
static struct handoff *open_ring(const struct acre_cell_spec *spec, uint32_t region_count,
                                 bool wants_thread)
{
    uint32_t batch = (uint32_t)spec->values[BATCH];
    struct handoff *handoff = aligned_alloc(_Alignof(struct handoff), sizeof *handoff);

    if (handoff == NULL)
        return NULL;
    *handoff = (struct handoff){
        .seed = spec->seed,
        .messages = spec->values[MESSAGES],
        .batch = region_count > 0 ? batch : 1,
        .slot_count = region_count > 0 ? region_count : ACRE_BACKEND_REGIONS * batch,
    };
    if (acre_ring_open(&handoff->ring, handoff->slot_count)) {
        handoff->has_thread =
            wants_thread && pthread_create(&handoff->consumer, NULL, consume_all, handoff) == 0;
        if (handoff->has_thread == wants_thread)
            return handoff;
    }
    handoff_close(handoff);
    return NULL;
}

/* What a layer keeps, and what layers share, is for one thread at a time. */
static bool has_layers(const struct acre_stage *stage)
{
    bool has_layers = stage->tops[0] != stage->backend.pinned;

    for (unsigned i = 0; i < stage->region_count; i++)
        has_layers |= stage->tops[1 + i] != stage->backend.regions[i];
    return has_layers;
}

static void *handoff_open(struct acre_stage *stage, const struct acre_cell_spec *spec)
{
    struct handoff *handoff = open_ring(spec, stage->region_count, !has_layers(stage));

    if (handoff == NULL)
        return NULL;
    handoff->stage = stage;
    for (unsigned i = 0; i < stage->region_count; i++)
        handoff->regions[i] = stage->tops[1 + i];
    if (stage->region_count == 0)
        handoff->single = stage->tops[0];
    return handoff;
}

static enum acre_status handoff_step(void *state, uint64_t iteration)
{
    struct handoff *handoff = state;
    enum acre_status status = acre_stage_begin(handoff->stage, iteration);

    if (status == ACRE_OK)
        status = run(handoff, iteration);
    if (status == ACRE_OK)
        acre_stage_end(handoff->stage);
    return status;
}

static uint64_t handoff_checksum(const void *state)
{
    return ((const struct handoff *)state)->hash;
}

static enum acre_status handoff_drain(void *state)
{
    return acre_stage_drain(((struct handoff *)state)->stage);
}

/* Its limit: the same threads, and copies into buffers that were there before. ---------------- */

static void *limit_open(struct acre_alloc *memory, const struct acre_cell_spec *spec)
{
    bool is_by_region = spec->lifetime == ACRE_LIFETIME_REGION;
    struct handoff *limit = open_ring(spec, is_by_region ? ACRE_BACKEND_REGIONS : 0, true);

    if (limit == NULL)
        return NULL;
    limit->buffers = acre_allocate_array(memory, (size_t)limit->slot_count * limit->batch,
                                         BUFFER_BYTES, 64, ACRE_PURPOSE_NODE);
    if (limit->buffers != NULL)
        return limit;
    handoff_close(limit);
    return NULL;
}

static void limit_step(void *limit, uint64_t iteration)
{
    run(limit, iteration); /* it takes nothing that could be refused */
}

/* What it is ---------------------------------------------------------------------------------- */

static const char *handoff_why_not(const struct acre_backend_kind *kind,
                                   enum acre_lifetime lifetime)
{
    if (lifetime == ACRE_LIFETIME_WEAK && kind->threads != ACRE_THREADS_ANY)
        return "its blocks cannot be freed by another thread while the first one goes on";
    if (lifetime == ACRE_LIFETIME_REGION && kind->threads == ACRE_THREADS_MAKER)
        return "its regions cannot be handed over to another thread";
    return NULL;
}

/* Two regions, in rotation. */
static enum acre_order order_of(const struct acre_cell_spec *spec)
{
    (void)spec;
    return ACRE_ORDER_SEED;
}

static uint64_t messages_of(const struct acre_cell_spec *spec)
{
    return spec->values[MESSAGES];
}

static const uint64_t suite[][ACRE_MOST_PARAMETERS] = {{1000, 64}};

static const char *const examples[] = {
    "--json run.json",
    "--backends all --messages 10000",
    "--batch 16,256 --lifetimes region",
    NULL,
};

const struct acre_workload acre_handoff = {
    .name = "handoff",
    .about = "Messages from one thread to another, which frees them singly or by the region",
    .parameters = parameters,
    .parameter_count = PARAMETERS,
    .tiny = tiny,
    .tiny_count = sizeof tiny / sizeof tiny[0],
    .suite = suite,
    .suite_count = sizeof suite / sizeof suite[0],
    .examples = examples,
    .iterations = 10,
    .rounds = 12,
    .unit = "message",
    .units = messages_of,
    .unsuited = {[ACRE_LIFETIME_STRONG] = "nothing would ever be freed",
                 [ACRE_LIFETIME_COLLECTOR] = "messages are no objects: there is nothing to collect",
                 [ACRE_LIFETIME_WALKED] = "messages are not counted: the same as region"},
    .why_not = handoff_why_not,
    .uncounted = "its threads wait for each other",
    .order = order_of,
    .open = handoff_open,
    .step = handoff_step,
    .checksum = handoff_checksum,
    .drain = handoff_drain,
    .close = handoff_close,
    .limit_open = limit_open,
    .limit_step = limit_step,
    .limit_checksum = handoff_checksum,
    .limit_close = handoff_close,
};
