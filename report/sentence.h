/* What a group says, in plain words. */
#ifndef ACRE_REPORT_SENTENCE_H
#define ACRE_REPORT_SENTENCE_H

#include "report/group.h"

/*
 * "arena/region runs at 1.01 of the hand-written limit and is 1.12x faster than malloc [1.10,
 * 1.15]. It holds 0.90 MiB more. jemalloc is 1.09x slower [1.06, 1.11]; mimalloc: no difference
 * shown." The caller frees it; NULL when out of memory.
 */
char *acre_group_sentence(const struct acre_group *group);

#endif
