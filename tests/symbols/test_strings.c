/* Strings that are kept once each. */
#include "support/mtest.h"

#include "alloc/backends.h"
#include "symbols/strings.h"

MTest(strings, equal_ones_are_one_pointer)
{
    enum { COUNT = 3000 };
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_alloc *store = acre_arena_new(memory, NULL);
    const char **kept = malloc(COUNT * sizeof *kept);
    struct acre_strings strings;
    char text[32];

    acre_strings_init(&strings, memory, store, 7);
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "%d", i * 3);
        kept[i] = acre_strings_keep(&strings, text);
        cr_assert(kept[i] != NULL && kept[i] != text);
    }
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "%d", i * 3);
        cr_assert_str_eq(kept[i], text);
        cr_assert_eq(acre_strings_keep(&strings, text), kept[i]);
    }
    cr_assert_eq(strings.count, COUNT);
    cr_assert_neq(acre_strings_keep(&strings, ""), acre_strings_keep(&strings, "\x01\xff"));
    acre_strings_fini(&strings);
    free(kept);
    acre_destroy(store);
    acre_destroy(memory);
}

MTest(strings, long_ones_are_cut)
{
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_alloc *store = acre_arena_new(memory, NULL);
    size_t bytes = (size_t)1 << 20;
    char *text = malloc(bytes);
    struct acre_strings strings;
    const char *kept;

    memset(text, 'x', bytes);
    text[bytes - 1] = '\0';
    acre_strings_init(&strings, memory, store, 7);
    kept = acre_strings_keep(&strings, text);
    cr_assert_eq(strlen(kept), ACRE_STRINGS_MOST_BYTES);
    text[ACRE_STRINGS_MOST_BYTES] = '\0';
    cr_assert_eq(acre_strings_keep(&strings, text), kept);
    text[ACRE_STRINGS_MOST_BYTES - 1] = '\0';
    cr_assert_neq(acre_strings_keep(&strings, text), kept);
    acre_strings_fini(&strings);
    free(text);
    acre_destroy(store);
    acre_destroy(memory);
}
