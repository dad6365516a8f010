/*
 * A program: the calls of a trace as a loop can play them, again and again, on any allocator.
 *
 *    ┌────────┬─────────────────────────────────────┬───────────────────────────────┐
 *    │ header │ operation, operation, ..., END      │ streams, where there are any  │
 *    └────────┴─────────────────────────────────────┴───────────────────────────────┘
 *     64 words  8 bytes each: all calls, in order     the same calls, by thread: streams.h
 *
 *    operation:  ┌──────┬───────┬──────┬───────────────┐   kind    4 bits, group  2 bits
 *                │ slot │ group │ kind │ size in bytes │   slot   26 bits
 *                └──────┴───────┴──────┴───────────────┘   size   32 bits
 *
 * A slot is the place of a live block in a table of as many as ever lived together. A group has
 * regions (plan.h), where blocks end by a RESET. What does not fit stands in an operation of its
 * own beside it:
 *
 *    WIDE       in front: log2 of the alignment where that is not malloc's (in the slot), and the
 *               upper half of the size (in the size)
 *    OLD_SIZE   behind a RESIZE: the size before; its upper part is in the slot
 *    WAIT       in a stream alone: until another one has done its operation of this place, counted
 *               from the program's first. The stream is in the upper bits of the slot, the place's
 *               upper bits in the others, its lower ones in the size
 *    END        of a stream, where the size is not 0: it goes on in the chunk of that number
 *
 * Everything is told by numbers, so that processes may share a program: it is one block of memory,
 * with nothing in it that points.
 */
#ifndef ACRE_REPLAY_PROGRAM_H
#define ACRE_REPLAY_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ACRE_PROGRAM_MAGIC UINT64_C(0x316d617267657263) /* "cregram1" */

enum acre_operation_kind {
    ACRE_PLAY_END,
    ACRE_PLAY_ALLOCATE,
    ACRE_PLAY_ALLOCATE_CLEARED, /* calloc: its bytes are 0 */
    ACRE_PLAY_FREE,
    ACRE_PLAY_RESIZE, /* realloc: to this size */
    ACRE_PLAY_OLD_SIZE,
    ACRE_PLAY_WIDE,
    /* Of a group's regions. Kinds of their own: a branch inside of the others would be paid by all.
     */
    ACRE_PLAY_ALLOCATE_IN,
    ACRE_PLAY_ALLOCATE_CLEARED_IN,
    ACRE_PLAY_FREE_IN,   /* nothing but its last look at the contents */
    ACRE_PLAY_RESIZE_IN, /* of a block in the region that is filled */
    ACRE_PLAY_RENEW_IN,  /* ... of one in the other region: a copy in this one */
    ACRE_PLAY_MOVE_OUT,  /* what outlives its region: a copy of malloc's */
    ACRE_PLAY_RESET,     /* of the group; with two regions the older one, which is filled next */
    ACRE_PLAY_FREE_FROM, /* of a reap: given back to the one that is filled */
    ACRE_PLAY_WAIT,
};

struct acre_operation {
    uint32_t what; /* slot << 6 | group << 4 | kind */
    uint32_t size;
};

enum {
    ACRE_PROGRAM_NAME_BYTES = 128,
    ACRE_PLAY_KIND_BITS = 4,
    ACRE_PLAY_GROUP_BITS = 2,
    ACRE_PLAY_SLOT_SHIFT = ACRE_PLAY_KIND_BITS + ACRE_PLAY_GROUP_BITS,
    ACRE_PLAY_MOST_SLOTS = 1 << (32 - ACRE_PLAY_SLOT_SHIFT),
    ACRE_PLAY_ALIGN = 8, /* of what needs no WIDE: all of malloc's are served as malloc serves them,
                            since what aligns to more is aligned to this */
    ACRE_PLAY_PLACE_BITS = 20, /* of a WAIT's slot: what its size has no room for */
    ACRE_PLAY_MOST_STREAMS = ACRE_PLAY_MOST_SLOTS >> ACRE_PLAY_PLACE_BITS,
    ACRE_PLAY_CHUNK = 4096, /* operations of a stream that stand together */
};

/*
 * What is done with the contents of blocks. A replay that touches nothing sees nothing of where
 * blocks lie; real programs touch more than the ends.
 *
 *    first        8 bytes at the begin are written at birth and read at death
 *    first+last   the same, and the last 8
 *    all          every byte is written at birth, and every cache line read at death
 */
enum acre_touch {
    ACRE_TOUCH_NONE,
    ACRE_TOUCH_FIRST,
    ACRE_TOUCH_FIRST_LAST,
    ACRE_TOUCH_ALL,
    ACRE_TOUCHES
};

struct acre_program {
    uint64_t magic;
    uint64_t bytes; /* of the whole */
    uint64_t operations, slots;
    uint64_t largest_bytes; /* of a block */

    /* Of the trace. Events are calls that are played: births + deaths + resizes. */
    uint64_t events, births, deaths, resizes;
    uint64_t inherited; /* of the births: they come first */
    uint64_t remaining; /* of the deaths: what lived at the end, freed behind it */
    uint64_t refused;   /* calls that failed, and are left out */
    uint64_t unknown;   /* of blocks that nobody saw being born, left out */
    uint64_t threads;   /* whose calls they were */
    uint64_t requested_bytes, peak_bytes; /* peak: of what lives and what waits for a reset */
    uint64_t live_peak_bytes;             /* ... of what lives */

    /* Of the plan; 0 where there is none. */
    uint64_t rotation[4];              /* regions of each group */
    uint64_t reaps;                    /* bit g: those of group g are reaps */
    uint64_t absorbed, absorbed_bytes; /* births in regions */
    uint64_t resets;
    uint64_t moved_out, moved_out_bytes; /* at resets: what outlived its region */
    uint64_t recorded_ns;                /* from the first event to the last */
    uint64_t overhead_ns;                /* of it, what recording took; 0: not told */
    uint64_t checksums[ACRE_TOUCHES];    /* what a player that found the right contents ends with */

    /* Of the streams; 0 where there are none. */
    uint64_t streams;      /* and chunks: of stream i the first is chunk i */
    uint64_t streams_from; /* place of chunk 0 */
    uint64_t stream_slots;
    uint64_t handed_over; /* calls about a block that another stream had last */
    uint64_t waits;       /* that are played for these */
    uint64_t stream_checksums[ACRE_TOUCHES];

    char name[ACRE_PROGRAM_NAME_BYTES]; /* of the trace, for people; printable */
    uint64_t padding[64 - 34 - 2 * ACRE_TOUCHES - ACRE_PROGRAM_NAME_BYTES / 8];
};

_Static_assert(sizeof(struct acre_program) == 512, "operations begin at a cache line");

static inline const struct acre_operation *
acre_program_operations(const struct acre_program *program)
{
    return (const struct acre_operation *)(program + 1);
}

static inline enum acre_operation_kind acre_operation_kind_of(struct acre_operation operation)
{
    return (enum acre_operation_kind)(operation.what & ((1u << ACRE_PLAY_KIND_BITS) - 1));
}

static inline uint32_t acre_operation_slot(struct acre_operation operation)
{
    return operation.what >> ACRE_PLAY_SLOT_SHIFT;
}

static inline uint32_t acre_operation_group(struct acre_operation operation)
{
    return operation.what >> ACRE_PLAY_KIND_BITS & ((1u << ACRE_PLAY_GROUP_BITS) - 1);
}

/* Of a WAIT: whom for, and until which place. */
static inline uint32_t acre_operation_awaited(struct acre_operation operation)
{
    return acre_operation_slot(operation) >> ACRE_PLAY_PLACE_BITS;
}

static inline uint64_t acre_operation_place(struct acre_operation operation)
{
    uint64_t upper = acre_operation_slot(operation) & ((1u << ACRE_PLAY_PLACE_BITS) - 1);

    return upper << 32 | operation.size;
}

static inline const struct acre_operation *acre_program_chunk(const struct acre_program *program,
                                                              uint64_t chunk)
{
    return acre_program_operations(program) + program->streams_from + chunk * ACRE_PLAY_CHUNK;
}

/* Whether so many bytes are a program as far as its header says: for what comes from another
 * process of ours. */
static inline bool acre_program_is_whole(const struct acre_program *program, size_t bytes)
{
    return bytes >= sizeof *program && program->magic == ACRE_PROGRAM_MAGIC &&
           program->bytes == bytes && memchr(program->name, 0, sizeof program->name) != NULL &&
           program->slots <= ACRE_PLAY_MOST_SLOTS &&
           program->stream_slots <= ACRE_PLAY_MOST_SLOTS &&
           program->streams <= ACRE_PLAY_MOST_STREAMS &&
           program->streams_from + program->streams * ACRE_PLAY_CHUNK <= program->operations &&
           program->operations == (bytes - sizeof *program) / sizeof(struct acre_operation);
}

#endif
