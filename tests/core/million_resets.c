/*
 * million_resets [RESETS]: semantics case G-11. A family of two bulk regions is reset RESETS
 * (1,000,000) times with all that a reset has to settle in play: weak handles, watches,
 * destructors, references out, named holders to detach. No handle of any earlier time reads alive,
 * no count drifts, and after the first hundredth nothing grows: neither what the allocators hold,
 * to the byte, nor the memory of the process.
 */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "core/check.h"
#include "core/region.h"
#include "core/variable.h"
#include "core/watch.h"

enum { KEPT = 64, ALLOCS = 3 };

struct thing {
    struct acre_object object;
    struct thing *next;
};

static uint64_t destroyed, called;

static void thing_dies(struct acre_engine *engine, struct acre_object *object)
{
    (void)engine;
    (void)object;
    destroyed++;
}

static enum acre_status count_call(struct acre_engine *engine, void *context, uint64_t number)
{
    (void)engine;
    (void)context;
    (void)number;
    called++;
    return ACRE_OK;
}

static const struct acre_slot thing_slots[] = {{"next", offsetof(struct thing, next)}};

static const struct acre_type thing_type = {
    .name = "Thing",
    .size_bytes = sizeof(struct thing),
    .purpose = ACRE_PURPOSE_NODE,
    .slots = thing_slots,
    .slot_count = 1,
    .destroy = thing_dies,
};

static struct acre_alloc *allocs[ALLOCS]; /* pinned, parent, child */
static struct acre_engine *engine;
static uint32_t parent, child, thing_number;
static struct thing *outside;   /* pinned; holds into the family */
static struct acre_variable *y; /* a name that holds into the family */
static struct acre_weak handles[KEPT];

/* Without those of files: code that runs for the first time is no growth. */
static uint64_t resident_pages(void)
{
    unsigned long long size;
    unsigned long long resident = 0;
    unsigned long long of_files = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    check(file != NULL && fscanf(file, "%llu %llu %llu", &size, &resident, &of_files) == 3,
          "no statm");
    fclose(file);
    return resident - of_files;
}

static uint64_t held_bytes(void)
{
    uint64_t sum = 0;

    for (int i = 0; i < ALLOCS; i++) {
        size_t bytes;

        check(acre_held_bytes(allocs[i], &bytes), "not reported");
        sum += bytes;
    }
    return sum;
}

static struct thing *thing_in(uint32_t region)
{
    struct acre_object *object;

    acre_region_enter(engine, region);
    check(acre_object_new(engine, thing_number, &object) == ACRE_OK, "%s", acre_error(engine));
    return (struct thing *)object;
}

static void link_to(struct thing *from, struct thing *to)
{
    check(acre_slot_set(engine, &from->object, &from->next, &to->object) == ACRE_OK, "%s",
          acre_error(engine));
}

static void one_reset(uint64_t i)
{
    const struct acre_notice notice = {count_call, NULL, i};
    struct acre_weak *handle = &handles[i % KEPT];
    struct thing *in_parent = thing_in(parent);
    struct thing *in_child = thing_in(child);
    bool detaches = i % 3 == 0;

    link_to(in_parent, in_child);
    link_to(in_child, outside);
    check(acre_weak_of(engine, &in_child->object, handle) == ACRE_OK, "no handle");
    check(acre_watch_begin(engine, *handle, notice, NULL) == ACRE_OK, "no watch");
    if (detaches) {
        link_to(outside, in_child);
        check(acre_assign(engine, &y, acre_variable_of(engine, 1)) == ACRE_OK, "no variable");
    }
    acre_unref(engine, &in_parent);
    acre_unref(engine, &in_child);
    if (detaches)
        check(acre_region_reset(engine, parent) == ACRE_HELD, "reset %llu", (unsigned long long)i);
    check((detaches ? acre_region_reset_detaching(engine, parent)
                    : acre_region_reset(engine, parent)) == ACRE_OK,
          "reset %llu: %s", (unsigned long long)i, acre_error(engine));
    check(y == NULL && outside->next == NULL, "reset %llu", (unsigned long long)i);
    check(acre_strong_count(&outside->object) == 1, "reset %llu", (unsigned long long)i);
    check(destroyed == 2 * (i + 1) && called == i + 1, "reset %llu", (unsigned long long)i);
    for (int k = 0; k < KEPT; k++)
        check(!acre_weak_is_alive(engine, handles[k]), "reset %llu", (unsigned long long)i);
}

int main(int argc, char **argv)
{
    uint64_t resets = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    struct acre_alloc *pages = acre_pages_new();
    uint64_t held = 0;
    uint64_t resident = 0;

    allocs[0] = acre_pool_new(pages, NULL);
    allocs[1] = acre_arena_new(pages, NULL);
    allocs[2] = acre_arena_new(pages, NULL);
    check(acre_engine_new(&engine, allocs[0], NULL) == ACRE_OK, "no engine");
    check(acre_type_register(engine, &thing_type, &thing_number) == ACRE_OK, "no type");
    check(acre_region_new(engine, allocs[1], ACRE_REGION_BULK, "parent", &parent) == ACRE_OK,
          "no region");
    check(acre_region_new_in(engine, parent, allocs[2], ACRE_REGION_BULK, "child", &child) ==
              ACRE_OK,
          "no region");
    outside = thing_in(ACRE_REGION_PINNED);
    resident_pages(); /* has buffers of its own */
    for (uint64_t i = 0; i < resets; i++) {
        one_reset(i);
        if (i + 1 == resets / 100) {
            held = held_bytes();
            resident = resident_pages();
        }
    }
    check(held_bytes() == held, "held %llu bytes, then %llu", (unsigned long long)held,
          (unsigned long long)held_bytes());
    check(resident_pages() <= resident, "%llu pages, then %llu", (unsigned long long)resident,
          (unsigned long long)resident_pages());
    check(allocs[2]->epoch == resets, "epochs");
    acre_unref(engine, &outside);
    check(acre_engine_destroy(engine) == 0, "leaked");
    for (int i = ALLOCS; i-- > 0;)
        acre_destroy(allocs[i]);
    acre_destroy(pages);
    printf(
        "figure: %llu resets, %llu bytes held, %llu pages resident from the first hundredth to the "
        "end\n",
        (unsigned long long)resets, (unsigned long long)held, (unsigned long long)resident);
    return 0;
}
