/* The parts of what acre_info_print prints. Each is false when out of memory, and prints nothing
 * where there is nothing to say. */
#ifndef ACRE_REPORT_INFO_PARTS_H
#define ACRE_REPORT_INFO_PARTS_H

#include "report/format.h"
#include "report/info.h"

/* The paragraph in front. */
bool acre_info_print_sentence(const struct acre_info *info, const struct acre_page *page);

/* Where memory comes from. */
bool acre_info_print_sites(const struct acre_info *info, const struct acre_page *page);

/* Sizes and lifetimes; threads. */
bool acre_info_print_lives(const struct acre_info *info, const struct acre_page *page);
bool acre_info_print_threads(const struct acre_info *info, const struct acre_page *page);

/* What the trace itself says: purposes, iterations, calls, events, how it was recorded. */
bool acre_info_print_facts(const struct acre_info *info, const struct acre_page *page);

/* How it was recorded and what was not seen, as rows of a name and a text; a row without a name
 * goes on with the one above. Freed with acre_grid_free in any case. False when out of memory. */
bool acre_info_facts(const struct acre_info *info, struct acre_grid *grid);

bool acre_info_print_purposes(const struct acre_info *info, const struct acre_page *page);
bool acre_info_print_scopes(const struct acre_info *info, const struct acre_page *page);
bool acre_info_print_events(const struct acre_info *info, const struct acre_page *page);

/* A field of the header, "" where it has none. */
static inline const char *acre_info_field(const struct acre_info *info, const char *key)
{
    return acre_trace_field(info->reader, key);
}

/* What recorded ran: a workload, the last part of an executable, "The program". */
const char *acre_info_program(const struct acre_info *info);

/* A time between two events: "2.10 s", "61 min 54 s". */
struct acre_number acre_info_time(uint64_t ns);

/* A table with an empty line above it; one without rows is none. Freed in any case. */
bool acre_info_print_grid(struct acre_grid *grid, const struct acre_page *page);

#define ACRE_GRID_OF(columns)                                                                      \
    {                                                                                              \
        (columns), sizeof(columns) / sizeof *(columns), NULL, 0, false                             \
    }

#endif
