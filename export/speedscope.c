/* speedscope's JSON: a sampled profile for each figure that can be summed, over one table of calls.
 */
#include <inttypes.h>

#include "export/formats.h"

/* Without the line: what it calls one function is one name, file, line. */
static void put_frame(struct acre_text *text, const struct acre_frame *call, uint64_t address)
{
    (void)address;
    acre_text_put_string(text, "{\"name\":\"");
    acre_text_put_name(text, call->function, &acre_json_notation);
    if (call->file != NULL) {
        acre_text_put_string(text, "\",\"file\":\"");
        acre_text_put_name(text, call->file, &acre_json_notation);
    }
    acre_text_put_string(text, "\"}");
}

static void put_frames(const struct acre_stacks *stacks, FILE *stream)
{
    fputs(
        "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"exporter\":\"acre\","
        "\"shared\":{\"frames\":[",
        stream);
    for (size_t word = 1; word <= stacks->words.count && ferror(stream) == 0; word++) {
        fputs(word > 1 ? ",\n" : "\n", stream);
        acre_words_write(&stacks->words, (uint32_t)word, stream);
    }
    fputs("]}", stream);
}

/* Outermost first. */
static void put_sample(const struct acre_stacks *stacks, const struct acre_stack *stack,
                       FILE *stream)
{
    uint32_t words[ACRE_STACKS_MOST_DEPTH];
    size_t count = acre_stacks_list(stacks, stack, words);

    putc('[', stream);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "%s%" PRIu32, i > 0 ? "," : "", words[i] - 1);
    putc(']', stream);
}

/* The sum of what is put. */
static uint64_t put_samples(const struct acre_stacks *stacks, enum acre_export_metric metric,
                            FILE *stream)
{
    const char *between = "\n";
    uint64_t sum = 0;

    fputs(",\"samples\":[", stream);
    for (size_t i = 0; i < stacks->stack_count && ferror(stream) == 0; i++) {
        uint64_t weight = acre_export_metric_of(&stacks->stacks[i].figures, metric);

        if (weight == 0)
            continue;
        fputs(between, stream);
        put_sample(stacks, &stacks->stacks[i], stream);
        between = ",\n";
        sum += weight;
    }
    putc(']', stream);
    return sum;
}

static void put_weights(const struct acre_stacks *stacks, enum acre_export_metric metric,
                        FILE *stream)
{
    const char *between = "";

    fputs(",\"weights\":[", stream);
    for (size_t i = 0; i < stacks->stack_count && ferror(stream) == 0; i++) {
        uint64_t weight = acre_export_metric_of(&stacks->stacks[i].figures, metric);

        if (weight == 0)
            continue;
        fprintf(stream, "%s%" PRIu64, between, weight);
        between = ",";
    }
    putc(']', stream);
}

static void put_profile(const struct acre_stacks *stacks, enum acre_export_metric metric,
                        FILE *stream)
{
    uint64_t sum;

    fprintf(stream, "{\"type\":\"sampled\",\"name\":\"%s\",\"unit\":\"%s\",\"startValue\":0",
            acre_export_metric_title(metric),
            acre_export_metric_is_bytes(metric) ? "bytes" : "none");
    sum = put_samples(stacks, metric, stream);
    put_weights(stacks, metric, stream);
    fprintf(stream, ",\"endValue\":%" PRIu64 "}", sum);
}

static bool put_name(const struct acre_exported *what, FILE *stream)
{
    struct acre_text text;
    bool is_put;

    acre_text_init(&text, what->memory);
    fputs(",\"name\":\"", stream);
    is_put = acre_put_name(stream, &text, what->command, &acre_json_notation);
    acre_text_fini(&text);
    putc('"', stream);
    return is_put;
}

/* What was not freed is told where that is known. */
static void put_profiles(const struct acre_exported *what, const struct acre_stacks *stacks,
                         FILE *stream)
{
    const char *between = "";

    fputs(",\"activeProfileIndex\":0,\"profiles\":[", stream);
    for (int m = 0; m < ACRE_EXPORT_METRICS; m++) {
        if (m == ACRE_EXPORT_LEAKED && !acre_profile_knows_leaks(what->profile))
            continue;
        fputs(between, stream);
        put_profile(stacks, (enum acre_export_metric)m, stream);
        between = ",\n";
    }
    fputs("]}\n", stream);
}

bool acre_put_speedscope(const struct acre_exported *what, FILE *stream)
{
    struct acre_stacks stacks;
    bool is_put;

    if (!acre_stacks_make(&stacks, what->memory, what->profile, what->names, put_frame))
        return false;
    put_frames(&stacks, stream);
    is_put = put_name(what, stream);
    put_profiles(what, &stacks, stream);
    acre_stacks_fini(&stacks);
    return is_put && ferror(stream) == 0;
}
