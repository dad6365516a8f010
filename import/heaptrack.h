/*
 * heaptrack's raw recordings (heaptrack --raw), as traces. A line is a kind and numbers in
 * hexadecimal:
 *
 *    v 10400 3               heaptrack's version, and that of the format
 *    x 9 /tmp/ht/a           the executable; 9 bytes
 *    X ./a --fast            its command line, with all line ends that are in it
 *    I 1000 5e580f           bytes of a page, pages of the machine
 *    m 1 -                   from here on no module is loaded
 *    m 24 /lib/x.so 7f00 0 388 1000 1ce6    one is: its load bias, begin and bytes of each segment
 *    t 7f8e9f557b9f 4        a frame (the next number, from 1): return address less one, its caller
 *    + 11c00 4 55faeb03f530  a birth: bytes, stack, address; realloc is a death and a birth
 *    - 55faeb03f530          a death
 *    c a                     milliseconds so far; every ten
 *    R 3b1                   pages that are resident
 *
 * Threads, alignments, what is usable, and which function was called are not told.
 */
#ifndef ACRE_IMPORT_HEAPTRACK_H
#define ACRE_IMPORT_HEAPTRACK_H

#include "alloc/alloc.h"
#include "report/exit_status.h"

struct acre_import {
    uint64_t births, deaths; /* that were read */
    uint64_t file_bytes;     /* of the trace */
    bool is_made;            /* there is a trace, whatever it has */
};

/*
 * Reads the recording `from` (packed with zstd, gzip, or not) and writes the trace `to`, which must
 * be another file. `memory` is borrowed, and does not grow with events; `producer` is for the
 * header. OK; NO: the recording is cut off, and the trace is incomplete; INPUT: it is none, or from
 * some line on no more, and the trace has what stands before; IO, MEMORY. But for OK a sentence is
 * in `error`.
 */
enum acre_exit acre_import_heaptrack(struct acre_import *import, const char *from, const char *to,
                                     struct acre_alloc *memory, const char *producer, char *error,
                                     size_t error_bytes);

#endif
