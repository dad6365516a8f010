/*
 * Advice for people and for programs: first the sentence with the verdict, then what was measured,
 * then each region: where it is reset, what goes in, what stays and why, what there is to doubt,
 * and how the change would look.
 */
#ifndef ACRE_REPORT_ADVISED_H
#define ACRE_REPORT_ADVISED_H

#include <jansson.h>

#include "advise/advise.h"
#include "profile/walk.h"
#include "report/layout.h"
#include "report/proof.h"

/* All is borrowed. */
struct acre_advised_report {
    const struct acre_advice *advice;
    const struct acre_steps *steps;
    const struct acre_recording *recordings;
    const struct acre_proof *proofs; /* by recording; NULL: nothing was measured */
    /* By recording: its call stacks, and their names. */
    const struct acre_profile *const *stacks;
    struct acre_names *const *names;
};

enum acre_advice_verdict {
    ACRE_ADVICE_WORTH_IT,
    ACRE_ADVICE_NOT_WORTH_IT,
    ACRE_ADVICE_CANNOT_TELL,
};

/* Below that gain, in points of the run, nobody should rebuild a program. */
#define ACRE_ADVICE_LEAST_POINTS 1.0

/* A run may be so many times as fast as its recording, less what that took by its own account. */
#define ACRE_ADVICE_UNTOLD_FACTOR 4

/*
 * Of all regions together, over all recordings:
 *
 *    not worth it   no region, or in each recording less than one point of the run (where its
 *                   time was not told, less than a quarter of a point: what is recorded takes
 *                   longer), or nothing beside the best allocator
 *    cannot tell    recordings have hardly a call stack in common, or none, it was not measured, or
 * an interval says neither, or there is a doubt worth it       at least one point of the run on
 * malloc in each, more than nothing beside the best allocator, and no doubt
 */
enum acre_advice_verdict acre_advice_verdict(const struct acre_advised_report *report);

/* "worth it", "not worth it", "cannot tell" */
const char *acre_advice_verdict_name(enum acre_advice_verdict verdict);

/* Whether most births of the first recording have a call stack: without, nothing can be found. */
bool acre_advice_has_stacks(const struct acre_advice *advice);

/* Per cent of a recording's births that are at call stacks of the first one. */
double acre_advice_matched_percent(const struct acre_advice *advice, size_t recording);

/* Below that it may be another program, or another build of it. */
#define ACRE_ADVICE_STRANGER_PERCENT 10

bool acre_advice_has_strangers(const struct acre_advice *advice);

/* Doubts of all regions: enum acre_doubt. */
unsigned acre_advice_doubts(const struct acre_advice *advice);

/* The doubt of that number as a word for programs and a sentence for people; NULL: no more. */
struct acre_doubt_text {
    const char *word, *sentence;
};
const struct acre_doubt_text *acre_doubt_text(unsigned number);

/* A place's first frame that is no plumbing, and how many frames are inside of it; NULL: there is
 * none. False for want of memory. */
bool acre_advised_frame(const struct acre_advised_report *report, uint32_t place,
                        const struct acre_frame **frame, uint32_t *depth);

struct acre_walk acre_advised_walk(const struct acre_advised_report *report, uint32_t place);

/* False when out of memory; a write error is left to ferror. */
bool acre_advised_print(const struct acre_advised_report *report, const struct acre_page *page);

/* The parts of the same: the sentence, and what is said below it. */
bool acre_advised_print_sentence(const struct acre_advised_report *report,
                                 const struct acre_page *page);
bool acre_advised_print_notes(const struct acre_advised_report *report,
                              const struct acre_page *page);

/* The caller's to end with json_decref; NULL when out of memory. docs/advise.md says what names
 * mean. */
json_t *acre_advised_object(const struct acre_advised_report *report);

/* It, as a document. False when out of memory, or the stream takes no more. */
bool acre_advised_write_json(const struct acre_advised_report *report, FILE *stream);

#endif
