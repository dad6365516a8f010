#include "alloc/chunks.h"

#include <unistd.h>

#include "alloc/track.h"

/* What a checker is told of a chunk: all but the header, so that the bytes in front of the first
 * block are nobody's too. */
static char *tracked_of(const struct acre_chunk *chunk)
{
    return (char *)chunk + sizeof *chunk;
}

static size_t tracked_bytes(const struct acre_chunk *chunk)
{
    return chunk->bytes - sizeof *chunk;
}

static struct acre_layout layout_of(const struct acre_chunk_source *source, size_t bytes)
{
    return (struct acre_layout){bytes, (uint32_t)source->page_bytes, ACRE_PURPOSE_OTHER};
}

void acre_chunks_begin(struct acre_chunk_source *source, struct acre_alloc *below,
                       size_t limit_bytes, struct acre_chunk_source *beside)
{
    *source = (struct acre_chunk_source){
        .below = below,
        .page_bytes = (size_t)sysconf(_SC_PAGESIZE),
        .limit_bytes = limit_bytes,
        .is_tracked = acre_track_is_listening(),
        .own_spares = {.lock = PTHREAD_MUTEX_INITIALIZER},
    };
    source->spares = beside != NULL ? beside->spares : &source->own_spares;
    source->spares->are_shared |= beside != NULL;
}

void acre_chunks_end(struct acre_chunk_source *source)
{
    if (source->spares == &source->own_spares)
        acre_spares_give_back(source);
}

static void lock(struct acre_spares *spares)
{
    if (spares->are_shared)
        pthread_mutex_lock(&spares->lock);
}

static void unlock(struct acre_spares *spares)
{
    if (spares->are_shared)
        pthread_mutex_unlock(&spares->lock);
}

static size_t own_spare_bytes(const struct acre_chunk_source *source)
{
    struct acre_spares *spares = source->spares;
    size_t bytes;

    if (spares != &source->own_spares)
        return 0;
    lock(spares);
    bytes = spares->bytes;
    unlock(spares);
    return bytes;
}

size_t acre_chunks_held(const struct acre_chunk_source *source)
{
    return source->used_bytes + own_spare_bytes(source);
}

static void release(const struct acre_chunk_source *source, struct acre_chunk *chunk)
{
    if (source->is_tracked)
        acre_track_chunk_end(tracked_of(chunk), tracked_bytes(chunk));
    acre_free(source->below, chunk, layout_of(source, chunk->asked_bytes));
}

static size_t release_list(const struct acre_chunk_source *source, struct acre_chunk **list)
{
    size_t bytes = 0;

    while (*list != NULL) {
        struct acre_chunk *chunk = *list;

        *list = chunk->next;
        bytes += chunk->bytes;
        release(source, chunk);
    }
    return bytes;
}

size_t acre_chunks_give_back(struct acre_chunk_source *source, struct acre_chunk **list)
{
    size_t bytes = release_list(source, list);

    source->used_bytes -= bytes;
    return bytes;
}

size_t acre_spares_give_back(struct acre_chunk_source *source)
{
    struct acre_spares *spares = source->spares;
    struct acre_chunk *list;

    lock(spares);
    list = spares->first;
    spares->first = NULL;
    spares->bytes = 0;
    unlock(spares);
    return release_list(source, &list);
}

static bool is_within_limit(const struct acre_chunk_source *source, size_t held_bytes, size_t bytes)
{
    return source->limit_bytes == 0 ||
           (bytes <= source->limit_bytes && held_bytes <= source->limit_bytes - bytes);
}

/* Of one size below; more may be given. */
static struct acre_chunk *ask_below(struct acre_chunk_source *source, size_t bytes)
{
    struct acre_layout layout = layout_of(source, bytes);
    struct acre_chunk *chunk = acre_allocate(source->below, layout);

    if (chunk == NULL && acre_spares_give_back(source) > 0)
        chunk = acre_allocate(source->below, layout);
    if (chunk == NULL)
        return NULL;
    if (acre_can(source->below, ACRE_CAN_USABLE))
        bytes = acre_usable_bytes(source->below, chunk, layout) & ~(source->page_bytes - 1);
    if (!is_within_limit(source, acre_chunks_held(source), bytes)) {
        acre_free(source->below, chunk, layout);
        return NULL;
    }
    *chunk = (struct acre_chunk){.bytes = bytes, .asked_bytes = layout.size};
    return chunk;
}

struct acre_chunk *acre_chunk_take(struct acre_chunk_source *source, size_t bytes)
{
    struct acre_chunk *chunk;

    if (!is_within_limit(source, source->used_bytes, bytes))
        return NULL;
    if (!is_within_limit(source, acre_chunks_held(source), bytes))
        acre_spares_give_back(source);
    chunk = ask_below(source, bytes);
    if (chunk == NULL)
        return NULL;
    source->used_bytes += chunk->bytes;
    if (source->is_tracked)
        acre_track_chunk_begin(tracked_of(chunk), tracked_bytes(chunk));
    return chunk;
}

static struct acre_chunk *cut_best(struct acre_spares *spares, size_t bytes)
{
    struct acre_chunk **best = NULL;
    struct acre_chunk *chunk;

    for (struct acre_chunk **link = &spares->first; *link != NULL; link = &(*link)->next)
        if ((*link)->bytes >= bytes && (best == NULL || (*link)->bytes < (*best)->bytes))
            best = link;
    if (best == NULL)
        return NULL;
    chunk = *best;
    *best = chunk->next;
    spares->bytes -= chunk->bytes;
    return chunk;
}

struct acre_chunk *acre_chunk_take_spare(struct acre_chunk_source *source, size_t bytes)
{
    struct acre_chunk *chunk;

    lock(source->spares);
    chunk = cut_best(source->spares, bytes);
    unlock(source->spares);
    if (chunk != NULL)
        source->used_bytes += chunk->bytes;
    return chunk;
}

void acre_chunks_keep(struct acre_chunk_source *source, struct acre_chunk **list)
{
    struct acre_spares *spares = source->spares;
    struct acre_chunk **tail = list;
    size_t bytes = 0;

    if (*list == NULL)
        return;
    for (; *tail != NULL; tail = &(*tail)->next)
        bytes += (*tail)->bytes;
    source->used_bytes -= bytes;
    lock(spares);
    *tail = spares->first;
    spares->first = *list;
    spares->bytes += bytes;
    unlock(spares);
    *list = NULL;
}

void acre_chunks_clear(const struct acre_chunk_source *source, void *pool,
                       const struct acre_chunk *list)
{
    if (source->is_tracked)
        for (const struct acre_chunk *c = list; c != NULL; c = c->next)
            acre_track_chunk_clear(pool, tracked_of(c), tracked_bytes(c));
}

const char *acre_chunks_check(const struct acre_chunk_source *source)
{
    size_t left_bytes;
    const char *breach = NULL;

    lock(source->spares);
    left_bytes = source->spares->bytes;
    for (const struct acre_chunk *c = source->spares->first; c != NULL && breach == NULL;
         c = c->next) {
        if (c->bytes < ACRE_CHUNK_HEADER_BYTES || c->bytes % source->page_bytes != 0)
            breach = "arena: the size of a spare chunk is not a number of pages";
        else if (c->bytes > left_bytes)
            breach = "arena: its spare chunks hold more bytes than it counts, or form a ring";
        else
            left_bytes -= c->bytes;
    }
    unlock(source->spares);
    return breach == NULL && left_bytes > 0
               ? "arena: its spare chunks hold fewer bytes than it counts"
               : breach;
}
