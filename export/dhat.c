/*
 * The second version of DHAT's JSON: a program point a call stack, with the lifetimes of its
 * blocks. Its viewer refuses two points with the same frames, so the list of strings is what a
 * stack is known by.
 */
#include <inttypes.h>

#include "export/formats.h"

enum { NS_A_US = 1000, SHORT_US = 500 };

static void put_frame(struct acre_text *text, const struct acre_frame *call, uint64_t address)
{
    acre_put_place(text, call, address, &acre_json_notation);
}

static uint64_t greatest(uint64_t a, uint64_t b, uint64_t c)
{
    a = a > b ? a : b;
    return a > c ? a : c;
}

/* What several sites had at most together is not known: it is no less than at the peak, or in the
 * end. */
static void put_figures(const struct acre_profile_figures *figures, FILE *stream)
{
    fprintf(stream, "{\"tb\":%" PRIu64 ",\"tbk\":%" PRIu64 ",\"tl\":%" PRIu64, figures->bytes,
            figures->blocks, figures->life_ns / NS_A_US);
    fprintf(stream, ",\"mb\":%" PRIu64 ",\"mbk\":%" PRIu64,
            greatest(figures->most_bytes, figures->peak_bytes, figures->live_bytes),
            greatest(figures->most_blocks, figures->peak_blocks, figures->live_blocks));
    fprintf(stream, ",\"gb\":%" PRIu64 ",\"gbk\":%" PRIu64, figures->peak_bytes,
            figures->peak_blocks);
    fprintf(stream, ",\"eb\":%" PRIu64 ",\"ebk\":%" PRIu64, figures->live_bytes,
            figures->live_blocks);
}

/* Innermost first. A word's number is its place, since "[root]" stands in front of the words. */
static void put_points(const struct acre_stacks *stacks, FILE *stream)
{
    fputs(",\"pps\":[", stream);
    for (size_t i = 0; i < stacks->stack_count && ferror(stream) == 0; i++) {
        const char *between = "";

        fputs(i > 0 ? ",\n" : "\n", stream);
        put_figures(&stacks->stacks[i].figures, stream);
        fputs(",\"fs\":[", stream);
        for (uint32_t node = stacks->stacks[i].node; node != 0;
             node = acre_stacks_node_of(stacks, node)->parent) {
            fprintf(stream, "%s%" PRIu32, between, acre_stacks_node_of(stacks, node)->word);
            between = ",";
        }
        fputs("]}", stream);
    }
    fputs("]", stream);
}

static void put_table(const struct acre_stacks *stacks, FILE *stream)
{
    fputs(",\"ftbl\":[\"[root]\"", stream);
    for (size_t word = 1; word <= stacks->words.count && ferror(stream) == 0; word++) {
        fputs(",\n\"", stream);
        acre_words_write(&stacks->words, (uint32_t)word, stream);
        putc('"', stream);
    }
    fputs("]}\n", stream);
}

static bool put_head(const struct acre_exported *what, FILE *stream)
{
    const struct acre_profile *profile = what->profile;
    struct acre_text text;
    bool is_put;

    acre_text_init(&text, what->memory);
    fputs("{\"dhatFileVersion\":2,\"mode\":\"heap\",\"verb\":\"Allocated\",\"bklt\":true,\"bkacc\":"
          "false,"
          "\"tu\":\"us\",\"Mtu\":\"s\",\"cmd\":\"",
          stream);
    is_put = acre_put_name(stream, &text, what->command, &acre_json_notation);
    fprintf(stream, "\",\"pid\":%" PRIu64 ",\"te\":%" PRIu64 ",\"tg\":%" PRIu64 ",\"tuth\":%d",
            what->pid, (profile->last_ns - profile->first_ns) / NS_A_US, profile->peak_ns / NS_A_US,
            SHORT_US);
    acre_text_fini(&text);
    return is_put;
}

bool acre_put_dhat(const struct acre_exported *what, FILE *stream)
{
    struct acre_stacks stacks;
    bool is_put;

    if (!acre_stacks_make(&stacks, what->memory, what->profile, what->names, put_frame))
        return false;
    is_put = put_head(what, stream);
    put_points(&stacks, stream);
    put_table(&stacks, stream);
    acre_stacks_fini(&stacks);
    return is_put && ferror(stream) == 0;
}
