#include "advise/choice.h"

#include <string.h>

#include <math.h>

enum {
    LEAST_ACTIVE_EPOCHS = 3,
    ACTIVE_SHARE = 500, /* ... and one in so many */
    TENTH = 10,         /* a region has that part of all births at least */
    ROUNDS = ACRE_PLAN_MOST_GROUPS,
    KEPT_A_ROUND = 24,
    KEPT_AN_OCTAVE = 2,
};

/* Sites --------------------------------------------------------------------------------------
 */

/* With several recordings it has to be seen in another than the first. */
static bool is_confirmed(const struct acre_findings *findings, uint32_t site,
                         struct acre_boundary boundary)
{
    bool is_seen = findings->recording_count == 1;

    for (size_t i = 0; i < findings->recording_count; i++) {
        const struct acre_lags *lags = &findings->lags[i];
        size_t cell = acre_lag_cell(lags, site, boundary.marker);

        if (lags->cells.lags[boundary.rotation - 1][cell] > 0 ||
            !acre_site_has_one_thread(&lags->of_sites[site]))
            return false;
        is_seen |= i > 0 && lags->cells.births[cell] > 0;
    }
    return is_seen;
}

bool acre_site_fits(const struct acre_findings *findings, uint32_t site,
                    struct acre_boundary boundary)
{
    const struct acre_lags *lags = &findings->lags[0];
    size_t cell = acre_lag_cell(lags, site, boundary.marker);
    uint32_t least = lags->now[boundary.marker] / ACTIVE_SHARE;

    if (least < LEAST_ACTIVE_EPOCHS)
        least = LEAST_ACTIVE_EPOCHS;
    if (findings->is_sampled)
        least = 1;
    return lags->cells.births[cell] > 0 && lags->cells.epochs[cell] >= least &&
           is_confirmed(findings, site, boundary);
}

bool acre_site_fits_any(const struct acre_findings *findings, uint32_t site)
{
    for (uint32_t marker = 0; marker < findings->markers->count; marker++)
        for (uint32_t k = 1; k <= ACRE_LAGS_MOST_K; k++)
            if (acre_site_fits(findings, site, (struct acre_boundary){marker, k}))
                return true;
    return false;
}

/* Groups -----------------------------------------------------------------------------------------
 */

struct group {
    struct acre_chosen_region region;
    uint64_t parts; /* of the firings, 64: bit i: some site was active in part i */
};

enum { PARTS = 64 };

/* The parts of a site's epochs: so many of them, taken to be those up to the last one. */
static uint64_t parts_of(uint32_t epochs, uint32_t last_epoch, uint64_t firings)
{
    uint64_t from, to;

    if (epochs == 0 || last_epoch > firings)
        return 0;
    from = (uint64_t)(last_epoch - epochs) * PARTS / firings;
    to = ((uint64_t)last_epoch * PARTS + firings - 1) / firings;
    return (UINT64_MAX >> (PARTS - (to - from))) << from;
}

/* Blocks of a site that are in scope; of a sample, as many as it stands for. */
static double births_of(const struct acre_lags *lags, uint32_t site, uint32_t marker)
{
    double births = lags->cells.births[acre_lag_cell(lags, site, marker)];

    return births * (double)acre_lags_each(lags, site);
}

static double bytes_a_block(const struct acre_lags *lags, uint32_t site)
{
    const struct acre_site_lags *of = &lags->of_sites[site];

    return of->births > 0 ? (double)of->bytes / (double)of->births : 0;
}

static struct group group_of(const struct acre_findings *findings, const uint8_t *claimed,
                             struct acre_boundary boundary)
{
    const struct acre_lags *lags = &findings->lags[0];
    struct group group = {
        .region = {.boundary = boundary, .stride = 1, .firings = lags->now[boundary.marker]}};
    double bytes = 0, births = 0;

    for (uint32_t site = 0; site < findings->sites->count; site++) {
        size_t cell = acre_lag_cell(lags, site, boundary.marker);

        if (claimed[site] != 0 || !acre_site_fits(findings, site, boundary))
            continue;
        births += births_of(lags, site, boundary.marker);
        bytes += births_of(lags, site, boundary.marker) * bytes_a_block(lags, site);
        group.parts |=
            parts_of(lags->cells.epochs[cell], lags->cells.last_epoch[cell], group.region.firings);
    }
    group.region.births = (uint64_t)births;
    if (births > 0) {
        double firings = (double)group.region.firings;
        double stride = ceil(ACRE_CHOICE_LEAST_BLOCKS * firings / births);

        if (stride > 1)
            group.region.stride = (uint32_t)stride;
        group.region.held_bytes = bytes / firings * group.region.stride * boundary.rotation;
    }
    return group;
}

static bool is_worth_a_region(const struct acre_findings *findings, const struct group *group,
                              double most_held_bytes)
{
    const struct acre_chosen_region *region = &group->region;

    return region->births > 0 && region->births >= findings->all_births / TENTH &&
           region->held_bytes <= most_held_bytes &&
           region->firings / region->stride >= ACRE_CHOICE_LEAST_EPOCHS &&
           (findings->is_sampled ||
            2 * (uint64_t)__builtin_popcountll(group->parts) * region->stride >= PARTS);
}

/* Memory counts in steps of four times. */
static int memory_class(double bytes)
{
    return bytes < 1 ? 0 : (int)(log2(bytes) / 2);
}

static int compare_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

static bool is_scope(const struct acre_places *places, const struct acre_marker *marker)
{
    return acre_place_scope(places, marker->place) != NULL;
}

/* Below 0: a is to be preferred. What a program says of itself is before what is found. */
static int compare(const struct acre_findings *findings, const struct acre_chosen_region *a,
                   const struct acre_chosen_region *b)
{
    const struct acre_marker *marker_a = &findings->markers->markers[a->boundary.marker];
    const struct acre_marker *marker_b = &findings->markers->markers[b->boundary.marker];
    const struct acre_places *places = &findings->steps->places;
    int order = compare_numbers(a->boundary.rotation, b->boundary.rotation);

    if (order == 0)
        order = is_scope(places, marker_b) - is_scope(places, marker_a);
    if (order == 0)
        order = memory_class(a->held_bytes) - memory_class(b->held_bytes);
    if (order == 0)
        order = compare_numbers(acre_marker_mean_live(marker_a), acre_marker_mean_live(marker_b));
    if (order == 0)
        order = compare_numbers((double)b->births, (double)a->births);
    if (order == 0)
        order = compare_numbers(marker_a->kind, marker_b->kind);
    if (order == 0)
        order = compare_numbers(acre_place_depth(places, marker_a->place),
                                acre_place_depth(places, marker_b->place));
    return order != 0 ? order : compare_numbers(marker_a->place, marker_b->place);
}

/* Choices ----------------------------------------------------------------------------------------
 */

static struct acre_boundary boundary_at(uint32_t number)
{
    return (struct acre_boundary){number / ACRE_LAGS_MOST_K, 1 + number % ACRE_LAGS_MOST_K};
}

/* Births 0: there is none. */
static struct acre_chosen_region best_region(const struct acre_choice *choice,
                                             const struct acre_findings *findings)
{
    uint32_t count = findings->markers->count * ACRE_LAGS_MOST_K;
    struct acre_chosen_region best = {0};
    uint64_t most = 0;

    for (uint32_t i = 0; i < count; i++) {
        struct group group = group_of(findings, choice->region_of_site, boundary_at(i));

        if (is_worth_a_region(findings, &group, choice->most_held_bytes) &&
            group.region.births > most)
            most = group.region.births;
    }
    for (uint32_t i = 0; i < count && most > 0; i++) {
        struct group group = group_of(findings, choice->region_of_site, boundary_at(i));

        if (is_worth_a_region(findings, &group, choice->most_held_bytes) &&
            (double)group.region.births >= 0.95 * (double)most &&
            (best.births == 0 || compare(findings, &group.region, &best) < 0))
            best = group.region;
    }
    return best;
}

static void claim(uint8_t *claimed, const struct acre_findings *findings,
                  struct acre_boundary boundary, uint8_t mark)
{
    for (uint32_t site = 0; site < findings->sites->count; site++)
        if (claimed[site] == 0 && acre_site_fits(findings, site, boundary))
            claimed[site] = mark;
}

void acre_choose(struct acre_choice *choice, const struct acre_findings *findings)
{
    memset(choice->region_of_site, 0, findings->sites->count);
    choice->region_count = 0;
    while (choice->region_count < ACRE_PLAN_MOST_GROUPS) {
        struct acre_chosen_region region = best_region(choice, findings);

        if (region.births == 0)
            return;
        choice->regions[choice->region_count++] = region;
        claim(choice->region_of_site, findings, region.boundary, (uint8_t)choice->region_count);
    }
}

/* A closer look ----------------------------------------------------------------------------------
 */

/* The best that is not kept yet, of one octave of firings or of all. */
static uint32_t next_best(const struct acre_findings *findings, const uint64_t *gains,
                          const bool *keep, int octave)
{
    uint32_t best = UINT32_MAX;

    for (uint32_t i = 0; i < findings->markers->count; i++) {
        uint64_t calls = findings->markers->markers[i].tally.calls;

        if (keep[i] || gains[i] == 0 || (octave >= 0 && octave != 63 - (int)__builtin_clzll(calls)))
            continue;
        if (best == UINT32_MAX || gains[i] > gains[best])
            best = i;
    }
    return best;
}

static void keep_best(const struct acre_findings *findings, const uint64_t *gains, bool *keep,
                      int octave, unsigned most)
{
    for (unsigned i = 0; i < most; i++) {
        uint32_t best = next_best(findings, gains, keep, octave);

        if (best == UINT32_MAX)
            return;
        keep[best] = true;
    }
}

/* By marker: births of its best group; and the best boundary of all. */
static struct acre_boundary find_gains(const struct acre_findings *findings, const uint8_t *claimed,
                                       uint64_t *gains)
{
    struct acre_boundary best = {UINT32_MAX, 1};
    uint64_t most = 0;

    memset(gains, 0, findings->markers->count * sizeof *gains);
    for (uint32_t i = 0; i < findings->markers->count * ACRE_LAGS_MOST_K; i++) {
        struct acre_boundary boundary = boundary_at(i);
        struct group group = group_of(findings, claimed, boundary);

        if (!is_worth_a_region(findings, &group, INFINITY))
            continue;
        if (group.region.births > gains[boundary.marker])
            gains[boundary.marker] = group.region.births;
        if (group.region.births > most) {
            most = group.region.births;
            best = boundary;
        }
    }
    return best;
}

void acre_choice_screen(const struct acre_findings *findings, uint8_t *claimed, bool *keep)
{
    uint64_t gains[ACRE_MARKERS_MOST];

    memset(claimed, 0, findings->sites->count);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct acre_boundary best = find_gains(findings, claimed, gains);

        if (best.marker == UINT32_MAX)
            return;
        keep_best(findings, gains, keep, -1, KEPT_A_ROUND);
        for (int octave = 0; octave < 64; octave++)
            keep_best(findings, gains, keep, octave, KEPT_AN_OCTAVE);
        claim(claimed, findings, best, 1);
    }
}
