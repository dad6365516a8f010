/* What a group says where the calls of another program were played: the answer of acre replay. */
#ifndef ACRE_REPORT_PLAYED_H
#define ACRE_REPORT_PLAYED_H

#include <stdio.h>

#include "report/group.h"

/*
 * "For this program's calls, of 3 allocators: mimalloc takes 18 % less time than malloc [15, 21];
 * jemalloc: no difference shown. The calls are 6 % of the run (60 ms of 1.0 s), so that cheaper
 * calls alone can win at most 1.1 % of it; what else depends on where blocks lie is not bounded by
 * this." For a group with a reference, and enough rounds for verdicts.
 */
void acre_played_put(FILE *to, const struct acre_group *group);

#endif
