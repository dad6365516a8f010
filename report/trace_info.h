/* What a trace says, for people: a sentence and tables. */
#ifndef ACRE_REPORT_TRACE_INFO_H
#define ACRE_REPORT_TRACE_INFO_H

#include "report/layout.h"
#include "trace/summary.h"

/*
 * Prints the summary of a trace that was read to its end. What is not freed is told of a complete
 * one only. False when out of memory; a write error is left to ferror.
 */
bool acre_trace_info_print(const struct acre_trace_summary *summary,
                           const struct acre_trace_reader *reader, const struct acre_page *page);

#endif
