/*
 * The parameters of a workload: what its cells differ in besides the strategy. A workload lists
 * them once; its options, its help, the keys of its cells and their headings follow from the list.
 */
#ifndef ACRE_BENCH_PARAMETER_H
#define ACRE_BENCH_PARAMETER_H

#include <stdio.h>

#include "bench/arguments.h"
#include "report/run.h"

enum { ACRE_MOST_PARAMETERS = 8, ACRE_MOST_VALUES = 32 };

struct acre_backend_kind;

struct acre_word {
    const char *name;  /* on the command line and in the run: "reuse" */
    const char *title; /* in a heading: "x reused" */
};

/* A number, or one of a few words, whose value is its index. */
struct acre_parameter {
    const char *name;     /* of the option and in the run: "elements" */
    const char *argument; /* in the help: "N"; NULL: an option without one, that means the second
                             of two words */
    const char *help;     /* for people; its lines but the last end in '\n' */
    const char *defaults; /* as on the command line: "10000" */
    bool is_list;         /* several values, divided by commas, make several cells */
    bool is_aside;        /* at its default it is in no key and no heading */

    uint64_t least, most;       /* of a number */
    const char *before, *after; /* in a heading, around the number: "", " elements" */

    const struct acre_word *words; /* NULL: a number */
    size_t word_count;
    const char *all; /* of a list of words: what stands for all of them, or NULL */

    /* Why a backend cannot run with the value, or NULL. NULL: every backend can, with any. */
    const char *(*why_not)(const struct acre_backend_kind *kind, uint64_t value);
};

/* In the order in which they were asked for, none twice. */
struct acre_values {
    uint64_t values[ACRE_MOST_VALUES];
    size_t count;
};

/* Reads what stands behind the option (NULL where it takes nothing). */
bool acre_parameter_read(const struct acre_refusal *refusal, const struct acre_parameter *parameter,
                         const char *text, struct acre_values *values);

void acre_parameter_set_defaults(const struct acre_parameter *parameter,
                                 struct acre_values *values);

/* The value as it is written on a command line. */
struct acre_value_text {
    char text[32];
};
struct acre_value_text acre_parameter_text(const struct acre_parameter *parameter, uint64_t value);

/* Whether the key of a cell tells the value. */
bool acre_parameter_is_told(const struct acre_parameter *parameter, uint64_t value);

/* For the key of a cell. False for want of memory; what was made is the caller's to free. */
bool acre_parameter_key(const struct acre_parameter *parameter, uint64_t value,
                        struct acre_key_parameter *key);

/* One line of the help, or more: the option and what it means. */
void acre_parameter_help(FILE *stream, const struct acre_parameter *parameter);

#endif
