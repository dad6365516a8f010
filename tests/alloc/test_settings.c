/* Names of backends and what may be set in them. */
#include "support/mtest.h"

#include <string.h>

#include "alloc/backends.h"
#include "alloc/registry.h"

enum { SIZE, COUNT, FLAG, SETTINGS };

static const struct acre_setting settings[SETTINGS] = {
    [SIZE] = {"size", ACRE_SETTING_BYTES, 10, INT64_C(4) << 40, "bytes"},
    [COUNT] = {"count", ACRE_SETTING_NUMBER, -1, 100, "a number"},
    [FLAG] = {"flag", ACRE_SETTING_FLAG, 0, 0, "a flag"},
};

static struct acre_setting_value values[SETTINGS];
static char why[256];

static bool reads(const char *text)
{
    return acre_settings_read(settings, SETTINGS, text, values, why, sizeof why);
}

MTest(settings, values)
{
    cr_assert(reads("size=64"));
    cr_assert(values[SIZE].is_set && !values[COUNT].is_set && !values[FLAG].is_set);
    cr_assert_eq(values[SIZE].number, 64);
    cr_assert(reads("flag,count=-1,size=2M"));
    cr_assert(values[FLAG].is_set && values[FLAG].number == 1);
    cr_assert_eq(values[COUNT].number, -1);
    cr_assert_eq(values[SIZE].number, 2 << 20);
    cr_assert(reads("size=3T") && values[SIZE].number == INT64_C(3) << 40);
    cr_assert(reads("size=10") && reads("size=4T") && reads("count=100"));
}

MTest(settings, refusals)
{
    static const struct {
        const char *text, *says;
    } refused[] = {
        {"", "'' is unknown; there are size, count, flag"},
        {"siz=1", "'siz' is unknown"},
        {"sizes=1", "'sizes' is unknown"},
        {"size", "'size' wants bytes"},
        {"size=", "'size' wants bytes"},
        {"size=x", "'size' wants bytes"},
        {"size= 64", "'size' wants bytes"},
        {"size=+64", "'size' wants bytes"},
        {"size=64k", "'size' wants bytes"},
        {"size=64KB", "'size' wants bytes"},
        {"size=0x40", "'size' wants bytes"},
        {"size=99999999999999999999", "'size' wants bytes"},
        {"size=9000000000T", "'size' wants bytes"},
        {"size=9", "'size' goes from 10 to"},
        {"size=5T", "'size' goes from 10 to"},
        {"size=-64", "'size' goes from 10 to"},
        {"count=1K", "'count' wants a whole number"},
        {"count=1.5", "'count' wants a whole number"},
        {"count=--1", "'count' wants a whole number"},
        {"count=101", "'count' goes from -1 to 100"},
        {"flag=1", "'flag' takes no value"},
        {"flag=", "'flag' takes no value"},
        {"flag,flag", "'flag' stands there twice"},
        {"size=64,", "'' is unknown"},
        {",size=64", "'' is unknown"},
        {"size=64,,flag", "'' is unknown"},
        {"size=64 flag", "'size' wants bytes"},
    };

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        why[0] = '\0';
        cr_assert_not(reads(refused[i].text), "'%s'", refused[i].text);
        cr_assert(strstr(why, refused[i].says) != NULL, "'%s': %s", refused[i].text, why);
    }
}

MTest(settings, names_of_backends)
{
    static const struct {
        const char *name, *says; /* NULL: right */
    } names[] = {
        {"malloc", NULL},
        {"arena:chunk=2M,hugepages", NULL},
        {"jemalloc:dirty_decay_ms=-1", NULL},
        {"so:/nowhere/libmine.so", NULL},
        {"", "unknown backend ''"},
        {"arenas", "unknown backend 'arenas'"},
        {"aren", "unknown backend 'aren'"},
        {"arena:", "'' is unknown"},
        {"arena:chunk=1", "goes from"},
        {"mimalloc:x", "there is none"},
        {"malloc-tuned:trim_threshold=1M", "there is none"},
        {"so", "wants a path"},
        {"so:", "wants a path"},
    };
    struct acre_backend backend;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        bool is_right = acre_backend_check(names[i].name, why, sizeof why);

        cr_assert_eq(is_right, names[i].says == NULL, "%s: %s", names[i].name, why);
        if (is_right)
            continue;
        cr_assert(strstr(why, names[i].says) != NULL, "%s: %s", names[i].name, why);
        cr_assert_not(acre_backend_open(&backend, names[i].name, why, sizeof why));
        cr_assert(strstr(why, names[i].says) != NULL, "%s: %s", names[i].name, why);
    }
    cr_assert_not(acre_backend_open(&backend, "so:/nowhere/libmine.so", why, sizeof why));
    cr_assert(strstr(why, "/nowhere/libmine.so") != NULL, "%s", why);
    cr_assert_not(acre_backend_is_here("so:/nowhere/libmine.so", why, sizeof why));
    cr_assert(acre_backend_is_here("malloc", why, sizeof why));

    /* what is set is set: a region of at most 64 KiB */
    cr_assert(acre_backend_open(&backend, "arena:chunk=16K,limit=64K", why, sizeof why), "%s", why);
    cr_assert_str_eq(backend.name, "arena:chunk=16K,limit=64K");
    cr_assert_null(acre_allocate(backend.regions[0], (struct acre_layout){80000, 16, 0}));
    cr_assert_not_null(acre_allocate(backend.regions[0], (struct acre_layout){30000, 16, 0}));
    acre_backend_close(&backend);
    cr_assert_not(acre_backend_open(&backend, "pool:hugepages,smallpages", why, sizeof why));
    cr_assert(strstr(why, "exclude each other") != NULL, "%s", why);
    cr_assert(acre_backend_open(&backend, "reap:hugepages", why, sizeof why), "%s", why);
    {
        size_t held = 0;

        cr_assert_not_null(acre_allocate(backend.regions[1], (struct acre_layout){16, 16, 0}));
        cr_assert(acre_held_bytes(backend.pages, &held));
        cr_assert_eq(held % ACRE_HUGE_PAGE_BYTES, 0);
        cr_assert_gt(held, 0);
    }
    acre_backend_close(&backend);
}
