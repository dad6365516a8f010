/*
 * The standard streams of a program of ours. Output that does not arrive, because its reader went
 * away, the disk is full or nobody opened it, is one sentence and an exit status, never a signal.
 */
#ifndef ACRE_REPORT_STREAMS_H
#define ACRE_REPORT_STREAMS_H

#include "report/exit_status.h"

#include <stdbool.h>

/* The first thing that main does: SIGPIPE and SIGXFSZ are ignored, and descriptors 0 to 2 are all
 * in use. */
void acre_streams_prepare(void);

/* For a child that becomes another program: the signals are what they were before. */
void acre_streams_give_back(void);

/* "PROGRAM: SENTENCE" on standard error, in one line whatever names a sentence quotes. Returns
 * `status`. */
enum acre_exit acre_complain(const char *program, enum acre_exit status, const char *sentence);

/* "PROGRAM: cannot write standard output: CAUSE". Returns ACRE_EXIT_IO. */
enum acre_exit acre_output_failed(const char *program, int cause);

/* The same for a table that could not be printed; ENOMEM: out of memory, ACRE_EXIT_MEMORY. */
enum acre_exit acre_print_failed(const char *program, int cause);

/* Flushes standard output: OK, or as above if anything printed has not arrived. */
enum acre_exit acre_output_end(const char *program);

/* What a stream is shown on. Colour: on a terminal, unless NO_COLOR is set to something. Unicode:
 * on one whose locale, by LC_ALL, LC_CTYPE or LANG, is one of UTF-8. */
struct acre_terminal {
    bool color, unicode;
    int width; /* in columns; 0: no terminal, or one that does not know */
};

struct acre_terminal acre_terminal_of(int descriptor);

#endif
