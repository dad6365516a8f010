/* Any bytes as a trace: read, summed up, shown. */
#include "fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "alloc/backends.h"
#include "report/trace_info.h"

/*
 * Made bytes would mostly end at a checksum, and what stands behind it would never be tried. So the
 * checksums are made right before, in inputs whose length is even.
 */
static void make_checksums_right(uint8_t *bytes, size_t count)
{
    size_t at;

    if (count < ACRE_TRACE_HEADER_BYTES || acre_trace_u32(bytes + 16) > count - 32)
        return;
    at = ACRE_TRACE_HEADER_BYTES + acre_trace_u32(bytes + 16);
    acre_trace_put_u64(bytes + 24, XXH3_64bits_withSeed(bytes + ACRE_TRACE_HEADER_BYTES, at - 32,
                                                        XXH3_64bits(bytes, 24)));
    while (count - at >= ACRE_TRACE_BLOCK_HEADER_BYTES) {
        uint8_t *block = bytes + at;
        size_t payload_bytes = acre_trace_u32(block + 32);

        if (payload_bytes > count - at - ACRE_TRACE_BLOCK_HEADER_BYTES)
            return;
        acre_trace_put_u64(block + 40,
                           XXH3_64bits(block + ACRE_TRACE_BLOCK_HEADER_BYTES, payload_bytes));
        acre_trace_put_u64(block + 48, XXH3_64bits(block, 48));
        at += ACRE_TRACE_BLOCK_HEADER_BYTES + payload_bytes;
    }
}

static void show(const struct acre_trace_summary *summary, const struct acre_trace_reader *reader)
{
    char *text = NULL;
    size_t text_bytes;
    FILE *stream = open_memstream(&text, &text_bytes);
    const struct acre_page page = {.stream = stream, .width = 1 << 20, .wide = true};

    if (stream != NULL && acre_trace_info_print(summary, reader, &page) && fclose(stream) == 0 &&
        reader->input.state != ACRE_TRACE_COMPLETE && strstr(text, "said of leaks") == NULL)
        acre_fuzz_broken("what is not complete says so");
    free(text);
}

static void read_trace(const char *path, struct acre_alloc *memory)
{
    struct acre_trace_reader reader;
    struct acre_trace_summary summary;

    if (acre_trace_reader_open(&reader, memory, path, 0) == ACRE_TRACE_READING) {
        if (acre_trace_summarise(&summary, &reader, memory)) {
            show(&summary, &reader);
            acre_trace_summary_fini(&summary);
        }
        if (reader.input.state == ACRE_TRACE_READING)
            acre_fuzz_broken("a trace has an end");
    }
    if (reader.input.state != ACRE_TRACE_COMPLETE)
        acre_fuzz_check_sentence(reader.input.sentence);
    acre_trace_reader_close(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_fault_plan plan = {.fail_at = UINT64_MAX};
    struct acre_alloc *counted = memory != NULL ? acre_fault_new(memory, &plan) : NULL;
    uint8_t *copy = malloc(count + 1);
    const char *path = NULL;

    if (counted != NULL && copy != NULL) {
        if (count > 0)
            memcpy(copy, bytes, count);
        if (count % 2 == 0)
            make_checksums_right(copy, count);
        path = acre_fuzz_file(copy, count);
    }
    if (path != NULL)
        read_trace(path, counted);
    if (plan.live_bytes != 0)
        acre_fuzz_broken("a reader gives back what it took");
    free(copy);
    acre_destroy(counted);
    acre_destroy(memory);
    return 0;
}
