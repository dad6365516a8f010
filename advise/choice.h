/*
 * Which regions there should be: of all markers and sites those that fit each other.
 *
 *    a site fits a marker and k   none of its blocks lived through k firings, in any recording; it
 *                                 has blocks in enough epochs; one thread makes and frees them
 *    a group                      all sites that fit; what they save is counted in calls
 *    the best group               of those within 5 % of the most calls: one region before two in
 *                                 rotation, then less memory, then the emptiest phase
 *    the next                     of the sites that are left, up to three, a tenth of all calls
 * each
 */
#ifndef ACRE_ADVISE_CHOICE_H
#define ACRE_ADVISE_CHOICE_H

#include "advise/lags.h"
#include "replay/plan.h"

enum {
    ACRE_CHOICE_LEAST_EPOCHS = 8,
    ACRE_CHOICE_LEAST_BLOCKS = 8, /* an epoch; of fewer several epochs are one */
};

/* A marker with so many regions in rotation. */
struct acre_boundary {
    uint32_t marker;
    uint32_t rotation; /* k */
};

struct acre_chosen_region {
    struct acre_boundary boundary;
    uint32_t stride; /* every so manieth firing is a reset */
    uint64_t births; /* in scope, in the first recording */
    uint64_t firings;
    double held_bytes; /* of an epoch, times the rotation: about what waits */
};

/* What all choices are made from. */
struct acre_findings {
    const struct acre_markers *markers;
    const struct acre_sites *sites;
    const struct acre_steps *steps;
    const struct acre_lags *lags; /* by recording */
    size_t recording_count;
    uint64_t all_births; /* of the first recording */
    bool is_sampled;     /* then few epochs are no reason against a site */
};

struct acre_choice {
    struct acre_chosen_region regions[ACRE_PLAN_MOST_GROUPS];
    uint32_t region_count;
    uint8_t *region_of_site; /* by site: and one; 0: none. Not the choice's own */
    double most_held_bytes;  /* what a region may keep: those of more are not chosen. Not below 0 */
};

/* Whether a site fits. */
bool acre_site_fits(const struct acre_findings *findings, uint32_t site,
                    struct acre_boundary boundary);

/* Whether it fits any marker, with one region or two. */
bool acre_site_fits_any(const struct acre_findings *findings, uint32_t site);

/* Chooses anew. */
void acre_choose(struct acre_choice *choice, const struct acre_findings *findings);

/* The markers that are worth a closer look: `keep` by marker. `claimed`, by site, is for its use.
 */
void acre_choice_screen(const struct acre_findings *findings, uint8_t *claimed, bool *keep);

#endif
