/* The formats, a file each. */
#ifndef ACRE_EXPORT_FORMATS_H
#define ACRE_EXPORT_FORMATS_H

#include "export/export.h"
#include "export/stacks.h"

bool acre_put_collapsed(const struct acre_exported *what, FILE *stream);
bool acre_put_dhat(const struct acre_exported *what, FILE *stream);
bool acre_put_massif(const struct acre_exported *what, FILE *stream);
bool acre_put_pprof(const struct acre_exported *what, FILE *stream);
bool acre_put_speedscope(const struct acre_exported *what, FILE *stream);
bool acre_put_sqlite(const struct acre_exported *what, FILE *stream);

/* The word "0x1a2b: square (tape.c:12)", by which Valgrind's tools and others know code, in a
 * notation. */
void acre_put_place(struct acre_text *text, const struct acre_frame *call, uint64_t address,
                    const struct acre_notation *notation);

/* A name in a notation, by way of `text`, which is cleared. False for want of memory. */
bool acre_put_name(FILE *stream, struct acre_text *text, const char *name,
                   const struct acre_notation *notation);

#endif
