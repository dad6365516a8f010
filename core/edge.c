/*
 * Strong references that cross the border of a region, and their books.
 *
 *   out of a bulk region   logged in region.outgoing: its reset releases the target, and takes
 *                          the holder off the target's books.
 *   into a region          its holder is written down, so that a refused reset can name it, and a
 *                          detaching one can take it away; into a bulk region it is counted as
 *                          well, since counts inside are never run down and do not tell. While a
 *                          reset ends the objects of a region, no reference into it can begin.
 */
#include "core/edge.h"

/* Holders ----------------------------------------------------------------------------------- */

static bool keeps_holders(const struct acre_engine *engine, const struct acre_object *target)
{
    return target->region != ACRE_REGION_PINNED && !acre_region_of(engine, target)->is_lasting;
}

bool acre_holder_reserve(struct acre_engine *engine, const struct acre_object *target, size_t more)
{
    struct acre_region *region;

    if (!keeps_holders(engine, target))
        return true;
    region = acre_region_of(engine, target);
    return (!region->is_ending &&
            acre_table_reserve(engine, &region->holders, more, sizeof(struct acre_holder),
                               ACRE_PURPOSE_EDGE));
}

void acre_holder_add(struct acre_engine *engine, const struct acre_object *target,
                     struct acre_holder holder)
{
    struct acre_table *table = &acre_region_of(engine, target)->holders;

    if (keeps_holders(engine, target))
        ((struct acre_holder *)table->rows)[table->count++] = holder;
}

/*
 * Newest first: what was made last tends to go first, and the table is short anyway. A slot may
 * have moved since, in memory that the holder owns: then any field of the holder stands for it, so
 * that no row outlives its holder.
 */
void acre_holder_forget(struct acre_engine *engine, const struct acre_object *target,
                        const struct acre_object *holder, const void *slot)
{
    struct acre_table *table = &acre_region_of(engine, target)->holders;
    struct acre_holder *rows = table->rows;
    size_t found = table->count;

    for (size_t i = table->count; i-- > 0;) {
        if (rows[i].slot == slot) {
            found = i;
            break;
        }
        if (found == table->count && rows[i].object == holder && rows[i].name == NULL)
            found = i;
    }
    if (found < table->count)
        rows[found] = rows[--table->count];
}

enum acre_status acre_fail_to_hold(struct acre_engine *engine, const struct acre_object *target)
{
    const struct acre_region *region = acre_region_of(engine, target);

    if (region->is_ending)
        return acre_fail(engine, ACRE_BUSY, "region '%s' is being reset: nothing can refer into it",
                         region->name);
    return acre_fail_no_memory(engine, "the log of a reference that crosses a region");
}

/* Edges ------------------------------------------------------------------------------------- */

static bool is_outgoing(const struct acre_engine *engine, uint32_t from_region,
                        const struct acre_object *target)
{
    return from_region != target->region &&
           acre_region_is_bulk(acre_region_at(engine, from_region));
}

const char *acre_slot_name(const struct acre_type *type, const struct acre_object *holder,
                           const void *slot)
{
    size_t offset_bytes = (size_t)((const char *)slot - (const char *)holder);

    for (size_t i = 0; i < type->slot_count; i++)
        if (type->slots[i].offset_bytes == offset_bytes)
            return type->slots[i].name;
    return type->slot_name != NULL ? type->slot_name(holder, slot) : "?";
}

void acre_edge_log(struct acre_engine *engine, struct acre_object *holder, const void *slot,
                   struct acre_object *target)
{
    if (is_outgoing(engine, holder->region, target)) {
        struct acre_table *outgoing = &acre_region_of(engine, holder)->outgoing;

        ((struct acre_outgoing *)outgoing->rows)[outgoing->count++] =
            (struct acre_outgoing){target, holder, slot};
    }
    acre_holder_add(engine, target, (struct acre_holder){slot, holder, NULL});
}

/* The entry of this very slot; for a slot that has moved, any entry of the target will do, since
 * what matters is how often it is released. The newest is found first. */
static void forget_outgoing(struct acre_table *outgoing, const void *slot,
                            const struct acre_object *target)
{
    struct acre_outgoing *rows = outgoing->rows;
    size_t found = outgoing->count;

    for (size_t i = outgoing->count; i-- > 0;) {
        if (rows[i].target != target)
            continue;
        if (found == outgoing->count || rows[i].slot == slot)
            found = i;
        if (rows[i].slot == slot)
            break;
    }
    if (found < outgoing->count)
        rows[found] = rows[--outgoing->count];
}

void acre_edge_unlog(struct acre_engine *engine, struct acre_object *holder, const void *slot,
                     struct acre_object *target)
{
    if (is_outgoing(engine, holder->region, target))
        forget_outgoing(&acre_region_of(engine, holder)->outgoing, slot, target);
    acre_holder_remove(engine, target, holder, slot);
}

bool acre_edge_reserve_across(struct acre_engine *engine, uint32_t from_region,
                              const struct acre_object *target, size_t edges)
{
    if (is_outgoing(engine, from_region, target) &&
        !acre_table_reserve(engine, &acre_region_at(engine, from_region)->outgoing, edges,
                            sizeof(struct acre_outgoing), ACRE_PURPOSE_EDGE))
        return false;
    return acre_holder_reserve(engine, target, edges);
}
