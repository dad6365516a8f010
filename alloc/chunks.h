/*
 * Chunks: the pieces of whole pages that arenas are made of, and the spare ones.
 *
 *    ┌────────┬──────────────────────────────┐
 *    │ header │ blocks                       │   from the layer below, page-aligned
 *    └────────┴──────────────────────────────┘
 *
 * A chunk of one large block is spare after a reset, and kept. Arenas side by side may keep them
 * together: what one has just dropped is warm in the caches, and serves the other next.
 */
#ifndef ACRE_ALLOC_CHUNKS_H
#define ACRE_ALLOC_CHUNKS_H

#include <pthread.h>

#include "alloc/alloc.h"

struct acre_chunk {
    struct acre_chunk *next;
    size_t bytes;       /* the whole chunk, header included */
    size_t asked_bytes; /* of the layer below, which may have given more */
    size_t end_bytes;   /* of one that is full: behind its last block */
};

enum { ACRE_CHUNK_HEADER_BYTES = 64 /* the first block begins on a cache line */ };

_Static_assert(sizeof(struct acre_chunk) <= ACRE_CHUNK_HEADER_BYTES,
               "the header must fit in front of the blocks");

static inline char *acre_chunk_blocks(const struct acre_chunk *chunk)
{
    return (char *)chunk + ACRE_CHUNK_HEADER_BYTES;
}

static inline char *acre_chunk_end(const struct acre_chunk *chunk)
{
    return (char *)chunk + chunk->bytes;
}

/* Chunks of large blocks that wait. Zeroed, it is empty. */
struct acre_spares {
    pthread_mutex_t lock;     /* only where they are shared */
    bool are_shared;          /* by arenas that may be used by several threads */
    struct acre_chunk *first; /* what was kept last comes first */
    size_t bytes;
};

/* Where the chunks of one arena come from. */
struct acre_chunk_source {
    struct acre_alloc *below;
    size_t page_bytes;
    size_t limit_bytes; /* of what is held, with its own spares; 0: none */
    size_t used_bytes;  /* of chunks that were taken and neither kept nor given back */
    bool is_tracked;    /* a checker is told of chunks */
    struct acre_spares own_spares;
    struct acre_spares *spares; /* its own, or those of the arena beside */
};

/* A source over `below` (borrowed). `beside`: NULL, or one that lives longer, on the same layer,
 * whose spare chunks are this one's too. The end gives its own spares back; no chunk may be in use.
 */
void acre_chunks_begin(struct acre_chunk_source *source, struct acre_alloc *below,
                       size_t limit_bytes, struct acre_chunk_source *beside);
void acre_chunks_end(struct acre_chunk_source *source);

/* The chunks in use and the spares that are its own. */
size_t acre_chunks_held(const struct acre_chunk_source *source);

/*
 * A new chunk of at least so many bytes, a number of pages. Where the limit or the layer below
 * refuses, spare ones are given back first. NULL: refused all the same.
 */
struct acre_chunk *acre_chunk_take(struct acre_chunk_source *source, size_t bytes);

/* The smallest spare one that is large enough, of these the one that was kept last; NULL: none. The
 * list is as short as an iteration has large blocks. */
struct acre_chunk *acre_chunk_take_spare(struct acre_chunk_source *source, size_t bytes);

/* The chunks of the list are spare from now on, and it is empty. */
void acre_chunks_keep(struct acre_chunk_source *source, struct acre_chunk **list);

/* The chunks of the list, or all spare ones, go back to the layer below. Return how many bytes. */
size_t acre_chunks_give_back(struct acre_chunk_source *source, struct acre_chunk **list);
size_t acre_spares_give_back(struct acre_chunk_source *source);

/* A checker is told that no block of the list's chunks lives any longer. `pool` is its name for the
 * arena. */
void acre_chunks_clear(const struct acre_chunk_source *source, void *pool,
                       const struct acre_chunk *list);

/* NULL, or what is wrong with the list of spare ones. */
const char *acre_chunks_check(const struct acre_chunk_source *source);

#endif
