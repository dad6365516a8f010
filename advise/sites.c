#include <stdlib.h>

#include "advise/lags.h"
#include <string.h>

#include "alloc/grow.h"

struct weighed {
    uint64_t births;
    uint32_t place;
};

static int by_births(const void *left, const void *right)
{
    const struct weighed *a = left;
    const struct weighed *b = right;

    if (a->births != b->births)
        return a->births > b->births ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static bool index_places(struct acre_sites *sites)
{
    struct acre_layout layout =
        acre_layout_of_elements(sites->place_count, sizeof *sites->of_place);

    sites->of_place = acre_allocate(sites->memory, layout);
    if (sites->of_place == NULL)
        return false;
    memset(sites->of_place, 0, layout.size);
    for (uint32_t i = 0; i < sites->count; i++)
        sites->of_place[sites->places[i] - 1] = (uint16_t)(i + 1);
    return true;
}

bool acre_sites_choose(struct acre_sites *sites, struct acre_alloc *memory,
                       const struct acre_tallies *tallies, const struct acre_steps *steps)
{
    struct acre_layout layout =
        acre_layout_of_elements(tallies->place_count, sizeof(struct weighed));
    struct weighed *all = acre_allocate(memory, layout);
    size_t count = 0;

    *sites = (struct acre_sites){.memory = memory, .place_count = steps->places.numbers.count};
    if (all == NULL)
        return false;
    for (uint32_t place = 1; place <= tallies->place_count; place++)
        if (tallies->births[place - 1] > 0)
            all[count++] = (struct weighed){tallies->births[place - 1], place};
    if (count > 1)
        qsort(all, count, sizeof *all, by_births);
    for (size_t i = 0; i < count && sites->count < ACRE_LAGS_MOST_SITES; i++)
        sites->places[sites->count++] = all[i].place;
    acre_free(memory, all, layout);
    return index_places(sites);
}

void acre_sites_fini(struct acre_sites *sites)
{
    acre_free_elements(sites->memory, sites->of_place, sites->place_count, sizeof *sites->of_place);
    sites->of_place = NULL;
    sites->count = 0;
}
