#include "alloc/waste.h"

void acre_waste_set(struct acre_waste *waste, enum acre_waste_term term, uint64_t bytes,
                    const char *source)
{
    waste->parts[term] = (struct acre_waste_part){true, bytes, source};
}

void acre_waste_set_unknown(struct acre_waste *waste, enum acre_waste_term term, const char *why)
{
    waste->parts[term] = (struct acre_waste_part){.source = why};
}

uint64_t acre_waste_figure(struct acre_waste *waste, const char *name, uint64_t number)
{
    if (waste->figure_count < ACRE_MOST_WASTE_FIGURES)
        waste->figures[waste->figure_count++] = (struct acre_waste_figure){name, number};
    return number;
}

void acre_waste_begin(struct acre_waste *waste, const struct acre_waste_live *live)
{
    *waste = (struct acre_waste){.live = *live};
    for (unsigned term = 0; term < ACRE_WASTE_TERMS; term++)
        acre_waste_set_unknown(waste, (enum acre_waste_term)term, "not told");
    acre_waste_set(waste, ACRE_WASTE_REQUESTED, live->requested_bytes, "ledger");
    if (live->knows_usable)
        acre_waste_set(waste, ACRE_WASTE_ROUNDING,
                       acre_waste_rest(live->usable_bytes, live->requested_bytes),
                       "usable sizes of live blocks, ledger");
}
