/* Arrays that grow by doubling. */
#ifndef ACRE_SYMBOLS_ROOM_H
#define ACRE_SYMBOLS_ROOM_H

#include "alloc/alloc.h"

/*
 * Where `count` items and one more have room: `items` itself (NULL with a capacity of 0, at first),
 * or a larger array that takes its place. `item` is the layout of one. NULL when there is no
 * memory; then nothing has changed.
 */
void *acre_make_room(struct acre_alloc *memory, void *items, size_t count, size_t *capacity,
                     struct acre_layout item);

/* Gives the array back. */
void acre_drop_room(struct acre_alloc *memory, void *items, size_t capacity,
                    struct acre_layout item);

#endif
