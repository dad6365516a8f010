/* The processes of a file that has the traces of several, for people: a table. */
#ifndef ACRE_REPORT_TRACE_STREAMS_H
#define ACRE_REPORT_TRACE_STREAMS_H

#include "report/layout.h"
#include "trace/bundle.h"

/*
 * Prints a row for each, unless the page is wide of the first twenty, and of the one that is
 * `shown` below (NULL: none), which has a mark. False when out of memory; a write error is left to
 * ferror.
 */
bool acre_trace_streams_print(const struct acre_trace_bundle *bundle,
                              const struct acre_trace_stream *shown, const struct acre_page *page);

#endif
