/*
 * Chosen regions as a plan (replay/plan.h): it follows any recording, one that they were chosen
 * from or another, finds their markers and sites there, and counts what comes of it.
 */
#ifndef ACRE_ADVISE_REGION_PLAN_H
#define ACRE_ADVISE_REGION_PLAN_H

#include "advise/choice.h"

/* What a region did in one recording. */
struct acre_region_counts {
    uint64_t births, bytes;           /* bytes as they were born */
    uint64_t firings, resets;         /* resets: every so manieth firing, as the stride says */
    uint64_t epochs_used;             /* between resets: those with births */
    uint64_t most_births;             /* of one of them */
    double squares;                   /* of their births, summed */
    uint64_t first_event, last_event; /* of resets */
    uint64_t elsewhere;               /* firings in another thread than that of the first one */
};

struct acre_region_plan {
    struct acre_plan plan; /* follows by what stands below */

    struct acre_walker walker;
    struct acre_markers *markers; /* of this plan alone: as many as there are different ones */
    const struct acre_sites *sites;
    const uint8_t *region_of_site;
    struct acre_planned_region {
        struct acre_chosen_region region; /* boundary.marker: of the markers above */
        struct acre_gaps gaps;
        uint32_t last, reach; /* clock of the last firing, and for how long it counts */
        uint32_t thread;      /* of the first firing */
        uint64_t births;      /* since the last reset */
        struct acre_region_counts counts;
    } regions[ACRE_PLAN_MOST_GROUPS];
};

/* For one reading of one recording. `markers` is empty, and the plan's until its end; the rest is
 * borrowed. False for want of memory. Ended with acre_region_plan_fini either way. */
bool acre_region_plan_init(struct acre_region_plan *plan, const struct acre_findings *findings,
                           const struct acre_choice *choice, struct acre_steps *steps,
                           struct acre_recording *recording, struct acre_markers *markers);
void acre_region_plan_fini(struct acre_region_plan *plan);

/* Behind the last event: counts are whole then. */
void acre_region_plan_end(struct acre_region_plan *plan);

/* How many epochs of one size would be as uneven as these: (sum n)^2 / sum n^2. */
static inline double acre_region_effective_epochs(const struct acre_region_counts *counts)
{
    double births = (double)counts->births;

    return counts->squares > 0 ? births * births / counts->squares : 0;
}

#endif
