#include "advise/markers.h"

#include <stdlib.h>

#include <string.h>

#include "alloc/grow.h"

enum { OCTAVES = 64 };

void acre_markers_init(struct acre_markers *markers, struct acre_alloc *memory)
{
    memset(markers, 0, sizeof *markers);
    markers->memory = memory;
}

static void forget_firings(struct acre_markers *markers)
{
    struct acre_alloc *memory = markers->memory;

    acre_free_elements(memory, markers->of_entry, markers->place_count, sizeof *markers->of_entry);
    acre_free_elements(memory, markers->of_birth, markers->place_count, sizeof *markers->of_birth);
    acre_free_elements(memory, markers->lists, markers->list_capacity, sizeof *markers->lists);
    acre_free_elements(memory, markers->fired, markers->fired_capacity, sizeof *markers->fired);
    markers->of_entry = markers->of_birth = markers->fired = NULL;
    markers->lists = NULL;
    markers->place_count = markers->list_count = 0;
    markers->list_capacity = markers->fired_count = markers->fired_capacity = 0;
}

void acre_markers_fini(struct acre_markers *markers)
{
    forget_firings(markers);
    markers->count = 0;
}

/* Candidates -------------------------------------------------------------------------------------
 */

struct candidate {
    struct acre_marker marker;
    uint32_t depth, octave;
};

struct candidates {
    struct candidate *all;
    size_t count, capacity;
};

static void add(struct candidates *candidates, enum acre_marker_kind kind, uint32_t place,
                uint32_t depth, const struct acre_firings *tally)
{
    if (tally->calls >= ACRE_MARKER_LEAST_FIRINGS)
        candidates->all[candidates->count++] = (struct candidate){
            .marker = {.kind = kind, .place = place, .tally = *tally},
            .depth = depth,
            .octave = 63u - (unsigned)__builtin_clzll(tally->calls),
        };
}

/* By place, one less. What a step enters is all of its path behind what both calls have in common.
 */
static void tally_places(const struct acre_tallies *tallies, const struct acre_steps *steps,
                         struct acre_firings *entries, struct acre_firings *births)
{
    const struct acre_places *places = &steps->places;

    for (uint32_t step = 1; step <= tallies->step_count; step++) {
        const struct acre_step_firings *tally = &tallies->steps[step - 1];
        uint32_t to = acre_step_to(steps, step);
        uint32_t common = acre_place_common(places, acre_step_from(steps, step), to);

        acre_firings_add(&births[to - 1], &tally->births);
        for (uint32_t place = to; place != common; place = acre_place_at(places, place)->parent)
            acre_firings_add(&entries[place - 1], &tally->all);
    }
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Those that fire at the same times are neighbours: entries first, the outermost first. */
static int by_firings(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    const struct acre_firings *tally_a = &a->marker.tally;
    const struct acre_firings *tally_b = &b->marker.tally;
    int order = compare(tally_a->calls, tally_b->calls);

    if (order == 0)
        order = compare(tally_a->first, tally_b->first);
    if (order == 0)
        order = compare(tally_a->last, tally_b->last);
    if (order == 0)
        order = compare(a->marker.kind, b->marker.kind);
    if (order == 0)
        order = compare(a->depth, b->depth);
    return order != 0 ? order : compare(a->marker.place, b->marker.place);
}

static bool fire_together(const struct acre_firings *a, const struct acre_firings *b)
{
    return a->calls == b->calls && a->first == b->first && a->last == b->last;
}

static void remove_doubles(struct candidates *candidates)
{
    size_t kept = 0;

    if (candidates->count > 1)
        qsort(candidates->all, candidates->count, sizeof *candidates->all, by_firings);
    for (size_t i = 0; i < candidates->count; i++)
        if (kept == 0 || !fire_together(&candidates->all[kept - 1].marker.tally,
                                        &candidates->all[i].marker.tally))
            candidates->all[kept++] = candidates->all[i];
    candidates->count = kept;
}

/* In an octave of counts those first at which least lives. */
static int by_live(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    double live_a = acre_marker_mean_live(&a->marker);
    double live_b = acre_marker_mean_live(&b->marker);

    if (a->octave != b->octave)
        return compare(a->octave, b->octave);
    if (live_a != live_b)
        return live_a < live_b ? -1 : 1;
    return by_firings(left, right);
}

/* The first of each octave, the second of each, ... */
static void take_best(struct acre_markers *markers, struct candidates *candidates)
{
    size_t next[OCTAVES] = {0}, end[OCTAVES] = {0};
    bool is_any = true;

    if (candidates->count > 1)
        qsort(candidates->all, candidates->count, sizeof *candidates->all, by_live);
    for (size_t i = candidates->count; i-- > 0;) {
        next[candidates->all[i].octave] = i;
        if (end[candidates->all[i].octave] == 0)
            end[candidates->all[i].octave] = i + 1;
    }
    while (is_any) {
        is_any = false;
        for (unsigned octave = 0; octave < OCTAVES; octave++)
            if (next[octave] < end[octave] && markers->count < ACRE_MARKERS_MOST) {
                markers->markers[markers->count++] = candidates->all[next[octave]++].marker;
                is_any = true;
            }
    }
}

static bool choose(struct acre_markers *markers, const struct acre_tallies *tallies,
                   const struct acre_steps *steps, struct acre_firings *sums,
                   struct candidates *candidates)
{
    uint32_t count = steps->places.numbers.count;

    memset(sums, 0, 2 * (size_t)count * sizeof *sums);
    tally_places(tallies, steps, sums, sums + count);
    for (uint32_t place = 1; place <= count; place++) {
        uint32_t depth = acre_place_depth(&steps->places, place);

        add(candidates, ACRE_MARKER_ENTRY, place, depth, &sums[place - 1]);
        add(candidates, ACRE_MARKER_BIRTH, place, depth, &sums[count + place - 1]);
    }
    remove_doubles(candidates);
    take_best(markers, candidates);
    return acre_markers_index(markers, steps);
}

bool acre_markers_choose(struct acre_markers *markers, const struct acre_tallies *tallies,
                         const struct acre_steps *steps)
{
    size_t count = 2 * (size_t)steps->places.numbers.count;
    struct acre_layout sums_layout =
        acre_layout_of_elements(count + 1, sizeof(struct acre_firings));
    struct candidates candidates = {.capacity = count + 1};
    struct acre_firings *sums = acre_allocate(markers->memory, sums_layout);
    bool done = false;

    candidates.all = acre_allocate(
        markers->memory, acre_layout_of_elements(candidates.capacity, sizeof *candidates.all));
    if (sums != NULL && candidates.all != NULL)
        done = choose(markers, tallies, steps, sums, &candidates);
    acre_free_elements(markers->memory, candidates.all, candidates.capacity,
                       sizeof *candidates.all);
    acre_free(markers->memory, sums, sums_layout);
    return done;
}

bool acre_markers_keep(struct acre_markers *markers, const struct acre_steps *steps,
                       const bool *keep)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < markers->count; i++)
        if (keep[i])
            markers->markers[kept++] = markers->markers[i];
    markers->count = kept;
    return acre_markers_index(markers, steps);
}

/* Firings ----------------------------------------------------------------------------------------
 */

bool acre_markers_index(struct acre_markers *markers, const struct acre_steps *steps)
{
    uint32_t count = steps->places.numbers.count;
    struct acre_layout layout = acre_layout_of_elements(count, sizeof *markers->of_entry);

    forget_firings(markers);
    markers->of_entry = acre_allocate(markers->memory, layout);
    if (markers->of_entry != NULL)
        markers->of_birth = acre_allocate(markers->memory, layout);
    markers->place_count = count;
    if (markers->of_birth == NULL)
        return false;
    memset(markers->of_entry, 0, layout.size);
    memset(markers->of_birth, 0, layout.size);
    for (uint32_t i = 0; i < markers->count; i++) {
        const struct acre_marker *marker = &markers->markers[i];
        uint16_t *of = marker->kind == ACRE_MARKER_ENTRY ? markers->of_entry : markers->of_birth;

        of[marker->place - 1] = (uint16_t)(i + 1);
    }
    return true;
}

static bool put_fired(struct acre_markers *markers, uint16_t number)
{
    if (!acre_grow(markers->memory, &markers->fired, markers->fired_count, &markers->fired_capacity,
                   sizeof *markers->fired))
        return false;
    markers->fired[markers->fired_count++] = number;
    return true;
}

/* Places that were told after the markers were chosen have none. */
static bool make_list(struct acre_markers *markers, const struct acre_steps *steps, uint32_t step)
{
    const struct acre_places *places = &steps->places;
    uint32_t to = acre_step_to(steps, step);
    uint32_t common = acre_place_common(places, acre_step_from(steps, step), to);
    size_t begin = markers->fired_count;

    if (!put_fired(markers, 0))
        return false;
    for (uint32_t place = to; place != common; place = acre_place_at(places, place)->parent) {
        uint16_t number = place <= markers->place_count ? markers->of_entry[place - 1] : 0;

        if (number != 0 && !put_fired(markers, (uint16_t)(number - 1)))
            return false;
    }
    markers->fired[begin] = (uint16_t)(markers->fired_count - begin - 1);
    markers->lists[step - 1] = (uint32_t)begin + 1;
    return true;
}

static bool add_lists(struct acre_markers *markers, uint32_t step)
{
    for (; markers->list_count < step; markers->list_count++) {
        if (!acre_grow(markers->memory, &markers->lists, markers->list_count,
                       &markers->list_capacity, sizeof *markers->lists))
            return false;
        markers->lists[markers->list_count] = 0;
    }
    return true;
}

const uint16_t *acre_markers_fired(struct acre_markers *markers, const struct acre_steps *steps,
                                   uint32_t step, uint32_t *count)
{
    const uint16_t *list;

    *count = 0;
    if (step > markers->list_count && !add_lists(markers, step))
        return NULL;
    if (markers->lists[step - 1] == 0 && !make_list(markers, steps, step))
        return NULL;
    list = &markers->fired[markers->lists[step - 1] - 1];
    *count = list[0];
    return list + 1;
}
