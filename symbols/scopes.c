#include "symbols/scopes.h"

#include <dwarf.h>

#include "symbols/room.h"

static const struct acre_layout scope_layout = {sizeof(struct acre_scope),
                                                _Alignof(struct acre_scope), ACRE_PURPOSE_OTHER};

void acre_scopes_init(struct acre_scopes *scopes, struct acre_alloc *memory)
{
    *scopes = (struct acre_scopes){0};
    acre_spans_init(&scopes->spans, memory);
}

void acre_scopes_fini(struct acre_scopes *scopes)
{
    struct acre_alloc *memory = scopes->spans.memory;

    acre_drop_room(memory, scopes->scopes, scopes->capacity, scope_layout);
    acre_spans_fini(&scopes->spans);
    acre_scopes_init(scopes, memory);
}

static bool add_scope(struct acre_scopes *scopes, const struct acre_scope *scope)
{
    struct acre_scope *room = acre_make_room(scopes->spans.memory, scopes->scopes, scopes->count,
                                             &scopes->capacity, scope_layout);

    if (room == NULL)
        return false;
    scopes->scopes = room;
    room[scopes->count++] = *scope;
    return true;
}

/* The walk through the entries of a unit, each before what is below it. */
struct walk {
    struct acre_scopes *scopes;
    struct acre_code code;
    size_t budget;
    Dwarf_Off last;
    size_t depth;
    struct {
        Dwarf_Die entry;
        uint32_t scope; /* around it */
    } path[ACRE_SCOPES_MOST_DEPTH];
};

/* Makes a scope of an entry that has code; `inner` is what is around those below it. False when
 * there is no memory. */
static bool enter(struct walk *walk, Dwarf_Die *entry, int tag, uint32_t *inner)
{
    struct acre_scopes *scopes = walk->scopes;
    size_t spans_before = scopes->spans.span_count;
    struct acre_scope scope = {
        .entry = dwarf_dieoffset(entry),
        .outer = *inner,
        .is_inlined = tag == DW_TAG_inlined_subroutine,
    };

    if (tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine)
        return true;
    if (!acre_ranges_add(&scopes->spans, entry, walk->code, (uint32_t)scopes->count, &walk->budget))
        return false;
    if (scopes->spans.span_count == spans_before)
        return true;
    *inner = (uint32_t)scopes->count;
    return add_scope(scopes, &scope);
}

/* Whether functions may be below it. */
static bool may_hold_code(int tag)
{
    switch (tag) {
    case DW_TAG_subprogram:
    case DW_TAG_inlined_subroutine:
    case DW_TAG_lexical_block:
    case DW_TAG_try_block:
    case DW_TAG_catch_block:
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
        return true;
    default:
        return false;
    }
}

/* To the next entry that is not below the last one. False: there is none. */
static bool go_on(struct walk *walk)
{
    for (;;) {
        Dwarf_Die *entry = &walk->path[walk->depth].entry;

        if (dwarf_siblingof(entry, entry) == 0)
            return true;
        if (walk->depth == 0)
            return false;
        walk->depth--;
    }
}

static bool walk_entries(struct walk *walk)
{
    do {
        Dwarf_Die *entry = &walk->path[walk->depth].entry;
        uint32_t inner = walk->path[walk->depth].scope;
        Dwarf_Off offset = dwarf_dieoffset(entry);
        int tag = dwarf_tag(entry);

        /* A sibling that was seen: the walk would branch and branch again. */
        if (offset <= walk->last)
            break;
        walk->last = offset;
        if (!enter(walk, entry, tag, &inner))
            return false;
        if (may_hold_code(tag) && walk->depth + 1 < ACRE_SCOPES_MOST_DEPTH &&
            dwarf_child(entry, &walk->path[walk->depth + 1].entry) == 0) {
            walk->path[++walk->depth].scope = inner;
            continue;
        }
        if (!go_on(walk))
            break;
    } while (true);
    return true;
}

bool acre_scopes_read(struct acre_scopes *scopes, Dwarf_Die *unit, struct acre_code code)
{
    struct walk walk = {.scopes = scopes, .code = code, .budget = ACRE_RANGES_MOST};

    walk.last = dwarf_dieoffset(unit);
    walk.path[0].scope = ACRE_SPANS_NONE;
    return (dwarf_child(unit, &walk.path[0].entry) != 0 || walk_entries(&walk)) &&
           acre_spans_seal(&scopes->spans);
}
