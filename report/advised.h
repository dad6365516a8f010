/*
 * Advice for people and for programs: first the sentence with the verdict, then each region: where
 * it is reset, what goes in, what stays and why, what there is to doubt.
 */
#ifndef ACRE_REPORT_ADVISED_H
#define ACRE_REPORT_ADVISED_H

#include "advise/advise.h"
#include "profile/walk.h"
#include "report/layout.h"

/* All is borrowed. */
struct acre_advised_report {
    const struct acre_advice *advice;
    const struct acre_steps *steps;
    const struct acre_recording *recordings;
    /* By recording: its call stacks, and their names. */
    const struct acre_profile *const *stacks;
    struct acre_names *const *names;
};

enum acre_advice_verdict {
    ACRE_ADVICE_WORTH_IT,
    ACRE_ADVICE_NOT_WORTH_IT,
    ACRE_ADVICE_CANNOT_TELL,
};

/* Of all regions together. */
enum acre_advice_verdict acre_advice_verdict(const struct acre_advised_report *report);

/* "worth it", "not worth it", "cannot tell" */
const char *acre_advice_verdict_name(enum acre_advice_verdict verdict);

/* A place's first frame that is no plumbing, and how many frames are inside of it. False for want
 * of memory. */
bool acre_advised_frame(const struct acre_advised_report *report, uint32_t place,
                        const struct acre_frame **frame, uint32_t *depth);

/* False when out of memory; a write error is left to ferror. */
bool acre_advised_print(const struct acre_advised_report *report, const struct acre_page *page);

/* One JSON document. False when out of memory, or the stream takes no more. */
bool acre_advised_write_json(const struct acre_advised_report *report, FILE *stream);

#endif
