#include "symbols/strings.h"

#include <string.h>
#include <xxhash.h>

enum { FIRST_CAPACITY = 256 };

static struct acre_layout layout_of_slots(size_t count)
{
    return (struct acre_layout){count * sizeof(const char *), _Alignof(const char *),
                                ACRE_PURPOSE_OTHER};
}

void acre_strings_init(struct acre_strings *strings, struct acre_alloc *memory,
                       struct acre_alloc *store, uint64_t seed)
{
    *strings = (struct acre_strings){.memory = memory, .store = store, .seed = seed};
}

void acre_strings_fini(struct acre_strings *strings)
{
    acre_free(strings->memory, strings->slots, layout_of_slots(strings->capacity));
    acre_strings_init(strings, strings->memory, strings->store, strings->seed);
}

/* Where a text is, or would be put. */
static size_t slot_of(const struct acre_strings *strings, const char *text, size_t bytes)
{
    size_t mask = strings->capacity - 1;
    size_t slot = (size_t)XXH3_64bits_withSeed(text, bytes, strings->seed) & mask;

    while (strings->slots[slot] != NULL &&
           (strncmp(strings->slots[slot], text, bytes) != 0 || strings->slots[slot][bytes] != '\0'))
        slot = (slot + 1) & mask;
    return slot;
}

static bool grow(struct acre_strings *strings)
{
    size_t capacity = strings->capacity == 0 ? FIRST_CAPACITY : 2 * strings->capacity;
    struct acre_strings grown = *strings;

    grown.slots = acre_allocate(strings->memory, layout_of_slots(capacity));
    if (grown.slots == NULL)
        return false;
    grown.capacity = capacity;
    memset(grown.slots, 0, layout_of_slots(capacity).size);
    for (size_t i = 0; i < strings->capacity; i++)
        if (strings->slots[i] != NULL)
            grown.slots[slot_of(&grown, strings->slots[i], strlen(strings->slots[i]))] =
                strings->slots[i];
    acre_free(strings->memory, strings->slots, layout_of_slots(strings->capacity));
    *strings = grown;
    return true;
}

const char *acre_strings_keep(struct acre_strings *strings, const char *text)
{
    size_t bytes = strnlen(text, ACRE_STRINGS_MOST_BYTES);
    size_t slot;
    char *kept;

    if (2 * (strings->count + 1) > strings->capacity && !grow(strings))
        return NULL;
    slot = slot_of(strings, text, bytes);
    if (strings->slots[slot] != NULL)
        return strings->slots[slot];
    kept = acre_allocate(strings->store, (struct acre_layout){bytes + 1, 1, ACRE_PURPOSE_OTHER});
    if (kept == NULL)
        return NULL;
    memcpy(kept, text, bytes);
    kept[bytes] = '\0';
    strings->slots[slot] = kept;
    strings->count++;
    return kept;
}
