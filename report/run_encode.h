/* A run as a JSON value and back. The file around it is the business of run_write.c, run_read.c. */
#ifndef ACRE_REPORT_RUN_ENCODE_H
#define ACRE_REPORT_RUN_ENCODE_H

#include "report/run.h"

#include <jansson.h>

/* NULL when out of memory. The run has passed acre_run_check. The caller owns the value. */
json_t *acre_run_encode(const struct acre_run *run);

/*
 * Fills a zeroed run. INPUT or MEMORY leave a sentence in `error` that begins with the place, and
 * in the run what had been read so far: acre_run_free takes it.
 */
enum acre_exit acre_run_decode(struct acre_run *run, const json_t *root, char *error,
                               size_t error_bytes);

#endif
