/*
 * Exit statuses of every command, and the kinds of failure that the functions of report/ tell
 * apart. The numbers are documented in docs/compare.md and never change their meaning.
 */
#ifndef ACRE_REPORT_EXIT_STATUS_H
#define ACRE_REPORT_EXIT_STATUS_H

enum acre_exit {
    ACRE_EXIT_OK = 0,
    ACRE_EXIT_NO = 1,     /* the answer is no: a regression was found, results differ */
    ACRE_EXIT_USAGE = 2,  /* the command line is wrong */
    ACRE_EXIT_MEMORY = 3, /* out of memory */
    ACRE_EXIT_IO = 4,     /* a file or a stream cannot be read or written */
    ACRE_EXIT_INPUT = 5,  /* a file is not a run, or runs cannot be compared */
    ACRE_EXIT_CELL = 6    /* a measured cell failed, or a backend cannot be opened */
};

#endif
