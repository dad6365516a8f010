/* Of a run what other programs are shown, whatever the format: the names of cells, and series. */
#ifndef ACRE_REPORT_EXPORTED_H
#define ACRE_REPORT_EXPORTED_H

#include "report/run.h"

#include <stdio.h>

/* What a cell is called elsewhere. Characters that would end a part of the name are `%` and two hex
 * digits. A write error is left to ferror. */
enum acre_name_style {
    ACRE_NAME_PLAIN, /* square-chain/malloc/weak/elements:10000/fill:reuse */
    ACRE_NAME_KEYED, /* Square-chain/backend=malloc/lifetime=weak/elements=10000/fill=reuse */
};
void acre_export_name(FILE *to, const struct acre_cell_key *key, enum acre_name_style style);

/* The series of a cell: its name in the run, and in units of the Go format. */
struct acre_export_series {
    const char *field;
    const char *unit;
    size_t offset; /* in struct acre_cell */
};
enum { ACRE_EXPORT_SERIES = 8 };
extern const struct acre_export_series acre_export_series[ACRE_EXPORT_SERIES];

const struct acre_series *acre_exported(const struct acre_cell *cell, size_t index);

/* As many rounds as the longest series has. */
size_t acre_exported_rounds(const struct acre_cell *cell);

#endif
