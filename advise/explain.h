/* A choice in the words of the program: where a region stands in its tree of calls, which sites
 * are in it, which stay and why, and what there is to doubt. */
#ifndef ACRE_ADVISE_EXPLAIN_H
#define ACRE_ADVISE_EXPLAIN_H

#include "advise/advise.h"

/* Fills the regions of an advice whose counts and programs are there. False for want of memory;
 * ended with acre_advice_fini either way. */
bool acre_advice_explain(struct acre_advice *advice, const struct acre_advise_request *request,
                         const struct acre_findings *findings, const struct acre_choice *choice,
                         struct acre_alloc *memory);

void acre_advice_fini(struct acre_advice *advice, struct acre_alloc *memory);

#endif
