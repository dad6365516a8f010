/* The pieces of recorded.h. Each is a new object or array, NULL or unfinished where the maker says
 * that it failed. */
#ifndef ACRE_PAGE_RECORDED_PARTS_H
#define ACRE_PAGE_RECORDED_PARTS_H

#include "page/places.h"
#include "page/recorded.h"

/* The sites of a profile, where what is live at the end is what leaked: nothing, where nobody
 * knows that. */
struct acre_page_sites {
    struct acre_profile_site *sites;
    size_t count;
};

json_t *acre_recorded_flame(struct acre_page_places *places, const struct acre_info *info,
                            const struct acre_page_sites *sites);

json_t *acre_recorded_sites(struct acre_page_places *places, const struct acre_info *info,
                            const struct acre_page_sites *sites);

/* Memory over time; blocks by size and lifetime. */
json_t *acre_recorded_timeline(struct acre_maker *maker, const struct acre_profile *profile);
json_t *acre_recorded_lives(struct acre_maker *maker, const struct acre_profile *profile);

/* Tables: who allocated, code that was loaded, processes of the file, how it was recorded. */
json_t *acre_recorded_threads(struct acre_maker *maker, const struct acre_profile *profile);
json_t *acre_recorded_modules(struct acre_maker *maker, const struct acre_info *info);
json_t *acre_recorded_processes(struct acre_maker *maker,
                                const struct acre_page_recording *recording);
json_t *acre_recorded_facts(struct acre_maker *maker, const struct acre_info *info);

/* What numbers of a page are: beyond 2^63 - 1 there are none in JSON. */
static inline json_t *acre_recorded_count(uint64_t count)
{
    return json_integer((json_int_t)(count <= INT64_MAX ? count : INT64_MAX));
}

#endif
