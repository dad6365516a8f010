/*
 * A raw recording: what a recorded process leaves, one file a process, written through a shared
 * mapping, so that whatever ends the process loses nothing that was stored. It is read on the
 * machine that wrote it, by the sealer (record/seal.h), which makes a trace of it.
 *
 *    ┌─────────┬─────────┬─────────┬───┐   the file is sparse: as long as it may become
 *    │ head    │ block 0 │ block 1 │...│
 *    └─────────┴─────────┴─────────┴───┘
 *     64 KiB    64 KiB each, taken by head.blocks + 1
 *
 *    block: ┌──────┬──────┬──────┬───┬──────┐   of one thread's state; words of 8 bytes
 *           │ head │ item │ item │...│ 0 0 0│
 *           └──────┴──────┴──────┴───┴──────┘
 *
 * An item is stored with its first word last, and that is never 0: an item is there, or not. Where
 * there is a zero word the block ends, so far.
 *
 *    call:   word 0   address / 16 in bits 4 to 47, kind in 0 to 3
 *                     bit 63: stamped   bit 62: long   bits 48 to 61: usable bytes above the size
 *            word 1   size (low half), number of the stack (high half)
 *            stamped: the ticks, one word
 *            long:    size; usable bytes; the address itself; log2 of the alignment, call (bits
 *                     8 to 15)
 *
 *    free:   word 0   address / 16 in bits 4 to 47, kind 14 in 0 to 3, number of the stack in bits
 *                     48 to 63: a whole call, of those that have no time, where the number is so
 *                     small, which nearly all are
 *
 *    note:   word 0   kind 15 in bits 0 to 3, what in 4 to 11, words behind it in 16 to 31
 *            word 1   the ticks
 *            what it says
 *
 * A call has the time of the last stamp in front of it where it has none of its own: one thread's
 * calls in a process of one thread. Stacks are numbered by each thread's state, from 1.
 */
#ifndef ACRE_RECORD_RAW_H
#define ACRE_RECORD_RAW_H

#include <stdatomic.h>
#include <stdint.h>

#define ACRE_RAW_MAGIC UINT64_C(0x31776172657263e1) /* "\xe1crerawN", its number last */

enum {
    ACRE_RAW_BLOCK_BYTES = 64 * 1024, /* the head of the file takes as much */
    ACRE_RAW_BLOCK_MAGIC = 0x6b6c6261,
    ACRE_RAW_MOST_PATH_BYTES = 4096,
    ACRE_RAW_MOST_COMMAND_BYTES = 16384,
    ACRE_RAW_MOST_FRAMES = 512, /* of one stack */
    ACRE_RAW_MOST_CALL_WORDS = 7,
    ACRE_RAW_MOST_NOTE_WORDS = 2 + 4 + ACRE_RAW_MOST_PATH_BYTES / 8 + 16,
};

/* Kinds 1 to 9 are births, numbered as enum acre_trace_call. */
enum acre_raw_kind {
    ACRE_RAW_MALLOC = 1,
    ACRE_RAW_CALLOC = 2,
    ACRE_RAW_REALLOC = 3, /* of NULL */
    ACRE_RAW_REALLOCARRAY = 4,
    ACRE_RAW_MEMALIGN = 5,
    ACRE_RAW_POSIX_MEMALIGN = 6,
    ACRE_RAW_ALIGNED_ALLOC = 7,
    ACRE_RAW_VALLOC = 8,
    ACRE_RAW_PVALLOC = 9,
    ACRE_RAW_FREE = 10,
    /* realloc of a block is two items, since another thread may have its address in between: the
     * old address and the stack before the call; the new address, or 0 and the size, behind it. */
    ACRE_RAW_RESIZE_BEGIN = 11,
    ACRE_RAW_RESIZE_END = 12,
    ACRE_RAW_REFUSE = 13, /* always long: the size, the alignment, the call */
    ACRE_RAW_SHORT_FREE = 14,
    ACRE_RAW_NOTE = 15,
};

/* In the long form only: C++'s own operators, where an allocator has them itself. */
enum { ACRE_RAW_NEW = 10 };

enum acre_raw_note {
    ACRE_RAW_STACK = 1,  /* return addresses, innermost first; the next number of this state */
    ACRE_RAW_MODULE = 2, /* load bias, first address, bytes, build id's bytes; build id; path */
    ACRE_RAW_MODULES =
        3,               /* those that this state told since the last such note are all there are */
    ACRE_RAW_THREAD = 4, /* the kernel's number: whose calls follow, in this state */
    ACRE_RAW_FORK = 5,   /* stored before the call: what lives now lives in the child */
    ACRE_RAW_FORKED = 6, /* the child's process number, 0: it failed */
    ACRE_RAW_SCOPE_BEGIN = 7,  /* number; name */
    ACRE_RAW_SCOPE_END = 8,    /* 0; name */
    ACRE_RAW_REGION_RESET = 9, /* 0; name */
    ACRE_RAW_PURPOSE = 10,     /* 0; name: of this thread's births from here on; "": none */
    ACRE_RAW_OURS = 11,        /* address of a block that is the recorder's: its end is no call */
};

#define ACRE_RAW_STAMPED      (UINT64_C(1) << 63)
#define ACRE_RAW_LONG         (UINT64_C(1) << 62)
#define ACRE_RAW_ADDRESS_BITS UINT64_C(0x0000fffffffffff0)
#define ACRE_RAW_EXCESS_SHIFT 48
#define ACRE_RAW_STACK_SHIFT  48 /* of a short free */
#define ACRE_RAW_MOST_EXCESS  UINT64_C(0x3fff)

/* Stacks are shortened in their middle; this address stands for what was left out. */
#define ACRE_RAW_LEFT_OUT UINT64_C(1)

enum acre_raw_stacks { ACRE_RAW_NO_STACKS, ACRE_RAW_FRAME_POINTERS, ACRE_RAW_UNWIND };

/* How it ended, as far as the process itself could tell. */
enum acre_raw_end {
    ACRE_RAW_END_NONE = 0,
    ACRE_RAW_END_EXIT = 1,  /* exit's handlers ran; what came behind them is recorded too */
    ACRE_RAW_END_QUICK = 2, /* _exit, _Exit, quick_exit */
};

/* Why it records no more. */
enum acre_raw_stop {
    ACRE_RAW_GOES_ON = 0,
    ACRE_RAW_STOP_LIMIT = 1, /* the file is as long as it may be */
    ACRE_RAW_STOP_ERROR = 2, /* no room could be had; errno is told */
};

/* The first block of the file. A process that could not be recorded leaves this alone. */
struct acre_raw_head {
    uint64_t magic; /* stored last */
    uint32_t block_bytes;
    uint32_t stacks; /* enum acre_raw_stacks */
    uint64_t most_blocks;
    uint32_t process, parent;
    uint64_t born; /* of the process, in the kernel's ticks since boot: the same over exec */
    uint64_t ticks, ns, utc_ns; /* at the begin: the counter, CLOCK_MONOTONIC, CLOCK_REALTIME */
    uint64_t fork_ticks;        /* of the parent's note; 0: this process began otherwise */
    char fork_file[64];         /* name of the parent's recording */
    _Atomic uint64_t blocks;    /* taken, or tried: may be more than most_blocks */
    _Atomic uint64_t dropped;   /* events */
    _Atomic uint32_t stop, error;
    _Atomic uint32_t end;
    char executable[ACRE_RAW_MOST_PATH_BYTES];
    char allocator[ACRE_RAW_MOST_PATH_BYTES]; /* the library whose malloc serves */
    char hidden_by[ACRE_RAW_MOST_PATH_BYTES]; /* a module whose malloc stands in front of ours */
    char refusal[256];                        /* why nothing is recorded */
    uint32_t command_bytes;                   /* arguments, each with a zero behind it */
    char command[ACRE_RAW_MOST_COMMAND_BYTES];
};

_Static_assert(sizeof(struct acre_raw_head) <= ACRE_RAW_BLOCK_BYTES, "the head is one block");

struct acre_raw_block {
    uint32_t magic;     /* stored last */
    uint32_t thread;    /* the kernel's number */
    uint64_t state;     /* whose numbers of stacks: 1, 2, ... */
    uint64_t ticks, ns; /* both now */
    _Atomic uint64_t
        overhead_ticks; /* that recording took, as samples say, since the block began */
    uint64_t empty[3];
    uint64_t words[];
};

_Static_assert(sizeof(struct acre_raw_block) == 64, "words begin at a cache line");

enum { ACRE_RAW_BLOCK_WORDS = (ACRE_RAW_BLOCK_BYTES - 64) / 8 };

#endif
