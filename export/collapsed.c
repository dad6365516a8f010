/* Collapsed stacks, "main;parse;node_new 1024": what flame graphs are made of. */
#include <inttypes.h>

#include "export/formats.h"

/* A semicolon would be another call. */
static void put_function(struct acre_text *text, const struct acre_frame *call, uint64_t address)
{
    static const struct acre_notation notation = {.replaced = ';', .by = ','};

    (void)address;
    acre_text_put_name(text, call->function, &notation);
}

static void put_stack(const struct acre_stacks *stacks, const struct acre_stack *stack,
                      uint64_t weight, FILE *stream)
{
    uint32_t words[ACRE_STACKS_MOST_DEPTH];
    size_t count = acre_stacks_list(stacks, stack, words);

    for (size_t i = 0; i < count; i++) {
        acre_words_write(&stacks->words, words[i], stream);
        putc(i + 1 < count ? ';' : ' ', stream);
    }
    fprintf(stream, "%" PRIu64 "\n", weight);
}

bool acre_put_collapsed(const struct acre_exported *what, FILE *stream)
{
    struct acre_stacks stacks;

    if (!acre_stacks_make(&stacks, what->memory, what->profile, what->names, put_function))
        return false;
    for (size_t i = 0; i < stacks.stack_count && ferror(stream) == 0; i++) {
        uint64_t weight = acre_export_metric_of(&stacks.stacks[i].figures, what->metric);

        if (weight > 0)
            put_stack(&stacks, &stacks.stacks[i], weight, stream);
    }
    acre_stacks_fini(&stacks);
    return ferror(stream) == 0;
}
