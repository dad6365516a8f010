/* What stands under a table: whether it can be believed, and how it was measured. */
#ifndef ACRE_REPORT_PROVENANCE_H
#define ACRE_REPORT_PROVENANCE_H

#include "report/group.h"
#include "report/layout.h"

/* Whether all strategies of each group computed the same: by their checksums, of those that were
 * recorded over equally many iterations. Several groups are told apart. False when out of memory.
 */
bool acre_provenance_results(const struct acre_page *page, const struct acre_group *groups,
                             size_t count);

/* Timed strategies that leak, which they are not meant to. False when out of memory. */
bool acre_provenance_leaks(const struct acre_page *page, const struct acre_group *groups,
                           size_t count);

/* Noise floor, strategies left out, machine, libraries, command. False when out of memory. */
bool acre_provenance_run(const struct acre_page *page, const struct acre_run *run);

/* Strategies left out, with the reason. False when out of memory. */
bool acre_provenance_left_out(const struct acre_page *page, const struct acre_run *run);

/* What open verdicts mean, of as many as stand in the tables; nothing where none does. False when
 * out of memory. */
bool acre_provenance_open(const struct acre_page *page, const size_t verdicts[ACRE_VERDICT_COUNT]);

/* The noise floor alone: how far malloc against itself may be from 1. Prints nothing where nothing
 * was measured. */
bool acre_provenance_noise(const struct acre_page *page, const struct acre_run *run);

#endif
