#include "advise/explain.h"

#include <stdlib.h>

#include "alloc/grow.h"

enum {
    HUB_CHILDREN = 50,   /* a function that calls from more places is an interpreter's loop */
    HUB_FUNCTIONS = 8,   /* ... and a call that so many functions are called by */
    STAYING_SHARE = 200, /* what stays is told where it is one in so many of the region's births */
    REFUTED_SHARE = 100, /* more than one in so many refuted: the input decides */
    TOP_PERCENT = 97,
    CHUNK_BYTES = 64 * 1024,
    ALIGNING_BYTES = 15, /* of a block, at most */
};

void acre_advice_fini(struct acre_advice *advice, struct acre_alloc *memory)
{
    for (uint32_t i = 0; i < ACRE_PLAN_MOST_GROUPS; i++) {
        struct acre_advised_region *region = &advice->regions[i];

        acre_free_elements(memory, region->sites, region->site_count, sizeof *region->sites);
        region->sites = NULL;
        region->site_count = 0;
    }
}

/* Memory -----------------------------------------------------------------------------------------
 */

uint64_t acre_advice_extra_bytes(const struct acre_advice *advice, size_t recording)
{
    const struct acre_program *program = &advice->programs[recording];

    return program->peak_bytes - program->live_peak_bytes;
}

uint64_t acre_advice_most_extra_bytes(const struct acre_advice *advice, size_t recording)
{
    uint64_t bytes = acre_advice_extra_bytes(advice, recording);

    for (uint32_t i = 0; i < advice->region_count; i++) {
        const struct acre_advised_region *region = &advice->regions[i];

        bytes += region->rotation *
                 (CHUNK_BYTES + ALIGNING_BYTES * region->counts[recording].most_births);
    }
    return bytes;
}

/* Sites ------------------------------------------------------------------------------------------
 */

static struct acre_advised_site site_of(const struct acre_findings *findings, uint32_t site,
                                        struct acre_boundary boundary)
{
    struct acre_findings first = *findings;
    const struct acre_lags *lags = &findings->lags[0];
    size_t cell = acre_lag_cell(lags, site, boundary.marker);
    struct acre_advised_site about = {
        .place = findings->sites->places[site],
        .births = lags->cells.births[cell] * acre_lags_each(lags, site),
        .outliving = lags->cells.lags[boundary.rotation - 1][cell] * acre_lags_each(lags, site),
    };

    for (size_t i = 0; i < findings->recording_count; i++) {
        about.has_threads |= !acre_site_has_one_thread(&findings->lags[i].of_sites[site]);
        if (i > 0 && about.outliving == 0)
            about.is_refuted |= findings->lags[i].cells.lags[boundary.rotation - 1][cell] > 0;
    }
    first.recording_count = 1;
    about.is_refuted = about.is_refuted && acre_site_fits(&first, site, boundary);
    return about;
}

static int by_births(const void *left, const void *right)
{
    const struct acre_advised_site *a = left;
    const struct acre_advised_site *b = right;

    if (a->births != b->births)
        return a->births > b->births ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static bool add_members(struct acre_advised_region *region, const struct acre_findings *findings,
                        const struct acre_choice *choice, uint32_t number,
                        struct acre_alloc *memory)
{
    size_t count = 0;

    for (uint32_t site = 0; site < findings->sites->count; site++)
        count += choice->region_of_site[site] == number + 1;
    region->sites = acre_allocate(memory, acre_layout_of_elements(count, sizeof *region->sites));
    if (region->sites == NULL)
        return false;
    region->site_count = count;
    count = 0;
    for (uint32_t site = 0; site < findings->sites->count; site++)
        if (choice->region_of_site[site] == number + 1)
            region->sites[count++] = site_of(findings, site, choice->regions[number].boundary);
    if (count > 1)
        qsort(region->sites, count, sizeof *region->sites, by_births);
    return true;
}

/* Among those that are told, by births. */
static void add_staying(struct acre_advised_region *region, const struct acre_advised_site *site)
{
    if (region->staying_count < ACRE_ADVICE_MOST_STAYING)
        region->staying[region->staying_count++] = *site;
    else if (by_births(site, &region->staying[ACRE_ADVICE_MOST_STAYING - 1]) < 0)
        region->staying[ACRE_ADVICE_MOST_STAYING - 1] = *site;
    qsort(region->staying, region->staying_count, sizeof *region->staying, by_births);
}

/* Sites that are born again and again within the scope, and do not fit. */
static void find_staying(struct acre_advised_region *region, const struct acre_findings *findings,
                         const struct acre_choice *choice, uint32_t number)
{
    const struct acre_lags *lags = &findings->lags[0];
    struct acre_boundary boundary = choice->regions[number].boundary;

    for (uint32_t site = 0; site < findings->sites->count; site++) {
        struct acre_advised_site about = site_of(findings, site, boundary);
        uint32_t epochs = lags->cells.epochs[acre_lag_cell(lags, site, boundary.marker)];

        if (choice->region_of_site[site] != 0 || about.births == 0)
            continue;
        if (about.is_refuted)
            region->refuted_births += about.births;
        if (2 * about.births >= lags->of_sites[site].births &&
            (about.births >= choice->regions[number].births / STAYING_SHARE ||
             (about.outliving > 0 && epochs >= choice->regions[number].firings / STAYING_SHARE)))
            add_staying(region, &about);
    }
}

/* The tree ---------------------------------------------------------------------------------------
 */

static uint64_t births_through(const struct acre_advised_region *region,
                               const struct acre_places *places, uint32_t place)
{
    uint64_t births = 0;

    for (size_t i = 0; i < region->site_count; i++)
        if (acre_place_passes(places, region->sites[i].place, place))
            births += region->sites[i].births;
    return births;
}

static uint64_t births_of_all(const struct acre_advised_region *region)
{
    uint64_t births = 0;

    for (size_t i = 0; i < region->site_count; i++)
        births += region->sites[i].births;
    return births;
}

/* On the path of the site with most births, which has to pass it. */
static uint32_t find_top(const struct acre_advised_region *region, const struct acre_places *places)
{
    uint64_t wanted = births_of_all(region) * TOP_PERCENT / 100;
    uint32_t place = region->site_count > 0 ? region->sites[0].place : 0;

    while (place != 0 && births_through(region, places, place) < wanted)
        place = acre_place_at(places, place)->parent;
    return place;
}

/* Functions that one call calls, HUB_FUNCTIONS of them at most: more than one where it is by a
 * pointer. */
static unsigned functions_below(const struct acre_places *places, uint32_t hub,
                                const struct acre_advise_request *request, bool *failed)
{
    const void *functions[HUB_FUNCTIONS];
    unsigned count = 0;

    for (uint32_t place = 1; place <= places->numbers.count && count < HUB_FUNCTIONS; place++) {
        const struct acre_place *at = acre_place_at(places, place);
        const void *function = NULL;
        unsigned known = 0;

        if (at->parent == hub)
            function = request->function_of(request->to, &request->recordings[at->recording],
                                            at->node, failed);
        while (known < count && functions[known] != function)
            known++;
        if (function != NULL && known == count)
            functions[count++] = function;
    }
    return count;
}

static bool is_hub(const struct acre_places *places, uint32_t place,
                   const struct acre_advise_request *request, bool *failed)
{
    uint32_t children = acre_place_at(places, place)->children;

    return children > HUB_CHILDREN ||
           (children >= HUB_FUNCTIONS && request->function_of != NULL &&
            functions_below(places, place, request, failed) == HUB_FUNCTIONS);
}

/* What is called from so many lines of one function, or is so many functions of one call, is what a
 * script tells the program to do. */
static bool is_interpreted(const struct acre_advised_region *region,
                           const struct acre_places *places,
                           const struct acre_advise_request *request, bool *failed)
{
    for (uint32_t place = acre_place_at(places, region->marker.place)->parent; place != 0;
         place = acre_place_at(places, place)->parent)
        if (2 * births_through(region, places, place) > births_of_all(region) &&
            is_hub(places, place, request, failed))
            return true;
    return false;
}

/* Doubts -----------------------------------------------------------------------------------------
 */

static bool is_uneven(const struct acre_region_counts *counts)
{
    return acre_region_effective_epochs(counts) < ACRE_CHOICE_LEAST_EPOCHS ||
           2 * counts->epochs_used < counts->resets;
}

/* False for want of memory. */
static bool find_doubts(const struct acre_advice *advice, struct acre_advised_region *region,
                        const struct acre_places *places, const struct acre_advise_request *request)
{
    uint64_t births = births_of_all(region);
    bool failed = false;

    if (advice->recording_count == 1)
        region->doubts |= ACRE_DOUBT_ONE_RECORDING;
    if (is_interpreted(region, places, request, &failed))
        region->doubts |= ACRE_DOUBT_INTERPRETER;
    if (is_uneven(&region->counts[0]))
        region->doubts |= ACRE_DOUBT_UNEVEN;
    if (region->refuted_births > (births + region->refuted_births) / REFUTED_SHARE)
        region->doubts |= ACRE_DOUBT_WITHDRAWN;
    for (size_t i = 0; i < advice->recording_count; i++) {
        if (advice->programs[i].moved_out > 0)
            region->doubts |= ACRE_DOUBT_ESCAPES;
        if (region->counts[i].elsewhere > 0)
            region->doubts |= ACRE_DOUBT_THREADS;
    }
    return !failed;
}

bool acre_advice_explain(struct acre_advice *advice, const struct acre_advise_request *request,
                         const struct acre_findings *findings, const struct acre_choice *choice,
                         struct acre_alloc *memory)
{
    const struct acre_places *places = &findings->steps->places;

    for (size_t i = 0; i < findings->recording_count; i++)
        for (uint32_t site = 0; site < findings->sites->count; site++)
            advice->matched_births[i] += findings->lags[i].of_sites[site].births;
    for (uint32_t site = 0; site < findings->sites->count; site++)
        if (!acre_site_has_one_thread(&findings->lags[0].of_sites[site]))
            advice->threaded_births += findings->lags[0].of_sites[site].births;
    for (uint32_t i = 0; i < choice->region_count; i++) {
        const struct acre_chosen_region *chosen = &choice->regions[i];
        struct acre_advised_region *region = &advice->regions[i];

        region->marker = findings->markers->markers[chosen->boundary.marker];
        region->rotation = chosen->boundary.rotation;
        region->stride = chosen->stride;
        if (!add_members(region, findings, choice, i, memory))
            return false;
        find_staying(region, findings, choice, i);
        region->top = find_top(region, places);
        if (!find_doubts(advice, region, places, request))
            return false;
    }
    return true;
}
