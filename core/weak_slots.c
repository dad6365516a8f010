/* The chunks of slots: see weak_slots.h. */
#include "core/weak_slots.h"

#include "core/internal.h"

/* Numbers of slots, plus 1, are to fit into 32 bits. */
enum { MOST_CHUNKS = UINT32_MAX / WEAK_CHUNK_SLOTS };

static const struct acre_layout chunk_layout = {sizeof(struct acre_weak_chunk), 64,
                                                ACRE_PURPOSE_WEAK};

static struct acre_weak_chunk **chunks_of(const struct acre_weak_slots *slots)
{
    return slots->chunks.rows;
}

bool acre_weak_slots_grow(struct acre_engine *engine, struct acre_weak_slots *slots)
{
    struct acre_weak_chunk *chunk;

    if (slots->chunks.count == MOST_CHUNKS ||
        !acre_table_reserve(engine, &slots->chunks, 1, sizeof chunk, ACRE_PURPOSE_WEAK))
        return false;
    chunk = acre_allocate(engine->memory, chunk_layout);
    if (chunk == NULL)
        return false;
    chunks_of(slots)[slots->chunks.count++] = chunk;
    return true;
}

void acre_weak_slots_end(struct acre_engine *engine, struct acre_weak_slots *slots)
{
    for (uint32_t i = 0; i < slots->chunks.count; i++)
        acre_free(engine->memory, chunks_of(slots)[i], chunk_layout);
    acre_table_free(engine, &slots->chunks, sizeof(struct acre_weak_chunk *), ACRE_PURPOSE_WEAK);
}
