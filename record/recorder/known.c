#include "record/recorder/known.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

_Static_assert(ACRE_KNOWN_ROWS == 1 << 12, "a row is the upper twelve bits of its key");

/* Not in a child of fork, whose state is empty. */
static void *map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return NULL;
    madvise(memory, bytes, MADV_DONTFORK);
    return memory;
}

static bool has_memory(struct acre_known_stacks *known)
{
    int before = errno;

    if (known->rows == NULL)
        known->rows = map(ACRE_KNOWN_ROWS * sizeof *known->rows);
    if (known->rows != NULL && known->pool == NULL)
        known->pool = map(ACRE_KNOWN_POOL * sizeof *known->pool);
    errno = before;
    return known->pool != NULL;
}

struct acre_check *acre_known_learn(struct acre_known_stacks *known, void *const *frame,
                                    uint64_t epoch, uint32_t number)
{
    struct acre_known_stack *row;

    if (!has_memory(known))
        return NULL;
    if (known->used > ACRE_KNOWN_POOL - ACRE_MOST_CHECKS) {
        memset(known->rows, 0, ACRE_KNOWN_ROWS * sizeof *known->rows);
        known->used = 0;
    }
    row = acre_known_row(known, frame);
    if (row->frame == frame && row->number == number && row->epoch == epoch && row->count == 0)
        return known->pool + known->used;
    *row = (struct acre_known_stack){
        .frame = frame, .caller = frame[1], .epoch = epoch, .number = number};
    return NULL;
}

void acre_known_learned(struct acre_known_stacks *known, void *const *frame, size_t checks)
{
    struct acre_known_stack *row = acre_known_row(known, frame);

    row->checks = known->pool + known->used;
    row->count = (uint32_t)checks;
    known->used += checks;
}
