/*
 * What the page of an advice shows, as JSON that its script draws: sentence and notes are those of
 * `acre advise`, the advice is that of `acre advise --json`, and with it what is shown of the first
 * recording (advise/picture.h). The shape is the page's own.
 *
 *    {"title", "answer", "advised": {
 *       "notes": ["...", ...], "advice": {...},
 *       "memory": {"event", "live", "planned"},
 *       "windows": [{"each", "resets", "blocks": [[born, died or 0, 1: in the region], ...]},
 * ...]}}
 */
#ifndef ACRE_PAGE_ADVISED_H
#define ACRE_PAGE_ADVISED_H

#include <jansson.h>

#include "advise/picture.h"
#include "report/advised.h"

/* All of it borrowed. */
struct acre_page_advice {
    const struct acre_advised_report *report;
    const struct acre_picture *picture;
};

/* The caller's to end with json_decref; NULL when out of memory. */
json_t *acre_page_advised_model(const struct acre_page_advice *advice);

#endif
