/* Regions: entering one, and what a reset has to settle before the memory goes. */
#include "core/region.h"

#include <stdio.h>
#include <string.h>

#include "core/internal.h"

uint32_t acre_region_enter(struct acre_engine *engine, uint32_t region)
{
    uint32_t before = engine->current_region;

    if (region < engine->regions.count && region != before) {
        engine->current_region = region;
        acre_births_forget(engine);
    }
    return before;
}

uint64_t acre_region_epoch(const struct acre_engine *engine, uint32_t region)
{
    return region < engine->regions.count
               ? acre_region_at(engine, region)->place >> PLACE_REGION_BITS
               : 0;
}

/* "y, Node.next": as many names as fit. */
static void name_holders(const struct acre_region *region, char *text, size_t text_bytes)
{
    const struct acre_holder *rows = region->holders.rows;
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < region->holders.count && used < text_bytes; i++) {
        const char *comma = i > 0 ? ", " : "";
        int written = rows[i].owner != NULL ? snprintf(text + used, text_bytes - used, "%s%s.%s",
                                                       comma, rows[i].owner, rows[i].slot_name)
                                            : snprintf(text + used, text_bytes - used, "%s%s",
                                                       comma, rows[i].slot_name);

        used += written > 0 ? (size_t)written : 0;
    }
}

static enum acre_status refuse(struct acre_engine *engine, const struct acre_region *region)
{
    char names[128];
    uint64_t named = region->holders.count;
    uint64_t held = acre_held_from_outside(region);

    name_holders(region, names, sizeof names);
    if (!acre_region_is_bulk(region))
        return acre_fail(engine, ACRE_HELD,
                         "region '%s' has %llu live objects and was not reset; held from outside "
                         "by: %s",
                         region->name, (unsigned long long)region->live_objects,
                         named > 0 ? names : "nobody known");
    return acre_fail(engine, ACRE_HELD,
                     "region '%s' was not reset: %llu references from outside: %s%s%llu unnamed",
                     region->name, (unsigned long long)held, names, named > 0 ? ", " : "",
                     (unsigned long long)(held > named ? held - named : 0));
}

/*
 * The targets may die now. The log is given back to the region for its memory, unless the region
 * has begun a new one.
 */
static void release_outgoing(struct acre_engine *engine, uint32_t number, struct acre_table log)
{
    const struct acre_outgoing *rows = log.rows;
    struct acre_region *region;

    for (size_t i = 0; i < log.count; i++) {
        acre_holder_remove(engine, rows[i].target, rows[i].slot);
        acre_release(engine, rows[i].target);
    }
    log.count = 0;
    region = acre_region_at(engine, number);
    if (region->outgoing.rows == NULL)
        region->outgoing = log;
    else
        acre_table_free(engine, &log, sizeof *rows, ACRE_PURPOSE_EDGE);
}

enum acre_status acre_region_reset(struct acre_engine *engine, uint32_t number)
{
    struct acre_region *region;
    struct acre_table outgoing;
    uint32_t newest_watch;

    if (number == ACRE_REGION_PINNED || number >= engine->regions.count)
        return acre_fail(engine, ACRE_BAD_ARGUMENT, "region %u cannot be reset", number);
    region = acre_region_at(engine, number);
    if (acre_busy_with(engine) != NULL)
        return acre_fail(engine, ACRE_BUSY, "region '%s' cannot be reset from inside a %s",
                         region->name, acre_busy_with(engine));
    if (acre_region_is_bulk(region) ? acre_held_from_outside(region) != 0
                                    : region->live_objects != 0)
        return refuse(engine, region);

    /* Every weak handle into the region dies here, before anything else can be asked. */
    region->place += UINT64_C(1) << PLACE_REGION_BITS;
    region->weak_slots.count = 0;
    region->free_weak_slot = 0;
    region->live_objects = 0;
    region->ended_outside = 0;
    /* Names of C variables whose reference was moved elsewhere by hand. */
    region->holders.count = 0;
    acre_reset(region->alloc);

    /* Watches and destructors run now, and may build in this very region: it owes nothing more. */
    newest_watch = region->newest_watch;
    outgoing = region->outgoing;
    region->newest_watch = 0;
    region->outgoing = (struct acre_table){0};
    acre_watchers_die(engine, newest_watch);
    acre_drain(engine);
    release_outgoing(engine, number, outgoing);
    return ACRE_OK;
}
