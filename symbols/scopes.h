/*
 * The functions of one unit of DWARF, and what was inlined into them: a tree, and which of its
 * scopes is the innermost at an address.
 *
 *    forward                 0x1000..0x1080
 *      square, inlined       0x1010..0x1030, 0x1050..0x1054
 *        multiply, inlined   0x1018..0x1020
 */
#ifndef ACRE_SYMBOLS_SCOPES_H
#define ACRE_SYMBOLS_SCOPES_H

#include "symbols/ranges.h"

struct acre_scope {
    Dwarf_Off entry; /* where .debug_info tells of it */
    uint32_t outer;  /* ACRE_SPANS_NONE: none */
    bool is_inlined;
};

struct acre_scopes {
    struct acre_scope *scopes;
    size_t count, capacity;
    struct acre_spans spans; /* to scopes */
};

/* How deep inlining is followed; what is deeper counts as what is around it. */
enum { ACRE_SCOPES_MOST_DEPTH = 128 };

void acre_scopes_init(struct acre_scopes *scopes, struct acre_alloc *memory);
void acre_scopes_fini(struct acre_scopes *scopes);

/* Those below the entry `unit`, into new `scopes`. What cannot be read is left out. False when
 * there is no memory. */
bool acre_scopes_read(struct acre_scopes *scopes, Dwarf_Die *unit, struct acre_code code);

#endif
