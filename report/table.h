/* A run on a terminal: for each group the sentence, the table, the detail; then how it was
 * measured. Of several workloads a summary stands in front, and their groups only where the page
 * is wide. */
#ifndef ACRE_REPORT_TABLE_H
#define ACRE_REPORT_TABLE_H

#include "report/run.h"

#include <stdbool.h>
#include <stdio.h>

struct acre_table_options {
    bool color;   /* bold sentence, green and red verdicts */
    bool wide;    /* every column, whatever the width, where the memory is, memory over time; of a
                     suite the tables of all groups */
    bool unicode; /* the stream shows curves made of block characters */
    bool is_markdown; /* markdown.h */
    int width;        /* in columns; 0: 100 */
};

/*
 * Prints the run. False with errno set when the stream takes no more (it is flushed to find out)
 * or memory ran out. `options` may be NULL: plain, 100 columns.
 */
bool acre_run_print(const struct acre_run *run, FILE *stream,
                    const struct acre_table_options *options);

#endif
