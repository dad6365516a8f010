#include "symbols/ranges.h"

bool acre_ranges_add(struct acre_spans *spans, Dwarf_Die *entry, struct acre_code code,
                     uint32_t value, size_t *budget)
{
    Dwarf_Addr base = 0, begin = 0, end = 0;
    ptrdiff_t at = 0;

    while (*budget > 0 && (at = dwarf_ranges(entry, at, &base, &begin, &end)) > 0) {
        --*budget;
        if (begin >= code.begin && begin < code.end && !acre_spans_add(spans, begin, end, value))
            return false;
    }
    return true;
}
