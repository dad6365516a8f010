/*
 * What the page of a recorded program shows, as JSON that its script draws: the sentence is that of
 * `acre info`, and so is every figure. The shape is the page's own and may change with it; programs
 * read `acre info --json`.
 *
 *    {"title", "answer", "recorded": {
 *       "total", "knows_leaks",
 *       "timeline": {"ns", "live", "blocks", "usable", "allocated", "peak_ns"},
 *       "flame": {"metrics": [{"key", "title", "is_bytes"}], "nodes": {"depth", "place", ...}},
 *       "sites": {"count", "rows"}, "texts", "places",
 *       "lives": [[size class, life class, blocks]],
 *       "threads", "modules", "processes", "facts"}}
 *
 * Nothing in it grows with the trace: of long lists the greatest are shown, and how many there are.
 */
#ifndef ACRE_PAGE_RECORDED_H
#define ACRE_PAGE_RECORDED_H

#include <jansson.h>

#include "report/info.h"
#include "trace/bundle.h"

/* All of it borrowed. */
struct acre_page_recording {
    const struct acre_info *info;
    const struct acre_trace_bundle *bundle; /* the processes of the file */
    const struct acre_trace_stream *shown;  /* one of them; NULL: none was listed */
};

/* The caller's to end with json_decref; NULL when out of memory. */
json_t *acre_page_recorded_model(const struct acre_page_recording *recording);

#endif
