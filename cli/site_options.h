/* The options that info and diff have in common. */
#ifndef ACRE_CLI_SITE_OPTIONS_H
#define ACRE_CLI_SITE_OPTIONS_H

#include <getopt.h>

#include "alloc/backends.h"
#include "bench/arguments.h"
#include "profile/group.h"
#include "report/exit_status.h"

enum { ACRE_MOST_ROOTS = 64 };

struct acre_site_options {
    bool is_sorted; /* an order was told */
    enum acre_site_order order;
    uint64_t top;                       /* 0: not told */
    const char *roots[ACRE_MOST_ROOTS]; /* directories of files of code */
    size_t root_count;
    uint64_t most_bytes; /* of memory; 0: as much as there is */
};

enum {
    ACRE_OPTION_SORT = 512,
    ACRE_OPTION_TOP,
    ACRE_OPTION_SYMBOLS,
    ACRE_OPTION_MAX_MEMORY,
};

/* For getopt_long. */
#define ACRE_SITE_OPTIONS                                                                          \
    {"sort", required_argument, NULL, ACRE_OPTION_SORT},                                           \
        {"top", required_argument, NULL, ACRE_OPTION_TOP},                                         \
        {"symbols", required_argument, NULL, ACRE_OPTION_SYMBOLS},                                 \
    {                                                                                              \
        "max-memory", required_argument, NULL, ACRE_OPTION_MAX_MEMORY                              \
    }

/* One of these options, whose value is in optarg, and is borrowed. False: refused. */
bool acre_site_options_take(struct acre_site_options *options, int option,
                            const struct acre_refusal *refusal);

struct acre_limited_memory {
    struct acre_alloc *limited; /* what is to be used */
    struct acre_alloc *all;
    struct acre_fault_plan plan;
};

/* Memory of which --max-memory's bytes can be taken, where it is given. NULL: there is none, and
 * the command has said so. Else it is memory->limited, ended with acre_limited_memory_end. */
struct acre_alloc *acre_limited_memory_begin(struct acre_limited_memory *memory,
                                             const struct acre_site_options *options,
                                             const char *command);

void acre_limited_memory_end(struct acre_limited_memory *memory);

/* "COMMAND: out of memory", and where there is a limit, that it is the limit's. Returns
 * ACRE_EXIT_MEMORY. */
enum acre_exit acre_site_options_no_memory(const struct acre_site_options *options,
                                           const char *command);

#endif
