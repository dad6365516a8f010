#include "cli/site_options.h"

#include <stdio.h>

#include "report/format.h"
#include "report/streams.h"

enum { LEAST_MEMORY_BYTES = 1 << 20, MOST_TOP = 1000000 };

static bool take_root(struct acre_site_options *options, const struct acre_refusal *refusal)
{
    if (options->root_count == ACRE_MOST_ROOTS)
        return acre_refuse(refusal, "--symbols: %d directories at most", ACRE_MOST_ROOTS);
    options->roots[options->root_count++] = optarg;
    return true;
}

bool acre_site_options_take(struct acre_site_options *options, int option,
                            const struct acre_refusal *refusal)
{
    switch (option) {
    case ACRE_OPTION_SORT:
        options->is_sorted = true;
        return acre_site_order_from_name(optarg, &options->order) ||
               acre_refuse(refusal, "--sort is peak, bytes, calls, short or leaked, not '%.40s'",
                           optarg);
    case ACRE_OPTION_TOP:
        return acre_read_number(refusal, "--top", optarg, 1, MOST_TOP, &options->top);
    case ACRE_OPTION_SYMBOLS:
        return take_root(options, refusal);
    default:
        return acre_read_bytes(refusal, "--max-memory", optarg, LEAST_MEMORY_BYTES, INT64_MAX,
                               &options->most_bytes);
    }
}

struct acre_alloc *acre_limited_memory_begin(struct acre_limited_memory *memory,
                                             const struct acre_site_options *options,
                                             const char *command)
{
    *memory = (struct acre_limited_memory){
        .all = acre_malloc_new(),
        .plan = {.budget_bytes = options->most_bytes},
    };
    if (memory->all != NULL)
        memory->limited = acre_fault_new(memory->all, &memory->plan);
    if (memory->limited == NULL) {
        acre_destroy(memory->all);
        acre_complain(command, ACRE_EXIT_MEMORY, "out of memory");
    }
    return memory->limited;
}

void acre_limited_memory_end(struct acre_limited_memory *memory)
{
    acre_destroy(memory->limited);
    acre_destroy(memory->all);
}

enum acre_exit acre_site_options_no_memory(const struct acre_site_options *options,
                                           const char *command)
{
    char sentence[160] = "out of memory";

    if (options->most_bytes > 0)
        snprintf(sentence, sizeof sentence,
                 "out of memory: more is needed than --max-memory allows, %s",
                 acre_format_bytes((double)options->most_bytes).text);
    return acre_complain(command, ACRE_EXIT_MEMORY, sentence);
}
