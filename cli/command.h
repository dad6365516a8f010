/* How commands that take options and words are alike. */
#ifndef ACRE_CLI_COMMAND_H
#define ACRE_CLI_COMMAND_H

#include <getopt.h>

#include "bench/arguments.h"
#include "report/exit_status.h"

enum { ACRE_WORD = 1 }; /* getopt's */

struct acre_command {
    const char *name; /* "acre check" */
    const char *help;
    const struct option *options; /* for getopt_long, with {"help", no_argument, NULL, 'h'} */
    const char *letters;          /* "o:": those that have a letter as well; NULL: none but h */
    const char *wants;            /* the sentence where no word is given; NULL: check looks */
    bool loads_libraries;         /* then it may have to start again: restart.h */
    bool takes_words;             /* words are given to `take` as well, in their place */
    bool ends_at_word;            /* what follows the first word is another program's */

    /* Takes one option, whose value is in optarg, or a word, which is ACRE_WORD with the word in
     * optarg. False: refused. */
    bool (*take)(void *request, int option, const struct acre_refusal *refusal);

    /* Looks at all of it; `words` that were not taken, one or more where some are wanted, end with
     * a NULL. False: refused. May be NULL. */
    bool (*check)(const void *request, char *const *words, const struct acre_refusal *refusal);

    /* Does it; what it says of a failure is told already. */
    enum acre_exit (*run)(const void *request, char *const *words);
};

/* Reads the command line into `request`, which has the defaults, and runs the command, or prints
 * its help. Returns an exit status; output that has not arrived makes a success none. */
int acre_command_run(const struct acre_command *command, void *request, int argc, char **argv);

#endif
