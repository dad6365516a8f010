/* Any bytes as traces: listed, read, summed up, shown. */
#include "fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "alloc/backends.h"
#include "report/info.h"
#include "report/trace_streams.h"

enum { STREAMS_READ = 4 };

/* Makes the checksums of the header, or of the block, that begins there right; returns its bytes.
 * 0: there is not enough of it. */
static size_t seal(uint8_t *at, size_t left)
{
    bool is_header = left >= sizeof acre_trace_magic &&
                     memcmp(at, acre_trace_magic, sizeof acre_trace_magic) == 0;
    size_t head_bytes = is_header ? ACRE_TRACE_HEADER_BYTES : ACRE_TRACE_BLOCK_HEADER_BYTES;
    size_t body_bytes;

    if (left < head_bytes)
        return 0;
    body_bytes = acre_trace_u32(at + (is_header ? 16 : 32));
    if (body_bytes > left - head_bytes)
        return 0;
    if (is_header) {
        acre_trace_put_u64(at + 24,
                           XXH3_64bits_withSeed(at + head_bytes, body_bytes, XXH3_64bits(at, 24)));
    } else {
        acre_trace_put_u64(at + 40, XXH3_64bits(at + head_bytes, body_bytes));
        acre_trace_put_u64(at + 48, XXH3_64bits(at, 48));
    }
    return head_bytes + body_bytes;
}

/*
 * Made bytes would mostly end at a checksum, and what stands behind it would never be tried. So the
 * checksums are made right before, of all streams, in inputs whose length is even.
 */
static void make_checksums_right(uint8_t *bytes, size_t count)
{
    size_t at = 0;
    size_t sealed;

    do {
        sealed = seal(bytes + at, count - at);
        at += sealed;
    } while (sealed > 0);
}

static void show(const struct acre_info *info)
{
    char *text = NULL;
    size_t text_bytes;
    FILE *stream = open_memstream(&text, &text_bytes);
    const struct acre_page page = {.stream = stream, .width = 1 << 20, .wide = true};

    if (stream != NULL && acre_info_print(info, &page) && fclose(stream) == 0 &&
        info->profile->state != ACRE_TRACE_COMPLETE && strstr(text, "said of leaks") == NULL)
        acre_fuzz_broken("what is not complete says so");
    free(text);
    stream = open_memstream(&text, &text_bytes);
    if (stream != NULL) {
        acre_info_write_json(info, stream);
        fclose(stream);
    }
    free(text);
}

/* With names, and all that is made of them. */
static void look_at(struct acre_alloc *memory, const struct acre_profile *profile,
                    const struct acre_trace_reader *reader)
{
    struct acre_names *names = acre_names_new(memory, profile, NULL, 0);
    struct acre_leaks leaks;
    const struct acre_info info = {
        .profile = profile, .reader = reader, .names = names, .leaks = &leaks, .memory = memory};

    if (profile->total.blocks - profile->total.freed != profile->total.live_blocks)
        acre_fuzz_broken("what was born died, or lives");
    if (names != NULL && acre_leaks_find(&leaks, memory, profile, names)) {
        show(&info);
        acre_leaks_fini(&leaks);
    }
    acre_names_destroy(names);
}

static void read_trace(const char *path, uint64_t offset, struct acre_alloc *memory)
{
    static struct acre_profile profile;
    struct acre_trace_reader reader;

    if (acre_trace_reader_open(&reader, memory, path, offset) == ACRE_TRACE_READING) {
        if (acre_profile_read(&profile, memory, &reader, NULL, NULL)) {
            look_at(memory, &profile, &reader);
            acre_profile_fini(&profile);
        }
        if (reader.input.state == ACRE_TRACE_READING)
            acre_fuzz_broken("a trace has an end");
    }
    if (reader.input.state != ACRE_TRACE_COMPLETE)
        acre_fuzz_check_sentence(reader.input.sentence);
    acre_trace_reader_close(&reader);
}

static void show_list(const struct acre_trace_bundle *bundle)
{
    char *text = NULL;
    size_t text_bytes;
    FILE *stream = open_memstream(&text, &text_bytes);
    const struct acre_page page = {.stream = stream, .width = 80};

    if (stream != NULL) {
        acre_trace_streams_print(bundle, acre_trace_bundle_largest(bundle), &page);
        fclose(stream);
    }
    free(text);
}

/* The first trace of a file is read whether the file can be listed or not. */
static void read_file(const char *path, struct acre_alloc *memory)
{
    struct acre_trace_bundle bundle;

    read_trace(path, 0, memory);
    acre_trace_bundle_list(&bundle, memory, path);
    if (bundle.state != ACRE_TRACE_COMPLETE)
        acre_fuzz_check_sentence(bundle.sentence);
    show_list(&bundle);
    for (size_t i = 1; i < bundle.count && i < STREAMS_READ; i++)
        read_trace(path, bundle.streams[i].offset, memory);
    acre_trace_bundle_fini(&bundle);
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
        read_file(path, counted);
    if (plan.live_bytes != 0)
        acre_fuzz_broken("a reader gives back what it took");
    free(copy);
    acre_destroy(counted);
    acre_destroy(memory);
    return 0;
}
