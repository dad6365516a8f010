#include "report/proof.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_regions(const struct acre_group_row *row)
{
    return strcmp(row->cell->key.lifetime, "region") == 0;
}

static const struct acre_group_row *row_of(const struct acre_group *group, const char *backend,
                                           bool is_region)
{
    for (size_t i = 0; i < group->row_count; i++)
        if (group->rows[i].is_timed && has_regions(&group->rows[i]) == is_region &&
            strcmp(group->rows[i].cell->key.backend, backend) == 0)
            return &group->rows[i];
    return NULL;
}

/* False when out of memory. */
static bool compare(const struct acre_group_row *a, const struct acre_group_row *b,
                    struct acre_ratio *ratio)
{
    return acre_ratio_of_pairs(&a->times, &b->times, ratio) != ACRE_STATS_NO_MEMORY;
}

static bool add_row(struct acre_proof *proof, const struct acre_group *group,
                    const struct acre_group_row *plain, const struct acre_group_row *malloc_row)
{
    const struct acre_group_row *planned = row_of(group, plain->cell->key.backend, true);
    struct acre_proof_row *row = &proof->rows[proof->row_count];

    if (planned == NULL || proof->row_count == ACRE_PROOF_MOST_ROWS)
        return true;
    *row = (struct acre_proof_row){
        .ns = plain->ns_per_iteration,
        .region_ns = planned->ns_per_iteration,
        .has_alone = plain != malloc_row,
    };
    snprintf(row->backend, sizeof row->backend, "%s", plain->cell->key.backend);
    if (!compare(planned, plain, &row->region) ||
        (row->has_alone && !compare(plain, malloc_row, &row->alone)))
        return false;
    if (row->ns < proof->rows[proof->best].ns)
        proof->best = proof->row_count;
    proof->row_count++;
    return true;
}

static bool add_rows(struct acre_proof *proof, const struct acre_group *group)
{
    const struct acre_group_row *malloc_row = row_of(group, "malloc", false);

    if (malloc_row == NULL)
        return true;
    if (!add_row(proof, group, malloc_row, malloc_row))
        return false;
    for (size_t i = 0; i < group->row_count; i++) {
        const struct acre_group_row *row = &group->rows[i];

        if (row->is_timed && !has_regions(row) && row != malloc_row &&
            !add_row(proof, group, row, malloc_row))
            return false;
    }
    return true;
}

/* What a ratio of the calls leaves of `percent` of the run. */
static struct acre_points points_of(const struct acre_ratio *ratio, double percent)
{
    struct acre_points points = {
        .point = percent * (1 - ratio->point),
        .low = percent * (1 - ratio->high),
        .high = percent * (1 - ratio->low),
        .has_interval = ratio->has_interval,
    };
    double margin = ACRE_PROOF_MARGIN * fabs(points.point);

    if (margin > ACRE_PROOF_MOST_MARGIN_POINTS)
        margin = ACRE_PROOF_MOST_MARGIN_POINTS;
    points.least = points.low - margin;
    points.most = points.high + margin;
    return points;
}

bool acre_proof_has_large_blocks(const struct acre_program *planned)
{
    return planned->absorbed > 0 &&
           planned->absorbed_bytes / planned->absorbed >= ACRE_PROOF_LARGE_BYTES;
}

/* Points are per cent of the run on malloc throughout, so that they can be added up. */
static void find_points(struct acre_proof *proof)
{
    const struct acre_proof_row *best = &proof->rows[proof->best];

    proof->share_percent = 100 * proof->rows[0].ns / proof->run_ns;
    proof->has_points = proof->share_percent < 100;
    proof->gained = points_of(&proof->rows[0].region, proof->share_percent);
    proof->on_best = points_of(&best->region, 100 * best->ns / proof->run_ns);
    if (best->has_alone)
        proof->alone = points_of(&best->alone, proof->share_percent);
}

/* Passes ----------------------------------------------------------------------------------------
 */

/* From what the calls save to that and all passes: `passed` is with one. */
static void widen(struct acre_points *points, const struct acre_points *passed, double most)
{
    double low = most * (passed->low - points->point);
    double high = most * (passed->high - points->point);

    if (!points->has_interval || !passed->has_interval)
        return;
    if (low < 0)
        points->least += low;
    if (high > 0)
        points->most += high;
}

static const struct acre_proof_row *row_named(const struct acre_proof *proof, const char *backend)
{
    for (size_t i = 0; i < proof->row_count; i++)
        if (strcmp(proof->rows[i].backend, backend) == 0)
            return &proof->rows[i];
    return NULL;
}

/* `touched`: rows of the same run with all touched; `touching_ns`: what that takes beside the calls
 * and their contents, by the limits. */
static void find_passes(struct acre_proof *proof, const struct acre_proof *touched,
                        double touching_ns)
{
    const struct acre_proof_row *best = row_named(touched, proof->rows[proof->best].backend);
    struct acre_proof_passes *passes = &proof->passes;
    double pass_ns;

    if (best == NULL)
        return;
    pass_ns = touching_ns + touched->rows[0].ns - proof->rows[0].ns;
    if (pass_ns <= 0)
        return;
    passes->is_known = true;
    passes->pass_percent = 100 * pass_ns / proof->run_ns;
    passes->most = (proof->run_ns - proof->rows[0].ns) / pass_ns;
    passes->gained = points_of(&touched->rows[0].region, 100 * touched->rows[0].ns / proof->run_ns);
    passes->on_best = points_of(&best->region, 100 * best->ns / proof->run_ns);
    widen(&proof->gained, &passes->gained, passes->most);
    widen(&proof->on_best, &passes->on_best, passes->most);
    if (best->has_alone) {
        passes->alone = points_of(&best->alone, 100 * touched->rows[0].ns / proof->run_ns);
        widen(&proof->alone, &passes->alone, passes->most);
    }
}

/* The run ----------------------------------------------------------------------------------------
 */

/* Of the part that was played: time passes in it as in the recording, and recording took as much of
 * each call. */
static double run_ns_of(const struct acre_played *played, const struct acre_program *whole,
                        double run_seconds)
{
    double recorded = (double)played->recorded_ns;
    double overhead = (double)whole->overhead_ns * (double)played->events / (double)whole->events;

    if (run_seconds > 0 && whole->recorded_ns > 0)
        return run_seconds * 1e9 * recorded / (double)whole->recorded_ns;
    return recorded > overhead ? recorded - overhead : 0;
}

/* A run of which the calls of malloc are the share that they are in the median of rounds. False
 * when out of memory. */
static bool time_run(struct acre_proof *proof, const struct acre_group_row *malloc_row,
                     const struct acre_series *timed, double part)
{
    const struct acre_cell *cell = malloc_row->cell;
    struct acre_series shares = {0};
    double share;
    bool done = true;

    for (size_t i = 0; i < timed->count && i < cell->ns_per_iteration.count &&
                       i < cell->limit_ns_per_iteration.count && done;
         i++)
        done = acre_series_append(
            &shares, (cell->ns_per_iteration.values[i] - cell->limit_ns_per_iteration.values[i]) /
                         (timed->values[i] * 1e9 * part));
    if (done && shares.count > 0 && acre_series_median(&shares, &share) == ACRE_STATS_OK &&
        share > 0)
        proof->run_ns = malloc_row->ns_per_iteration / share;
    free(shares.values);
    return done;
}

static bool fill(struct acre_proof *proof, const struct acre_group *group,
                 const struct acre_program *whole, const struct acre_proof_time *time)
{
    const struct acre_group_row *malloc_row = row_of(group, "malloc", false);
    double part = whole->recorded_ns > 0
                      ? (double)group->played->recorded_ns / (double)whole->recorded_ns
                      : 1;

    if (malloc_row != NULL && time->timed != NULL && time->timed->count > 0) {
        proof->is_run_told = true;
        if (!time_run(proof, malloc_row, time->timed, part))
            return false;
    }
    return add_rows(proof, group);
}

/* `touched`: whose blocks are touched all over, where there is another one. */
static void choose_groups(const struct acre_groups *groups, const struct acre_group **group,
                          const struct acre_group **touched)
{
    *group = *touched = NULL;
    for (size_t i = 0; i < groups->count; i++) {
        const struct acre_group *each = &groups->groups[i];

        if (groups->count > 1 && acre_group_has_parameter(each, "touch", "all"))
            *touched = each;
        else if (*group == NULL)
            *group = each;
    }
}

static bool fill_of_groups(struct acre_proof *proof, const struct acre_groups *groups,
                           const struct acre_program *whole, const struct acre_proof_time *time)
{
    const struct acre_group *group, *touched_group;
    struct acre_proof touched = {0};

    choose_groups(groups, &group, &touched_group);
    if (group == NULL)
        return true;
    if (!fill(proof, group, whole, time) ||
        (touched_group != NULL && !add_rows(&touched, touched_group)))
        return false;
    if (proof->row_count == 0 || proof->run_ns <= 0)
        return true;
    find_points(proof);
    if (touched_group != NULL && proof->has_points)
        find_passes(proof, &touched, touched_group->limit_ns - group->limit_ns);
    return true;
}

bool acre_proof_of(const struct acre_run *run, const struct acre_program *whole,
                   const struct acre_proof_time *time, struct acre_proof *proof)
{
    struct acre_groups groups;
    bool done;

    *proof = (struct acre_proof){
        .events = run->played.events,
        .all_events = whole->events,
        .run_ns = run_ns_of(&run->played, whole, time->seconds),
        .is_run_told = time->seconds > 0,
    };
    if (!acre_groups_init(&groups, run))
        return false;
    done = fill_of_groups(proof, &groups, whole, time);
    acre_groups_fini(&groups);
    return done;
}
