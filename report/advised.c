#include "report/advised.h"

#include "profile/plumbing.h"

/* The verdict ------------------------------------------------------------------------------------
 */

const char *acre_advice_verdict_name(enum acre_advice_verdict verdict)
{
    static const char *const names[] = {
        [ACRE_ADVICE_WORTH_IT] = "worth it",
        [ACRE_ADVICE_NOT_WORTH_IT] = "not worth it",
        [ACRE_ADVICE_CANNOT_TELL] = "cannot tell",
    };

    return names[verdict];
}

const struct acre_doubt_text *acre_doubt_text(unsigned number)
{
    static const struct acre_doubt_text texts[] = {
        {"one recording",
         "one recording alone: what holds in it may be its input's. Record another "
         "input, and advise on both"},
        {"interpreter",
         "the boundary lies below a function that calls from more than 50 places, or a "
         "call of at least 8 functions, as interpreters have: it is rather the "
         "script's than the program's"},
        {"uneven", "few turns have most of the blocks: it is seen too rarely to recur"},
        {"escapes", "blocks outlive a reset"},
        {"withdrawn",
         "sites that fit the first recording do not fit another: how long their blocks "
         "live depends on the input"},
        {"threads", "the boundary is passed by several threads"},
    };

    return number < sizeof texts / sizeof texts[0] ? &texts[number] : NULL;
}

unsigned acre_advice_doubts(const struct acre_advice *advice)
{
    unsigned doubts = 0;

    for (uint32_t i = 0; i < advice->region_count; i++)
        doubts |= advice->regions[i].doubts;
    return doubts;
}

double acre_advice_matched_percent(const struct acre_advice *advice, size_t recording)
{
    uint64_t births = advice->programs[recording].births;

    return births > 0 ? 100 * (double)advice->matched_births[recording] / (double)births : 0;
}

bool acre_advice_has_strangers(const struct acre_advice *advice)
{
    for (size_t i = 1; i < advice->recording_count; i++)
        if (acre_advice_matched_percent(advice, i) < ACRE_ADVICE_STRANGER_PERCENT)
            return true;
    return false;
}

bool acre_advice_has_stacks(const struct acre_advice *advice)
{
    return 2 * advice->known_births >= advice->births;
}

static enum acre_advice_verdict verdict_of(const struct acre_proof *proof)
{
    double untold = proof->is_run_told ? 1 : ACRE_ADVICE_UNTOLD_FACTOR;

    if (!proof->has_points || !proof->gained.has_interval || !proof->on_best.has_interval)
        return ACRE_ADVICE_CANNOT_TELL;
    if (proof->gained.most * untold < ACRE_ADVICE_LEAST_POINTS || proof->on_best.most <= 0)
        return ACRE_ADVICE_NOT_WORTH_IT;
    return proof->gained.least >= ACRE_ADVICE_LEAST_POINTS && proof->on_best.least > 0
               ? ACRE_ADVICE_WORTH_IT
               : ACRE_ADVICE_CANNOT_TELL;
}

enum acre_advice_verdict acre_advice_verdict(const struct acre_advised_report *report)
{
    const struct acre_advice *advice = report->advice;
    enum acre_advice_verdict verdict;

    if (advice->region_count == 0)
        return acre_advice_has_stacks(advice) && !acre_advice_has_strangers(advice)
                   ? ACRE_ADVICE_NOT_WORTH_IT
                   : ACRE_ADVICE_CANNOT_TELL;
    if (report->proofs == NULL)
        return ACRE_ADVICE_CANNOT_TELL;
    verdict = verdict_of(&report->proofs[0]);
    for (size_t i = 1; i < advice->recording_count; i++)
        if (verdict_of(&report->proofs[i]) != verdict)
            verdict = ACRE_ADVICE_CANNOT_TELL;
    return verdict == ACRE_ADVICE_WORTH_IT && acre_advice_doubts(advice) != 0
               ? ACRE_ADVICE_CANNOT_TELL
               : verdict;
}

/* Names ------------------------------------------------------------------------------------------
 */

struct acre_walk acre_advised_walk(const struct acre_advised_report *report, uint32_t place)
{
    const struct acre_place *at = acre_place_at(&report->steps->places, place);

    return acre_walk_of(report->stacks[at->recording], report->names[at->recording], at->node);
}

bool acre_advised_frame(const struct acre_advised_report *report, uint32_t place,
                        const struct acre_frame **frame, uint32_t *depth)
{
    struct acre_walk walk = acre_advised_walk(report, place);

    *depth = 0;
    *frame = acre_walk_next(&walk);
    while (*frame != NULL && acre_is_plumbing(*frame)) {
        *frame = acre_walk_next(&walk);
        (*depth)++;
    }
    if (*frame == NULL && !walk.has_no_memory) { /* nothing but plumbing */
        walk = acre_advised_walk(report, place);
        *depth = 0;
        *frame = acre_walk_next(&walk);
    }
    return !walk.has_no_memory;
}
